import { type Span, span } from '../text/span.ts';

/** A place in a text that may be half-written YAML. */
export interface Spot {
  /** From the root to what the word stands in: the name of a key, or null for an item of a list. */
  readonly path: readonly (string | null)[];
  /** A key with its colon, or a word that may yet become anything. */
  readonly part: 'key' | 'word';
  /** The word around the place, without quotes; empty where there is none. */
  readonly span: Span;
  readonly word: string;
  /** Nothing but indentation and hyphens of lists stands before the word. */
  readonly opensLine: boolean;
  /** It stands in `{…}` or `[…]`. */
  readonly inBrackets: boolean;
  /** It stands right behind a colon, where YAML wants a space. */
  readonly afterColon: boolean;
  /** Keys that the same mapping has already. */
  readonly taken: readonly string[];
}

/** An entry or item of an indented collection that is open. */
interface Open {
  readonly column: number;
  /** Null for an item of a list. */
  readonly step: string | null;
  /** A value stands behind it on its line. */
  filled: boolean;
  /** The keys of its mapping so far, itself among them. */
  readonly keys: string[];
}

/** A collection in brackets that is open. */
interface Bracket {
  readonly opened: '{' | '[';
  /** The key whose value is being written. */
  key: string | null;
  readonly keys: string[];
  /** Text since the last separator. */
  word: string;
}

/**
 * What is being written at an offset. No parser is asked: in a text that somebody is writing, the lines above and the indentation
 * tell more than it does. Null in comments, in longer text, and where no place can be told.
 */
export function spotAt(text: string, offset: number): Spot | null {
  const lineStart = offset === 0 ? 0 : text.lastIndexOf('\n', offset - 1) + 1;
  const lineEnd = lineEndAt(text, offset);
  let start = offset;
  while (start > lineStart && isWord(text, start - 1)) start--;
  let end = offset;
  while (end < lineEnd && isWord(text, end)) end++;
  const quote = start > lineStart && isQuote(text[start - 1]) ? 1 : 0;
  const reader = new Reader(text.slice(0, start - quote));
  const place = reader.place(start - quote - lineStart);
  if (!place) return null;
  const isKey = end > start && /^["']?[ \t]*:(?=\s|$)/.test(text.slice(end, lineEnd));
  return {
    ...place,
    taken: place.inBrackets ? place.taken : [...place.taken, ...keysBelow(text, lineEnd + 1, place.column)],
    part: isKey ? 'key' : 'word',
    span: span(start, end),
    word: text.slice(start, end),
    afterColon: quote === 0 && text[start - 1] === ':',
  };
}

const isQuote = (unit: string | undefined): boolean => unit === '"' || unit === "'";

/** A colon belongs to a word when text follows it, as in `localhost:5000`. */
function isWord(text: string, at: number): boolean {
  const unit = text[at] ?? ' ';
  if (unit === ':') return /[^\s"'{[]/.test(text[at + 1] ?? ' ');
  return !/[\s,[\]{}"'#]/.test(unit);
}

function lineEndAt(text: string, from: number): number {
  const at = text.indexOf('\n', from);
  return at === -1 ? text.length : at;
}

/** The keys at a column in the lines from an offset on, as long as these belong to one mapping. */
function keysBelow(text: string, from: number, column: number): readonly string[] {
  const keys: string[] = [];
  for (let at = from; at < text.length; at = lineEndAt(text, at) + 1) {
    const line = text.slice(at, lineEndAt(text, at));
    const indent = line.search(/\S/);
    if (indent === -1 || line[indent] === '#') continue;
    if (indent < column) break;
    const key = indent === column ? keyAt(line, indent)?.name : undefined;
    if (key !== undefined) keys.push(key);
  }
  return keys;
}

/** Reads a text up to a place, keeping what is open there. */
class Reader {
  readonly #text: string;
  #stack: Open[] = [];
  #brackets: Bracket[] = [];
  /** The column of the key of a block text, whose deeper lines are text. */
  #blockText: number | null = null;
  /** Where the last line broke off. */
  #end: 'open' | 'value' | 'text' = 'open';

  constructor(text: string) {
    this.#text = text;
    for (let at = 0; at < text.length; at = lineEndAt(text, at) + 1) {
      this.#line(text.slice(at, lineEndAt(text, at)).replace(/\r$/, ''));
    }
    if (text.endsWith('\n') || text === '') this.#end = 'open';
  }

  /** `column`: of the place in its line. */
  place(column: number) {
    const line = this.#text.slice(this.#text.lastIndexOf('\n') + 1);
    const brackets = this.#brackets;
    const inside = brackets.at(-1);
    if (this.#end === 'text') return null;
    if (inside) {
      if (inside.word !== '') return null;
      return {
        path: [...this.#stack.map(({ step }) => step), ...bracketPath(brackets)],
        opensLine: false,
        inBrackets: true,
        taken: inside.key === null ? inside.keys : [],
        column,
      };
    }
    if (this.#blockText !== null && column > this.#blockText) return null;
    if (this.#end === 'value') {
      return {
        path: this.#stack.map(({ step }) => step),
        opensLine: false,
        inBrackets: false,
        taken: [],
        column: Number.POSITIVE_INFINITY,
      };
    }
    if (!/^[ ]*(?:-[ ]+)*$/.test(line)) return null;
    const taken = this.#closeFrom(column);
    if (this.#stack.at(-1)?.filled) return null;
    return {
      path: this.#stack.map(({ step }) => step),
      opensLine: true,
      inBrackets: false,
      taken,
      column,
    };
  }

  #line(line: string): void {
    this.#end = 'open';
    if (this.#brackets.length > 0) this.#inBrackets(line, 0);
    else this.#indented(line);
  }

  #indented(line: string): void {
    const indent = line.search(/\S/);
    if (this.#blockText !== null) {
      if (indent === -1 || indent > this.#blockText) return;
      this.#blockText = null;
    }
    if (indent === -1) return;
    if (line[indent] === '#') {
      this.#end = 'text';
      return;
    }
    if (/^(?:---|\.\.\.)(?:\s|$)/.test(line)) {
      this.#stack = [];
      return;
    }
    this.#blockLine(line, indent);
  }

  #blockLine(line: string, indent: number): void {
    let column = indent;
    while (line[column] === '-' && /^(?:[ ]|$)/.test(line.slice(column + 1, column + 2))) {
      this.#closeForItem(column);
      this.#stack.push({ column, step: null, filled: false, keys: [] });
      const next = line.slice(column + 1).search(/[^ ]/);
      if (next === -1) return;
      column += 1 + next;
    }
    if (line[column] === '#') {
      this.#end = 'text';
      return;
    }
    const key = keyAt(line, column);
    if (key) this.#entry(line, column, key);
    else this.#value(line, column);
  }

  #entry(line: string, column: number, { end, name }: Keyed): void {
    const keys = this.#closeFrom(column);
    keys.push(name);
    this.#stack.push({ column, step: name, filled: false, keys });
    const rest = line.slice(end).search(/\S/);
    this.#end = 'value';
    if (rest !== -1) this.#value(line, end + rest);
  }

  /** What stands behind a key or hyphen, or alone in its line. */
  #value(line: string, at: number): void {
    const unit = line[at] ?? '';
    const top = this.#stack.at(-1);
    if (unit === '#') this.#end = 'text';
    else if (unit === '&' || unit === '!') this.#end = 'open';
    else if (unit === '|' || unit === '>') this.#blockText = top?.column ?? 0;
    else {
      if (top) top.filled = true;
      this.#end = 'text';
      if (unit === '{' || unit === '[') this.#inBrackets(line, at);
    }
  }

  #inBrackets(line: string, from: number): void {
    const brackets = this.#brackets;
    for (let at = from; at < line.length; at++) {
      const unit = line[at] ?? '';
      const top = brackets.at(-1);
      if (unit === '#' && /\s/.test(line[at - 1] ?? ' ')) {
        this.#end = 'text';
        return;
      }
      if (unit === '{' || unit === '[') brackets.push({ opened: unit, key: null, keys: [], word: '' });
      else if (unit === '}' || unit === ']') {
        brackets.pop();
        const around = brackets.at(-1);
        if (!around) {
          this.#end = 'text';
          return;
        }
        around.word = 'closed';
      } else if (!top) return;
      else if (unit === ',') Object.assign(top, { key: null, word: '' });
      else if (unit === ':' && top.opened === '{' && top.key === null && !/\S/.test(line[at + 1] ?? ' ')) {
        top.key = top.word.trim();
        top.keys.push(top.key);
        top.word = '';
      } else if (isQuote(unit)) {
        const close = line.indexOf(unit, at + 1);
        top.word += line.slice(at + 1, close === -1 ? line.length : close);
        if (close === -1) break;
        at = close;
      } else if (unit !== ' ' || top.word !== '') top.word += unit;
    }
    this.#end = 'open';
  }

  #closeForItem(column: number): void {
    for (let top = this.#stack.at(-1); top; top = this.#stack.at(-1)) {
      if (top.column < column || (top.column === column && top.step !== null)) return;
      this.#stack.pop();
    }
  }

  /** Closes what a key at a column ends; gives the keys of its mapping so far. */
  #closeFrom(column: number): string[] {
    let keys: string[] = [];
    for (let top = this.#stack.at(-1); top && top.column >= column; top = this.#stack.at(-1)) {
      if (top.column === column && top.step !== null) keys = top.keys;
      this.#stack.pop();
    }
    return keys;
  }
}

const bracketPath = (brackets: readonly Bracket[]): readonly (string | null)[] =>
  brackets.flatMap(({ key, opened }) => (opened === '[' ? [null] : key === null ? [] : [key]));

/** A key, with the offset behind its colon. */
interface Keyed {
  readonly name: string;
  readonly end: number;
}

/** The key that begins at a column. */
function keyAt(line: string, column: number): Keyed | null {
  const quote = isQuote(line[column]) ? line[column] : null;
  if (quote) {
    const close = line.indexOf(quote, column + 1);
    if (close === -1) return null;
    const sign = /^[ ]*:(?=\s|$)/.exec(line.slice(close + 1));
    return sign && { name: line.slice(column + 1, close), end: close + 1 + sign[0].length };
  }
  if (/[[{#|>]/.test(line[column] ?? '')) return null;
  for (let at = line.indexOf(':', column); at !== -1; at = line.indexOf(':', at + 1)) {
    if (line[at + 1] === undefined || /\s/.test(line[at + 1] ?? '')) {
      const name = line.slice(column, at).trimEnd();
      return name === '' || / #/.test(name) ? null : { name, end: at + 1 };
    }
  }
  return null;
}
