#!/usr/bin/env node
import { errorCode } from '../files/reason.ts';
import type { WorkerThread } from '../workers/messages.ts';
import { exitCodes } from './environment.ts';
import { startReader } from './start-reader.ts';

const { env, stderr, stdout } = process;
const argv = process.argv.slice(2);

/** Milliseconds that what is left to do after the work may take, such as writing down what registries told. */
const patience = 3_000;

/** Milliseconds in which the work may end in order when the user wants to stop. */
const grace = 500;

// A thread that reads gets ready while this one does. Where none is needed, it keeps nobody waiting.
let ahead: WorkerThread | null = argv[0] === 'audit' || argv[0] === 'pin' ? startReader() : null;

// A reader that has seen enough closes the pipe. The work goes on: its exit status still counts.
for (const stream of [stdout, stderr]) {
  stream.on('error', (error) => {
    if (errorCode(error) !== 'EPIPE') throw error;
  });
}

// The first signal ends the work in order, a second one the process.
const stop = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => {
    stop.abort();
    setTimeout(() => leave(signal), grace).unref();
  });
}

/** Ends the process, whatever is left to do. `process.exit` would wait for a disk that does not answer; a signal nobody listens to waits for nothing. */
function leave(signal: 'SIGINT' | 'SIGTERM'): void {
  const isWaiting = process.getActiveResourcesInfo().some((name) => name.startsWith('FSReq'));
  if (!isWaiting) process.exit(exitCodes.interrupted);
  process.removeAllListeners(signal);
  process.kill(process.pid, signal);
}

async function main(): Promise<void> {
  const { run } = await import('./run.ts');
  process.exitCode = await run(argv, {
    cwd: process.cwd(),
    env,
    stdout,
    stderr,
    async connect({ isOffline, warn }) {
      const { cliAdvice, createNodeRegistry } = await import('../registry/index.ts');
      return createNodeRegistry({
        env,
        advice: cliAdvice,
        log: { info: () => {}, warn },
        isOffline: () => isOffline,
      });
    },
    startReader() {
      const thread = ahead ?? startReader();
      ahead = null;
      return thread;
    },
    now: Date.now,
    signal: stop.signal,
  });
  await Promise.all([stdout, stderr].map(whenWritten));
  // Does not keep the process, which ends by itself as a rule.
  setTimeout(() => process.exit(), patience).unref();
}

void main();

/** Resolves when a reader has taken all that was written, however slow it is. */
const whenWritten = (stream: NodeJS.WriteStream): Promise<void> =>
  new Promise((resolve) => {
    stream.write('', () => resolve());
  });
