import { onAbort } from '../../http/abort.ts';

interface Lane {
  inside: number;
  /** In the order in which they came. */
  readonly queue: Set<() => void>;
}

/** Lets at most `limit` through at a time for each key, first come, first served. */
export class ConcurrencyLimit {
  readonly #limit: number;
  readonly #lanes = new Map<string, Lane>();

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** Resolves to the function that gives the place back. Rejects with the signal's reason when that aborts first. */
  async enter(key: string, signal: AbortSignal): Promise<() => void> {
    signal.throwIfAborted();
    const lane = this.#lane(key);
    if (lane.inside < this.#limit) lane.inside++;
    else await this.#place(lane, signal);
    return () => this.#leave(key, lane);
  }

  #lane(key: string): Lane {
    const known = this.#lanes.get(key);
    if (known) return known;
    const lane: Lane = { inside: 0, queue: new Set() };
    this.#lanes.set(key, lane);
    return lane;
  }

  #place(lane: Lane, signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const enter = () => {
        stay();
        resolve();
      };
      lane.queue.add(enter);
      const stay = onAbort(signal, () => {
        lane.queue.delete(enter);
        reject(signal.reason);
      });
    });
  }

  /** A place that someone waits for passes on without being free in between. */
  #leave(key: string, lane: Lane): void {
    const [next] = lane.queue;
    if (next) {
      lane.queue.delete(next);
      next();
      return;
    }
    lane.inside--;
    if (lane.inside === 0) this.#lanes.delete(key);
  }
}
