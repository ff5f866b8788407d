import { parseReference } from '../../image/reference.ts';
import { type Edits, refuse } from '../../text/edit.ts';
import { withoutTrailing } from '../../text/trim.ts';
import { isWrittenByFlux } from '../../yaml/flux.ts';
import type { YamlValue } from '../../yaml/lookup.ts';
import type { PartedUses } from '../../yaml/parted-uses.ts';
import { placeholdersIn } from '../../yaml/placeholders.ts';
import { readFlag } from '../../yaml/setting.ts';
import { renderedText } from '../../yaml/typed.ts';

/** A reference in parts, and the keys it stands under. */
export interface Parts {
  readonly map: YamlValue;
  /** Structural path of the name. */
  readonly path: string;
  readonly shown: YamlValue;
  readonly resolved: string;
  readonly holes: readonly string[];
  readonly tagKey: string;
  readonly tag: YamlValue | null;
  /** The key a digest goes under; null where the mapping has none. */
  readonly digestKey: string | null;
}

/** What the values say of registries for all images. */
export interface Registries {
  /** `global.imageRegistry`, which wins over an image's own registry. Source: Bitnami's `common.images.image`. */
  readonly winning: string;
  /** Another key names a registry: whether it counts for an image without one is up to the templates. */
  readonly hasOther: boolean;
}

/** Stands for a tag that the chart puts in: its own version, a default of another file. */
export const unseenTag = '{{ tag }}';

const unseenRegistry = '{{ registry }}';

export function registriesOf(root: YamlValue): Registries {
  const global = root.get('global');
  const places = [['image', 'registry'], ['registry'], ['hub']];
  return {
    winning: global?.textAt('imageRegistry') ?? '',
    hasOther: places.some((keys) => (global?.textAt(...keys) ?? '') !== ''),
  };
}

/** `image: {registry, repository, tag, digest}`, in any of its forms; null for a mapping that is no image. */
export function readMap(map: YamlValue, registries: Registries): Parts | null {
  const name = nameIn(map);
  if (!name?.text || /:\/\/|\s/.test(name.text)) return null;
  const base = withRegistry(map, renderedText(name), registries);
  return compose(map, {
    name,
    base,
    tagKey: 'tag',
    digestKey: ['digest', 'sha'].find((key) => map.get(key)),
  });
}

/** Whether a mapping is an image whatever it is called: charts, sources and caches have a `repository` too. */
export const isImage = (map: YamlValue): boolean =>
  ['repository', 'tag'].every((key) => map.get(key)) &&
  ['registry', 'digest', 'pullPolicy'].some((key) => map.get(key));

/** `repository` is a name in any case; `image` and `name` are where another part stands beside them. */
function nameIn(map: YamlValue): YamlValue | undefined {
  if (map.get('repository')) return map.get('repository');
  const isImage = ['tag', 'digest', 'sha', 'registry'].some((key) => map.get(key));
  return isImage ? (map.get('image') ?? map.get('name')) : undefined;
}

function withRegistry(map: YamlValue, name: string, { hasOther, winning }: Registries): string {
  const own = map.get('registry');
  const registry = own ? winning || renderedText(own) : '';
  if (registry !== '') return `${withoutTrailing(registry, '/')}/${name}`;
  const parsed = parseReference(name);
  const hasDomain = parsed.ok && parsed.reference.domain !== undefined;
  return (hasOther || winning !== '') && !hasDomain ? `${unseenRegistry}/${name}` : name;
}

/** `image: nginx` with its tag under a key beside it: `tag`, `imageTag`, or `webTag` beside `webImage`. Null where there is none. */
export function readSiblings(
  map: YamlValue,
  key: string,
  name: YamlValue,
  registries: Registries,
): Parts | null {
  if (!name.text || !parseReference(name.text).ok) return null;
  const stem = key.replace(/_?-?image$/i, '');
  const beside = (part: string): string | undefined => {
    const small = part.toLowerCase();
    const names = stem === '' ? [small, `image${part}`] : [`${key}${part}`, `${stem}${part}`];
    return names.find((one) => map.get(one));
  };
  const tagKey = beside('Tag');
  if (tagKey === undefined) return null;
  const text = renderedText(name);
  const base = stem === '' ? withRegistry(map, text, registries) : text;
  return compose(map, { name, base, tagKey, digestKey: beside('Digest') });
}

interface Found {
  readonly name: YamlValue;
  readonly base: string;
  readonly tagKey: string;
  readonly digestKey: string | undefined;
}

function compose(map: YamlValue, { base, digestKey, name, tagKey }: Found): Parts {
  const tag = map.get(tagKey);
  const digest = digestText(map, digestKey);
  const resolved = base + versionText(base, tag ? renderedText(tag) : '', digest);
  const digestValue = digest === '' ? undefined : map.get(digestKey ?? '');
  return {
    map,
    path: name.path,
    shown: digestValue ?? (tag?.text ? tag : name),
    resolved,
    holes: placeholdersIn(resolved),
    tagKey,
    tag: tag ?? null,
    digestKey: digestKey ?? null,
  };
}

/** What stands behind the name. A tag may hold a digest too (`1.27.4@sha256:…`, `sha256:…`), which the digest's own key overrules. */
function versionText(base: string, tag: string, digest: string): string {
  const at = digest === '' ? '' : `@${digest}`;
  if (/^@?sha256:/.test(tag)) return at || `@${tag.replace('@', '')}`;
  if (tag !== '') return `:${at === '' ? tag : tag.replace(/@.*/s, '')}${at}`;
  const parsed = parseReference(base);
  const isComplete = parsed.ok && (parsed.reference.tag ?? parsed.reference.digest) !== undefined;
  return at || (isComplete ? '' : `:${unseenTag}`);
}

/** Some charts put `sha256:` in front themselves: there the key holds the 64 digits alone. */
const isBareDigest = (text: string): boolean => /^[0-9a-f]{64}$/.test(text);

function digestText(map: YamlValue, key: string | undefined): string {
  const text = key === undefined || isUnused(map) ? '' : (map.textAt(key) ?? '');
  return isBareDigest(text) ? `sha256:${text}` : text;
}

/** Cilium's charts use the digest only where they are told to. */
const isUnused = (map: YamlValue): boolean => readFlag(map.textAt('useDigest')) === false;

/** Writes the digest under the key that the chart has for it, or where the tag holds one already. */
export function pinParts({ digestKey, map, tag, tagKey }: Parts, digest: string, uses: PartedUses): Edits {
  const held = /^(.*@|)sha256:/s.exec(tag?.text ?? '');
  if (held) return uses.set(map, tagKey, `${held[1]}${digest}`);
  if (digestKey === null) {
    return refuse(
      'There is no `digest` key beside this tag, and the chart may not know one; if its templates use a digest, add `digest: ""` here first.',
    );
  }
  if (isUnused(map)) {
    return refuse('With `useDigest: false` the chart ignores a digest; set it to true first.');
  }
  if (tag && isWrittenByFlux(tag)) {
    return refuse(
      'Flux keeps this tag up to date (`$imagepolicy`), and a digest would hold the image back; let its policy write the digest too.',
    );
  }
  const isBare = digestKey === 'sha' || isBareDigest(map.textAt(digestKey) ?? '');
  return uses.set(map, digestKey, isBare ? digest.replace('sha256:', '') : digest);
}
