import { type ChildProcess, spawn } from 'node:child_process';
import { rmSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface RunOptions {
  readonly cwd?: string;
  /** What it means that the program fails, and what to do. */
  readonly failed: string;
}

/** Runs a program to its end and keeps quiet about it. Rejects with what it printed when it fails. */
export async function run(
  command: string,
  args: readonly string[],
  { cwd, failed }: RunOptions,
): Promise<void> {
  const child = spawn(command, args, { cwd, stdio: ['ignore', 'pipe', 'pipe'] });
  const output = collect(child);
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject).once('close', resolve);
  });
  if (code === 0) return;
  throw new Error(`${failed}\n\`${command} ${args.join(' ')}\` ended with ${code}:\n${output()}`);
}

/** The last of what a program prints. */
export function collect(child: ChildProcess): () => string {
  let text = '';
  const add = (chunk: Buffer): void => {
    text = (text + chunk.toString()).slice(-20_000);
  };
  child.stdout?.on('data', add);
  child.stderr?.on('data', add);
  return () => text;
}

/** A folder that is gone when it is disposed of, and at the latest when the process ends. */
export interface TemporaryFolder extends AsyncDisposable {
  readonly path: string;
}

export async function temporaryFolder(purpose: string): Promise<TemporaryFolder> {
  const path = await mkdtemp(join(tmpdir(), `holdfast-${purpose}-`));
  const options = { recursive: true, force: true, maxRetries: 5 };
  const removeNow = (): void => rmSync(path, options);
  process.once('exit', removeNow);
  return {
    path,
    async [Symbol.asyncDispose]() {
      process.removeListener('exit', removeNow);
      await rm(path, options);
    },
  };
}

/**
 * For scripts that start windows: Ctrl-C and its like end the process in order, with `code`, so that what it started is ended too; and
 * the VS Code in whose terminal the script may run is forgotten, since a new window would take itself for a part of it.
 */
export function prepareProcess(code = 1): void {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
    process.once(signal, () => process.exit(code));
  for (const name of Object.keys(process.env)) {
    if (/^(?:VSCODE_|ELECTRON_)/.test(name)) delete process.env[name];
  }
}
