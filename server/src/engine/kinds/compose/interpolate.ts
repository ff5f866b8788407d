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
  /** Where the expressions stand in the original text. */
  readonly expressions: readonly Span[];
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

/** Defaults in defaults end somewhere in any file that people wrote. */
const deepest = 16;

/**
 * Reads `$V`, `${V}`, `${V:-default}` and the other forms of the Compose specification (12-interpolation.md).
 * No value is known here, so a default is taken where there is one, and everything else is a hole.
 */
export function interpolate(raw: string): Interpolated {
  if (!raw.includes('$')) return { text: raw, holes: [], masked: raw, variables: [], expressions: [] };
  const variables = new Set<string>();
  const expressions: Span[] = [];
  const parts = expand(raw, variables, expressions, 0);
  return {
    text: parts.map((part) => part.text).join(''),
    holes: [...new Set(parts.flatMap((part) => (part.hole ? part.text : [])))],
    masked: parts.map((part) => (part.hole ? holeMark : part.text)).join(''),
    variables: [...variables],
    expressions,
  };
}

function expand(raw: string, variables: Set<string>, expressions: Span[], depth: number): Part[] {
  const parts: Part[] = [];
  let from = 0;
  for (let at = raw.indexOf('$'); at !== -1; at = raw.indexOf('$', from)) {
    if (at > from) parts.push({ text: raw.slice(from, at), hole: false });
    const { end, parts: inner } = readExpression(raw, at, variables, depth);
    parts.push(...inner);
    expressions.push(span(at, end));
    from = end;
  }
  if (from < raw.length) parts.push({ text: raw.slice(from), hole: false });
  return parts;
}

function readExpression(raw: string, at: number, variables: Set<string>, depth: number): Expression {
  if (raw[at + 1] === '$') return { parts: [{ text: '$', hole: false }], end: at + 2 };
  if (raw[at + 1] === '{') return readBraces(raw, at, variables, depth);
  const name = /^[A-Za-z_]\w*/.exec(raw.slice(at + 1))?.[0];
  if (name === undefined) return hole(raw, at, at + 1);
  variables.add(name);
  return hole(raw, at, at + 1 + name.length);
}

const hole = (raw: string, at: number, end: number): Expression => ({
  parts: [{ text: raw.slice(at, end), hole: true }],
  end,
});

function readBraces(raw: string, at: number, variables: Set<string>, depth: number): Expression {
  const close = closingBrace(raw, at + 2);
  if (close === -1) return hole(raw, at, raw.length);
  const match = /^([A-Za-z_]\w*)(:?[-?+])?(.*)$/s.exec(raw.slice(at + 2, close));
  if (!match) return hole(raw, at, close + 1);
  const [, name = '', operator, operand = ''] = match;
  variables.add(name);
  if (operator === ':-' || operator === '-') {
    if (depth < deepest) return { parts: expand(operand, variables, [], depth + 1), end: close + 1 };
  }
  return hole(raw, at, close + 1);
}

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
export function decidedElsewhere({ expressions, variables }: Interpolated): string | null {
  if (expressions.length === 0) return null;
  const [first] = variables;
  if (first === undefined)
    return 'The text has a $ that Compose reads as a variable, so it cannot be changed safely.';
  const names = variables.map((name) => `\${${name}}`).join(' and ');
  return `The variable ${names} decides this value; change it where the variable is set.`;
}
