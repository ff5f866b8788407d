import type { Clock, Http, Log, TagList } from '../../engine/ports.ts';
import { hasTokenForm } from '../../engine/text/token.ts';
import { createAddressGuard, type ResolveName, resolveByNode } from '../../http/address.ts';
import { failed } from '../../http/failure.ts';
import type { Advice } from '../../http/network-errors.ts';
import { nodeTimers, type Timers } from '../../http/timers.ts';
import { basesOf } from '../cache/cache-key.ts';
import { Memory } from '../cache/memory.ts';
import type { Store } from '../cache/store/store.ts';
import { defaultLimits, type Limits } from '../limits.ts';
import { endpointOf, isRepository, ownEndpoint } from '../protocol/endpoint.ts';
import { createWire } from '../protocol/http.ts';
import { listTags } from '../protocol/tags.ts';
import { Allowances } from '../schedule/pulls-left.ts';
import { createVisits } from '../schedule/schedule.ts';
import { InFlight } from '../schedule/single-flight.ts';
import { createAuth } from '../sign-in/auth.ts';
import { SignInChanges } from '../sign-in/changes.ts';
import { createSignInCheck } from '../sign-in/check.ts';
import type { Credentials } from '../sign-in/credentials.ts';
import { createTokenClient } from '../sign-in/token.ts';
import { createAsker } from './ask.ts';
import { createImages } from './images.ts';
import * as messages from './messages.ts';
import type { RegistryClient } from './registry-client.ts';

export interface RegistryOptions {
  readonly http: Http;
  readonly credentials: Credentials;
  readonly clock: Clock;
  readonly log?: Log;
  /** Those that differ from {@link defaultLimits}. */
  readonly limits?: Partial<Limits>;
  /** Node's where absent. */
  readonly timers?: Timers;
  /** What helps against trouble on the way, in the words of where this runs. */
  readonly advice: Advice;
  /** The system's resolver where absent. Never asked to connect. */
  readonly resolveName?: ResolveName;
  /** Whether requests are switched off now. Never where absent. */
  readonly isOffline?: () => boolean;
  /** Where answers are kept between runs. Nowhere where absent. */
  readonly store?: Store;
}

/** Asks by the OCI distribution specification, "Pulling manifests", "Pulling blobs" and "Listing Tags". Never rejects. */
export function createRegistry(options: RegistryOptions): RegistryClient {
  const { advice, clock, credentials, isOffline = () => false, log, timers = nodeTimers } = options;
  const limits = { ...defaultLimits, ...options.limits };
  const { retryDelay } = limits;
  const http = createWire({ http: options.http, advice, clock, timers, retryDelay, isOffline });
  const guard = createAddressGuard(options.resolveName ?? resolveByNode, clock);
  const tokens = createTokenClient({ http, guard, clock, limits, advice });
  const auth = createAuth({ tokens, credentials, clock, limits, advice, ...(log ? { log } : {}) });
  const allowances = new Allowances(clock, limits.maxCached);
  const asker = createAsker({ http, auth, guard, allowances, clock, limits, advice });
  const visits = createVisits({ guard, credentials, timers, clock, limits, advice, isOffline });
  const checkCredential = createSignInCheck({ http, tokens, guard, clock, limits, advice });
  const changes = new SignInChanges(clock, limits.maxCached);
  const memory = new Memory(clock, limits, options.store, timers);
  const lists = new InFlight<TagList>();
  const means = { asker, visits, memory, changes, clock, limits, advice, isOffline };
  const images = createImages({ ...means, ...(log ? { log } : {}) });

  return {
    ...images,

    async tags(name, { registries, signal }) {
      const { registry, repository } = name;
      if (hasTokenForm(`${registry}/${repository}`)) return failed('refused', messages.tokenInName);
      if (!isRepository(repository)) return failed('refused', messages.badName(registry, repository));
      const where = endpointOf(registry, registries);
      if (!where.ok) return failed('refused', messages.badRegistry(name, where.message));
      const { endpoint } = where;
      const key = JSON.stringify([repository, ...basesOf(endpoint)]);
      return changes.joined(lists, key, endpoint.credentialHost, signal, (shared) =>
        visits.visit(endpoint, shared, async (way): Promise<TagList> => {
          const tags = await listTags(asker, repository, way, limits);
          return { ok: true, tags };
        }),
      );
    },

    allowance(registry, { registries }) {
      const where = endpointOf(registry, registries);
      return where.ok ? allowances.at(where.endpoint.credentialHost) : undefined;
    },

    async checkSignIn(registry, credential, { registries, signal = new AbortController().signal }) {
      const where = ownEndpoint(registry, registries, true);
      if (!where.ok) return failed('refused', messages.noSignIn(where.message));
      return visits.visit(where.endpoint, signal, async (way) => {
        const isOpen = await checkCredential(credential, way);
        return { ok: true, isOpen } as const;
      });
    },

    forgetSignIn(registry) {
      const where = ownEndpoint(registry, {}, false);
      if (!where.ok) return;
      const host = where.endpoint.credentialHost;
      changes.note(host);
      credentials.forget?.(host);
      auth.forget(host);
      visits.forget(host);
      allowances.forget(host);
    },

    recall: () => memory.ready(),

    storedLogins: async () => (await credentials.stored?.()) ?? [],

    clear() {
      allowances.clear();
      return memory.clear();
    },
  };
}
