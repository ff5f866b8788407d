import type { ImageUse } from '../../model/facts.ts';
import { type Edits, joinEdits, refuse } from '../../text/edit.ts';
import { isWrittenByFlux } from '../../yaml/flux.ts';
import { setIn } from '../../yaml/insert.ts';
import { type ImageOverride, splitName } from '../../yaml/kustomization.ts';
import type { YamlValue } from '../../yaml/lookup.ts';
import { type FoundParts, PartedUses } from '../../yaml/parted-uses.ts';
import { placeholdersIn } from '../../yaml/placeholders.ts';

/** The image that each entry puts in place of another; nothing for an entry that changes nothing. */
export function readOverrides(overrides: readonly ImageOverride[]): readonly ImageUse[] {
  const uses = new PartedUses();
  const later = new Later(overrides);
  for (const [index, override] of overrides.entries()) {
    const shown = ['digest', 'newTag', 'tagSuffix', 'newName']
      .map((key) => override.entry.get(key))
      .find((value) => value?.text);
    if (!shown) continue;
    uses.add({
      role: 'override',
      map: override.entry,
      shown,
      ...put(override, later.nameAfter(index)),
      path: `images.${override.name}`,
      owner: `manifests with ${override.name}`,
      pin: (digest, keepsTag) => pin(override, { digest, keepsTag }, uses),
    });
  }
  return uses.all;
}

/** What the manifest keeps is not seen here: kustomize's own sign for that (`kustomize edit set image`). */
const kept = '*';

/** `name` is a pattern; these signs make it one that stands for several images. */
const patternSigns = /[*+?()[\]{}|^$\\]/;

/** What the entries behind one make of its image: kustomize follows each in turn. */
class Later {
  readonly #overrides: readonly ImageOverride[];
  readonly #places = new Map<string, number[]>();

  constructor(overrides: readonly ImageOverride[]) {
    this.#overrides = overrides;
    for (const [index, { name }] of overrides.entries()) {
      const places = this.#places.get(name) ?? [];
      places.push(index);
      this.#places.set(name, places);
    }
  }

  /** The name in the end; null where an entry gives it another version. */
  nameAfter(index: number): string | null {
    let name = nameOf(this.#overrides[index]);
    for (let at = index, hops = 0; hops < mostHops; hops++) {
      const next = firstBehind(this.#places.get(name) ?? [], at);
      const override = next === undefined ? undefined : this.#overrides[next];
      if (next === undefined || !override) return name;
      if (override.newTag !== '' || override.digest !== '') return null;
      name = override.newName || name;
      at = next;
    }
    return name;
  }
}

/** The first of ascending numbers that is greater. */
function firstBehind(places: readonly number[], at: number): number | undefined {
  let low = 0;
  let high = places.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((places[middle] ?? 0) > at) high = middle;
    else low = middle + 1;
  }
  return places[low];
}

/** Longer chains than people write. */
const mostHops = 50;

const nameOf = (override: ImageOverride | undefined): string =>
  override?.newName || splitName(override?.name ?? '')[0];

/** What the manifests get, with both `newTag` and `digest` where both are given: kustomize takes that, and the digest decides. */
function put(
  { digest, name, newName, newTag, tagSuffix }: ImageOverride,
  final: string | null,
): Pick<FoundParts, 'holes' | 'reason' | 'replaced' | 'resolved'> {
  const image = final ?? (newName || splitName(name)[0]);
  const tag = newTag || (digest === '' ? kept + tagSuffix : '');
  const resolved = image + (tag === '' ? '' : `:${tag}`) + (digest === '' ? '' : `@${digest}`);
  const found = { resolved, ...(final === null && { replaced: true }) };
  const reason = 'the manifests say what is left open here';
  const holes = placeholdersIn(resolved);
  if (newName === '' && patternSigns.test(name)) return { ...found, holes: [...holes, name, kept], reason };
  if (newTag === '' && digest === '') return { ...found, holes: [...holes, kept], reason };
  return { ...found, holes };
}

interface Wanted {
  readonly digest: string;
  readonly keepsTag: boolean;
}

/**
 * The digest goes behind `newTag`, which every kustomize takes and which update tools read; without the tag it takes that one's place.
 * Where the entry has the key `digest` already, it goes there.
 */
function pin({ entry }: ImageOverride, { digest, keepsTag }: Wanted, uses: PartedUses): Edits {
  const tag = entry.get('newTag');
  if (tag && isWrittenByFlux(tag)) {
    return refuse(
      'Flux writes this tag (`$imagepolicy`), and would write one over the digest; let its policy write digests instead.',
    );
  }
  if (entry.get('digest')) return uses.set(entry, 'digest', digest);
  const written = entry.entries().find((one) => one.key === 'newTag');
  const isAlias = written && written.value.trail.length > entry.trail.length;
  if (!written || !entry.ownPair('newTag') || hasMergeKey(entry) || (!isAlias && written.value.isShared)) {
    return refuse('This tag is shared through an alias or a merge key; write it out in each entry first.');
  }
  if (keepsTag) return setIn(entry, ['newTag'], `${tag?.text?.replace(/@.*/s, '') ?? ''}@${digest}`);
  return joinEdits([{ span: written.keySpan, newText: 'digest' }], setIn(entry, ['newTag'], digest));
}

/** Without its own `newTag` an entry could take over that of another. */
const hasMergeKey = ({ span, tree: { text } }: YamlValue): boolean =>
  text.slice(span.start, span.end).includes('<<');
