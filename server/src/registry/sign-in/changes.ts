import type { Clock, FailedLookup } from '../../engine/ports.ts';
import { BoundedMap } from '../../http/bounded-map.ts';
import { failed } from '../../http/failure.ts';
import * as messages from '../client/messages.ts';
import type { InFlight } from '../schedule/single-flight.ts';

/** When somebody last signed in or out, by host. */
export class SignInChanges {
  readonly #clock: Clock;
  readonly #hosts: BoundedMap<string, { readonly count: number; readonly at: number }>;

  constructor(clock: Clock, maxKept: number) {
    this.#clock = clock;
    this.#hosts = new BoundedMap(maxKept);
  }

  note(host: string): void {
    this.#hosts.set(host, { count: this.count(host) + 1, at: this.#clock.now() });
  }

  /** Another number after each change: what began with an earlier one was asked with another credential. */
  count(host: string): number {
    return this.#hosts.get(host)?.count ?? 0;
  }

  /** Milliseconds since the epoch of the last one; before all time where there was none. */
  at(host: string): number {
    return this.#hosts.get(host)?.at ?? Number.NEGATIVE_INFINITY;
  }

  /** Joins the same work under way, where there is some that began with the credential of today. Never rejects. */
  async joined<T>(
    flights: InFlight<T>,
    key: string,
    host: string,
    signal: AbortSignal | undefined,
    start: (shared: AbortSignal) => Promise<T>,
  ): Promise<T | FailedLookup> {
    try {
      return await flights.join(`${this.count(host)} ${key}`, signal, start);
    } catch {
      return signal?.aborted
        ? failed('cancelled', messages.cancelled)
        : failed('bad-answer', messages.unexpected);
    }
  }
}
