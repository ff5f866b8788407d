import { type ChildProcess, spawn } from 'node:child_process';
import { constants, existsSync } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { homedir } from 'node:os';
import { parse } from 'node:path';

/** What looking for credentials asks of the computer. */
export interface Machine {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The user's home folder. */
  readonly home: string;
  /** The user's number; absent where users have none. */
  readonly uid?: number;
  /** UTF-8; null for what is not there. Never rejects. */
  readText(path: string): Promise<string | Unreadable | null>;
  /** Never rejects. */
  run(command: Command): Promise<RunResult>;
}

/** A file that is there. */
export interface Unreadable {
  /** Why it is not read, as in "X is a folder". */
  readonly problem: string;
}

export interface Command {
  /** Looked for on the PATH. No shell is involved. */
  readonly program: string;
  readonly argument: string;
  readonly input: string;
  /** Milliseconds until it is killed. */
  readonly timeout: number;
  /** Bytes of output after which it is killed. */
  readonly maxOutput: number;
  readonly signal: AbortSignal;
}

export type RunResult =
  | { readonly kind: 'ended'; readonly ok: boolean; readonly output: string }
  | { readonly kind: 'missing' }
  | { readonly kind: 'timed-out' }
  | { readonly kind: 'too-long' }
  /** It could not be started, or was stopped from outside. */
  | { readonly kind: 'failed' };

export function createNodeMachine(env: Readonly<Record<string, string | undefined>>): Machine {
  const home = env.HOME || env.USERPROFILE || homedir();
  const uid = process.getuid?.();
  return {
    env,
    home,
    ...(uid === undefined ? {} : { uid }),
    readText,
    async run(command) {
      try {
        return await run(command, env, home);
      } catch {
        return { kind: 'failed' };
      }
    },
  };
}

/** Bytes. The files that hold credentials have a few thousand. */
const maxText = 1024 * 1024;

async function readText(path: string): Promise<string | Unreadable | null> {
  let file: FileHandle | undefined;
  try {
    // Opening a pipe that nobody writes to would otherwise never end.
    file = await open(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
    if (!(await file.stat()).isFile()) return { problem: 'is no ordinary file' };
    const bytes = Buffer.alloc(maxText + 1);
    let length = 0;
    for (;;) {
      const { bytesRead } = await file.read(bytes, length, bytes.length - length);
      length += bytesRead;
      if (length > maxText) return { problem: 'is far too large' };
      if (bytesRead === 0) return bytes.toString('utf8', 0, length);
    }
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : '';
    return code === 'ENOENT' || code === 'ENOTDIR' ? null : { problem: `cannot be read (${code})` };
  } finally {
    await file?.close();
  }
}

/** Milliseconds for which output is awaited once the program has ended: a process that it started may hold the stream open. */
const patience = 100;

const hasGroups = process.platform !== 'win32';

function run(command: Command, env: Machine['env'], home: string): Promise<RunResult> {
  return new Promise((resolve) => {
    const child = spawn(command.program, [command.argument], {
      // On Windows a program is looked for in the current folder first, and that may be anyone's workspace.
      cwd: existsSync(home) ? home : parse(process.execPath).root,
      env,
      shell: false,
      windowsHide: true,
      // With a group of its own what it has started can be stopped with it.
      detached: hasGroups,
      stdio: ['pipe', 'pipe', 'ignore'],
    });
    const chunks: Buffer[] = [];
    let length = 0;
    let lateOutput: NodeJS.Timeout | undefined;

    const finish = (result: RunResult) => {
      clearTimeout(timer);
      clearTimeout(lateOutput);
      command.signal.removeEventListener('abort', stop);
      child.stdout.destroy();
      child.stdin.destroy();
      if (result.kind !== 'ended') kill(child);
      resolve(result);
    };
    const end = (code: number | null) => {
      finish({ kind: 'ended', ok: code === 0, output: Buffer.concat(chunks).toString('utf8') });
    };
    const stop = () => finish({ kind: 'failed' });
    const timer = setTimeout(() => finish({ kind: 'timed-out' }), command.timeout);
    command.signal.addEventListener('abort', stop, { once: true });

    child.on('error', (error) => {
      finish({ kind: 'code' in error && error.code === 'ENOENT' ? 'missing' : 'failed' });
    });
    child.on('exit', (code) => {
      // What it has written is read before the callback of `setImmediate`, however busy this process was.
      lateOutput = setTimeout(() => setImmediate(end, code), patience);
    });
    child.on('close', end);
    child.stdout.on('data', (chunk: Buffer) => {
      length += chunk.length;
      if (length > command.maxOutput) finish({ kind: 'too-long' });
      else chunks.push(chunk);
    });
    child.stdin.on('error', () => {
      // A helper may end without reading; how it ended is what counts.
    });
    child.stdin.end(command.input);
  });
}

/** With whatever it has started. */
function kill(child: ChildProcess): void {
  if (!hasGroups || child.pid === undefined) {
    child.kill('SIGKILL');
    return;
  }
  try {
    process.kill(-child.pid, 'SIGKILL');
  } catch {
    // All of them have ended.
  }
}
