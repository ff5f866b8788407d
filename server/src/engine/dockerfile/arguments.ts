import type { Variables } from '../model/variables.ts';
import type { MappedText } from '../text/mapped-text.ts';
import type { Dockerfile } from './dockerfile.ts';
import { type Expansion, expand, hole, type Lookup, type Value } from './expand.ts';
import { Effort } from './substitute.ts';

/** Set by BuildKit for every build (`dockerfile2llb/platform.go`); a default in the file takes their place. */
const predefined: ReadonlySet<string> = new Set([
  ...['BUILD', 'TARGET'].flatMap((side) =>
    ['PLATFORM', 'OS', 'OSVERSION', 'ARCH', 'VARIANT'].map((part) => side + part),
  ),
  'TARGETSTAGE',
]);

/** What the build gives its arguments, which takes the place of their defaults; null for a value that is not known. */
export type GivenArguments = ReadonlyMap<string, string | null>;

/** What is known of the arguments besides the Dockerfile. */
export interface BuildValues {
  readonly given: GivenArguments;
  /** Values of those that have none in it, as the policy tells them. */
  readonly variables: Variables;
  /** As in `BuiltImage.dockerfile`; empty where nobody asks for builds of it. */
  readonly dockerfile: string;
}

export const noValues: BuildValues = { given: new Map(), variables: new Map(), dockerfile: '' };

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
  readonly #variables: Variables;
  readonly #effort = new Effort();

  /** With `emptyIsUnknown` an empty default counts as a value that the build must bring. */
  constructor(
    { escapeToken, instructions }: Dockerfile,
    { given, variables }: BuildValues,
    emptyIsUnknown = false,
  ) {
    this.#escapeToken = escapeToken;
    this.#given = given;
    this.#variables = variables;
    for (const { keyword, words } of instructions) {
      if (keyword === 'FROM') break;
      if (keyword !== 'ARG') continue;
      for (const word of words) this.#declare(word, emptyIsUnknown);
    }
  }

  expand(word: MappedText): Expansion {
    return expand(word, this.#lookup, this.#escapeToken, this.#effort);
  }

  /** Without a default an earlier declaration of the same name stays in force. */
  #declare(word: MappedText, emptyIsUnknown: boolean): void {
    const equals = word.text.indexOf('=');
    const name = equals < 0 ? word.text : word.text.slice(0, equals);
    const given = this.#given.get(name);
    if (given !== undefined) {
      this.#values.set(name, given === null ? this.#unset(name) : literalOf(given, name));
    } else if (equals < 0) {
      if (!this.#values.has(name) && this.#variables.has(name)) this.#values.set(name, this.#unset(name));
    } else if (equals > 0) {
      const value = this.expand(word.slice(equals + 1));
      value.origin?.names.add(name);
      this.#values.set(name, emptyIsUnknown && value.text === '' ? this.#unset(name) : value);
    }
  }

  /** A value that no file tells. */
  #unset(name: string): Value {
    const value = this.#variables.get(name);
    return value === undefined ? hole(`\${${name}}`, [name]) : literalOf(value, name);
  }

  readonly #lookup: Lookup = (name) => {
    const value = this.#values.get(name);
    if (value) return { ...value, variables: [name] };
    return predefined.has(name) ? 'unknown' : 'unset';
  };
}
