import type { Clock, Lookup, LookupFailure } from '../engine/ports.ts';
import { BoundedMap } from './bounded-map.ts';
import type { Limits } from './limits.ts';

interface Entry {
  readonly found?: Extract<Lookup, { ok: true }>;
  /** The digest itself was asked for: what it names never changes. */
  readonly lasting: boolean;
  readonly failed?: { readonly lookup: Lookup; readonly until: number };
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

  /** What may be given in place of a new lookup. */
  fresh(key: string): Lookup | undefined {
    const entry = this.#entries.get(key);
    if (!entry) return undefined;
    return this.#freshFailure(entry) ?? this.#freshFound(entry);
  }

  /** The last digest found, however old; else a failure that is still fresh. */
  known(key: string): Lookup | undefined {
    const entry = this.#entries.get(key);
    return entry?.found ?? (entry && this.#freshFailure(entry));
  }

  put(key: string, lookup: Lookup, lasting: boolean): void {
    if (lookup.ok) {
      this.#entries.set(key, { found: lookup, lasting });
      return;
    }
    if (!lastingFailures.has(lookup.code)) return;
    const failed = { lookup, until: this.#clock.now() + this.#limits.keepFailed };
    const found = lookup.code === 'not-found' ? undefined : this.#entries.get(key)?.found;
    this.#entries.set(key, { failed, lasting, ...(found ? { found } : {}) });
  }

  #freshFailure(entry: Entry): Lookup | undefined {
    return entry.failed && this.#clock.now() < entry.failed.until ? entry.failed.lookup : undefined;
  }

  #freshFound({ found, lasting }: Entry): Lookup | undefined {
    if (!found) return undefined;
    return lasting || this.#clock.now() - found.at < this.#limits.keepFound ? found : undefined;
  }
}
