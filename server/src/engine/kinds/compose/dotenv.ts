import { isSecretName } from '../../text/secret-name.ts';
import { hasTokenForm, isRandomText } from '../../text/token.ts';
import { interpolate, type Values } from './interpolate.ts';

/** A name with what separates it from its value; a line break instead means a value of the shell, which counts for nothing here. */
const assignment = /[^\S\n]*(?:export[^\S\n]+)?([\w.[\]-]+)[^\S\n]*[=:][^\S\n]*/y;

/** Characters that variables may add to the values of one file: more is no settings file but an attempt to fill the memory. */
const mostAdded = 1_000_000;

/**
 * Reads a `.env` file as Compose does (compose-go `dotenv/parser.go`): comments, `export`, quotes, and variables of earlier
 * lines. A value that a variable leaves open is left out, and so is a line that cannot be read. The shell's variables, which
 * would come first, are never looked at, nor are those that are named as secrets are or have a token's form. Nothing is taken from a file whose variables add up to too much.
 */
export function parseDotenv(source: string): ReadonlyMap<string, string> {
  const text = source.replace(/^\uFEFF/, '').replaceAll('\r\n', '\n');
  const values = new Map<string, string>();
  let at = 0;
  let added = 0;
  while (at < text.length) {
    assignment.lastIndex = at;
    const match = assignment.exec(text);
    const start = at + (match?.[0].length ?? 0);
    const { end, value } = match ? readValue(text, start, values) : { end: at, value: null };
    added += Math.max(0, (value?.length ?? 0) - (end - start));
    if (added > mostAdded) return new Map();
    const name = match?.[1] ?? '';
    // A secret is of no use in what is read here, and whatever takes its value could carry it away: an image's name is sent to its registry.
    if (match && (value === null || isSecretName(name) || isToken(value))) values.delete(name);
    else if (value !== null) values.set(name, value);
    at = lineEnd(text, end) + 1;
  }
  return values;
}

const isToken = (value: string): boolean => hasTokenForm(value) || isRandomText(value);

interface Read {
  /** Null where it cannot be told. */
  readonly value: string | null;
  readonly end: number;
}

function readValue(text: string, start: number, values: Values): Read {
  const quote = text[start];
  if (quote === '"' || quote === "'") return readQuoted(text, start, quote, values);
  const end = lineEnd(text, start);
  const [written = ''] = text.slice(start, end).split(' #', 1);
  // Versions of Compose do not agree on a comment right behind the sign.
  if (written.startsWith('#')) return { value: null, end };
  return { value: expanded(written.trimEnd(), values), end };
}

/** Runs over line breaks up to the closing quote. A backslash before the quote keeps it from closing. */
function readQuoted(text: string, start: number, quote: '"' | "'", values: Values): Read {
  let close = start + 1;
  while (close < text.length && text[close] !== quote) close += text[close] === '\\' ? 2 : 1;
  if (close >= text.length) return { value: null, end: start };
  const inner = text.slice(start + 1, close);
  if (quote === "'") return { value: inner.replaceAll("\\'", "'"), end: close };
  const unescaped = inner.replace(/\\([abfnrtv"\\$])/g, (_, char: string) => escapes[char] ?? char);
  return { value: expanded(unescaped, values), end: close };
}

/** An escaped dollar sign is doubled, which interpolation undoes. */
const escapes: Readonly<Record<string, string>> = {
  a: '\x07',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
  $: '$$',
};

function expanded(text: string, values: Values): string | null {
  const { holes, text: result } = interpolate(text, values);
  return holes.length === 0 ? result : null;
}

function lineEnd(text: string, from: number): number {
  const feed = text.indexOf('\n', from);
  return feed < 0 ? text.length : feed;
}
