import { randomBytes } from 'node:crypto';
import { basename, dirname, join } from 'node:path';
import type { Clock } from '../../../engine/ports.ts';
import { pause, type Timers } from '../../../http/timers.ts';
import {
  codeOf,
  type Disk,
  type Handle,
  isSameFile,
  openOwn,
  statsOf,
  type User,
  unlessMissing,
  writeLine,
} from './disk.ts';
import { fromLine, toLine } from './line.ts';
import { readLines } from './lines.ts';
import type { Lock } from './lock.ts';

export interface Bounds {
  /** Bytes of the file, and answers in it, from which on it is made smaller. */
  readonly maxBytes: number;
  readonly maxAnswers: number;
}

export interface StoreFile {
  readonly disk: Disk;
  readonly folder: string;
  readonly path: string;
  readonly user: User;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly bounds: Bounds;
}

/** Of the bounds: so that it is not done again at the next answer. */
const keptShare = 0.75;

/** Where to begin in a file that is far longer than it may get: its end is what is newest. */
export const startIn = (size: number, { maxBytes }: Bounds): number => Math.max(0, size - 2 * maxBytes);

const maxAttempts = 5;
const attemptDelay = 20;

interface Kept {
  readonly at: number;
  readonly isFromFuture: boolean;
  readonly line: Buffer;
}

/**
 * Puts a file in the place of the store's that has the newest line of each key, and of those the newest that fit. What others append
 * meanwhile is taken along: whoever appends looks afterwards whether the file is still there, and what they appended before the
 * exchange is read after it. Rejects as the disk does.
 */
export async function compact(file: StoreFile, lock: Lock): Promise<void> {
  const { clock, disk, path, user } = file;
  await removeLeftovers(disk, path);
  const old = await openOwn(disk, path, 'read', user);
  const smaller = `${path}.${randomBytes(8).toString('hex')}.tmp`;
  let isOpen = true;
  const close = async () => {
    if (isOpen) await old.close();
    isOpen = false;
  };
  try {
    const before = await old.stat({ bigint: true });
    const newest = new Map<string, Kept>();
    let end = await readLines(old, startIn(Number(before.size), file.bounds), (line) => {
      keepNewest(newest, line, clock.now());
    });
    await writeWhole(disk, smaller, Buffer.concat(fitting(newest, file.bounds)));
    end = await moveLines(old, end, disk, smaller, user);
    const there = await statsOf(disk, path);
    const isUntouched = there && isSameFile(there, before) && Number(there.size) >= end;
    if (!isUntouched || !(await lock.isHeld())) return;
    await exchange(file, smaller, close);
    if (isOpen) await moveLines(old, end, disk, path, user);
  } finally {
    await close();
    await disk.rm(smaller, { force: true });
  }
}

function keepNewest(newest: Map<string, Kept>, bytes: Uint8Array, now: number): void {
  const answer = fromLine(bytes);
  if (!answer) return;
  const key = `${answer.kind === 'contents'} ${answer.key}`;
  const earlier = newest.get(key);
  if (earlier && !earlier.isFromFuture && earlier.at > answer.at) return;
  // The clock was wrong then: left as it is, it would count as the newest for ever.
  const isFromFuture = answer.at > now;
  const at = isFromFuture ? now : answer.at;
  const line = isFromFuture ? toLine({ ...answer, at }) : lineOf(bytes);
  newest.delete(key);
  if (line) newest.set(key, { at, isFromFuture, line });
}

const lineOf = (bytes: Uint8Array): Buffer => Buffer.concat([Buffer.from('\n'), bytes, Buffer.from('\n')]);

/** Those that are oldest first, as they would stand if they had been appended. */
function fitting(newest: ReadonlyMap<string, Kept>, bounds: Bounds): readonly Buffer[] {
  const lines = [...newest.values()].sort((one, other) => one.at - other.at).map(({ line }) => line);
  let first = lines.length;
  let room = bounds.maxBytes * keptShare;
  const most = Math.floor(bounds.maxAnswers * keptShare);
  for (const line of lines.toReversed()) {
    room -= line.length;
    if (room < 0 || lines.length - first === most) break;
    first--;
  }
  return lines.slice(first);
}

async function writeWhole(disk: Disk, path: string, text: Buffer): Promise<void> {
  const handle = await disk.open(path, 'wx', 0o600);
  try {
    await handle.writeFile(text);
    // Else a crash of the whole machine could leave the new name with nothing behind it.
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Appends to `path` what stands in a file from a position on; resolves to where the next lines will stand. */
async function moveLines(from: Handle, start: number, disk: Disk, path: string, user: User): Promise<number> {
  const lines: Buffer[] = [];
  const end = await readLines(from, start, (bytes) => {
    if (fromLine(bytes)) lines.push(lineOf(bytes));
  });
  if (lines.length > 0) {
    const handle = await openOwn(disk, path, 'append', user);
    try {
      for (const line of lines) await writeLine(handle, line);
    } finally {
      await handle.close();
    }
  }
  return end;
}

/** Windows may not let a file be replaced while a process has it open, this one or another. */
async function exchange(
  { disk, path, timers }: StoreFile,
  smaller: string,
  close: () => Promise<void>,
): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await disk.rename(smaller, path);
    } catch (error) {
      if (attempt === maxAttempts || !['EPERM', 'EACCES', 'EBUSY'].includes(codeOf(error))) throw error;
      await close();
      await pause(attemptDelay, timers, new AbortController().signal);
    }
  }
}

/** What crashed processes have left behind. Only for whoever holds the lock. */
export async function removeLeftovers(disk: Disk, path: string): Promise<void> {
  const names = (await disk.readdir(dirname(path)).catch(unlessMissing)) ?? [];
  for (const name of names) {
    if (!name.startsWith(`${basename(path)}.`) || !name.endsWith('.tmp')) continue;
    await disk.rm(join(dirname(path), name), { force: true });
  }
}
