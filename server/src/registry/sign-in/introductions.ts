import { BoundedMap } from '../../http/bounded-map.ts';
import type { Timers } from '../../http/timers.ts';

export interface Turn {
  /** The host has answered: the others need not wait any longer. */
  answered(): void;
  /** The same, where it has not. */
  over(): void;
}

/**
 * The first lookup at a host finds out how to sign in there. Those that come with it wait for that instead of all asking the same, but not
 * for long: the image that happens to be first may be a slow one.
 */
export class Introductions {
  readonly #timers: Timers;
  /** Milliseconds. */
  readonly #patience: number;
  readonly #known: BoundedMap<string, true>;
  readonly #underWay = new Map<string, Promise<void>>();

  constructor(timers: Timers, patience: number, maxKept: number) {
    this.#timers = timers;
    this.#patience = patience;
    this.#known = new BoundedMap(maxKept);
  }

  /** Resolves when it is one's turn. Never rejects. */
  async enter(host: string): Promise<Turn> {
    const first = this.#known.get(host) ? undefined : this.#underWay.get(host);
    const over = first || this.#known.get(host) ? () => {} : this.#begin(host);
    await first;
    return {
      answered: () => {
        this.#known.set(host, true);
        over();
      },
      over,
    };
  }

  /** The function lets those go that wait. */
  #begin(host: string): () => void {
    let go = () => {};
    this.#underWay.set(
      host,
      new Promise((resolve) => {
        go = resolve;
      }),
    );
    const stopClock = this.#timers.after(this.#patience, () => over());
    const over = () => {
      stopClock();
      this.#underWay.delete(host);
      go();
    };
    return over;
  }
}
