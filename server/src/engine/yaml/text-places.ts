import type { YamlValue } from './lookup.ts';
import type { ScalarText } from './scalar.ts';

/**
 * Where each character of a scalar's text stands in the document; null where the two cannot be laid side by side (folding, escapes). In
 * a literal block (`|`) the indentation is left out, and a line break is found before its carriage return.
 */
export function placesOf(value: YamlValue): readonly number[] | null {
  const { scalar } = value;
  if (!scalar) return null;
  const { text, verbatim } = scalar;
  if (scalar.style !== 'block') {
    return verbatim && Array.from({ length: text.length }, (_, index) => verbatim.start + index);
  }
  return literalPlaces(value.tree.text, scalar);
}

function literalPlaces(document: string, { text, whole }: ScalarText): readonly number[] | null {
  if (document[whole.start] !== '|') return null;
  const body = document.indexOf('\n', whole.start) + 1;
  if (body === 0) return null;
  const indent = indentOf(document, body, text);
  const places: number[] = [];
  let start = body;
  for (const line of text.split('\n')) {
    const from = start + Math.min(indent, blanksAt(document, start));
    if (!document.startsWith(line, from)) return null;
    for (let at = 0; at < line.length; at++) places.push(from + at);
    const end = from + line.length;
    if (places.length === text.length) return places;
    places.push(end);
    const feed = document.startsWith('\r\n', end) ? end + 1 : end;
    if (document[feed] !== '\n') return null;
    start = feed + 1;
  }
  return null;
}

/** From the first line that is not blank: the text may begin with spaces of its own where the header gives a number. */
function indentOf(document: string, body: number, text: string): number {
  const blankLines = /^(?: *\r?\n)*/.exec(document.slice(body))?.[0].length ?? 0;
  const ownBlanks = /^(?: *\n)*( *)/.exec(text)?.[1]?.length ?? 0;
  return Math.max(0, blanksAt(document, body + blankLines) - ownBlanks);
}

function blanksAt(document: string, at: number): number {
  let end = at;
  while (document[end] === ' ') end++;
  return end - at;
}
