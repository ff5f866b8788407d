#!/usr/bin/env node
import { isMainThread, parentPort, workerData } from 'node:worker_threads';
import { version } from '../version.ts';
import { supervise } from './supervisor/supervise.ts';
import type { ThreadData } from './supervisor/thread.ts';

const usage = `holdfast-language-server ${version}

Finds what can change after review in Dockerfiles, Compose files and Kubernetes manifests.
Speaks the Language Server Protocol over one of:

  --stdio          standard input and output
  --node-ipc       the channel of a Node.js parent process
  --socket=PORT    a TCP port of this machine that the client listens on
  --pipe=NAME      a named pipe that the client listens on

  --version        prints the version
  --help           prints this text
`;

const channels = /^--(?:stdio|node-ipc|socket(?:=\d+)?|pipe(?:=.+)?)$/;

function main(args: readonly string[]): void {
  if (args.includes('--version')) {
    process.stdout.write(`${version}\n`);
  } else if (args.includes('--help')) {
    process.stdout.write(usage);
  } else if (args.some((arg) => channels.test(arg))) {
    supervise({ program: import.meta.filename, args });
  } else {
    process.stderr.write(usage);
    process.exitCode = 2;
  }
}

/** This file is the program of the thread, too. */
async function serve(): Promise<void> {
  // Loaded here alone: the supervisor has to start fast, and knows nothing of manifests.
  const { serveThread } = await import('./serve.ts');
  const { givenUp }: ThreadData = workerData;
  if (parentPort) serveThread(parentPort, givenUp);
}

if (isMainThread) main(process.argv.slice(2));
else void serve();
