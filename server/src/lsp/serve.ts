import type { MessagePort } from 'node:worker_threads';
import { createConnection } from 'vscode-languageserver/node';
import type { DownloadsOptions } from '../downloads/index.ts';
import type { Downloads, Http } from '../engine/index.ts';
import { type Advice, nodeAdvice, vscodeAdvice } from '../http/network-errors.ts';
import type { NodeTransportOptions } from '../http/node-transport.ts';
import type { NodeRegistryOptions, RegistryClient } from '../registry/index.ts';
import type { Switches } from './ports.ts';
import { described } from './protocol/guard.ts';
import { createLog } from './protocol/messages.ts';
import { takeSeal } from './protocol/seal.ts';
import { createBridgedHttp } from './registry/http-over-client.ts';
import { createKeychain } from './registry/keychain.ts';
import { createServer } from './server.ts';
import { releaseNotification, type Watch } from './supervisor/thread.ts';
import { ThreadLine } from './supervisor/thread-line.ts';
import { nodeFiles, nodeTimer } from './workspace/node-files.ts';

/** Serves a client through the port of a thread. `wrap` lets tests make texts that take for ever to read. */
export function serveThread(
  port: MessagePort,
  givenUp: readonly string[],
  wrap = (watch: Watch): Watch => watch,
): void {
  const line = new ThreadLine(port, givenUp);
  const connection = createConnection(line.reader, line.writer);
  const log = createLog(connection);
  // A mistake in one place must not end the work on every open document.
  process.on('uncaughtException', (error) => log.warn(`An error was not handled: ${described(error)}`));
  process.on('unhandledRejection', (error) => log.warn(`An error was not handled: ${described(error)}`));
  const seal = takeSeal(process.env);
  const switches: Switches = { trusted: false, offline: false };
  const way: Way = seal
    ? { http: createBridgedHttp({ connection, seal, log }), advice: vscodeAdvice }
    : { http: createLazyHttp({ env: process.env, log }), advice: nodeAdvice };
  createServer(connection, {
    registry: createLazyRegistry({
      ...way,
      env: process.env,
      log,
      isOffline: () => switches.offline,
      mayRunHelpers: () => switches.trusted,
      ...(seal && { keychain: createKeychain({ connection, seal, switches, log, timer: nodeTimer }) }),
    }),
    downloads: createLazyDownloads(way),
    files: nodeFiles,
    timer: nodeTimer,
    clock: Date,
    log,
    switches,
    seal,
    watch: wrap(line),
  });
  connection.onNotification(releaseNotification, ({ uri }: { readonly uri: string }) => line.release(uri));
  connection.listen();
  line.say({ does: 'ready' });
}

/** How other machines are reached, and what helps where one is not. */
interface Way {
  readonly http: Http;
  readonly advice: Advice;
}

// What follows is loaded with the first lookup: most sessions start without one, and the start is what people wait for.

function createLazyRegistry(options: NodeRegistryOptions): RegistryClient {
  let loaded: RegistryClient | null = null;
  const load = async (): Promise<RegistryClient> => {
    const { createNodeRegistry } = await import('../registry/index.ts');
    loaded ??= createNodeRegistry(options);
    return loaded;
  };
  return {
    resolve: async (image, how) => (await load()).resolve(image, how),
    inspect: async (image, how) => (await load()).inspect(image, how),
    verify: async (image, keys, how) => (await load()).verify(image, keys, how),
    observed: (image, how) => loaded?.observed(image, how),
    tags: async (repository, how) => (await load()).tags(repository, how),
    recall: async () => (await load()).recall(),
    inspected: (image, how) => loaded?.inspected(image, how),
    allowance: (registry, how) => loaded?.allowance(registry, how),
    checkSignIn: async (registry, credential, how) => (await load()).checkSignIn(registry, credential, how),
    forgetSignIn: (registry) => loaded?.forgetSignIn(registry),
    storedLogins: async () => (await load()).storedLogins(),
    clear: async () => (await load()).clear(),
  };
}

function createLazyDownloads(options: DownloadsOptions): Downloads {
  let loaded: Downloads | null = null;
  const load = async (): Promise<Downloads> => {
    const { createDownloads } = await import('../downloads/index.ts');
    loaded ??= createDownloads(options);
    return loaded;
  };
  return {
    checksum: async (url, how) => (await load()).checksum(url, how),
    commit: async (repository, ref, how) => (await load()).commit(repository, ref, how),
  };
}

function createLazyHttp(options: NodeTransportOptions): Http {
  let loaded: Http | null = null;
  return {
    async send(request) {
      const { createNodeTransport } = await import('../http/node-transport.ts');
      loaded ??= createNodeTransport(options);
      return loaded.send(request);
    },
  };
}
