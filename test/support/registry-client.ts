import assert from 'node:assert/strict';
import type { FailedLookup, Http, ImageName, Lookup, LookupOptions } from '../../server/src/engine/ports.ts';
import { nodeAdvice, TransportError } from '../../server/src/http/faults.ts';
import { createFetchTransport } from '../../server/src/http/transport.ts';
import {
  type Credential,
  type Credentials,
  createRegistry,
  type Limits,
  type RegistryClient,
  type Timers,
} from '../../server/src/registry/index.ts';

/** What no message, log or foreign server may ever see. */
export const secret = 'correct-horse-battery';

export const password: Credential = { kind: 'password', username: 'alice', password: secret };

export interface TestClientOptions {
  /** Origin as the client sees it (`https://ghcr.io`) → the loopback server that plays it. */
  readonly routes?: Readonly<Record<string, string>>;
  /** Host → what is stored for it. */
  readonly stored?: Readonly<Record<string, Credential>>;
  readonly credentials?: Credentials;
  readonly limits?: Partial<Limits>;
  readonly timers?: Timers;
  /** Host → its addresses. A public one where absent. */
  readonly names?: Readonly<Record<string, readonly string[]>>;
}

export interface TestClient {
  readonly registry: RegistryClient;
  /** A lookup with the reference taken apart at its first slash and last colon. */
  look(reference: string, options?: Partial<LookupOptions>): Promise<Lookup>;
  /** What the client sent, by the origins it sees, in order. */
  readonly sent: readonly {
    readonly method: string;
    readonly url: string;
    readonly authorization?: string;
  }[];
  readonly log: readonly string[];
  /** Moves the clock. */
  pass(milliseconds: number): void;
}

/** A registry client whose hosts are all servers on this machine: no request can leave it. */
export function createTestClient(options: TestClientOptions = {}): TestClient {
  const { stored = {}, names = {} } = options;
  const log: string[] = [];
  const sent: { method: string; url: string; authorization?: string }[] = [];
  let now = Date.UTC(2025, 0, 1);
  const routed = routeTo(options.routes ?? {});
  const http: Http = {
    send(request) {
      const { authorization } = request.headers;
      sent.push({ method: request.method, url: request.url, ...(authorization ? { authorization } : {}) });
      return routed.send(request);
    },
  };
  const registry = createRegistry({
    http,
    credentials: options.credentials ?? {
      find: async (host) => ({ credential: stored[host] ?? null }),
      knows: async (host) => stored[host] !== undefined,
    },
    clock: { now: () => now },
    advice: nodeAdvice,
    log: { info: (message) => log.push(message), warn: (message) => log.push(message) },
    limits: { retryDelay: 0, ...options.limits },
    ...(options.timers ? { timers: options.timers } : {}),
    resolveName: async (host) => names[host] ?? ['203.0.113.1'],
  });
  return {
    registry,
    look: (reference, more = {}) => registry.resolve(imageOf(reference), { registries: {}, ...more }),
    sent,
    log,
    pass(milliseconds) {
      now += milliseconds;
    },
  };
}

/** Sends what is meant for a host to the server that plays it. A host that nobody plays does not exist. */
function routeTo(routes: Readonly<Record<string, string>>): Http {
  const transport = createFetchTransport();
  return {
    async send(request) {
      const url = new URL(request.url);
      const target = routes[url.origin] ?? (url.hostname === '127.0.0.1' ? url.origin : undefined);
      if (target === undefined) throw new TransportError('ENOTFOUND');
      return transport.send({ ...request, url: `${target}${url.pathname}${url.search}` });
    },
  };
}

export function imageOf(reference: string): ImageName {
  const slash = reference.indexOf('/');
  const at = reference.indexOf('@');
  const end = at < 0 ? reference.lastIndexOf(':') : at;
  return {
    registry: reference.slice(0, slash),
    repository: reference.slice(slash + 1, end),
    version: reference.slice(end + 1),
  };
}

/** Timers that go off when the test says so. */
export class ManualTimers implements Timers {
  readonly #set = new Set<() => void>();

  after(_ms: number, run: () => void): () => void {
    this.#set.add(run);
    return () => this.#set.delete(run);
  }

  /** Every timer that is set goes off. */
  expire(): void {
    for (const run of this.#set) run();
    this.#set.clear();
  }

  get waiting(): number {
    return this.#set.size;
  }
}

export function assertFound(lookup: Lookup, digest: string): void {
  assert.ok(lookup.ok, lookup.ok ? '' : lookup.message);
  assert.equal(lookup.digest, digest);
}

/** It failed with this code, in words that match, and in whole sentences. */
export function assertFailed(
  lookup: { readonly ok: true } | FailedLookup,
  code: string,
  ...words: readonly RegExp[]
): void {
  assert.ok(!lookup.ok, 'the lookup found something');
  assert.equal(lookup.code, code, lookup.message);
  for (const word of words) assert.match(lookup.message, word);
  assert.match(lookup.message, /^[A-Z0-9a-z[`].*\.$/s);
}

/** Neither as it is nor packed for a header does the secret stand in any of these texts. */
export function assertNoSecret(texts: readonly string[], hidden: string = secret): void {
  const packed = Buffer.from(`alice:${hidden}`).toString('base64');
  for (const text of texts) {
    for (const form of [hidden, packed, encodeURIComponent(hidden)]) {
      assert.ok(!text.includes(form), `a secret leaked: ${text}`);
    }
  }
}
