import type { MappedText } from '../text/mapped-text.ts';
import { type Expansion, expand, hole, type Lookup, type Value } from './expand.ts';
import type { Dockerfile } from './split.ts';
import { splitQuotedWords } from './words.ts';

/** Set by BuildKit for every build (`dockerfile2llb/platform.go`); a default in the file takes their place. */
const predefined: ReadonlySet<string> = new Set([
  ...['BUILD', 'TARGET'].flatMap((side) =>
    ['PLATFORM', 'OS', 'OSVERSION', 'ARCH', 'VARIANT'].map((part) => side + part),
  ),
  'TARGETSTAGE',
]);

/** What the build gives its arguments, which takes the place of their defaults; null for a value that is not known. */
export type GivenArguments = ReadonlyMap<string, string | null>;

const literalOf = (text: string, name: string): Value => ({
  text,
  holes: [],
  origin: null,
  variables: [name],
});

/** The build arguments that `FROM` sees: those declared before the first stage, with their defaults. `ENV` does not reach it. */
export class GlobalArguments {
  readonly #values = new Map<string, Value>();
  readonly #escapeToken: string;
  readonly #given: GivenArguments;

  /** With `emptyIsUnknown` an empty default counts as a value that the build must bring. */
  constructor({ escapeToken, instructions }: Dockerfile, given: GivenArguments, emptyIsUnknown = false) {
    this.#escapeToken = escapeToken;
    this.#given = given;
    for (const { keyword, rest } of instructions) {
      if (keyword === 'FROM') break;
      if (keyword !== 'ARG') continue;
      for (const word of splitQuotedWords(rest, escapeToken)) this.#declare(word, emptyIsUnknown);
    }
  }

  expand(word: MappedText): Expansion {
    return expand(word, this.#lookup, this.#escapeToken);
  }

  /** Without a default an earlier declaration of the same name stays in force. */
  #declare(word: MappedText, emptyIsUnknown: boolean): void {
    const equals = word.text.indexOf('=');
    const name = equals < 0 ? word.text : word.text.slice(0, equals);
    const given = this.#given.get(name);
    if (given !== undefined) {
      const value = given === null ? hole(`\${${name}}`, [name]) : literalOf(given, name);
      this.#values.set(name, value);
    }
    if (equals < 1 || given !== undefined) return;
    const value = this.expand(word.slice(equals + 1));
    this.#values.set(name, emptyIsUnknown && value.text === '' ? hole(`\${${name}}`, [name]) : value);
  }

  readonly #lookup: Lookup = (name) => {
    const value = this.#values.get(name);
    if (value) return { ...value, variables: [name] };
    return predefined.has(name) ? 'unknown' : 'unset';
  };
}
