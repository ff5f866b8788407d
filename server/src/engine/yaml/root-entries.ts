import { hasOddLines } from './for-parser.ts';

/** An entry of the root as nearly everybody writes it, with what follows its colon. */
const simpleEntry = /^([A-Za-z_][\w./-]*):(?:[ \t]+(.*))?$/;

/** A value that is one word. */
const simpleValue = /^(?:([\w./-]+)|"([\w./-]+)"|'([\w./-]+)')[ \t]*(?:[ \t]#.*)?$/;

const none: ReadonlyMap<string, string | null> = new Map();

/**
 * The keys of a document's root, told without parsing: most of a large stream is schemas and access rules. The value of each where it is
 * one word; null where it is anything else. Null altogether where only parsing can tell.
 *
 * In a document whose first line is a simple entry without indentation, each entry of the root begins at the start of a line. Quoted text
 * and brackets can put other lines there, but then a key is there twice, or the true one is not written simply.
 */
export function rootEntries(text: string): ReadonlyMap<string, string | null> | null {
  if (hasOddLines(text) || /\r(?!\n)/.test(text)) return null;
  const found = new Map<string, string | null>();
  let last: string | null = null;
  let lineEnd = text.startsWith('\uFEFF') ? 0 : -1;
  while (lineEnd < text.length) {
    const start = lineEnd + 1;
    const newline = text.indexOf('\n', start);
    lineEnd = newline === -1 ? text.length : newline;
    const isIndented = /[ \t\r\n]/.test(text[start] ?? ' ');
    if (text[start] === '#' || (isIndented && found.size > 0 && last === null)) continue;
    const line = text.slice(start, lineEnd).trimEnd();
    if (/^[ \t]*(?:#|$)/.test(line) || line === '...') continue;
    if (isIndented && last === null) return null;
    if (isIndented && last !== null) {
      // The word may go on here.
      found.set(last, null);
      last = null;
      continue;
    }
    if (found.size === 0 && /^---(?:[ \t]+#.*)?$/.test(line)) continue;
    if (found.size === 0 && /^-[ \t]/.test(line)) return none;
    const [, key, value = ''] = simpleEntry.exec(line) ?? [];
    if (key === undefined || found.has(key)) return null;
    const [, plain, double, single] = simpleValue.exec(value) ?? [];
    const word = plain ?? double ?? single ?? null;
    found.set(key, word);
    last = word === null ? null : key;
  }
  return found;
}
