#!/usr/bin/env node
import { errorCode } from '../files/reason.ts';
import { createNodeRegistry } from '../registry/index.ts';
import { run } from './run.ts';
import { tell } from './terminal.ts';

const { env, stderr, stdout } = process;

// A reader that has seen enough closes the pipe. The work goes on: its exit status still counts.
for (const stream of [stdout, stderr]) {
  stream.on('error', (error) => {
    if (errorCode(error) !== 'EPIPE') throw error;
  });
}

// The first signal ends the work in order, a second one the process.
const stop = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stop.abort());

const registry = createNodeRegistry({
  env,
  log: { info: () => {}, warn: (message) => tell({ stderr }, message) },
});

run(process.argv.slice(2), {
  cwd: process.cwd(),
  env,
  stdout,
  stderr,
  registry,
  now: Date.now,
  signal: stop.signal,
}).then((status) => {
  process.exitCode = status;
});
