import type { Clock, Lookup, Verification } from '../../engine/ports.ts';
import { BoundedMap } from '../../http/bounded-map.ts';
import { nodeTimers, type Timers } from '../../http/timers.ts';
import type { Contents } from '../client/inspect.ts';
import type { Cleared } from '../client/registry-client.ts';
import type { Limits } from '../limits.ts';
import { type Found, type Known, LookupCache } from './expiry.ts';
import { noStore, type Store, type StoredAnswer, type StoredAnswers, storeBounds } from './store/store.ts';

export type Verified = Extract<Verification, { ok: true }>;

/** Milliseconds. */
const times = {
  /** Before it is looked again what other processes have kept. */
  readAgain: 1_000,
  /** At most, for a disk that is slow to answer. */
  waitToRead: 1_000,
  waitToClear: 5_000,
  /**
   * For which it counts in another run that a registry did not have an image: a restart is no reason to forget it, but names are
   * pushed later, and deleted images restored.
   */
  keepGone: 86_400_000,
};

const hangs = 'The disk that answers are kept on does not respond: some may be left there.';

/** From disk. */
interface Stored extends Known {
  /** Told by a clock that was ahead: whatever else is known counts as newer. */
  readonly isFromFuture: boolean;
}

/**
 * What registries have told, in this process and, through the store, in others and earlier. Keys name an image at the place it was asked
 * for. What a tag names is only ever fresh when it was looked up by this process; the disk tells what was known.
 */
export class Memory {
  readonly #clock: Clock;
  readonly #limits: Limits;
  readonly #store: Store;
  readonly #timers: Timers;
  #lookups: LookupCache;
  /** By the key of a digest: what it names never changes. */
  #contents: BoundedMap<string, Contents>;
  /** By the key of a digest and of keys. */
  #verdicts: BoundedMap<string, Verified>;
  #stored: BoundedMap<string, Stored>;
  /** The keys of contents that are in the store. */
  #storedContents: BoundedMap<string, true>;
  /** Resolves when the store has been read, or takes too long. */
  #reading: Promise<unknown> | undefined;
  #readAt = Number.NEGATIVE_INFINITY;
  /** Goes up when everything is forgotten. */
  #epoch = 0;

  constructor(clock: Clock, limits: Limits, store: Store = noStore, timers: Timers = nodeTimers) {
    this.#clock = clock;
    this.#limits = limits;
    this.#store = store;
    this.#timers = timers;
    this.#lookups = new LookupCache(clock, limits);
    this.#contents = new BoundedMap(limits.maxCached);
    this.#verdicts = new BoundedMap(limits.maxCached);
    this.#stored = new BoundedMap(storeBounds.maxAnswers);
    this.#storedContents = new BoundedMap(storeBounds.maxAnswers);
  }

  /**
   * Resolves when what is on disk can be told: the first call reads it, a later one what other processes have added. Waits for a slow
   * disk a second at most. Never rejects. The other methods tell what has been read so far, and start this where it is due.
   */
  async ready(): Promise<void> {
    const sinceRead = this.#clock.now() - this.#readAt;
    // The clock may have been set back.
    if (sinceRead < 0 || sinceRead >= times.readAgain) this.#read();
    await this.#reading;
  }

  /** What may be given in place of a new lookup; with `since` only what was found then or later. */
  fresh(key: string, since?: number): Lookup | undefined {
    const here = this.#lookups.fresh(key, since);
    if (here || since !== undefined) return here;
    const { at, found } = this.#last(key) ?? {};
    // What was looked up here and is not fresh any more is the digest of a tag, which never is from disk.
    return at !== undefined && found && key.includes(JSON.stringify(found.digest))
      ? { ...found, at }
      : undefined;
  }

  /** What the registry last knew of the image, however old: its digest, or null where it had no such image. */
  known(key: string): { readonly at: number; readonly digest: string | null } | undefined {
    const last = this.#last(key);
    return last && { at: last.at, digest: last.found?.digest ?? null };
  }

  /** What the image last was, however old, to be told while requests are switched off. Not where it was gone after that. */
  old(key: string): Found | undefined {
    const { at, found } = this.#last(key) ?? {};
    return at !== undefined && found ? { ...found, at, isOld: true } : undefined;
  }

  /** `isLasting`: the digest itself was asked for. */
  keep(key: string, lookup: Lookup, isLasting: boolean): void {
    this.#lookups.put(key, lookup, isLasting);
    if (lookup.ok) {
      const { at, digest, mediaType } = lookup;
      this.#store.add({ kind: 'found', key, at, digest, mediaType });
    } else if (lookup.code === 'not-found') {
      this.#store.add({ kind: 'gone', key, at: this.#clock.now() });
    }
  }

  contents(key: string): Contents | undefined {
    void this.ready();
    return this.#contents.get(key);
  }

  keepContents(key: string, contents: Contents): void {
    this.#contents.set(key, contents);
    // A configuration that could not be read may be there tomorrow.
    if (contents.config === null || this.#storedContents.get(key)) return;
    this.#store.add({ kind: 'contents', key, at: this.#clock.now(), contents });
  }

  verdict(key: string): Verified | undefined {
    return this.#verdicts.get(key);
  }

  keepVerdict(key: string, verdict: Verified): void {
    this.#verdicts.set(key, verdict);
  }

  /** Forgets everything, here and on disk. Never rejects. */
  async clear(): Promise<Cleared> {
    this.#read();
    await this.#reading;
    const images = new Set([...this.#lookups.keys(), ...this.#stored.keys(), ...this.#contents.keys()]);
    const entries = images.size + [...this.#verdicts.keys()].length;
    this.#epoch++;
    this.#lookups = new LookupCache(this.#clock, this.#limits);
    this.#contents = new BoundedMap(this.#limits.maxCached);
    this.#verdicts = new BoundedMap(this.#limits.maxCached);
    this.#forgetStored();
    const problem = await this.#atMost(times.waitToClear, this.#store.clear());
    return problem === null ? { entries } : { entries, problem: problem ?? hangs };
  }

  /** Here or on disk, whichever is newer. */
  #last(key: string): Known | undefined {
    void this.ready();
    const here = this.#lookups.known(key);
    const stored = this.#stored.get(key);
    const now = this.#clock.now();
    const there = stored?.found || (stored && now - stored.at < times.keepGone) ? stored : undefined;
    const last = here && (!there || there.isFromFuture || there.at <= here.at) ? here : there;
    return last && { at: Math.min(last.at, now), found: last.found };
  }

  #read(): void {
    if (this.#reading) return;
    const epoch = this.#epoch;
    this.#readAt = this.#clock.now();
    const reading = this.#store.read().then((told) => {
      this.#reading = undefined;
      if (epoch === this.#epoch) this.#learn(told);
    });
    this.#reading = this.#atMost(times.waitToRead, reading);
  }

  #learn({ answers, areAll }: StoredAnswers): void {
    if (areAll) this.#forgetStored();
    for (const answer of answers) {
      if (answer.kind === 'contents') this.#learnContents(answer.key, answer.contents);
      else this.#learnLookup(answer);
    }
  }

  #learnContents(key: string, contents: Contents): void {
    this.#storedContents.set(key, true);
    if (!this.#contents.get(key)) this.#contents.set(key, contents);
  }

  #learnLookup(answer: Exclude<StoredAnswer, { kind: 'contents' }>): void {
    const { at, key } = answer;
    const earlier = this.#stored.get(key);
    if (earlier && !earlier.isFromFuture && earlier.at > at) return;
    const isFromFuture = at > this.#clock.now();
    this.#stored.set(key, { at, found: foundOf(answer), isFromFuture });
  }

  #forgetStored(): void {
    this.#stored = new BoundedMap(storeBounds.maxAnswers);
    this.#storedContents = new BoundedMap(storeBounds.maxAnswers);
  }

  /** Undefined where it takes longer. */
  #atMost<T>(time: number, work: Promise<T>): Promise<T | undefined> {
    return new Promise((resolve) => {
      const stop = this.#timers.after(time, () => resolve(undefined));
      work.then((result) => {
        stop();
        resolve(result);
      });
    });
  }
}

function foundOf(answer: StoredAnswer): Found | null {
  if (answer.kind !== 'found') return null;
  const { at, digest, mediaType } = answer;
  return { ok: true, digest, mediaType, at };
}
