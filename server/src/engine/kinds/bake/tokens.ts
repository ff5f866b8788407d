import type { Comment } from '../../model/facts.ts';
import { type Span, span } from '../../text/span.ts';

/** A string, or what is taken for one: a number, a variable. `written` is its text with escapes taken out and templates left in. */
export interface Text {
  readonly type: 'text';
  readonly written: string;
  /** Without the quotes. */
  readonly span: Span;
  /** Whether it stands in quotes that hold `written` character by character. */
  readonly isPlain: boolean;
  readonly templates: readonly Template[];
}

/** `${…}` or `%{…}`, as offsets into what is written. */
export interface Template extends Span {
  /** The variable, where the template is nothing but one. */
  readonly name: string | null;
}

/** `mark` is a character of the syntax · `break` ends a line · `other` is a heredoc. */
export type Token =
  | Text
  | { readonly type: 'name'; readonly name: string; readonly span: Span }
  | { readonly type: 'mark'; readonly mark: string }
  | { readonly type: 'break' | 'other' };

const blank = /[^\S\n]+/y;
const comment = /(?:#|\/\/)[^\n]*|\/\*[\s\S]*?(?:\*\/|$)/y;
const name = /[\p{L}_][\p{L}\p{N}_-]*/uy;
const number = /\d[\w.]*/y;
const heredoc = /<<-?([\p{L}_][\p{L}\p{N}_-]*)[^\S\n]*\n/uy;
const escapeSequence = /\\(?:u([0-9a-f]{4})|(.))/iy;
const template = /^\$\{~?\s*([\p{L}_][\p{L}\p{N}_-]*)\s*~?\}$/u;

/**
 * The words of HCL (https://github.com/hashicorp/hcl/blob/main/hclsyntax/spec.md), and with them those of JSON. Never fails:
 * a string without an end stops at its line's.
 */
export function readTokens(source: string): {
  readonly tokens: readonly Token[];
  readonly comments: readonly Comment[];
} {
  const tokens: Token[] = [];
  const comments: Comment[] = [];
  let at = source.startsWith('\uFEFF') ? 1 : 0;
  const take = (pattern: RegExp): RegExpExecArray | null => {
    pattern.lastIndex = at;
    const found = pattern.exec(source);
    if (found) at += found[0].length;
    return found;
  };
  while (at < source.length) {
    const start = at;
    if (take(blank)) continue;
    if (take(comment)) {
      const text = source.slice(start, at).trimEnd();
      comments.push({ span: span(start, start + text.length), text });
    } else if (take(name)) {
      tokens.push({ type: 'name', name: source.slice(start, at), span: span(start, at) });
    } else if (take(number)) {
      tokens.push(unquoted(source.slice(start, at), span(start, at)));
    } else if (source[at] === '"') {
      const text = readText(source, at + 1);
      tokens.push(text);
      at = text.span.end + (source[text.span.end] === '"' ? 1 : 0);
    } else {
      const opening = take(heredoc);
      if (opening) at = heredocEnd(source, at, opening[1] ?? '');
      else at++;
      tokens.push(opening ? { type: 'other' } : markOf(source.charAt(start)));
    }
  }
  return { tokens, comments };
}

const markOf = (mark: string): Token => (mark === '\n' ? { type: 'break' } : { type: 'mark', mark });

const unquoted = (written: string, at: Span, templates: readonly Template[] = []): Text => ({
  type: 'text',
  written,
  span: at,
  isPlain: false,
  templates,
});

/** A variable where a string could stand. */
export const textOfVariable = (variable: string, at: Span): Text =>
  unquoted(variable, at, [{ start: 0, end: variable.length, name: variable }]);

function heredocEnd(source: string, from: number, id: string): number {
  const closing = new RegExp(`^[^\\S\\n]*${id}[^\\S\\n]*$`, 'gmu');
  closing.lastIndex = from;
  return closing.exec(source) ? closing.lastIndex : source.length;
}

/** Reads the string whose first character stands at `start`. */
function readText(source: string, start: number): Text {
  const templates: Template[] = [];
  let written = '';
  let at = start;
  while (at < source.length && !/["\r\n]/.test(source.charAt(at))) {
    const here = source.slice(at, at + 3);
    escapeSequence.lastIndex = at;
    const escaped = escapeSequence.exec(source);
    if (escaped) {
      written += decode(escaped[1], escaped[2]);
      at += escaped[0].length;
    } else if (here === '$${' || here === '%%{') {
      written += here.slice(1);
      at += 3;
    } else if (here.startsWith('${') || here.startsWith('%{')) {
      const expression = source.slice(at, templateEnd(source, at));
      templates.push({
        start: written.length,
        end: written.length + expression.length,
        name: template.exec(expression)?.[1] ?? null,
      });
      written += expression;
      at += expression.length;
    } else {
      written += here.charAt(0);
      at++;
    }
  }
  const isPlain = written.length === at - start;
  return { type: 'text', written, span: span(start, at), isPlain, templates };
}

const controls: ReadonlyMap<string, string> = new Map([
  ['n', '\n'],
  ['r', '\r'],
  ['t', '\t'],
]);

const decode = (code: string | undefined, char = ''): string =>
  code === undefined ? (controls.get(char) ?? char) : String.fromCharCode(Number.parseInt(code, 16));

/** Where the template ends that opens at `at`, over strings and templates in it; at its line's end where it stays open. */
function templateEnd(source: string, at: number): number {
  const awaited = ['}'];
  let end = at + 2;
  while (end < source.length && awaited.length > 0 && source[end] !== '\n') {
    const char = source.charAt(end);
    const isInString = awaited.at(-1) === '"';
    if (char === awaited.at(-1)) awaited.pop();
    else if (char === '{' && (!isInString || /[$%]/.test(source.charAt(end - 1)))) awaited.push('}');
    else if (char === '"') awaited.push('"');
    else if (char === '\\' && isInString && source[end + 1] !== '\n') end++;
    end++;
  }
  return Math.min(end, source.length);
}
