/** A half-open range of UTF-16 code units: `start` is in, `end` is out. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

export const span = (start: number, end: number): Span => ({ start, end });

export const shiftSpan = (at: Span, by: number): Span =>
  by === 0 ? at : { start: at.start + by, end: at.end + by };
