import type { Node } from 'yaml';
import { readReference } from '../image/reading.ts';
import { parseReference } from '../image/reference.ts';
import type { ImageRole, ImageUse } from '../model/facts.ts';
import type { Site } from '../model/site.ts';
import { type Edits, refuse } from '../text/edit.ts';
import { setIn } from './insert.ts';
import type { YamlValue } from './lookup.ts';
import { siteOf } from './site.ts';

/** A reference whose parts stand under several keys of one mapping. */
export interface FoundParts {
  readonly role: ImageRole;
  readonly map: YamlValue;
  /** The part that a person would look at: the digest, the tag, or else the name. */
  readonly shown: YamlValue;
  /** The parts put together, and what stays unknown in that. */
  readonly resolved: string;
  readonly holes: readonly string[];
  readonly path: string;
  readonly owner: string;
  /** Writes a digest where whoever reads the mapping takes it. */
  pin(digest: string): Edits;
}

type Growing = { -readonly [K in keyof ImageUse]: ImageUse[K] } & { site: Site; owners: string[] };

/** Collects references that are written in parts: a mapping reached from several places is one use with several owners. */
export class PartedUses {
  readonly #all: Growing[] = [];
  readonly #byMap = new Map<Node, Growing[]>();
  readonly #maps: YamlValue[] = [];

  get all(): readonly ImageUse[] {
    return this.#all;
  }

  add(found: FoundParts): void {
    const { holes, map, owner, path, resolved, role, shown } = found;
    const site = siteOf(shown);
    if (!site) return;
    const known = this.#byMap.get(map.node) ?? [];
    this.#byMap.set(map.node, known);
    const same = known.find((use) => use.site.span.start === site.span.start);
    if (same) {
      widen(same, owner, map);
      return;
    }
    const use: Growing = {
      role,
      site: { ...site, seenFrom: map.seenFrom, replace: (wanted) => replaceParts(found, wanted) },
      resolved,
      ...readReference(resolved, holes),
      path,
      owners: [owner],
    };
    known.push(use);
    this.#all.push(use);
    this.#maps.push(map);
  }

  /**
   * Puts a text under a key of an image. A mapping that is used whole through aliases is one image, and is changed where it is written;
   * a value that another image takes over through a merge key or an alias is left alone: a digest is never right for both.
   */
  set(map: YamlValue, key: string, text: string): Edits {
    const value = map.get(key);
    const inPlace = map.ownPair(key) && value?.seenFrom.length === map.seenFrom.length;
    if (!value || !inPlace) return setIn(map, [key], text);
    if (this.#maps.some((other) => other.node !== map.node && other.get(key)?.node === value.node)) {
      return refuse(
        `Another image takes this \`${key}\` over through a merge key or an alias; give it its own first.`,
      );
    }
    return siteOf(value)?.replace(text) ?? setIn(map, [key], text);
  }
}

function widen(use: Growing, owner: string, { seenFrom }: YamlValue): void {
  if (!use.owners.includes(owner)) use.owners.push(owner);
  const places = new Map([...use.site.seenFrom, ...seenFrom].map((at) => [at.start, at]));
  use.site = { ...use.site, seenFrom: [...places.values()] };
}

/** Only the digest may differ from what the parts say: the rest is theirs to say. */
function replaceParts({ pin, resolved }: FoundParts, wanted: string): Edits {
  const now = parseReference(resolved);
  const next = parseReference(wanted);
  if (!now.ok || !next.ok) return refuse('The parts of this reference are not clear, so none was changed.');
  const { digest, domain, path, tag } = next.reference;
  const same = domain === now.reference.domain && path === now.reference.path && tag === now.reference.tag;
  if (!same || digest === undefined) {
    return refuse('The name and the tag stand under keys of their own; change them there.');
  }
  return pin(digest);
}
