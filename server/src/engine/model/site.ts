import type { Edits } from '../text/edit.ts';
import type { Span } from '../text/span.ts';

/** The place in the text where a value is written. All spans are offsets into the piece's text. */
export interface Site {
  /** The value as written, decoded (quotes and escapes off), holes such as `${TAG}` still in it. */
  readonly value: string;
  /** What to underline: the value without its quotes. */
  readonly span: Span;
  /** Where the text equals `value` character by character; null where escapes, folding or variables come between. */
  readonly verbatim: Span | null;
  /** Other places that lead here: aliases, merge keys, the ARG that supplies the value. */
  readonly seenFrom: readonly Span[];
  /** Puts another value in this place, or says why that cannot be done without touching more than the value. */
  replace(value: string): Edits;
}
