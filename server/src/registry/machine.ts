import { spawn } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { homedir } from 'node:os';

/** What looking for credentials asks of the computer. */
export interface Machine {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The user's home folder. */
  readonly home: string;
  /** Null for what is not there or cannot be read. */
  readText(path: string): Promise<string | null>;
  /** Never rejects. */
  run(command: Command): Promise<RunResult>;
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
  return {
    env,
    home,
    async readText(path) {
      return readFile(path, 'utf8').catch(() => null);
    },
    async run(command) {
      try {
        return await run(command, env, home);
      } catch {
        return { kind: 'failed' };
      }
    },
  };
}

function run(command: Command, env: Machine['env'], home: string): Promise<RunResult> {
  return new Promise((resolve) => {
    // Run from home: on Windows a program is looked for in the current folder first, and that may be anyone's workspace.
    const child = spawn(command.program, [command.argument], {
      cwd: home,
      env,
      shell: false,
      windowsHide: true,
      stdio: ['pipe', 'pipe', 'ignore'],
    });
    const chunks: Buffer[] = [];
    let length = 0;

    // Not waiting for the streams to close: a grandchild may hold them open.
    const finish = (result: RunResult) => {
      clearTimeout(timer);
      command.signal.removeEventListener('abort', stop);
      child.stdout.destroy();
      child.stdin.destroy();
      child.kill('SIGKILL');
      resolve(result);
    };
    const stop = () => finish({ kind: 'failed' });
    const timer = setTimeout(() => finish({ kind: 'timed-out' }), command.timeout);
    command.signal.addEventListener('abort', stop, { once: true });

    child.on('error', (error) => {
      finish({ kind: 'code' in error && error.code === 'ENOENT' ? 'missing' : 'failed' });
    });
    child.on('close', (code) => {
      finish({ kind: 'ended', ok: code === 0, output: Buffer.concat(chunks).toString('utf8') });
    });
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
