import type { BigIntStats } from 'node:fs';
import { join } from 'node:path';
import type { Clock, Log } from '../../../engine/ports.ts';
import { nodeTimers, pause, type Timers } from '../../../http/timers.ts';
import { type Bounds, compact, removeLeftovers, type StoreFile } from './compact.ts';
import {
  checkFolder,
  codeOf,
  type Disk,
  Distrust,
  type Handle,
  isSameFile,
  makeFolder,
  nodeDisk,
  openOwn,
  statsOf,
  unlessMissing,
  writeLine,
} from './disk.ts';
import { toLine } from './line.ts';
import { type Lock, takeLock } from './lock.ts';
import { type Store, type StoredAnswer, type StoredAnswers, storeBounds } from './store.ts';
import { Tail } from './tail.ts';

export interface FileStoreOptions {
  readonly clock: Clock;
  readonly log?: Log;
  /** {@link storeBounds} where absent. */
  readonly bounds?: Bounds;
  /** Node's where absent. */
  readonly disk?: Disk;
  readonly timers?: Timers;
  /** Who has to own folder and file: the user of this process where absent. */
  readonly user?: number;
}

/** Named after the form of its lines: another version of Holdfast that writes another form uses another file. */
export const fileName = 'registry-v1.log';

/** Lines that wait for a disk which does not take them. */
const maxWaiting = 1000;

/** How often it is tried to append to a file that others exchange, and to get the lock for clearing. */
const maxAttempts = 20;
/** Milliseconds between two attempts. */
const attemptDelay = 100;

/**
 * Keeps answers in one file of a folder, to whose end every process adds lines. Each line has a checksum, and one that is not as it was
 * written does not count. The file is exchanged for a smaller one when it gets too long.
 */
export function createFileStore(folder: string, options: FileStoreOptions): Store {
  return new FileStore(folder, options);
}

class FileStore implements Store {
  readonly #file: StoreFile;
  readonly #tail: Tail;
  readonly #log: Log | undefined;
  /** One thing is done at a time: a disk that hangs holds up one of the few threads that Node has for disks and names. */
  #last: Promise<unknown> = Promise.resolve();
  #waiting: Buffer[] = [];
  #isReported = false;

  constructor(folder: string, options: FileStoreOptions) {
    const { bounds = storeBounds, clock, disk = nodeDisk, log } = options;
    const user = options.user ?? process.geteuid?.();
    const timers = options.timers ?? nodeTimers;
    this.#file = { disk, folder, path: join(folder, fileName), user, clock, timers, bounds };
    this.#tail = new Tail(this.#file);
    this.#log = log;
  }

  async read(): Promise<StoredAnswers> {
    const { result } = await this.#inTurn(() => this.#tail.read());
    return result ?? { areAll: false, answers: [] };
  }

  add(answer: StoredAnswer): void {
    const line = toLine(answer);
    const waiting = this.#waiting;
    if (!line || waiting.length >= maxWaiting) return;
    waiting.push(line);
    if (waiting.length > 1) return;
    void this.#inTurn(() => {
      if (this.#waiting === waiting) this.#waiting = [];
      return this.#append(waiting);
    });
  }

  async clear(): Promise<string | null> {
    // What is added from now on waits behind this.
    this.#waiting = [];
    const { problem } = await this.#inTurn(() => this.#empty());
    if (problem === undefined) return null;
    return `The answers kept in \`${this.#file.path}\` could not be deleted: ${problem}.`;
  }

  async flush(): Promise<void> {
    await this.#last;
  }

  #inTurn<T>(work: () => Promise<T>): Promise<{ readonly result?: T; readonly problem?: string }> {
    const outcome = this.#last.then(work).then(
      (result) => ({ result }),
      (error: unknown) => ({ problem: this.#report(error) }),
    );
    this.#last = outcome;
    return outcome;
  }

  #report(error: unknown): string {
    const problem = error instanceof Distrust ? error.message : inWords(error, this.#file.folder);
    if (this.#isReported) return problem;
    this.#isReported = true;
    const message = `What registries answer is not kept on disk: ${problem}. Set HOLDFAST_CACHE_DIR to another folder, or to \`off\`.`;
    try {
      if (error instanceof Distrust) this.#log?.warn(message);
      else this.#log?.info(message);
    } catch {
      // It was only to be told.
    }
    return problem;
  }

  async #append(lines: readonly Buffer[]): Promise<void> {
    for (let attempt = 0; lines.length > 0 && attempt < maxAttempts; attempt++) {
      const { isFull, isThere, stats } = await this.#write(lines);
      if (stats && this.#isLarge(stats)) await this.#shrink();
      if (isThere) return;
      // Another process is making it smaller, or has crashed while it did.
      if (isFull) await pause(attemptDelay, this.#file.timers, new AbortController().signal);
    }
  }

  /** `isThere`: the lines are in the file; or it was deleted, and they with it. `stats`: of what stands in its place now. */
  async #write(lines: readonly Buffer[]): Promise<{
    readonly isFull: boolean;
    readonly isThere: boolean;
    readonly stats: BigIntStats | undefined;
  }> {
    const { bounds, disk, path } = this.#file;
    const handle = await this.#openToAppend();
    try {
      const before = await handle.stat({ bigint: true });
      // One that nobody could make smaller so far gets no larger.
      const isFull = before.size >= 2 * bounds.maxBytes;
      if (!isFull) for (const line of lines) await writeLine(handle, line);
      const stats = await statsOf(disk, path);
      // What was exchanged meanwhile may have been read before the lines stood in it.
      return { isFull, isThere: !isFull && (!stats || isSameFile(before, stats)), stats };
    } finally {
      await handle.close();
    }
  }

  async #openToAppend(): Promise<Handle> {
    const { disk, folder, path, user } = this.#file;
    const there = await disk.stat(folder).catch(unlessMissing);
    if (!there) await makeFolder(disk, folder, user);
    await checkFolder(disk, folder, user);
    return openOwn(disk, path, 'append', user);
  }

  /** Makes the file smaller, unless another process is at it. */
  async #shrink(): Promise<void> {
    const { clock, disk, path } = this.#file;
    const lock = await takeLock(disk, `${path}.lock`, clock);
    if (!lock) return;
    try {
      const stats = await statsOf(disk, path);
      if (stats && this.#isLarge(stats)) await compact(this.#file, lock);
    } finally {
      await lock.release();
    }
  }

  #isLarge(stats: BigIntStats): boolean {
    const { maxAnswers, maxBytes } = this.#file.bounds;
    return stats.size > maxBytes || this.#tail.countIn(stats) > maxAnswers;
  }

  /** The file stays: lines that others append at this moment go to it, and none that was there before comes back. */
  async #empty(): Promise<void> {
    const { disk, folder, path, user } = this.#file;
    if (!(await statsOf(disk, folder))) return;
    const lock = await this.#waitForLock();
    try {
      await checkFolder(disk, folder, user);
      await removeLeftovers(disk, path);
      if (!(await statsOf(disk, path))) return;
      const handle = await openOwn(disk, path, 'change', user);
      await handle.truncate(0).finally(() => handle.close());
    } finally {
      await lock?.release();
    }
  }

  /** Goes on without it when another process holds it for long. */
  async #waitForLock(): Promise<Lock | undefined> {
    const { clock, disk, path, timers } = this.#file;
    for (let tries = 0; tries < maxAttempts; tries++) {
      // On a disk that is full there can be no lock, and clearing is what helps.
      const lock = await takeLock(disk, `${path}.lock`, clock).catch(() => null);
      if (lock === null) return undefined;
      if (lock) return lock;
      await pause(attemptDelay, timers, new AbortController().signal);
    }
    return undefined;
  }
}

function inWords(error: unknown, folder: string): string {
  const code = codeOf(error);
  if (code === 'ENOSPC' || code === 'EDQUOT' || code === 'EFBIG') return `the disk of \`${folder}\` is full`;
  if (code === 'EROFS') return `the disk of \`${folder}\` can only be read`;
  if (code === 'EACCES' || code === 'EPERM') return `\`${folder}\` may not be written to`;
  return `\`${folder}\` cannot be used (${code || 'unknown fault'})`;
}
