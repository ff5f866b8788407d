import { holdsVersion, type Tailed, whyNoValue } from '../../image/tail.ts';
import { readComments } from '../../yaml/comments.ts';
import type { YamlValue } from '../../yaml/lookup.ts';
import { type Filled, nameIn, type Variable } from './variables.ts';

/** A reference as it is written, and with variables put in. */
export interface FoundReference {
  readonly value: YamlValue;
  readonly filled: Filled;
  readonly owner: string;
  /** As `ImageUse.platform`. */
  readonly platform: string | null;
}

/** What leads to a text that holds references. */
interface Readers {
  /** The variables that pass it on. */
  readonly names: Set<string>;
  /** The variable whose value is one of a list. */
  chosen: string | null;
  /** Undefined until asked for. */
  lock: string | null | undefined;
}

/**
 * Where references are written that variables supply. A variable that holds a whole reference is changed in its value, unless a script
 * or another text uses it too: a digest would get there as well.
 */
export class Origins {
  readonly #text: string;
  readonly #readers = new Map<YamlValue['node'], Readers>();
  /** Offsets where a variable is a whole reference, or the whole value of another one that is. */
  readonly #places = new Set<number>();
  /** By name, where each variable is first used for anything else. */
  #elsewhere: ReadonlyMap<string, Mention> | null = null;

  constructor(text: string, found: readonly FoundReference[]) {
    this.#text = text;
    for (const reference of found) {
      const through = wayOf(reference);
      const origin = through.at(-1);
      if (!origin) continue;
      const readers = this.#readersTo(origin.value);
      if (origin.hasOptions) readers.chosen = origin.name;
      for (const { name } of through) readers.names.add(name);
      for (const { span } of readersOf(reference)) this.#places.add(span.start);
    }
  }

  /** Where the reference can be changed: its own text, or that of the variable which holds it. */
  placeOf(reference: FoundReference): YamlValue {
    const origin = reference.filled.through.at(-1);
    if (!origin) return reference.value;
    return readersOf(reference).reduce((place, { span }) => place.seenThrough(span), origin.value);
  }

  /** Where the end of a reference that is put together can be changed; null where more of it would be. */
  endOf(reference: FoundReference): Ending | null {
    const { filled, value } = reference;
    const place = filled.end.at(-1)?.value ?? value;
    const ending = { place, written: place.text ?? '', resolved: filled.text, tail: filled.tail };
    return filled.isWhole || !holdsVersion(ending) ? null : ending;
  }

  /** Why a reference cannot be changed; null where it can. */
  lockOf(reference: FoundReference): string | null {
    const { filled, value } = reference;
    const { holes, isWhole, names } = filled;
    const [hole] = holes;
    const ending = this.endOf(reference);
    if (hole !== undefined) {
      const why = ending ? whyNoValue(hole) : null;
      return why ?? `${hole} decides this value; change it where that gets its value.`;
    }
    if (!isWhole && !ending) return whyPutTogether(value.text ?? '', names);
    const readers = this.#readers.get((wayOf(reference).at(-1)?.value ?? value).node);
    if (!readers) return null;
    if (readers.lock === undefined) readers.lock = this.#whyShared(readers);
    return readers.lock;
  }

  #readersTo({ node }: YamlValue): Readers {
    const known = this.#readers.get(node);
    if (known) return known;
    const readers: Readers = { names: new Set(), chosen: null, lock: undefined };
    this.#readers.set(node, readers);
    return readers;
  }

  #whyShared({ chosen, names }: Readers): string | null {
    if (chosen !== null)
      return `The value of ${chosen} has to be one of its \`options\`; change both by hand.`;
    this.#elsewhere ??= new Map(
      findMentions(this.#text)
        .filter(({ at }) => !this.#places.has(at))
        .toReversed()
        .map((mention) => [mention.name, mention]),
    );
    const [elsewhere] = [...names]
      .flatMap((name) => this.#elsewhere?.get(name) ?? [])
      .sort((a, b) => a.at - b.at);
    return elsewhere
      ? `${elsewhere.name} is used elsewhere in this file too, where a digest may not be wanted: give this reference a variable of its own.`
      : null;
  }
}

/** The text of the reference, and those of the variables between it and the value. */
const readersOf = ({ filled, value }: FoundReference): readonly YamlValue[] => [
  value,
  ...wayOf({ filled })
    .slice(0, -1)
    .map((variable) => variable.value),
];

/** The variables from a reference to the text that is changed. */
const wayOf = ({ filled }: Pick<FoundReference, 'filled'>): readonly Variable[] =>
  filled.isWhole ? filled.through : filled.end;

/** The text whose end is changed. */
interface Ending extends Tailed {
  readonly place: YamlValue;
}

function whyPutTogether(text: string, names: readonly string[]): string {
  const spread = 'and a digest in a part of it would spread to other texts';
  const [name = ''] = names;
  return nameIn(text) === name
    ? `The value of ${name} is put together from other variables, ${spread}: give it the whole reference.`
    : `\`${text}\` is put together from ${names.join(' and ')}, ${spread}: give one variable the whole reference, and use that variable here.`;
}

interface Mention {
  readonly name: string;
  readonly at: number;
}

/** Where variables are named, in the ways of any shell. */
function findMentions(text: string): readonly Mention[] {
  const named = /\$\{?(?:env:)?[!#]?([a-z_]\w*)|%([a-z_]\w*)%/gi;
  return Array.from(withoutComments(text).matchAll(named), (match) => ({
    name: match[1] ?? match[2] ?? '',
    at: match.index,
  }));
}

function withoutComments(text: string): string {
  let rest = '';
  for (const { span } of readComments(text)) {
    rest += text.slice(rest.length, span.start) + ' '.repeat(span.end - span.start);
  }
  return rest + text.slice(rest.length);
}
