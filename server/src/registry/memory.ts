import type { Clock, Lookup, Verification } from '../engine/ports.ts';
import { BoundedMap } from '../http/bounded-map.ts';
import { LookupCache } from './cache.ts';
import type { Contents } from './inspect.ts';
import type { Limits } from './limits.ts';

export type Verified = Extract<Verification, { ok: true }>;

/** What registries have told. Keys name an image at the place it was asked for. */
export class Memory {
  readonly #lookups: LookupCache;
  /** By the key of a digest: what it names never changes. */
  readonly #contents: BoundedMap<string, Contents>;
  /** By the key of a digest and of keys. */
  readonly #verdicts: BoundedMap<string, Verified>;

  constructor(clock: Clock, limits: Limits) {
    this.#lookups = new LookupCache(clock, limits);
    this.#contents = new BoundedMap(limits.maxCached);
    this.#verdicts = new BoundedMap(limits.maxCached);
  }

  /** What may be given in place of a new lookup; with `since` only what was found then or later. */
  fresh(key: string, since?: number): Lookup | undefined {
    return this.#lookups.fresh(key, since);
  }

  /** What the registry last knew of the image, however old: its digest, or null where it had no such image. */
  known(key: string): { readonly at: number; readonly digest: string | null } | undefined {
    return this.#lookups.known(key);
  }

  /** `isLasting`: the digest itself was asked for. */
  keep(key: string, lookup: Lookup, isLasting: boolean): void {
    this.#lookups.put(key, lookup, isLasting);
  }

  contents(key: string): Contents | undefined {
    return this.#contents.get(key);
  }

  keepContents(key: string, contents: Contents): void {
    this.#contents.set(key, contents);
  }

  verdict(key: string): Verified | undefined {
    return this.#verdicts.get(key);
  }

  keepVerdict(key: string, verdict: Verified): void {
    this.#verdicts.set(key, verdict);
  }
}
