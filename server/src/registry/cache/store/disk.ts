import type { BigIntStats } from 'node:fs';
import { constants } from 'node:fs';
import * as node from 'node:fs/promises';
import { dirname } from 'node:path';

/** What is asked of `node:fs/promises`. */
export type Disk = Pick<
  typeof node,
  'lstat' | 'mkdir' | 'open' | 'readdir' | 'readFile' | 'rename' | 'rm' | 'stat'
>;

export const nodeDisk: Disk = node;

export type Handle = node.FileHandle;

/** Who this process runs as; undefined on Windows, where the user's folders are closed to others by themselves. */
export type User = number | undefined;

/** A file or folder that somebody else could have written, or could make lead elsewhere. The message is a part of a sentence. */
export class Distrust extends Error {}

/** Links are not followed, and a pipe in the file's place does not make anybody wait. */
const carefully = (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0);

const modes = {
  read: constants.O_RDONLY | carefully,
  append: constants.O_WRONLY | constants.O_APPEND | constants.O_CREAT | carefully,
  change: constants.O_RDWR | carefully,
};

/** Opens a file that is the user's own; one that is made here nobody else may read. Rejects with Distrust, or as `open` does. */
export async function openOwn(
  disk: Disk,
  path: string,
  mode: keyof typeof modes,
  user: User,
): Promise<Handle> {
  const handle = await disk.open(path, modes[mode], 0o600).catch((error: unknown) => {
    throw codeOf(error) === 'ELOOP' ? new Distrust(`\`${path}\` is a link`) : error;
  });
  try {
    const stats = await handle.stat({ bigint: true });
    if (!stats.isFile()) throw new Distrust(`\`${path}\` is no file`);
    // Another name for the file may be one that is not meant to hold answers.
    if (user !== undefined && stats.nlink > 1n) throw new Distrust(`\`${path}\` is a link`);
    trust(stats, path, user);
    return handle;
  } catch (error) {
    await handle.close();
    throw error;
  }
}

/** Rejects with Distrust where others can write into the folder, or as `stat` does. */
export async function checkFolder(disk: Disk, folder: string, user: User): Promise<void> {
  trust(await disk.stat(folder, { bigint: true }), folder, user);
}

/**
 * Makes a folder that nobody else can look into. Not within another user's folder, where it would be in that user's way: `sudo` may
 * keep the home of whoever called it. Rejects with Distrust, or as `mkdir` does.
 */
export async function makeFolder(disk: Disk, folder: string, user: User): Promise<void> {
  const { path, stats } = await nearest(disk, dirname(folder));
  if (user !== undefined && Number(stats.uid) !== user && stats.uid !== 0n) {
    throw new Distrust(`\`${path}\` belongs to another user`);
  }
  await disk.mkdir(folder, { recursive: true, mode: 0o700 });
}

async function nearest(disk: Disk, path: string): Promise<{ path: string; stats: BigIntStats }> {
  const stats = await disk.stat(path, { bigint: true }).catch(unlessMissing);
  const parent = dirname(path);
  if (stats) return { path, stats };
  return parent === path ? Promise.reject(new Distrust(`\`${path}\` is not there`)) : nearest(disk, parent);
}

function trust(stats: BigIntStats, path: string, user: User): void {
  if (user === undefined) return;
  if (Number(stats.uid) !== user) throw new Distrust(`\`${path}\` belongs to another user`);
  if ((stats.mode & 0o022n) !== 0n) throw new Distrust(`others can write to \`${path}\``);
}

/** Undefined for a file that is not there. */
export function statsOf(disk: Disk, path: string): Promise<BigIntStats | undefined> {
  return disk.lstat(path, { bigint: true }).catch(unlessMissing);
}

export const isSameFile = (one: BigIntStats, other: BigIntStats): boolean =>
  one.ino === other.ino && one.dev === other.dev;

export function unlessMissing(error: unknown): undefined {
  if (codeOf(error) !== 'ENOENT') throw error;
}

export function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : '';
}

/** One write, so that what other processes append at the same time stands before or after it. Rejects where the disk takes a part alone. */
export async function writeLine(handle: Handle, line: Buffer): Promise<void> {
  const { bytesWritten } = await handle.write(line);
  if (bytesWritten < line.length) throw Object.assign(new Error('Short write'), { code: 'ENOSPC' });
}
