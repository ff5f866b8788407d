#!/usr/bin/env node
import { createConnection } from 'vscode-languageserver/node';
import type { Downloads, Log, Registry } from '../engine/index.ts';
import { version } from '../version.ts';
import { described } from './guard.ts';
import { createLog } from './messages.ts';
import { nodeFiles, nodeTimer } from './node.ts';
import { createServer } from './server.ts';

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
    serve();
  } else {
    process.stderr.write(usage);
    process.exitCode = 2;
  }
}

function serve(): void {
  const connection = createConnection();
  const log = createLog(connection);
  // A mistake in one place must not end the work on every open document.
  process.on('uncaughtException', (error) => log.warn(`An error was not handled: ${described(error)}`));
  process.on('unhandledRejection', (error) => log.warn(`An error was not handled: ${described(error)}`));
  createServer(connection, {
    registry: createLazyRegistry(log),
    downloads: lazyDownloads,
    files: nodeFiles,
    timer: nodeTimer,
    clock: Date,
    log,
  });
  connection.listen();
}

/** Loaded with the first lookup: most sessions start without one, and the start is what people wait for. */
function createLazyRegistry(log: Log): Registry {
  let loaded: Registry | null = null;
  const load = async (): Promise<Registry> => {
    const { createNodeRegistry } = await import('../registry/index.ts');
    loaded ??= createNodeRegistry({ env: process.env, log });
    return loaded;
  };
  return {
    resolve: async (image, options) => (await load()).resolve(image, options),
    inspect: async (image, options) => (await load()).inspect(image, options),
    verify: async (image, keys, options) => (await load()).verify(image, keys, options),
    observed: (image, options) => loaded?.observed(image, options),
    tags: async (repository, options) => (await load()).tags(repository, options),
  };
}

const loadDownloads = async (): Promise<Downloads> =>
  (await import('../downloads/index.ts')).createDownloads();

const lazyDownloads: Downloads = {
  checksum: async (url, options) => (await loadDownloads()).checksum(url, options),
  commit: async (repository, ref, options) => (await loadDownloads()).commit(repository, ref, options),
};

main(process.argv.slice(2));
