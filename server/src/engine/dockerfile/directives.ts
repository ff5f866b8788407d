import type { MappedText } from '../text/mapped-text.ts';

/** The image that reads the Dockerfile, as a directive names it. */
export interface Frontend {
  /** Where it is written. */
  readonly written: MappedText;
  /** What that text means, where it is not the text itself: a string of JSON with escapes. */
  readonly decoded?: string;
}

/** What stands in front of the instructions. */
export interface Directives {
  readonly frontend: Frontend | null;
  /** Backslash, unless the directive `escape` says backtick. */
  readonly escapeToken: string;
  /** Where the text goes on behind them. */
  readonly end: number;
}

const names: ReadonlySet<string> = new Set(['syntax', 'escape', 'check']);

/**
 * Directives stand on the first lines, before any other comment, blank line or instruction. BuildKit reads them twice, and not alike
 * (`frontend/dockerfile/parser`, `directives.go` and `parser.go`). What picks the frontend passes over a `#!` line, wants the mark in the first
 * column, and then looks for `//syntax=` and for JSON with a `syntax`. What splits the file takes blanks before the mark, and no `#!` line.
 */
export function readDirectives(text: MappedText): Directives {
  const start = text.text.charCodeAt(0) === 0xfeff ? 1 : 0;
  const hasShebang = text.text.startsWith('#!', start);
  const first = hasShebang ? lineEnd(text.text, start).next : start;
  const split = directiveLines(text, first, /^\s*#/);
  const escaping = hasShebang ? undefined : split.find(({ name }) => name === 'escape');
  const syntax = [/^#/, /^\/\//]
    .flatMap((mark) => directiveLines(text, first, mark))
    .find(({ name }) => name === 'syntax');
  return {
    frontend: syntax ? { written: firstWord(syntax.value) } : frontendInJson(text, first),
    escapeToken: escaping?.value.text === '`' ? '`' : '\\',
    end: split.at(-1)?.next ?? first,
  };
}

interface DirectiveLine {
  /** In lower case. */
  readonly name: string;
  readonly value: MappedText;
  /** Where the next line begins. */
  readonly next: number;
}

/** The directives from `at` on whose mark is so. A name that comes twice ends them. */
function directiveLines(text: MappedText, at: number, mark: RegExp): readonly DirectiveLine[] {
  const found: DirectiveLine[] = [];
  for (let from = at; from < text.text.length; ) {
    const { end, next } = lineEnd(text.text, from);
    const line = text.slice(from, end);
    const marked = mark.exec(line.text)?.[0];
    const match =
      marked === undefined ? null : /^\s*([a-z][a-z0-9]*)\s*=\s*(?=\S)/i.exec(line.text.slice(marked.length));
    const name = match?.[1]?.toLowerCase() ?? '';
    if (marked === undefined || !match || !names.has(name) || found.some((one) => one.name === name)) break;
    found.push({ name, value: line.slice(marked.length + match[0].length).trim(), next });
    from = next;
  }
  return found;
}

/** Only LF breaks a line; carriage returns at its end are not part of it. */
function lineEnd(text: string, from: number): { readonly end: number; readonly next: number } {
  const feed = text.indexOf('\n', from);
  const next = feed < 0 ? text.length : feed + 1;
  let end = feed < 0 ? text.length : feed;
  while (end > from && text[end - 1] === '\r') end--;
  return { end, next };
}

/** What follows a blank is for the frontend itself. */
function firstWord(value: MappedText): MappedText {
  const end = value.text.indexOf(' ');
  return end < 0 ? value : value.slice(0, end);
}

/** `{"syntax": "…"}`: a whole file of JSON. */
function frontendInJson(text: MappedText, from: number): Frontend | null {
  const json = text.slice(from);
  if (!/^\s*\{/.test(json.text)) return null;
  let value: unknown;
  try {
    value = JSON.parse(json.text);
  } catch {
    return null;
  }
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, 'syntax')) return null;
  const { syntax } = value as { readonly syntax: unknown };
  const written = typeof syntax === 'string' ? stringOf(json, 'syntax') : null;
  if (typeof syntax !== 'string' || !written) return null;
  return written.text === syntax ? { written } : { written, decoded: syntax };
}

/** The text of the string that a key of the outermost object has, without its quotes; the last one, as of equal keys that one counts. */
function stringOf(json: MappedText, key: string): MappedText | null {
  let depth = 0;
  let last: string | null = null;
  let isKey = true;
  let found: MappedText | null = null;
  for (const { 0: token, index } of json.text.matchAll(/"(?:[^"\\]|\\.)*"|[[\]{}:,]/g)) {
    if (token === '{' || token === '[') depth++;
    else if (token === '}' || token === ']') depth--;
    if (depth !== 1) continue;
    if (token === ',' || token === '{') isKey = true;
    else if (token === ':') isKey = false;
    else if (!token.startsWith('"')) continue;
    else if (isKey) last = JSON.parse(token) as string;
    else if (last === key) found = json.slice(index + 1, index + token.length - 1);
  }
  return found;
}
