#!/usr/bin/env node
import { errorCode } from '../files/reason.ts';
import { run } from './run.ts';

const { env, stderr, stdout } = process;

/** Milliseconds that what is left to do after the work may take, such as writing down what registries told. */
const patience = 3_000;

// A reader that has seen enough closes the pipe. The work goes on: its exit status still counts.
for (const stream of [stdout, stderr]) {
  stream.on('error', (error) => {
    if (errorCode(error) !== 'EPIPE') throw error;
  });
}

// The first signal ends the work in order, a second one the process.
const stop = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stop.abort());

run(process.argv.slice(2), {
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
  now: Date.now,
  signal: stop.signal,
}).then(async (status) => {
  process.exitCode = status;
  await Promise.all([stdout, stderr].map(whenWritten));
  // Does not keep the process, which ends by itself as a rule.
  setTimeout(() => process.exit(), patience).unref();
});

/** Resolves when a reader has taken all that was written, however slow it is. */
const whenWritten = (stream: NodeJS.WriteStream): Promise<void> =>
  new Promise((resolve) => {
    stream.write('', () => resolve());
  });
