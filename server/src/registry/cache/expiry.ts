import type { Clock, Lookup, LookupFailure } from '../../engine/ports.ts';
import { BoundedMap } from '../../http/bounded-map.ts';
import type { Limits } from '../limits.ts';

export type Found = Extract<Lookup, { ok: true }>;

/** What a registry last said of an image; null where it had no such one. */
export interface Known {
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly found: Found | null;
}

interface Entry {
  readonly known?: Known;
  /** The digest itself was asked for: what it names never changes. */
  readonly lasting: boolean;
  readonly failed?: { readonly lookup: Lookup; readonly at: number };
}

/** Those that concern the image. One that concerns its host, or this one attempt, is no knowledge about the image. */
const lastingFailures: ReadonlySet<LookupFailure> = new Set([
  'not-found',
  'no-access',
  'bad-answer',
  'refused',
]);

/** What lookups gave, with their times. In memory. */
export class LookupCache {
  readonly #clock: Clock;
  readonly #limits: Limits;
  readonly #entries: BoundedMap<string, Entry>;

  constructor(clock: Clock, limits: Limits) {
    this.#clock = clock;
    this.#limits = limits;
    this.#entries = new BoundedMap(limits.maxCached);
  }

  /** What may be given in place of a new lookup; with `since` only what was found then or later. */
  fresh(key: string, since?: number): Lookup | undefined {
    const { failed, known, lasting } = this.#entries.get(key) ?? {};
    if (failed && this.#isWithin(this.#limits.keepFailed, failed.at)) return failed.lookup;
    if (!known?.found) return undefined;
    if (since !== undefined)
      return known.at >= since && known.at <= this.#clock.now() ? known.found : undefined;
    return lasting || this.#isWithin(this.#limits.keepFound, known.at) ? known.found : undefined;
  }

  /** However old. */
  known(key: string): Known | undefined {
    return this.#entries.get(key)?.known;
  }

  put(key: string, lookup: Lookup, lasting: boolean): void {
    if (lookup.ok) {
      this.#entries.set(key, { known: { at: lookup.at, found: lookup }, lasting });
      return;
    }
    if (!lastingFailures.has(lookup.code)) return;
    const at = this.#clock.now();
    const known = lookup.code === 'not-found' ? { at, found: null } : this.known(key);
    this.#entries.set(key, { failed: { lookup, at }, lasting, ...(known && { known }) });
  }

  keys(): Iterable<string> {
    return this.#entries.keys();
  }

  /** How old something from the future is, nobody knows: somebody has set the clock back. */
  #isWithin(time: number, at: number): boolean {
    const age = this.#clock.now() - at;
    return age >= 0 && age < time;
  }
}
