import type { Node } from 'yaml';
import { readReference } from '../image/reading.ts';
import { holdsVersion, rewriteTail, type Tailed, whyNoValue } from '../image/tail.ts';
import type { ImageRole, ImageUse } from '../model/facts.ts';
import type { Site } from '../model/site.ts';
import { type Edits, refuse } from '../text/edit.ts';
import type { Span } from '../text/span.ts';
import type { YamlValue } from './lookup.ts';
import { siteOf } from './site.ts';

/** A reference as a kind finds it. */
export interface FoundImage {
  readonly role: ImageRole;
  readonly value: YamlValue;
  /** The part of the value's text that is the reference; all of it by default. */
  readonly part?: Span;
  /** The reference with known variables put in, and what stays unknown in it. */
  readonly resolved: string;
  readonly holes: readonly string[];
  /** As `ImageUse.platform`. */
  readonly platform?: string | null;
  /** Why it cannot be edited here: a variable decides it. */
  readonly locked: string | null;
  /** How many characters at the end of the text no variable has a part in, where one decides the rest. */
  readonly tail?: number;
  /** The same where that end is written in another place. */
  readonly ending?: Tailed & { readonly place: YamlValue };
  readonly path: string;
  readonly owner: string;
  /** Another file puts another image in its place, or builds it: this one is not pulled. */
  readonly replaced?: boolean;
  /** What to write so that `resolved`, or another reference in its place, is what runs: another file changes the name. */
  readonly write?: (wanted: string) => string;
  /** As in `ImageUse`. */
  readonly envFileVariables?: readonly string[];
}

type Growing = { -readonly [K in keyof ImageUse]: ImageUse[K] } & {
  site: Site & { seenFrom: Span[] };
  owners: string[];
};

/** What a use has already, as a text can be reached from thousands of places. */
interface Known {
  readonly use: Growing;
  readonly owners: Set<string>;
  /** Starts of the places it is seen from. */
  readonly places: Set<number>;
}

/** Collects the image uses of a document: a text reached from several places is one use with several owners. */
export class ImageUses {
  readonly #all: Growing[] = [];
  readonly #byNode = new Map<Node, Known[]>();

  /** In the order of the text. */
  get all(): readonly ImageUse[] {
    return this.#all.toSorted((a, b) => a.site.span.start - b.site.span.start);
  }

  /** Null for a value that is no text. */
  add(found: FoundImage): ImageUse | null {
    const { holes, owner, part, path, platform, resolved, role, value, write } = found;
    const tailed = tailedBy(found);
    const site = siteOf(value, {
      locked: (tailed && holes[0] !== undefined ? whyNoValue(holes[0]) : null) ?? found.locked,
      tailed: holes.length > 0 ? null : tailed,
      ...(part && { part }),
      ...(write && { write }),
    });
    if (!site) return null;
    const known = this.#byNode.get(value.node) ?? [];
    this.#byNode.set(value.node, known);
    const same = known.find(({ use }) => use.site.span.start === site.span.start);
    if (same) return widen(same, found, site);
    const { mutability, reading } = readReference(resolved, holes);
    const { ending, envFileVariables = [] } = found;
    const replace = ending ? (wanted: string) => replaceEnding(ending, wanted) : site.replace;
    const use: Growing = {
      role,
      site: { ...site, seenFrom: [...site.seenFrom], replace },
      resolved,
      reading,
      mutability: isPulled(found) ? mutability : 'none',
      ...(platform && { platform }),
      path,
      owners: [owner],
      ...(envFileVariables.length > 0 && { envFileVariables }),
    };
    const places = new Set(site.seenFrom.map(({ start }) => start));
    known.push({ use, owners: new Set(use.owners), places });
    this.#all.push(use);
    return use;
  }
}

/** The text, where its literal end has the version. */
function tailedBy({ part, resolved, tail = 0, value }: FoundImage): Tailed | null {
  const text = value.text ?? '';
  const tailed = { written: part ? text.slice(part.start, part.end) : text, resolved, tail };
  return holdsVersion(tailed) ? tailed : null;
}

function replaceEnding(ending: NonNullable<FoundImage['ending']>, wanted: string): Edits {
  const text = rewriteTail(ending, wanted);
  const edits = text === null ? null : siteOf(ending.place)?.replace(text);
  return edits ?? refuse('More than the end of this reference would change, which variables decide.');
}

const isPulled = ({ replaced, role }: FoundImage): boolean => role !== 'build-output' && !replaced;

/** What one of several owners pulls is pulled. */
function widen({ owners, places, use }: Known, found: FoundImage, site: Site): ImageUse {
  if (!owners.has(found.owner)) use.owners.push(found.owner);
  owners.add(found.owner);
  if (use.role !== 'build-output' && use.mutability === 'none' && isPulled(found)) {
    use.mutability = readReference(found.resolved, found.holes).mutability;
  }
  use.site.seenFrom.push(...site.seenFrom.filter(({ start }) => !places.has(start)));
  for (const { start } of site.seenFrom) places.add(start);
  return use;
}
