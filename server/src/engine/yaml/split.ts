import { type Span, span } from '../text/span.ts';

const tab = 9;
const lineFeed = 10;
const carriageReturn = 13;
const space = 32;

const endsMarker = (unit: number): boolean =>
  Number.isNaN(unit) || unit === space || unit === tab || unit === lineFeed || unit === carriageReturn;

/**
 * Cuts a YAML stream before each `---` and after each `...`. The pieces touch and cover the text, so offsets add up.
 * A marker at the start of a line followed by white space always ends a document, in block scalars and
 * quoted text too (YAML 1.2.2, section 9.1.2, c-forbidden), so no parsing is needed to find it.
 * Comments and directives alone make no piece: they stay with the document that follows.
 */
export function splitDocuments(text: string): readonly Span[] {
  const pieces: Span[] = [];
  let from = 0;
  for (const at of marks(text)) {
    if (!holdsContent(text, from, at)) continue;
    pieces.push(span(from, at));
    from = at;
  }
  const last = pieces.at(-1);
  if (last && text.slice(from).trim() === '') pieces[pieces.length - 1] = span(last.start, text.length);
  else pieces.push(span(from, text.length));
  return pieces;
}

/** The offsets of line starts where a document may begin, in order. */
function* marks(text: string): Iterable<number> {
  let start = text.indexOf('\n---');
  let end = text.indexOf('\n...');
  while (start !== -1 || end !== -1) {
    const atStart = start !== -1 && (end === -1 || start < end);
    const at = atStart ? start : end;
    if (endsMarker(text.charCodeAt(at + 4))) yield atStart ? at + 1 : nextLine(text, at + 1);
    if (atStart) start = text.indexOf('\n---', at + 1);
    else end = text.indexOf('\n...', at + 1);
  }
}

function nextLine(text: string, at: number): number {
  const lineEnd = text.indexOf('\n', at);
  return lineEnd === -1 ? text.length : lineEnd + 1;
}

/** Whether a line between the offsets is more than blank, a comment or a directive. */
function holdsContent(text: string, from: number, to: number): boolean {
  for (let at = from; at < to; at = nextLine(text, at)) {
    const line = text.slice(at, nextLine(text, at)).trim();
    if (line !== '' && !line.startsWith('#') && !line.startsWith('%')) return true;
  }
  return false;
}
