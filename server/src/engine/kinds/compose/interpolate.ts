import type { Variables } from '../../model/variables.ts';
import { type Span, span } from '../../text/span.ts';

/** A text in which Compose puts variables. */
export interface Interpolated {
  /** With defaults put in; what stays unknown is left as written. */
  readonly text: string;
  /** The unknown expressions, as they stand in `text`. */
  readonly holes: readonly string[];
  /** `text` with a NUL for each hole, so that its colons and slashes can be told from those of the text. */
  readonly masked: string;
  /** The names of the variables that decide, in their order. */
  readonly variables: readonly string[];
  /** Those of them whose value stands in `.env`. */
  readonly fromEnvFile: readonly string[];
  /** Those of them whose value the policy does not give too, so that it is nobody's but the file's. */
  readonly fromEnvFileAlone: readonly string[];
  /** Where the expressions stand in the original text, and how much of `text` each came to. */
  readonly expressions: readonly (Span & { readonly length: number })[];
}

interface Part {
  readonly text: string;
  readonly hole: boolean;
}

interface Expression {
  readonly parts: readonly Part[];
  readonly end: number;
}

export const holeMark = '\0';

/** Characters that values may bring into one text: more is no manifest but an attempt to fill the memory. */
const mostBrought = 10_000;

/** Longer names than people give to variables. */
const longestName = 1000;

/** Defaults in defaults end somewhere in any file that people wrote. */
const deepest = 16;

/** Values of variables, as `.env` gives them, and those that the policy names. */
export interface Values {
  get(name: string): string | undefined;
  has(name: string): boolean;
  /** Counts where nothing else gives a value, not even a default. */
  readonly named?: Variables;
}

const noValues: Values = new Map();

/**
 * Reads `$V`, `${V}`, `${V:-default}` and the other forms of the Compose specification (12-interpolation.md). A value comes
 * from `.env` alone; where it gives none a default is taken, and everything else is a hole.
 */
export function interpolate(raw: string, values: Values = noValues): Interpolated {
  if (!raw.includes('$')) {
    return {
      text: raw,
      holes: [],
      masked: raw,
      variables: [],
      fromEnvFile: [],
      fromEnvFileAlone: [],
      expressions: [],
    };
  }
  const reader = new Reader(values);
  const parts = reader.expand(raw, 0);
  const fromEnvFile = [...reader.variables].filter((name) => values.has(name));
  return {
    text: parts.map((part) => part.text).join(''),
    holes: [...new Set(parts.flatMap((part) => (part.hole ? part.text : [])))],
    masked: parts.map((part) => (part.hole ? holeMark : part.text)).join(''),
    variables: [...reader.variables],
    fromEnvFile,
    fromEnvFileAlone: fromEnvFile.filter((name) => isPrivate(name, values)),
    expressions: reader.expressions,
  };
}

/** Whether `.env` alone says what a variable is. */
export const isPrivate = (name: string, values: Values): boolean =>
  values.has(name) && values.named?.get(name) !== values.get(name);

class Reader {
  readonly variables = new Set<string>();
  readonly expressions: Interpolated['expressions'][number][] = [];
  readonly #values: Values;
  #brought = 0;

  constructor(values: Values) {
    this.#values = values;
  }

  /** The value of a variable as an expression's outcome. */
  #bring(raw: string, at: number, end: number, value: string): Expression {
    this.#brought += value.length;
    return this.#brought > mostBrought ? hole(raw, at, end) : { parts: [{ text: value, hole: false }], end };
  }

  expand(raw: string, depth: number): Part[] {
    const parts: Part[] = [];
    let from = 0;
    for (let at = raw.indexOf('$'); at !== -1; at = raw.indexOf('$', from)) {
      if (at > from) parts.push({ text: raw.slice(from, at), hole: false });
      const { end, parts: inner } = this.#readExpression(raw, at, depth);
      parts.push(...inner);
      if (depth === 0) {
        const length = inner.reduce((sum, { text }) => sum + text.length, 0);
        this.expressions.push({ ...span(at, end), length });
      }
      from = end;
    }
    if (from < raw.length) parts.push({ text: raw.slice(from), hole: false });
    return parts;
  }

  #readExpression(raw: string, at: number, depth: number): Expression {
    if (raw[at + 1] === '$') return { parts: [{ text: '$', hole: false }], end: at + 2 };
    if (raw[at + 1] === '{') return this.#readBraces(raw, at, depth);
    const name = /^[A-Za-z_]\w*/.exec(raw.slice(at + 1, at + 1 + longestName))?.[0];
    if (name === undefined) return hole(raw, at, at + 1);
    this.variables.add(name);
    const end = at + 1 + name.length;
    const known = this.#values.get(name) ?? this.#values.named?.get(name);
    return known === undefined ? hole(raw, at, end) : this.#bring(raw, at, end, known);
  }

  #readBraces(raw: string, at: number, depth: number): Expression {
    const close = closingBrace(raw, at + 2);
    if (close === -1) return hole(raw, at, raw.length);
    const end = close + 1;
    const match = /^([A-Za-z_]\w*)(:?[-?+])?(.*)$/s.exec(raw.slice(at + 2, close));
    if (!match) return hole(raw, at, end);
    const [, name = '', operator = '', operand = ''] = match;
    if (operator === '' && operand !== '') return hole(raw, at, end);
    this.variables.add(name);
    const known = this.#values.get(name);
    const isSet = known !== undefined && !(operator.startsWith(':') && known === '');
    const takesOperand = operator.endsWith('-') ? !isSet : operator.endsWith('+') && isSet;
    if (takesOperand) {
      return depth < deepest ? { parts: this.expand(operand, depth + 1), end } : hole(raw, at, end);
    }
    // What replaces a value that is there is nothing for one that is empty; for one that is not known it is unknown.
    if (operator.endsWith('+')) {
      return known === undefined ? hole(raw, at, end) : { parts: [{ text: '', hole: false }], end };
    }
    const value = isSet ? known : this.#values.named?.get(name);
    return value === undefined ? hole(raw, at, end) : this.#bring(raw, at, end, value);
  }
}

const hole = (raw: string, at: number, end: number): Expression => ({
  parts: [{ text: raw.slice(at, end), hole: true }],
  end,
});

/** The brace that closes the expression begun before `from`, over nested ones; -1 where it is missing. */
function closingBrace(raw: string, from: number): number {
  let open = 1;
  for (let at = from; at < raw.length; at++) {
    if (raw[at] === '$' && raw[at + 1] === '{') open++;
    else if (raw[at] === '}' && --open === 0) return at;
  }
  return -1;
}

/** Why a value cannot be edited where it stands; null where no variable has a part in it. */
export function decidedElsewhere({ expressions, fromEnvFile, variables }: Interpolated): string | null {
  if (expressions.length === 0) return null;
  const [first] = variables;
  if (first === undefined)
    return 'The text has a $ that Compose reads as a variable, so it cannot be changed safely.';
  const names = variables.map((name) => `\${${name}}`).join(' and ');
  return fromEnvFile.length > 0
    ? `The variable ${names} decides this value, and \`.env\` sets it; change it there.`
    : `The variable ${names} decides this value; change it where the variable is set.`;
}

/** Null where a variable without a default has a part in it. */
export function seen(text: string | null | undefined, values: Values): string | null {
  if (text == null) return null;
  const { holes, text: resolved } = interpolate(text, values);
  return holes.length === 0 ? resolved : null;
}
