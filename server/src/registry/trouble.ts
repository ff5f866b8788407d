import type { Clock } from '../engine/ports.ts';
import { BoundedMap } from '../http/bounded-map.ts';
import type { Failure } from '../http/failure.ts';
import type { Endpoint } from './endpoint.ts';
import type { Limits } from './limits.ts';
import { rateLimited } from './messages.ts';
import { RateLimit } from './rate-limit.ts';

/** Hosts that are left alone for a while: they asked for it, or cannot be reached. */
export class Troubles {
  readonly #clock: Clock;
  readonly #limits: Limits;
  readonly #hosts: BoundedMap<string, { failure: Failure; until: number }>;

  constructor(clock: Clock, limits: Limits) {
    this.#clock = clock;
    this.#limits = limits;
    this.#hosts = new BoundedMap(limits.maxCached);
  }

  /** Remembers a failure that would meet every other lookup at this host as well. */
  note(host: string, failure: Failure): void {
    if (failure instanceof RateLimit) this.#hosts.set(host, { failure, until: failure.until });
    else if (failure.code === 'unreachable' || failure.code === 'timed-out') {
      this.#hosts.set(host, { failure, until: this.#clock.now() + this.#limits.keepFailed });
    }
  }

  /** The failure that still stands. */
  at(host: string, endpoint: Endpoint): Failure | undefined {
    const trouble = this.#hosts.get(host);
    if (!trouble) return undefined;
    const wait = trouble.until - this.#clock.now();
    if (wait <= 0) return undefined;
    const { failure } = trouble;
    return failure instanceof RateLimit
      ? new RateLimit(rateLimited(endpoint, wait, failure.signedIn), failure.until, failure.signedIn)
      : failure;
  }
}
