import type { Scalar } from 'yaml';
import { type Edits, refuse, smallestEdit } from '../text/edit.ts';
import { type Span, span } from '../text/span.ts';
import { nullTag } from './core-tags.ts';

/** A scalar as text: `1.10` stays `1.10`, quotes and escapes are off. */
export interface ScalarText {
  readonly text: string;
  readonly style: 'plain' | 'single' | 'double' | 'block';
  /** An empty value, `~` or `null`. */
  readonly isNull: boolean;
  /** The content without quotes, block header and indentation; the quotes themselves where nothing is between them. */
  readonly span: Span;
  /** Where the document's text equals `text` character by character; null where escapes, folding or line breaks come between. */
  readonly verbatim: Span | null;
  /** The whole scalar with its quotes or block header. */
  readonly whole: Span;
}

export function readScalar(document: string, node: Scalar): ScalarText {
  const [start, end] = node.range ?? [0, 0];
  const text = node.source ?? '';
  const style = styleOf(node);
  const inner = innerSpan(document, style, start, end);
  const equal = inner !== null && document.slice(inner.start, inner.end) === text;
  return {
    text,
    style,
    isNull: isNullText(text) && (node.tag === undefined ? style === 'plain' : node.tag === nullTag),
    span: inner && inner.end > inner.start ? inner : span(start, end),
    verbatim: equal ? inner : null,
    whole: span(start, end),
  };
}

/** The writings of null that all versions of YAML know. */
export const isNullText = (text: string): boolean => /^(?:|~|null|Null|NULL)$/.test(text);

function styleOf({ type }: Scalar): ScalarText['style'] {
  if (type === 'QUOTE_DOUBLE') return 'double';
  if (type === 'QUOTE_SINGLE') return 'single';
  return type === 'BLOCK_LITERAL' || type === 'BLOCK_FOLDED' ? 'block' : 'plain';
}

/** Null where a quote is not closed. */
function innerSpan(document: string, style: ScalarText['style'], start: number, end: number): Span | null {
  if (style === 'plain') return span(start, end);
  if (style === 'block') return blockContent(document, start, end);
  return end - start >= 2 && document[end - 1] === document[start] ? span(start + 1, end - 1) : null;
}

/** The lines under a block scalar's header, without the indentation of the first and the break of the last. */
function blockContent(document: string, start: number, end: number): Span {
  const body = document.slice(start, end);
  const header = body.search(/[\r\n]/);
  if (header === -1) return span(end, end);
  const from = start + header + (/^\s*/.exec(body.slice(header))?.[0].length ?? 0);
  return span(Math.min(from, end), start + body.trimEnd().length);
}

/** Whether a text can stand without quotes and is still a text to every YAML reader; in brackets fewer characters may. */
export function isPlainText(text: string, inBrackets: boolean): boolean {
  if (text === '' || text !== text.trim()) return false;
  if (/\p{Cc}|:\s|:$|\s#/u.test(text)) return false;
  if (inBrackets && /[,[\]{}]/.test(text)) return false;
  if (/^[!&*|>'"%@`#,[\]{}]|^[-?:](?:\s|$)|^---|^\.\.\.|^<<$/.test(text)) return false;
  return !looksTyped(text);
}

/** Read as a boolean, null, number or date by YAML 1.1 or 1.2. */
const looksTyped = (text: string): boolean =>
  /^(?:~|null|y|yes|n|no|true|false|on|off)$/i.test(text) ||
  /^[-+]?(?:\.?\d[\d_,.]*(?:e[-+]?\d+)?|0x[\da-f_]+|0o?[0-7_]+|0b[01_]+|\.inf|\.nan)$/i.test(text) ||
  /^[-+]?\d+(?::[0-5]?\d)+(?:\.\d*)?$/.test(text) ||
  /^\d{4}-\d\d?-\d\d?/.test(text);

const inQuotes: Readonly<Record<'single' | 'double', (text: string) => string>> = {
  single: (text) => text.replaceAll("'", "''"),
  double: (text) => JSON.stringify(text).slice(1, -1),
};

/** A scalar that means `text` wherever it stands, quoted only where it must be. */
export const renderText = (text: string): string => (isPlainText(text, true) ? text : JSON.stringify(text));

/**
 * Puts `text` in the scalar's place: quotes are kept, and added only where the new text needs them.
 * `inBrackets` tells whether the scalar stands in `[…]` or `{…}`.
 */
export function replaceScalar(
  document: string,
  scalar: ScalarText,
  text: string,
  inBrackets: () => boolean,
): Edits {
  const { style, verbatim } = scalar;
  if (!verbatim) return refuse(whyNotVerbatim(document, scalar));
  if (/\p{Cc}/u.test(text)) return refuse('The new value has control characters, so it was not written.');
  const old = document.slice(verbatim.start, verbatim.end);
  if (style === 'single' || style === 'double')
    return [smallestEdit(verbatim.start, old, inQuotes[style](text))];
  if (style === 'block') return [smallestEdit(verbatim.start, old, text)];
  const plain = isPlainText(text, true) || (isPlainText(text, false) && !inBrackets());
  return [
    plain ? smallestEdit(verbatim.start, old, text) : { span: verbatim, newText: JSON.stringify(text) },
  ];
}

/** For a scalar without a verbatim span: what stands between its text and its value. */
export function whyNotVerbatim(document: string, { style, whole }: ScalarText): string {
  const written = document.slice(whole.start, whole.end);
  const lines = written.trimEnd().split('\n').length - (style === 'block' ? 1 : 0);
  if (lines > 1) return 'The value is written over several lines; write it on one line first.';
  if (style === 'block')
    return 'The block text ends with a line break that would become part of the value; write it on one line first.';
  if (style === 'single' || style === 'double') {
    const closed = written.length >= 2 && written.at(-1) === written[0];
    return closed
      ? 'The value is written with escapes, so its text cannot be changed safely; write it without them first.'
      : 'The quotes are not closed; close them first.';
  }
  return 'The value cannot be changed in this place.';
}
