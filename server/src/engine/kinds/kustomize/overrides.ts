import type { ImageUse } from '../../model/facts.ts';
import { type Edits, joinEdits, refuse } from '../../text/edit.ts';
import { isWrittenByFlux } from '../../yaml/flux.ts';
import { setIn } from '../../yaml/insert.ts';
import type { ImageOverride } from '../../yaml/kustomization.ts';
import type { YamlValue } from '../../yaml/lookup.ts';
import { PartedUses } from '../../yaml/parted-uses.ts';
import { placeholdersIn } from '../../yaml/placeholders.ts';

/** The image that each entry puts in place of another; nothing for an entry that changes nothing. */
export function readOverrides(overrides: readonly ImageOverride[]): readonly ImageUse[] {
  const uses = new PartedUses();
  for (const override of overrides) {
    const shown = ['digest', 'newTag', 'tagSuffix', 'newName']
      .map((key) => override.entry.get(key))
      .find((value) => value?.text);
    if (!shown) continue;
    uses.add({
      role: 'override',
      map: override.entry,
      shown,
      ...put(override),
      path: `images.${override.name}`,
      owner: `manifests with ${override.name}`,
      pin: (digest) => pin(override, digest, uses),
    });
  }
  return uses.all;
}

/** What the manifest keeps is not seen here: kustomize's own sign for that (`kustomize edit set image`). */
const kept = '*';

/** `name` is a pattern; these signs make it one that stands for several images. */
const patternSigns = /[*+?()[\]{}|^$\\]/;

/** What the manifests get, with both `newTag` and `digest` where both are given: kustomize takes that, and the digest decides. */
function put({ digest, name, newName, newTag, tagSuffix }: ImageOverride): {
  readonly resolved: string;
  readonly holes: readonly string[];
} {
  const image = newName || name;
  const tag = newTag || (digest === '' ? kept + tagSuffix : '');
  const resolved = image + (tag === '' ? '' : `:${tag}`) + (digest === '' ? '' : `@${digest}`);
  const holes = placeholdersIn(resolved);
  if (newName === '' && patternSigns.test(name)) return { resolved, holes: [...holes, name, kept] };
  return { resolved, holes: newTag === '' && digest === '' ? [...holes, kept] : holes };
}

/** The digest takes the place of `newTag`; where the entry has the key `digest` already, it goes there. */
function pin({ entry }: ImageOverride, digest: string, uses: PartedUses): Edits {
  const tag = entry.get('newTag');
  if (tag && isWrittenByFlux(tag)) {
    return refuse(
      'Flux writes this tag (`$imagepolicy`), and would write one over the digest; let its policy write digests instead.',
    );
  }
  if (entry.get('digest')) return uses.set(entry, 'digest', digest);
  const written = entry.entries().find((one) => one.key === 'newTag');
  const isAlias = written && written.value.seenFrom.length > entry.seenFrom.length;
  if (!written || !entry.ownPair('newTag') || hasMergeKey(entry) || (!isAlias && written.value.isShared)) {
    return refuse('This tag is shared through an alias or a merge key; write it out in each entry first.');
  }
  return joinEdits([{ span: written.keySpan, newText: 'digest' }], setIn(entry, ['newTag'], digest));
}

/** Without its own `newTag` an entry could take over that of another. */
const hasMergeKey = ({ span, tree: { text } }: YamlValue): boolean =>
  text.slice(span.start, span.end).includes('<<');
