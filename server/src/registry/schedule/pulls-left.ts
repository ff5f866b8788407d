import type { Clock } from '../../engine/ports.ts';
import { BoundedMap } from '../../http/bounded-map.ts';
import type { Allowance } from '../client/registry-client.ts';
import type { Reply } from '../protocol/http.ts';

/** What registries said last of how many pulls are left, by host. */
export class Allowances {
  readonly #clock: Clock;
  readonly #maxKept: number;
  #hosts: BoundedMap<string, Allowance>;

  constructor(clock: Clock, maxKept: number) {
    this.#clock = clock;
    this.#maxKept = maxKept;
    this.#hosts = new BoundedMap(maxKept);
  }

  /** Takes note of what an answer tells. One that tells nothing, or nonsense, changes nothing. */
  note(host: string, { headers }: Pick<Reply, 'headers'>): void {
    const limit = quotaIn(headers['ratelimit-limit']);
    const remaining = quotaIn(headers['ratelimit-remaining']);
    if (!limit || !remaining || limit.window === 0 || remaining.count > limit.count) return;
    this.#hosts.set(host, {
      limit: limit.count,
      remaining: remaining.count,
      window: limit.window * 1000,
      at: this.#clock.now(),
    });
  }

  at(host: string): Allowance | undefined {
    return this.#hosts.get(host);
  }

  forget(host: string): void {
    this.#hosts.delete(host);
  }

  clear(): void {
    this.#hosts = new BoundedMap(this.#maxKept);
  }
}

/** `100;w=21600`: a number of pulls and the seconds it is for, as Docker Hub writes it. */
function quotaIn(
  header: string | undefined,
): { readonly count: number; readonly window: number } | undefined {
  const match = /^\s*(\d{1,9})\s*;\s*w=(\d{1,9})\s*$/.exec(header ?? '');
  return match ? { count: Number(match[1]), window: Number(match[2]) } : undefined;
}
