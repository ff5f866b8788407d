import { partition } from '../text/partition.ts';

/** Tells whether an offset is in one of many ranges, which may overlap. */
export class Ranges {
  readonly #starts: readonly number[];
  readonly #ends: readonly number[];

  /** Half-open. */
  constructor(ranges: readonly (readonly [start: number, end: number])[]) {
    const starts: number[] = [];
    const ends: number[] = [];
    for (const [start, end] of ranges.toSorted((a, b) => a[0] - b[0])) {
      const last = ends.at(-1) ?? -1;
      if (start > last) {
        starts.push(start);
        ends.push(end);
      } else ends[ends.length - 1] = Math.max(last, end);
    }
    this.#starts = starts;
    this.#ends = ends;
  }

  holds(offset: number): boolean {
    const next = partition(this.#starts, (start) => start <= offset);
    return offset < (this.#ends[next - 1] ?? 0);
  }
}
