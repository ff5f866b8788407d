import type { Clock, Http, Log } from '../engine/ports.ts';
import { type Advice, nodeAdvice } from '../http/network-errors.ts';
import { createNodeTransport } from '../http/node-transport.ts';
import { createFileStore } from './cache/store/file.ts';
import { defaultCacheFolder, isPassedOver } from './cache/store/folder.ts';
import { noStore } from './cache/store/store.ts';
import { createRegistry } from './client/client.ts';
import type { RegistryClient } from './client/registry-client.ts';
import { createNodeMachine } from './environment.ts';
import { createCredentials, type Keychain } from './sign-in/credentials.ts';

export { cliAdvice } from '../http/network-errors.ts';
export { nodeTimers, type Timers } from '../http/timers.ts';
export { createRegistry, type RegistryOptions } from './client/client.ts';
export type { Allowance, Cleared, Inspected, RegistryClient, SignInCheck } from './client/registry-client.ts';
export { type Command, createNodeMachine, type Machine, type RunResult } from './environment.ts';
export { defaultLimits, type Limits } from './limits.ts';
export type { Credential, FoundCredential } from './sign-in/credential.ts';
export {
  type Credentials,
  type CredentialsOptions,
  createCredentials,
  type Keychain,
  type StoredLogin,
} from './sign-in/credentials.ts';

export interface NodeRegistryOptions {
  /** Where to look for credentials, and what helpers are started with: `process.env`. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The system's where absent. */
  readonly clock?: Clock;
  readonly log?: Log;
  /** The hop to the registries. That of createNodeTransport where absent. */
  readonly http?: Http;
  /** Whether a credential helper may be started now. An untrusted workspace says no. Always where absent. */
  readonly mayRunHelpers?: () => boolean;
  /** Asked before the files of Docker and Podman. */
  readonly keychain?: Keychain;
  /** What helps against trouble on the way, in the words of where this runs. On the command line where absent. */
  readonly advice?: Advice;
  /** Whether requests are switched off now. Never where absent. */
  readonly isOffline?: () => boolean;
  /** Where answers are kept between runs: the user's cache folder where absent, nowhere where null. */
  readonly cacheFolder?: string | null;
}

/** The registry client as it runs in Node: its files, credential helpers and proxies. */
export function createNodeRegistry(options: NodeRegistryOptions): RegistryClient {
  const { advice = nodeAdvice, env, isOffline, keychain, log, mayRunHelpers } = options;
  const clock = options.clock ?? { now: () => Date.now() };
  const machine = createNodeMachine(env);
  const { cacheFolder = defaultCacheFolder(env, process.platform, machine.home) } = options;
  if (options.cacheFolder === undefined && isPassedOver(env, process.platform)) {
    log?.warn('HOLDFAST_CACHE_DIR does not count: it has to be a full path, or `off`.');
  }
  return createRegistry({
    http: options.http ?? createNodeTransport({ env, ...(log ? { log } : {}) }),
    credentials: createCredentials({
      machine,
      clock,
      ...(keychain ? { keychain } : {}),
      ...(mayRunHelpers ? { mayRunHelpers } : {}),
    }),
    clock,
    advice,
    store: cacheFolder === null ? noStore : createFileStore(cacheFolder, { clock, ...(log ? { log } : {}) }),
    ...(isOffline ? { isOffline } : {}),
    ...(log ? { log } : {}),
  });
}
