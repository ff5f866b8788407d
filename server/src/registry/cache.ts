import type { Clock, Lookup, LookupFailure } from '../engine/ports.ts';
import { BoundedMap } from '../http/bounded-map.ts';
import type { Limits } from './limits.ts';

interface Entry {
  readonly found?: Extract<Lookup, { ok: true }>;
  /** When the registry said that it has no such image, in milliseconds since the epoch. */
  readonly goneAt?: number;
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

  /** What may be given in place of a new lookup; with `since` only what was found then or later. */
  fresh(key: string, since?: number): Lookup | undefined {
    const entry = this.#entries.get(key);
    if (!entry) return undefined;
    return this.#freshFailure(entry) ?? this.#freshFound(entry, since);
  }

  /** What the registry last knew of the image, however old: its digest, or null where it had no such image. */
  known(key: string): { readonly at: number; readonly digest: string | null } | undefined {
    const entry = this.#entries.get(key);
    if (entry?.found) return { at: entry.found.at, digest: entry.found.digest };
    return entry?.goneAt === undefined ? undefined : { at: entry.goneAt, digest: null };
  }

  put(key: string, lookup: Lookup, lasting: boolean): void {
    if (lookup.ok) {
      this.#entries.set(key, { found: lookup, lasting });
      return;
    }
    if (!lastingFailures.has(lookup.code)) return;
    const now = this.#clock.now();
    const failed = { lookup, until: now + this.#limits.keepFailed };
    const { found, goneAt } = this.#entries.get(key) ?? {};
    const known = lookup.code === 'not-found' ? { goneAt: now } : { found, goneAt };
    this.#entries.set(key, { failed, lasting, ...defined(known) });
  }

  #freshFailure(entry: Entry): Lookup | undefined {
    return entry.failed && this.#clock.now() < entry.failed.until ? entry.failed.lookup : undefined;
  }

  #freshFound({ found, lasting }: Entry, since: number | undefined): Lookup | undefined {
    if (!found) return undefined;
    if (since !== undefined) return found.at >= since ? found : undefined;
    return lasting || this.#clock.now() - found.at < this.#limits.keepFound ? found : undefined;
  }
}

const defined = ({
  found,
  goneAt,
}: {
  readonly found?: Entry['found'] | undefined;
  readonly goneAt?: number | undefined;
}): Pick<Entry, 'found' | 'goneAt'> => ({
  ...(found && { found }),
  ...(goneAt !== undefined && { goneAt }),
});
