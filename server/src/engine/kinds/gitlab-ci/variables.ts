import type { Entry, YamlValue } from '../../yaml/lookup.ts';

/** A variable with a value in this file. */
export interface Variable {
  readonly name: string;
  readonly value: YamlValue;
  /** The text of `value`, decoded once. */
  readonly text: string;
  /** `expand: false`: a `$` in it is only a character. */
  readonly isRaw: boolean;
  /** Whoever starts the pipeline chooses among values that are listed beside it. */
  readonly hasOptions: boolean;
}

/** Variables by name; null for one whose value this file does not tell. */
export interface Layer {
  /** Undefined for one that is not declared. */
  get(name: string): Variable | null | undefined;
}

/** A text with the known variables put in. */
export interface Filled {
  readonly text: string;
  /** The parts that stay unknown, as they stand in `text`. */
  readonly holes: readonly string[];
  /** The variables that were asked for, in their order. */
  readonly names: readonly string[];
  /** The value is in one place: the text itself or, where it is nothing but a variable, the last of `through`. */
  readonly isWhole: boolean;
  /** The variables from the text to the place that holds the value. */
  readonly through: readonly Variable[];
  /** Where the end of a value that is put together is written: the last of these variables, or the text itself without any. */
  readonly end: readonly Variable[];
  /** How many characters of it no variable has a part in. */
  readonly tail: number;
}

/**
 * What GitLab and its runner put into values: `$X`, `${X}`, `$[[ inputs.x ]]`; a `$` of another form is never part of a reference.
 * Templates of pipelines have `{{ … }}`. https://docs.gitlab.com/ci/variables/where_variables_can_be_used/
 */
const expressions = /\$\[\[[^[\]]*\]\]|\$\{[^}]*\}?|\$[A-Za-z_]\w*|\$\$?|\{\{[^{}]*\}\}/g;

/** The variable that an expression asks for; null where the text is anything else. */
export const nameIn = (expression: string): string | null =>
  /^\$\{?([A-Za-z_]\w*)\}?$/.exec(expression)?.[1] ?? null;

/** Longer chains and texts than any reference has: beyond them a value counts as unknown. */
const limits = { depth: 20, length: 4096 };

/** The variables that a job sees: its own, then those of the whole file. */
export class Variables {
  readonly #own: Layer;
  readonly #outer: Variables | null;
  /** What the policy says of those that no file declares. */
  readonly #named: ReadonlyMap<string, string>;
  readonly #filled = new Map<string, Filled | null>();
  #depth = 0;

  constructor(own: Layer, outer: Variables | null = null, named: ReadonlyMap<string, string> = new Map()) {
    this.#own = own;
    this.#outer = outer;
    this.#named = outer ? outer.#named : named;
  }

  fill(text: string): Filled {
    return this.#expand(text) ?? { ...unknown(text), names: [] };
  }

  /** Null for what grows too long; what is too long already is not looked into. */
  #expand(text: string): Filled | null {
    if (text.search(expressions) < 0) {
      return { text, holes: [], names: [], isWhole: true, through: [], end: [], tail: text.length };
    }
    if (text.length > limits.length) return null;
    const found = [...text.matchAll(expressions)];
    const names = [...new Set(found.flatMap(([one]) => nameIn(one) ?? []))];
    if (found[0]?.[0] === text) {
      const name = nameIn(text) ?? '';
      const variable = this.#find(name);
      const value = this.#valueOf(name, variable);
      if (!value) return { ...unknown(text), names };
      const through = value.isWhole && variable ? [variable, ...value.through] : [];
      return { ...value, names, through, end: variable ? [variable, ...value.end] : [] };
    }
    const holes = new Set<string>();
    let filled = '';
    let end = 0;
    for (const { 0: one, index } of found) {
      const name = nameIn(one) ?? '';
      const value = this.#valueOf(name, this.#find(name));
      for (const hole of value ? value.holes : [one]) holes.add(hole);
      filled += text.slice(end, index) + (value?.text ?? one);
      end = index + one.length;
      if (filled.length > limits.length) return null;
    }
    filled += text.slice(end);
    if (filled.length > limits.length) return null;
    return { ...unknown(filled), holes: [...holes], names, tail: text.length - end };
  }

  /** Undefined where no file declares it. */
  #find(name: string): Variable | null | undefined {
    const own = this.#own.get(name);
    return own === undefined && this.#outer ? this.#outer.#find(name) : own;
  }

  /** Null for what is unknown: an empty value is one that somebody else fills in. */
  #valueOf(asked: string, variable: Variable | null | undefined): Filled | null {
    if (variable === undefined || variable?.text === '') {
      const text = this.#named.get(asked);
      return text === undefined ? null : { ...unknown(text), holes: [], names: [asked] };
    }
    if (variable === null) return null;
    const { isRaw, name, text } = variable;
    const known = this.#filled.get(name);
    if (known !== undefined) return known;
    if (text.length > limits.length || (isRaw && text.includes('$')) || this.#depth >= limits.depth)
      return null;
    // While it is being read it is unknown to itself.
    this.#filled.set(name, null);
    this.#depth++;
    const filled = this.#expand(text);
    this.#depth--;
    this.#filled.set(name, filled);
    return filled;
  }
}

/** A text that nobody can fill in. */
export const unknown = (text: string): Filled => ({
  text,
  holes: [text],
  names: [],
  isWhole: false,
  through: [],
  end: [],
  tail: 0,
});

/** The variables that entries of `variables` declare, by name. */
export const readVariables = (entries: readonly Entry[]): ReadonlyMap<string, Variable | null> =>
  new Map(entries.map((entry) => [entry.key, variableOf(entry)]));

function variableOf({ key, value }: Entry): Variable | null {
  const written = value.isMap ? value.get('value') : value;
  const text = written?.text;
  if (!written || text == null) return null;
  return {
    name: key,
    value: written,
    text,
    isRaw: value.textAt('expand') === 'false',
    hasOptions: value.get('options') !== undefined,
  };
}
