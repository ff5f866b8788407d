import type { Span } from '../text/span.ts';

/**
 * The places that lead to a value, outermost first. Trails share the parts they have in common, so that a chain of merge keys takes no more
 * memory than its text.
 */
export class Trail {
  static readonly none = new Trail(null, []);
  /** How many places there are. */
  readonly length: number;
  readonly #place: Span | null;
  readonly #parts: readonly Trail[];

  private constructor(place: Span | null, parts: readonly Trail[]) {
    this.#place = place;
    this.#parts = parts;
    this.length = parts.reduce((sum, part) => sum + part.length, place ? 1 : 0);
  }

  static of(places: readonly Span[]): Trail {
    const [place] = places;
    if (!place) return Trail.none;
    return places.length === 1
      ? new Trail(place, [])
      : new Trail(
          null,
          places.map((one) => Trail.of([one])),
        );
  }

  /** This trail, and further places behind it. */
  join(further: Trail): Trail {
    if (further.length === 0) return this;
    return this.length === 0 ? further : new Trail(null, [this, further]);
  }

  /** Every place in order, without the parts that are in `passed`, which takes in those that are gone through. */
  places(passed: Set<Trail> = new Set()): readonly Span[] {
    const found: Span[] = [];
    const open: Trail[] = [this];
    for (let next = open.pop(); next; next = open.pop()) {
      if (passed.has(next)) continue;
      passed.add(next);
      if (next.#place) found.push(next.#place);
      open.push(...next.#parts.toReversed());
    }
    return found;
  }
}
