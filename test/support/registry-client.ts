import assert from 'node:assert/strict';
import type {
  AddressPolicy,
  FailedLookup,
  Http,
  ImageName,
  Lookup,
  LookupOptions,
} from '../../server/src/engine/ports.ts';
import type { ResolveName } from '../../server/src/http/address.ts';
import { createFetchTransport } from '../../server/src/http/fetch-transport.ts';
import { type Advice, nodeAdvice, TransportError } from '../../server/src/http/network-errors.ts';
import type { Store } from '../../server/src/registry/cache/store/store.ts';
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
  /** Origin as the client sees it (`https://ghcr.io`) → the loopback server that plays it, or what happens in place of an answer. */
  readonly routes?: Readonly<Record<string, string | Http['send']>>;
  /** The hop to the servers on this machine: over `fetch` where absent. */
  readonly http?: Http;
  /** Host → what is stored for it. */
  readonly stored?: Readonly<Record<string, Credential>>;
  readonly credentials?: Credentials;
  readonly limits?: Partial<Limits>;
  readonly timers?: Timers;
  readonly advice?: Advice;
  /** Host → its addresses. A public one where absent. */
  readonly names?: Readonly<Record<string, readonly string[]>>;
  /** In place of `names`. */
  readonly resolveName?: ResolveName;
  readonly isOffline?: () => boolean;
  readonly store?: Store;
}

/** A request as the client handed it to the hop. */
export interface Sent {
  readonly method: string;
  readonly url: string;
  readonly authorization?: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
}

export interface TestClient {
  readonly registry: RegistryClient;
  /** A lookup with the reference taken apart at its first slash and last colon. */
  look(reference: string, options?: Partial<LookupOptions>): Promise<Lookup>;
  /** What the client sent, by the origins it sees, in order. */
  readonly sent: readonly Sent[];
  readonly log: readonly string[];
  /** Moves the clock. */
  pass(milliseconds: number): void;
}

/** A registry client whose hosts are all servers on this machine: no request can leave it. */
export function createTestClient(options: TestClientOptions = {}): TestClient {
  const { stored = {}, names = {} } = options;
  const log: string[] = [];
  const sent: Sent[] = [];
  let now = Date.UTC(2025, 0, 1);
  const routed = routeTo(options.routes ?? {}, options.http ?? createFetchTransport());
  const http: Http = {
    send(request) {
      const { body, headers, method, url } = request;
      const { authorization } = headers;
      sent.push({
        method,
        url,
        ...(authorization ? { authorization } : {}),
        headers,
        ...(body === undefined ? {} : { body }),
      });
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
    advice: options.advice ?? nodeAdvice,
    log: { info: (message) => log.push(message), warn: (message) => log.push(message) },
    limits: { retryDelay: 0, ...options.limits },
    ...(options.timers ? { timers: options.timers } : {}),
    ...(options.isOffline ? { isOffline: options.isOffline } : {}),
    ...(options.store ? { store: options.store } : {}),
    resolveName: options.resolveName ?? (async (host) => names[host] ?? ['203.0.113.1']),
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
function routeTo(routes: NonNullable<TestClientOptions['routes']>, transport: Http): Http {
  return {
    async send(request) {
      const url = new URL(request.url);
      const target = routes[url.origin] ?? (url.hostname === '127.0.0.1' ? url.origin : undefined);
      if (target === undefined) throw new TransportError('ENOTFOUND');
      if (typeof target === 'function') return target(request);
      // Those who play are all on this machine; whom they play need not be.
      const reach: AddressPolicy = new Set([...request.reach, 'loopback']);
      return transport.send({ ...request, url: `${target}${url.pathname}${url.search}`, reach });
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
  #now = 0;
  readonly #set = new Set<{ readonly run: () => void; readonly due: number }>();

  after(ms: number, run: () => void): () => void {
    const timer = { run, due: this.#now + ms };
    this.#set.add(timer);
    return () => this.#set.delete(timer);
  }

  /** That much time goes by, and the timers that are due go off. */
  advance(ms: number): void {
    this.#now += ms;
    this.#fire((due) => due <= this.#now);
  }

  /** Every timer that is set goes off. */
  expire(): void {
    this.#fire(() => true);
  }

  #fire(isDue: (due: number) => boolean): void {
    for (const timer of this.#set) {
      if (isDue(timer.due) && this.#set.delete(timer)) timer.run();
    }
  }

  get waiting(): number {
    return this.#set.size;
  }

  /** Resolves when so many timers are set. */
  async areSet(count: number): Promise<void> {
    while (this.#set.size < count) await new Promise(setImmediate);
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

/** Neither as it is nor packed for a header, a form or an address does the secret stand in any of these texts. */
export function assertNoSecret(texts: readonly string[], hidden: string = secret): void {
  const forms = formsOf(hidden);
  for (const text of texts) {
    for (const form of forms) assert.ok(!text.includes(form), `a secret leaked: ${text}`);
  }
}

/** In base64 a text looks different at each of three places, and its ends hang together with what stands around it. */
function formsOf(hidden: string): readonly string[] {
  const packed = [0, 1, 2].map((before) => {
    const whole = Buffer.from(' '.repeat(before) + hidden).toString('base64url');
    return whole.slice(before === 0 ? 0 : before + 1, Math.floor(((before + hidden.length) * 8) / 6));
  });
  return [hidden, encodeURIComponent(hidden), ...packed.filter(({ length }) => length > 8)];
}
