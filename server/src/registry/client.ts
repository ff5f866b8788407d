import type {
  Clock,
  FailedLookup,
  Http,
  ImageName,
  Log,
  Lookup,
  Registry,
  TagList,
} from '../engine/ports.ts';
import { createAddressGuard, type ResolveName, resolveByNode } from './address.ts';
import { createAsker } from './ask.ts';
import { createAuth } from './auth.ts';
import { LookupCache } from './cache.ts';
import type { Credentials } from './credentials.ts';
import { isDigest } from './digest.ts';
import { type Endpoint, endpointOf, isRepository, isTag } from './endpoint.ts';
import { Failure } from './failure.ts';
import { Gate } from './gate.ts';
import { InFlight } from './in-flight.ts';
import { defaultLimits, type Limits } from './limits.ts';
import { lookUp } from './lookup.ts';
import * as messages from './messages.ts';
import { listTags } from './tags.ts';
import { nodeTimers, type Timers } from './timers.ts';
import { Troubles } from './trouble.ts';
import { createWire } from './wire.ts';

export interface RegistryOptions {
  readonly http: Http;
  readonly credentials: Credentials;
  readonly clock: Clock;
  readonly log?: Log;
  /** Those that differ from {@link defaultLimits}. */
  readonly limits?: Partial<Limits>;
  /** Node's where absent. */
  readonly timers?: Timers;
  /** The system's resolver where absent. Only asked about hosts that a registry names, never to connect. */
  readonly resolveName?: ResolveName;
}

/** Asks by the OCI distribution specification, "Pulling manifests" and "Listing Tags". Never rejects. */
export function createRegistry(options: RegistryOptions): Registry {
  const { credentials, clock, log } = options;
  const limits = { ...defaultLimits, ...options.limits };
  const timers = options.timers ?? nodeTimers;
  const http = createWire({ http: options.http, timers, retryDelay: limits.retryDelay });
  const guard = createAddressGuard(options.resolveName ?? resolveByNode, clock);
  const auth = createAuth({ http, credentials, guard, clock, limits, ...(log ? { log } : {}) });
  const asker = createAsker({ http, auth, guard, clock, limits });
  const cache = new LookupCache(clock, limits);
  const lookups = new InFlight<Lookup>();
  const lists = new InFlight<TagList>();
  const gate = new Gate(limits.perHost);
  const troubles = new Troubles(clock, limits);

  /** Asks a host when it is its turn, within the deadline. */
  async function visit<T>(
    endpoint: Endpoint,
    signal: AbortSignal,
    work: (signal: AbortSignal) => Promise<T>,
  ): Promise<T | FailedLookup> {
    const [host] = endpoint.origins;
    const deadline = new AbortController();
    let stopClock = () => {};
    let leave = () => {};
    let trouble: Failure | undefined;
    try {
      leave = await gate.enter(host, signal);
      trouble = troubles.at(host, endpoint);
      if (trouble) throw trouble;
      stopClock = timers.after(limits.deadline, () => deadline.abort());
      return await work(AbortSignal.any([signal, deadline.signal]));
    } catch (error) {
      if (signal.aborted) return failed('cancelled', messages.cancelled);
      const failure = failureFrom(error, deadline.signal, endpoint);
      if (!trouble) troubles.note(host, failure);
      return failed(failure.code, failure.message);
    } finally {
      stopClock();
      leave();
    }
  }

  function failureFrom(error: unknown, deadline: AbortSignal, endpoint: Endpoint): Failure {
    if (deadline.aborted) return new Failure('timed-out', messages.timedOut(endpoint, limits.deadline));
    return error instanceof Failure ? error : new Failure('bad-answer', messages.unexpected);
  }

  const resolveAt = (image: ImageName, endpoint: Endpoint, signal: AbortSignal): Promise<Lookup> =>
    visit(endpoint, signal, async (within) => {
      const found = await lookUp(asker, image, endpoint, within, limits);
      const { digest, mediaType, contradicted } = found;
      if (contradicted) log?.warn(messages.digestsDiffer(endpoint, image));
      return { ok: true, digest, mediaType, at: clock.now() };
    });

  const tagsAt = (repository: string, endpoint: Endpoint, signal: AbortSignal): Promise<TagList> =>
    visit(endpoint, signal, async (within) => {
      const tags = await listTags(asker, repository, endpoint, within, limits);
      return { ok: true, tags };
    });

  /** Joins the same work under way, where there is some. */
  async function joined<T>(
    flights: InFlight<T>,
    key: string,
    signal: AbortSignal | undefined,
    start: (shared: AbortSignal) => Promise<T>,
  ): Promise<T | FailedLookup> {
    try {
      return await flights.join(key, signal, start);
    } catch {
      return signal?.aborted
        ? failed('cancelled', messages.cancelled)
        : failed('bad-answer', messages.unexpected);
    }
  }

  function report(image: ImageName, lookup: Lookup): void {
    const name = `${image.registry}/${messages.imageAt(image)}`;
    if (lookup.ok) log?.info(`${name} is ${lookup.digest}`);
    else if (lookup.code !== 'cancelled') log?.info(`${name} could not be looked up. ${lookup.message}`);
  }

  return {
    async resolve(image, { registries, signal }) {
      if (!isAskable(image))
        return failed('refused', messages.badName(image.registry, messages.imageAt(image)));
      const where = endpointOf(image.registry, registries);
      if (!where.ok) return failed('refused', messages.badRegistry(image, where.message));
      const key = keyOf(image, where.endpoint);
      const cached = cache.fresh(key);
      if (cached) return cached;
      return joined(lookups, key, signal, async (shared) => {
        const lookup = await resolveAt(image, where.endpoint, shared);
        cache.put(key, lookup, isDigest(image.version));
        report(image, lookup);
        return lookup;
      });
    },

    known(image, { registries }) {
      const where = endpointOf(image.registry, registries);
      return where.ok ? cache.known(keyOf(image, where.endpoint)) : undefined;
    },

    async tags(name, { registries, signal }) {
      const { registry, repository } = name;
      if (!isRepository(repository)) return failed('refused', messages.badName(registry, repository));
      const where = endpointOf(registry, registries);
      if (!where.ok) return failed('refused', messages.badRegistry(name, where.message));
      const key = JSON.stringify([repository, ...where.endpoint.origins]);
      return joined(lists, key, signal, (shared) => tagsAt(repository, where.endpoint, shared));
    },
  };
}

function isAskable({ repository, version }: ImageName): boolean {
  return isRepository(repository) && (isDigest(version) || isTag(version));
}

function failed(code: FailedLookup['code'], message: string): FailedLookup {
  return { ok: false, code, message };
}

function keyOf(image: ImageName, endpoint: Endpoint): string {
  return JSON.stringify([image.registry, image.repository, image.version, ...endpoint.origins]);
}
