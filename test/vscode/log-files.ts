// For NODE_OPTIONS: loaded into every process of VS Code's server. What VS Code logs is written by a native module, which an installation without builds
// does not have: this stands in its place, so that the log files are there to be read.
import childProcess, { type ForkOptions } from 'node:child_process';
import { appendFileSync, mkdirSync } from 'node:fs';
import { registerHooks, syncBuiltinESMExports } from 'node:module';
import { dirname } from 'node:path';

registerHooks({
  resolve: (specifier, context, next) =>
    specifier === '@vscode/spdlog' ? { url: import.meta.url, shortCircuit: true } : next(specifier, context),
});

// The extension host is started without NODE_OPTIONS.
const { fork } = childProcess;
childProcess.fork = (path: string | URL, args?: readonly string[] | ForkOptions, options: ForkOptions = {}) =>
  fork(path, Array.isArray(args) ? args : [], {
    ...options,
    execArgv: [...(options.execArgv ?? []), `--import=${import.meta.url}`],
  });
syncBuiltinESMExports();

export const setFlushOn = (): void => {};

export async function createAsyncRotatingLogger(_name: string, path: string) {
  mkdirSync(dirname(path), { recursive: true });
  const write = (message: string): void => appendFileSync(path, `${message}\n`);
  const nothing = (): void => {};
  return {
    ...{ trace: write, debug: write, info: write, warn: write, error: write, critical: write },
    ...{ setLevel: nothing, setPattern: nothing, clearFormatters: nothing, flush: nothing, drop: nothing },
  };
}
