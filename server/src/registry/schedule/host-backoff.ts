import type { Clock } from '../../engine/ports.ts';
import { BoundedMap } from '../../http/bounded-map.ts';
import { Failure } from '../../http/failure.ts';
import type { Limits } from '../limits.ts';
import { CoolDown } from './rate-limit.ts';

/** A fault of the server with one image, which says nothing about the others it has. */
export class ImageFault extends Failure {}

/** Hosts that are left alone for a while: they asked for it, or cannot be reached. */
export class Troubles {
  readonly #clock: Clock;
  readonly #limits: Limits;
  readonly #hosts: BoundedMap<string, { failure: Failure; until: number }>;
  /** Failures to reach a host since it last answered. */
  readonly #misses: BoundedMap<string, number>;

  constructor(clock: Clock, limits: Limits) {
    this.#clock = clock;
    this.#limits = limits;
    this.#hosts = new BoundedMap(limits.maxCached);
    this.#misses = new BoundedMap(limits.maxCached);
  }

  /** Remembers a failure that would meet every other lookup at this host as well. One connection that failed says little of the others. */
  note(host: string, failure: Failure): void {
    if (!(failure instanceof CoolDown)) {
      if (!isGeneral(failure)) {
        this.answered(host);
        return;
      }
      const misses = (this.#misses.get(host) ?? 0) + 1;
      this.#misses.set(host, misses);
      if (misses < this.#limits.maxMisses) return;
    }
    const until = failure instanceof CoolDown ? failure.until : this.#clock.now() + this.#limits.keepFailed;
    const standing = this.#hosts.get(host)?.until ?? 0;
    if (until > standing) this.#hosts.set(host, { failure, until });
  }

  /** The host can be reached. */
  answered(host: string): void {
    this.#misses.delete(host);
  }

  /** When the host takes requests again, in milliseconds since the epoch, where it has said so itself; undefined where it may be asked now. */
  restUntil(host: string): number | undefined {
    const trouble = this.#hosts.get(host);
    return trouble?.failure instanceof CoolDown && trouble.until > this.#clock.now()
      ? trouble.until
      : undefined;
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
    this.#misses.delete(host);
  }
}

/** Says something about the host, not about one image that it has. */
const isGeneral = (failure: Failure): boolean =>
  (failure.code === 'unreachable' || failure.code === 'timed-out') && !(failure instanceof ImageFault);
