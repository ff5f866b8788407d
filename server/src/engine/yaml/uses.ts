import type { Node } from 'yaml';
import { readReference } from '../image/reading.ts';
import { holdsVersion, rewriteTail, type Tailed, whyNoValue } from '../image/tail.ts';
import type { ImageRole, ImageUse } from '../model/facts.ts';
import type { Site } from '../model/site.ts';
import { type Edits, refuse } from '../text/edit.ts';
import type { Span } from '../text/span.ts';
import type { YamlValue } from './lookup.ts';
import { otherReader, type Reader } from './readers.ts';
import { siteOf } from './site.ts';
import { tagAround, whyTagged } from './tags.ts';
import type { Trail } from './trail.ts';

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
  /** Why they are unknown, where there is more to say than that. */
  readonly reason?: string;
  /** Why it cannot be edited here: a variable decides it. */
  readonly locked: string | null;
  /** How many characters at the end of the text no variable has a part in, where one decides the rest. */
  readonly tail?: number;
  /** The same where that end is written in another place. */
  readonly ending?: Tailed & { readonly place: YamlValue };
  readonly path: string;
  readonly owner: string;
  /** It is the value of a variable: who else reads that is the kind's to know. */
  readonly variable?: boolean;
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
  /** It was found where it is written too, or its place is no matter. */
  inPlace: boolean;
  readonly owners: Set<string>;
  /** Starts of the places it is seen from, and the trails that were gone through for them. */
  readonly places: Set<number>;
  readonly trails: Set<Trail>;
}

/** Collects the image uses of a document: a text reached from several places is one use with several owners. */
export class ImageUses {
  readonly #all: Growing[] = [];
  readonly #byNode = new Map<Node, Known[]>();
  readonly #tags: ReadonlySet<string>;

  /** `tags` are those that the kind reads itself. */
  constructor(tags: readonly string[] = []) {
    this.#tags = new Set(tags);
  }

  /** In the order of the text. */
  get all(): readonly ImageUse[] {
    return this.#all.toSorted((a, b) => a.site.span.start - b.site.span.start);
  }

  /** Null for a value that is no text, unless a tag makes something of it. */
  add(found: FoundImage): ImageUse | null {
    const { envFileVariables = [], owner, path, platform, role, value } = found;
    const tag = tagAround(value, this.#tags);
    const read = tag === null ? found : { ...found, holes: [found.resolved], reason: whyTagged(tag) };
    const site = tag === null ? siteFor(found) : taggedSite(value, tag);
    if (!site) return null;
    const known = this.#byNode.get(value.node) ?? [];
    this.#byNode.set(value.node, known);
    const inPlace = value.seenFrom.length === 0 || found.variable === true;
    const same = known.find(({ use }) => use.site.span.start === site.span.start);
    if (same) {
      same.inPlace ||= inPlace;
      return widen(same, read);
    }
    const { mutability, reading } = readReference(read.resolved, read.holes, read.reason);
    const use: Growing = {
      role,
      site: { ...site, seenFrom: [], replace: (wanted) => replace(wanted) },
      resolved: read.resolved,
      reading,
      mutability: isPulled(found) ? mutability : 'none',
      ...(platform && { platform }),
      path,
      owners: [owner],
      ...(envFileVariables.length > 0 && { envFileVariables }),
    };
    const entry: Known = {
      use,
      inPlace,
      owners: new Set(use.owners),
      places: new Set<number>(),
      trails: new Set<Trail>(),
    };
    const { ending } = found;
    const replace: Site['replace'] = (wanted) => {
      const reader = tag === null ? otherReader(value, entry.places, entry.inPlace) : null;
      if (reader) return refuse(whyRead(reader), reader.span);
      return ending ? replaceEnding(ending, wanted) : site.replace(wanted);
    };
    known.push(entry);
    this.#all.push(use);
    return see(entry, value);
  }
}

function siteFor(found: FoundImage): Site | null {
  const { holes, locked, part, value, write } = found;
  const tailed = tailedBy(found);
  return siteOf(value, {
    locked: (tailed && holes[0] !== undefined ? whyNoValue(holes[0]) : null) ?? locked,
    tailed: holes.length > 0 ? null : tailed,
    ...(part && { part }),
    ...(write && { write }),
  });
}

/** The text, where its literal end has the version. */
function tailedBy({ part, resolved, tail = 0, value }: FoundImage): Tailed | null {
  const text = value.text ?? '';
  const tailed = { written: part ? text.slice(part.start, part.end) : text, resolved, tail };
  return holdsVersion(tailed) ? tailed : null;
}

function taggedSite(value: YamlValue, tag: string): Site {
  const { seenFrom, span, text, tree } = value;
  return {
    value: text ?? tree.text.slice(span.start, span.end),
    span,
    verbatim: null,
    seenFrom,
    replace: () => refuse(`The tag \`${tag}\` makes this value: only the tool that reads it knows which.`),
  };
}

const whyRead = ({ path }: Reader): string =>
  `Another line reads this text too (${path}), where a digest may not be wanted: write the image out here.`;

function replaceEnding(ending: NonNullable<FoundImage['ending']>, wanted: string): Edits {
  const text = rewriteTail(ending, wanted);
  const edits = text === null ? null : siteOf(ending.place)?.replace(text);
  return edits ?? refuse('More than the end of this reference would change, which variables decide.');
}

const isPulled = ({ replaced, role }: FoundImage): boolean => role !== 'build-output' && !replaced;

/** What one of several owners pulls is pulled. */
function widen(known: Known, found: FoundImage): ImageUse {
  const { owners, use } = known;
  if (!owners.has(found.owner)) use.owners.push(found.owner);
  owners.add(found.owner);
  if (use.role !== 'build-output' && use.mutability === 'none' && isPulled(found)) {
    use.mutability = readReference(found.resolved, found.holes).mutability;
  }
  return see(known, found.value);
}

function see({ places, trails, use }: Known, { trail }: YamlValue): ImageUse {
  for (const place of trail.places(trails)) {
    if (!places.has(place.start)) use.site.seenFrom.push(place);
    places.add(place.start);
  }
  return use;
}
