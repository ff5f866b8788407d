import { type Span, span } from '../text/span.ts';

/** A document whose root has a list under `items`, cut so that each item can be read by itself. */
export interface CutList {
  readonly items: readonly Span[];
  /** What stands before and behind the items, where something can stand there that has to be read. */
  readonly frame: readonly Span[];
  /** The document without its items. */
  readonly around: string;
}

/**
 * Cuts a document at the items of its list, as in a `kind: List`: where YAML's indentation, or the brackets of JSON, tell beyond doubt
 * where each begins and ends. Null for any other document, which has to be read in one go.
 */
export const cutList = (text: string): CutList | null =>
  /^\s*\{/.test(text) ? cutJson(text) : cutBlock(text);

/** A key of the root, with whatever stands behind it. */
const rootKey = /^["']?[A-Za-z][\w./-]*["']?[ ]*:(?:[ \r]|$)/;
const itemsName = /^["']?items["']?[ ]*:/;
/** With nothing but a comment behind it. */
const itemsKey = /^["']?items["']?[ ]*:[ ]*(?:#.*)?\r?$/;

/** In block style the items stand behind dashes in one column, and nothing within an item can begin further left. */
function cutBlock(text: string): CutList | null {
  if (/[\t\uFEFF\x85\u2028\u2029]|\r(?!\n)/.test(text) || !/^["']?items/m.test(text)) return null;
  const starts: number[] = [];
  let column = -1;
  let state: 'before' | 'opened' | 'within' | 'behind' = 'before';
  let end = text.length;
  /** Where the comments begin that stand directly before a line, no deeper than the dashes. */
  let comments: number | null = null;
  /** A comment of Holdfast within an item speaks about the next line, which must not stand in another one. */
  let speaks = false;
  for (let at = 0; at < text.length; ) {
    const feed = text.indexOf('\n', at);
    const next = feed === -1 ? text.length : feed + 1;
    const line = text.slice(at, feed === -1 ? next : feed);
    const indent = line.search(/[^ ]/);
    const isBlank = indent === -1 || line.trim() === '';
    const isComment = !isBlank && line[indent] === '#';
    if (state === 'opened' && !isBlank && !isComment) {
      if (!isDash(line, indent)) return null;
      column = indent;
      state = 'within';
    }
    if (isBlank) {
      // Belongs to whatever it follows.
    } else if (isComment) {
      if (state === 'within' && indent > column) speaks ||= /holdfast/i.test(line);
      else comments ??= at;
    } else {
      if (speaks && indent <= column) return null;
      speaks = false;
      if (state === 'within' && indent === column && isDash(line, indent)) starts.push(comments ?? at);
      else if (state === 'within' && indent <= column) {
        if (indent !== 0) return null;
        state = 'behind';
        end = comments ?? at;
      }
      if (state !== 'within' && indent === 0) {
        if (itemsName.test(line)) {
          if (state !== 'before' || !itemsKey.test(line)) return null;
          state = 'opened';
        } else if (!rootKey.test(line) && !(at === 0 && /^---[ ]*\r?$/.test(line))) return null;
      }
      comments = null;
    }
    at = next;
  }
  const [first] = starts;
  if (first === undefined || speaks) return null;
  const items = starts.map((start, index) => span(start, starts[index + 1] ?? end));
  const frame = [span(0, first), ...(end < text.length ? [span(end, text.length)] : [])];
  return { items, frame, around: text.slice(0, first) + text.slice(end) };
}

/** The text of an item by itself, each character where it was: a blank stands for the dash, so that the item is the root. */
export const itemText = (text: string): string =>
  text.replace(/^((?:[ ]*(?:#.*)?\r?\n)*[ ]*)-(?=[ \r\n]|$)/, '$1 ');

const isDash = (line: string, indent: number): boolean =>
  /^-(?:[ \r]|$)/.test(line.slice(indent, indent + 2));

/** What JSON has outside of its texts (RFC 8259). */
const bare = /[\s{}[\],:\d.eE+\-truefalsn]/;

function cutJson(text: string): CutList | null {
  const items: Span[] = [];
  let depth = 0;
  /** The depth of the items; 0 outside of their list. */
  let within = 0;
  let start = 0;
  /** What must come next where a list of items was announced. */
  let awaited: ':' | '[' | null = null;
  let isCut = false;
  for (let at = 0; at < text.length; at++) {
    const unit = text.charAt(at);
    if (unit === '"') {
      const end = endOfText(text, at);
      if (end === null || (within === depth && within > 0)) return null;
      if (depth === 1 && text.slice(at, end) === '"items"' && /^\s*:/.test(text.slice(end, end + 20))) {
        if (isCut) return null;
        isCut = true;
        awaited = ':';
      }
      at = end - 1;
    } else if (!bare.test(unit)) return null;
    else if (unit.trim() === '') {
      // Nothing.
    } else if (awaited !== null) {
      if (unit !== awaited) return null;
      awaited = unit === ':' ? '[' : null;
      if (unit === '[') {
        depth++;
        within = depth;
      }
    } else if (unit === '{' || unit === '[') {
      if (depth === within && within > 0) {
        if (unit !== '{') return null;
        start = at;
      }
      depth++;
    } else if (unit === '}' || unit === ']') {
      if (depth === within && within > 0) {
        if (unit !== ']') return null;
        within = 0;
      }
      depth--;
      if (depth === within && within > 0) items.push(span(lineOf(text, start), at + 1));
      if (depth < 0) return null;
    } else if (depth === within && within > 0 && unit !== ',') return null;
  }
  const [first] = items;
  const last = items.at(-1);
  if (!first || !last || depth !== 0 || !areApart(text, items)) return null;
  return { items, frame: [], around: text.slice(0, first.start) + text.slice(last.end) };
}

/** One comma stands between two items. */
const areApart = (text: string, items: readonly Span[]): boolean =>
  items.every(({ end }, index) => {
    const next = items[index + 1];
    return !next || text.slice(end, next.start).trim() === ',';
  });

/** From the start of its line where nothing else stands before it: how deep it is indented shows how to write more. */
function lineOf(text: string, start: number): number {
  let at = start;
  while (at > 0 && text[at - 1] === ' ') at--;
  return text[at - 1] === '\n' ? at : start;
}

/** Behind the closing quote; null for a text that is not closed in its line. */
function endOfText(text: string, open: number): number | null {
  for (let at = open + 1; at < text.length; at++) {
    const unit = text.charCodeAt(at);
    if (unit === 34) return at + 1;
    if (unit === 92) at++;
    else if (unit < 32) return null;
  }
  return null;
}
