import { type Span, span } from './span.ts';

/** White space as builders and systemd see it: a byte order mark is none. */
export const isSpace = (char: string): boolean => char !== '\uFEFF' && char.trim() === '';

/** Characters of `text` from `at` on stand in the source from `from` on. */
interface Run {
  readonly at: number;
  readonly from: number;
}

/**
 * Text taken out of a source with some characters left out (continuation marks, line breaks, quotes), which still
 * knows where each of its characters stands. Offsets into the source only grow.
 */
export class MappedText {
  readonly text: string;
  readonly #runs: readonly Run[];

  private constructor(text: string, runs: readonly Run[]) {
    this.text = text;
    this.#runs = runs;
  }

  /** The part of `source` between two offsets. */
  static of(source: string, start: number, end: number): MappedText {
    return new MappedText(source.slice(start, end), [{ at: 0, from: start }]);
  }

  static join(parts: readonly MappedText[]): MappedText {
    const [first] = parts;
    if (first && parts.length === 1) return first;
    let text = '';
    const runs: Run[] = [];
    for (const part of parts) {
      for (const run of part.#runs) runs.push({ at: run.at + text.length, from: run.from });
      text += part.text;
    }
    return new MappedText(text, runs);
  }

  slice(start: number, end: number = this.text.length): MappedText {
    const first = this.#runAt(start);
    const runs = [{ at: 0, from: this.offset(start) }];
    for (let i = first + 1; i < this.#runs.length; i++) {
      const run = this.#runs[i];
      if (!run || run.at >= end) break;
      runs.push({ at: run.at - start, from: run.from });
    }
    return new MappedText(this.text.slice(start, end), runs);
  }

  trim(): MappedText {
    let start = 0;
    let end = this.text.length;
    while (start < end && isSpace(this.text.charAt(start))) start++;
    while (end > start && isSpace(this.text.charAt(end - 1))) end--;
    return this.slice(start, end);
  }

  /** Where the character at `index` stands in the source. */
  offset(index: number): number {
    const run = this.#runs[this.#runAt(index)];
    return run ? run.from + index - run.at : 0;
  }

  /** From the first to the last character, with whatever was left out between them. */
  get span(): Span {
    const start = this.offset(0);
    return this.text === '' ? span(start, start) : span(start, this.offset(this.text.length - 1) + 1);
  }

  /** Whether the source holds this very text in one go. */
  get isVerbatim(): boolean {
    const { start, end } = this.span;
    return end - start === this.text.length;
  }

  #runAt(index: number): number {
    let low = 0;
    let high = this.#runs.length;
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if ((this.#runs[middle]?.at ?? 0) <= index) low = middle;
      else high = middle;
    }
    return low;
  }
}
