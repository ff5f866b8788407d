import { execFile } from 'node:child_process';
import { devNull } from 'node:os';
import { dirname, join } from 'node:path';

/** The files of a repository that `.gitignore` matches and git keeps all the same: it ignores only what it does not track. */
export interface Tracked {
  /** Whether a file is one of them, or a folder holds one. */
  has(path: string): boolean;
}

/** Milliseconds for git to read its index. */
const patience = 20_000;

/** Bytes that git may name paths with. */
const outputMax = 64 * 1024 * 1024;

/**
 * Asks git's index about everything below `folder` (absolute). Null where git cannot tell: it is not installed, `folder` is in no repository, or
 * git does not trust its owner. Runs nothing that the repository configures. Never rejects.
 */
export async function trackedThoughIgnored(folder: string): Promise<Tracked | null> {
  const output = await git(folder, ['ls-files', '-z', '--cached', '--ignored', '--exclude-standard']);
  if (output === null) return null;
  const known = new Set<string>();
  for (const name of output.split('\0')) {
    // Folders that are known already have theirs known, too.
    for (let path = name === '' ? folder : join(folder, name); path !== folder; path = dirname(path)) {
      if (known.has(path)) break;
      known.add(path);
    }
  }
  return { has: (path) => known.has(path) };
}

function git(folder: string, args: readonly string[]): Promise<string | null> {
  const harmless = ['-c', 'core.fsmonitor=false', '-c', `core.hooksPath=${devNull}`];
  const env = { ...process.env, GIT_OPTIONAL_LOCKS: '0', GIT_TERMINAL_PROMPT: '0', LC_ALL: 'C' };
  return new Promise((resolve) => {
    execFile(
      'git',
      ['-C', folder, ...harmless, ...args],
      { env, timeout: patience, maxBuffer: outputMax, windowsHide: true },
      (error, stdout) => resolve(error ? null : stdout),
    );
  });
}
