import type { BigIntStats } from 'node:fs';
import { type StoreFile, startIn } from './compact.ts';
import { checkFolder, type Handle, isSameFile, openOwn, statsOf } from './disk.ts';
import { checksumLength, fromLine } from './line.ts';
import { readLines } from './lines.ts';
import type { StoredAnswer, StoredAnswers } from './store.ts';

/** How far the file has been read. */
interface Seen {
  /** Of the file when it was opened. */
  readonly stats: BigIntStats;
  /** The position after the last line. */
  readonly end: number;
  readonly mark: Mark | null;
  readonly count: number;
}

/** Where the last answer begins, and its checksum: a new file may have the number and the length of one that was deleted. */
interface Mark {
  readonly start: number;
  readonly checksum: string;
}

/** Reads a file that others append to, exchange and empty. */
export class Tail {
  readonly #file: StoreFile;
  #seen: Seen | undefined;

  constructor(file: StoreFile) {
    this.#file = file;
  }

  /** Answers in the file as far as it was read, each as often as it stands there; 0 for a file that was not read yet. */
  countIn(file: BigIntStats): number {
    return this.#seen && isSameFile(this.#seen.stats, file) ? this.#seen.count : 0;
  }

  /** What was added since the last call. Rejects as the disk does. */
  async read(): Promise<StoredAnswers> {
    const { disk, folder, path, user } = this.#file;
    const stats = await statsOf(disk, path);
    const seen = this.#seen;
    if (!stats) {
      this.#seen = undefined;
      return { areAll: true, answers: [] };
    }
    if (seen && isSameFile(seen.stats, stats) && seen.stats.size === stats.size) {
      return { areAll: false, answers: [] };
    }
    await checkFolder(disk, folder, user);
    const handle = await openOwn(disk, path, 'read', user);
    try {
      return await this.#readOn(handle, seen);
    } finally {
      await handle.close();
    }
  }

  async #readOn(handle: Handle, seen: Seen | undefined): Promise<StoredAnswers> {
    const stats = await handle.stat({ bigint: true });
    const goesOn = seen !== undefined && (await isStill(seen, stats, handle));
    const start = goesOn ? seen.end : startIn(Number(stats.size), this.#file.bounds);
    const answers: StoredAnswer[] = [];
    let mark = goesOn ? seen.mark : null;
    const end = await readLines(handle, start, (line, at) => {
      const answer = fromLine(line);
      if (!answer) return;
      answers.push(answer);
      mark = { start: at, checksum: Buffer.from(line.subarray(0, checksumLength)).toString('latin1') };
    });
    this.#seen = { stats, end, mark, count: answers.length + (goesOn ? seen.count : 0) };
    return { areAll: !goesOn, answers };
  }
}

/** Whether what was read of the file stands there as it did. */
async function isStill({ end, mark, stats }: Seen, now: BigIntStats, handle: Handle): Promise<boolean> {
  if (!isSameFile(stats, now) || Number(now.size) < end) return false;
  if (!mark) return end === 0;
  const { bytesRead, buffer } = await handle.read(
    Buffer.alloc(checksumLength),
    0,
    checksumLength,
    mark.start,
  );
  return buffer.toString('latin1', 0, bytesRead) === mark.checksum;
}
