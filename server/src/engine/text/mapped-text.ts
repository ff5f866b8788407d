import { type Span, span } from './span.ts';

/** White space as builders and systemd see it: a byte order mark is none. */
export const isSpace = (char: string): boolean => char !== '\uFEFF' && char.trim() === '';

/** Characters of `text` from `at` on stand in the source from `from` on. */
interface Run {
  readonly at: number;
  readonly from: number;
  /** Each of the characters stands for the whole source from `from` to here: which part of it makes it is not known. */
  readonly to?: number;
}

/**
 * Text taken out of a source with some characters left out (continuation marks, line breaks, quotes), which still
 * knows where each of its characters stands. Offsets into the source only grow.
 */
export class MappedText {
  readonly text: string;
  readonly #runs: readonly Run[];
  /** Added to every place of the runs. */
  readonly #by: number;

  private constructor(text: string, runs: readonly Run[], by = 0) {
    this.text = text;
    this.#runs = runs;
    this.#by = by;
  }

  /** The part of `source` between two offsets. */
  static of(source: string, start: number, end: number): MappedText {
    return new MappedText(source.slice(start, end), [{ at: 0, from: start }]);
  }

  /** Text whose characters stand in the source at `places`, one for each; they only grow. */
  static at(text: string, places: readonly number[]): MappedText {
    const runs: Run[] = [];
    for (let at = 0; at < text.length; at++) {
      const from = places[at] ?? 0;
      if (at === 0 || from !== (places[at - 1] ?? 0) + 1) runs.push({ at, from });
    }
    return new MappedText(text, runs);
  }

  /** Text that `whole` somehow makes: every part of it is found at all of `whole`. */
  static within(text: string, whole: Span): MappedText {
    return new MappedText(text, [{ at: 0, from: whole.start, to: whole.end }]);
  }

  static join(parts: readonly MappedText[]): MappedText {
    const [first] = parts;
    if (first && parts.length === 1) return first;
    let text = '';
    const runs: Run[] = [];
    for (const part of parts) {
      const by = part.#by;
      for (const { at, from, to } of part.#runs) {
        runs.push({ at: at + text.length, from: from + by, ...(to !== undefined && { to: to + by }) });
      }
      text += part.text;
    }
    return new MappedText(text, runs);
  }

  /** The same text where the source has it `by` characters further on. */
  moved(by: number): MappedText {
    return by === 0 ? this : new MappedText(this.text, this.#runs, this.#by + by);
  }

  slice(start: number, end: number = this.text.length): MappedText {
    const first = this.#runAt(start);
    const { to } = this.#runs[first] ?? {};
    const from = this.offset(start) - this.#by;
    const runs: Run[] = [{ at: 0, from, ...(to !== undefined && { to }) }];
    for (let i = first + 1; i < this.#runs.length; i++) {
      const run = this.#runs[i];
      if (!run || run.at >= end) break;
      runs.push({ ...run, at: run.at - start });
    }
    return new MappedText(this.text.slice(start, end), runs, this.#by);
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
    if (!run) return 0;
    return this.#by + (run.to === undefined ? run.from + index - run.at : run.from);
  }

  /** Where the characters from `start` to `end` stand, with whatever was left out between them. */
  spanOf(start: number, end: number): Span {
    const from = this.offset(start);
    return end > start ? span(from, this.#endOf(end - 1)) : span(from, from);
  }

  /** From the first to the last character, with whatever was left out between them. */
  get span(): Span {
    return this.spanOf(0, this.text.length);
  }

  /** Whether the source holds this very text in one go. */
  get isVerbatim(): boolean {
    const { start, end } = this.span;
    return end - start === this.text.length && this.#runs.every(({ to }) => to === undefined);
  }

  #endOf(index: number): number {
    const to = this.#runs[this.#runAt(index)]?.to;
    return to === undefined ? this.offset(index) + 1 : to + this.#by;
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
