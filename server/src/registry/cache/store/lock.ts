import { randomBytes } from 'node:crypto';
import type { Clock } from '../../../engine/ports.ts';
import { codeOf, type Disk, isSameFile, statsOf, unlessMissing, writeLine } from './disk.ts';

/** Milliseconds after which whoever took the lock is taken to have crashed. */
const staleAfter = 30_000;

/** What one process does with a file at a time. */
export interface Lock {
  /** Whether nobody has taken the lock to be left behind. */
  isHeld(): Promise<boolean>;
  release(): Promise<void>;
}

/** Undefined where another process has it. Never waits. */
export async function takeLock(disk: Disk, path: string, clock: Clock): Promise<Lock | undefined> {
  const owner = randomBytes(8).toString('hex');
  if (
    !(await create(disk, path, owner)) &&
    !((await breakStale(disk, path, clock)) && (await create(disk, path, owner)))
  ) {
    return undefined;
  }
  const isHeld = async () => (await disk.readFile(path, 'utf8').catch(unlessMissing)) === owner;
  return {
    isHeld,
    async release() {
      if (await isHeld()) await disk.rm(path, { force: true });
    },
  };
}

async function create(disk: Disk, path: string, owner: string): Promise<boolean> {
  try {
    const handle = await disk.open(path, 'wx', 0o600);
    try {
      await writeLine(handle, Buffer.from(owner));
    } catch (error) {
      await disk.rm(path, { force: true });
      throw error;
    } finally {
      await handle.close();
    }
    return true;
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false;
    throw error;
  }
}

/** Moved before it is deleted: of several processes that find it stale, one moves it. */
async function breakStale(disk: Disk, path: string, clock: Clock): Promise<boolean> {
  const found = await statsOf(disk, path);
  if (!found) return true;
  if (Math.abs(clock.now() - Number(found.mtimeMs)) < staleAfter) return false;
  const aside = `${path}.${randomBytes(8).toString('hex')}`;
  await disk.rename(path, aside).catch(unlessMissing);
  const moved = await statsOf(disk, aside);
  await disk.rm(aside, { force: true });
  return moved === undefined || isSameFile(moved, found);
}
