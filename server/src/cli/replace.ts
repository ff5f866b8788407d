import { randomBytes } from 'node:crypto';
import {
  chmod,
  type FileHandle,
  lstat,
  open,
  readFile,
  realpath,
  rename,
  rm,
  stat,
  writeFile,
} from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { reasonOf } from '../files/reason.ts';

/**
 * Puts `after` in the place of `before`, whole or not at all: a new file takes the old one's name in one step. Mode and owner are kept, and a symbolic
 * link still leads to the same place. A file that no longer holds `before` is left alone.
 * Null when done; else the reason, in a few words without a full stop. Never rejects.
 */
export async function replaceFile(path: string, before: Buffer, after: Buffer): Promise<string | null> {
  let temporary: string | null = null;
  try {
    const target = await realpath(path);
    const found = await stat(target);
    const { gid, mode, nlink, uid } = found;
    if (found.isDirectory()) return 'it is a folder';
    if ((mode & 0o222) === 0) return 'it is read-only';
    // A new file would leave the other names with the old text.
    if (nlink > 1) return 'it has other names (hard links), which would keep the old text';
    temporary = temporaryFor(target);
    const file = await open(temporary, 'wx', mode);
    try {
      await file.writeFile(after);
      await keepOwner(file, uid, gid);
      await file.chmod(mode & 0o7777);
      await file.sync();
    } finally {
      await file.close();
    }
    if (!(await readFile(target)).equals(before))
      return 'it has changed in the meantime; run the command again';
    await rename(temporary, target);
    temporary = null;
    return null;
  } catch (error) {
    return reasonOf(error);
  } finally {
    if (temporary !== null) await rm(temporary, { force: true }).catch(() => {});
  }
}

/**
 * Writes a file that need not be there yet, whole or not at all where it is a file of the user's own; what else has the name (a terminal, a
 * pipe, a link) is written to as it is. Rejects where it cannot be written.
 */
export async function writeWhole(path: string, text: string): Promise<void> {
  const found = await lstat(path).catch(() => null);
  const isOwn = found?.isFile() && found.nlink === 1 && found.uid === (process.getuid?.() ?? found.uid);
  if (found && !(isOwn && (found.mode & 0o222) !== 0)) return writeFile(path, text);
  const temporary = temporaryFor(path);
  try {
    await writeFile(temporary, text, { flag: 'wx' });
    if (found) await chmod(temporary, found.mode & 0o7777);
    await rename(temporary, path);
  } catch {
    await rm(temporary, { force: true }).catch(() => {});
    // A folder may take no new file, and have one that can be written.
    await writeFile(path, text);
  }
}

const temporaryFor = (target: string): string =>
  join(dirname(target), `.holdfast-${randomBytes(6).toString('hex')}.tmp`);

/** Only a privileged user can give a file away; for all others the file is theirs from the start. */
async function keepOwner(file: FileHandle, uid: number, gid: number): Promise<void> {
  const made = await file.stat();
  if (made.uid === uid && made.gid === gid) return;
  await file.chown(uid, gid).catch(() => {});
}
