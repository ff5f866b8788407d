import { type Span, span } from '../text/span.ts';

const tab = 9;
const lineFeed = 10;
const carriageReturn = 13;
const space = 32;

const endsMarker = (unit: number): boolean =>
  Number.isNaN(unit) || unit === space || unit === tab || unit === lineFeed || unit === carriageReturn;

/**
 * Cuts a YAML stream before each `---`. The pieces touch and cover the text, so offsets add up.
 * `---` at the start of a line followed by white space always opens a document, in block scalars and
 * quoted text too (YAML 1.2.2, section 9.1.2, c-forbidden), so no parsing is needed to find it.
 */
export function splitDocuments(text: string): readonly Span[] {
  const pieces: Span[] = [];
  let from = 0;
  for (let at = text.indexOf('\n---'); at !== -1; at = text.indexOf('\n---', at + 1)) {
    if (!endsMarker(text.charCodeAt(at + 4))) continue;
    if (text.slice(from, at + 1).trim() !== '') {
      pieces.push(span(from, at + 1));
      from = at + 1;
    }
  }
  pieces.push(span(from, text.length));
  return pieces;
}
