import type { Node } from 'yaml';
import { readReference } from '../image/reading.ts';
import { parseReference } from '../image/reference.ts';
import type { ImageRole, ImageUse } from '../model/facts.ts';
import type { Site } from '../model/site.ts';
import { type Edits, refuse } from '../text/edit.ts';
import type { Span } from '../text/span.ts';
import { setIn } from './insert.ts';
import type { YamlValue } from './lookup.ts';
import { siteOf } from './site.ts';
import { tagAround, whyTagged } from './tags.ts';
import type { Trail } from './trail.ts';

/** A reference whose parts stand under several keys of one mapping. */
export interface FoundParts {
  readonly role: ImageRole;
  readonly map: YamlValue;
  /** The part that a person would look at: the digest, the tag, or else the name. */
  readonly shown: YamlValue;
  /** The parts put together, and what stays unknown in that. */
  readonly resolved: string;
  readonly holes: readonly string[];
  /** Why it stays unknown, where there is more to say than that. */
  readonly reason?: string;
  readonly path: string;
  readonly owner: string;
  /** Something else of the same file decides: this one is not pulled. */
  readonly replaced?: boolean;
  /** Writes a digest where whoever reads the mapping takes it. A tag can go where it would have to stand beside the digest. */
  pin(digest: string, keepsTag: boolean): Edits;
}

interface Growing {
  readonly found: FoundParts;
  readonly site: Site;
  readonly owners: Set<string>;
  /** The aliases that lead here, by their offset, and the trails that were gone through for them. */
  readonly seenFrom: Map<number, Span>;
  readonly trails: Set<Trail>;
}

/** Collects references that are written in parts: a mapping reached from several places is one use with several owners. */
export class PartedUses {
  readonly #byMap = new Map<Node, Growing[]>();
  /** How many mappings read a value, by its key: counted when first asked for. */
  readonly #readers = new Map<string, ReadonlyMap<Node, number>>();

  /** In the order they were found. */
  get all(): readonly ImageUse[] {
    return [...this.#byMap.values()].flat().map(toUse);
  }

  add(found: FoundParts): void {
    const { map, owner, shown } = found;
    const site = siteOf(shown);
    if (!site) return;
    const known = this.#byMap.get(map.node) ?? [];
    this.#byMap.set(map.node, known);
    let use = known.find((one) => one.site.span.start === site.span.start);
    if (!use) {
      use = { found: untagged(found), site, owners: new Set(), seenFrom: new Map(), trails: new Set() };
      known.push(use);
    }
    use.owners.add(owner);
    for (const at of map.trail.places(use.trails)) use.seenFrom.set(at.start, at);
  }

  /**
   * Puts a text under a key of an image. A mapping that is used whole through aliases is one image, and is changed where it is written;
   * a value that another image takes over through a merge key or an alias is left alone: a digest is never right for both.
   */
  set(map: YamlValue, key: string, text: string): Edits {
    const value = map.get(key);
    const inPlace = map.ownPair(key) && value?.trail.length === map.trail.length;
    if (!value || !inPlace) return setIn(map, [key], text);
    if ((this.#readersOf(key).get(value.node) ?? 0) > 1) {
      return refuse(
        `Another image takes this \`${key}\` over through a merge key or an alias; give it its own first.`,
      );
    }
    return siteOf(value)?.replace(text) ?? setIn(map, [key], text);
  }

  #readersOf(key: string): ReadonlyMap<Node, number> {
    const known = this.#readers.get(key);
    if (known) return known;
    const readers = new Map<Node, number>();
    for (const [use] of this.#byMap.values()) {
      const node = use?.found.map.get(key)?.node;
      if (node) readers.set(node, (readers.get(node) ?? 0) + 1);
    }
    this.#readers.set(key, readers);
    return readers;
  }
}

const noTags: ReadonlySet<string> = new Set();

/** A part that a tag makes is known to nobody but the tool that reads it. */
function untagged(found: FoundParts): FoundParts {
  const { map, resolved } = found;
  if (!map.tree.text.includes('!')) return found;
  const parts = map.entries().flatMap(({ value }) => (value.type === 'map' ? [] : value));
  const tag = [map, ...parts].map((value) => tagAround(value, noTags)).find((one) => one !== null);
  if (tag == null) return found;
  const why = `The tag \`${tag}\` makes this value: only the tool that reads it knows which.`;
  return { ...found, holes: [resolved], reason: whyTagged(tag), pin: () => refuse(why) };
}

function toUse({ found, owners, seenFrom, site }: Growing): ImageUse {
  const { holes, path, reason, replaced, resolved, role } = found;
  const read = readReference(resolved, holes, reason);
  return {
    role,
    site: {
      ...site,
      seenFrom: [...seenFrom.values()],
      replace: (wanted) => replaceParts(found, wanted),
    },
    resolved,
    ...read,
    ...(replaced && { mutability: 'none' }),
    path,
    owners: [...owners],
  };
}

/** Only the digest may differ from what the parts say: the rest is theirs to say. */
function replaceParts({ pin, resolved }: FoundParts, wanted: string): Edits {
  const now = parseReference(resolved);
  const next = parseReference(wanted);
  if (!now.ok || !next.ok) return refuse('The parts of this reference are not clear, so none was changed.');
  const { digest, domain, path, tag } = next.reference;
  const isTag = tag === undefined || tag === now.reference.tag;
  const same = isTag && domain === now.reference.domain && path === now.reference.path;
  if (!same || digest === undefined) {
    return refuse('The name and the tag stand under keys of their own; change them there.');
  }
  return pin(digest, tag !== undefined);
}
