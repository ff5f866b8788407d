import type { Clock, Http, Log, Registry } from '../engine/ports.ts';
import { createRegistry } from './client.ts';
import { createCredentials } from './credentials.ts';
import { createNodeMachine } from './machine.ts';
import { createFetchTransport } from './transport.ts';

export { createRegistry, type RegistryOptions } from './client.ts';
export type { Credential, FoundCredential } from './credential.ts';
export { type Credentials, type CredentialsOptions, createCredentials } from './credentials.ts';
export { defaultLimits, type Limits } from './limits.ts';
export { type Command, createNodeMachine, type Machine, type RunResult } from './machine.ts';
export { nodeTimers, type Timers } from './timers.ts';
export { createFetchTransport, TransportError } from './transport.ts';

export interface NodeRegistryOptions {
  /** Where to look for credentials, and what helpers are started with: `process.env`. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The system's where absent. */
  readonly clock?: Clock;
  readonly log?: Log;
  /** The hop to the registries. Node's own `fetch` where absent. */
  readonly http?: Http;
  /** Whether a credential helper may be started now. An untrusted workspace says no. Always where absent. */
  readonly mayRunHelpers?: () => boolean;
}

/** The registry client as it runs in Node: files and helpers of this computer, requests by `fetch`. */
export function createNodeRegistry(options: NodeRegistryOptions): Registry {
  const { env, log, mayRunHelpers } = options;
  const clock = options.clock ?? { now: () => Date.now() };
  const machine = createNodeMachine(env);
  return createRegistry({
    http: options.http ?? createFetchTransport(),
    credentials: createCredentials({ machine, clock, ...(mayRunHelpers ? { mayRunHelpers } : {}) }),
    clock,
    ...(log ? { log } : {}),
  });
}
