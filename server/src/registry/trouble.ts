import type { Clock } from '../engine/ports.ts';
import { BoundedMap } from '../http/bounded-map.ts';
import { Failure } from '../http/failure.ts';
import type { Limits } from './limits.ts';
import { CoolDown } from './rate-limit.ts';

/** A fault of the server with one image, which says nothing about the others it has. */
export class ImageFault extends Failure {}

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
    const until = this.#endOf(failure);
    const standing = this.#hosts.get(host)?.until ?? 0;
    if (until > standing) this.#hosts.set(host, { failure, until });
  }

  /** The failure that still stands. */
  at(host: string): Failure | undefined {
    const trouble = this.#hosts.get(host);
    if (!trouble) return undefined;
    const wait = trouble.until - this.#clock.now();
    if (wait <= 0) return undefined;
    const { failure } = trouble;
    return failure instanceof CoolDown ? new Failure(failure.code, failure.describe(wait)) : failure;
  }

  forget(host: string): void {
    this.#hosts.delete(host);
  }

  /** Milliseconds since the epoch; 0 for a failure of one lookup alone. */
  #endOf(failure: Failure): number {
    if (failure instanceof CoolDown) return failure.until;
    const isGeneral = failure.code === 'unreachable' || failure.code === 'timed-out';
    return isGeneral && !(failure instanceof ImageFault) ? this.#clock.now() + this.#limits.keepFailed : 0;
  }
}
