import type {
  Clock,
  FailedLookup,
  Http,
  ImageName,
  Inspection,
  Log,
  Lookup,
  LookupOptions,
  TagList,
  Verification,
} from '../engine/ports.ts';
import { createAddressGuard, type ResolveName, resolveByNode } from '../http/address.ts';
import type { Advice } from '../http/faults.ts';
import { nodeTimers, type Timers } from '../http/timers.ts';
import { createAsker } from './ask.ts';
import { createAuth } from './auth.ts';
import type { Credentials } from './credentials.ts';
import { digestOf, isDigest } from './digest.ts';
import { type Endpoint, endpointOf, isRepository, isTag } from './endpoint.ts';
import { InFlight } from './in-flight.ts';
import { lookInto } from './inspect.ts';
import { defaultLimits, type Limits } from './limits.ts';
import { lookUp } from './lookup.ts';
import { Memory } from './memory.ts';
import * as messages from './messages.ts';
import type { RegistryClient } from './registry-client.ts';
import { findSignature, readKeys } from './signature.ts';
import { listTags } from './tags.ts';
import { createVisits, failed } from './visits.ts';
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
  /** What helps against trouble on the way, in the words of where this runs. */
  readonly advice: Advice;
  /** The system's resolver where absent. Never asked to connect. */
  readonly resolveName?: ResolveName;
}

type Found = Extract<Lookup, { ok: true }>;

/** Asks by the OCI distribution specification, "Pulling manifests", "Pulling blobs" and "Listing Tags". Never rejects. */
export function createRegistry(options: RegistryOptions): RegistryClient {
  const { credentials, clock, log } = options;
  const limits = { ...defaultLimits, ...options.limits };
  const timers = options.timers ?? nodeTimers;
  const http = createWire({
    http: options.http,
    advice: options.advice,
    timers,
    retryDelay: limits.retryDelay,
  });
  const guard = createAddressGuard(options.resolveName ?? resolveByNode, clock);
  const auth = createAuth({ http, credentials, guard, clock, limits, ...(log ? { log } : {}) });
  const asker = createAsker({ http, auth, guard, clock, limits });
  const memory = new Memory(clock, limits);
  const lookups = new InFlight<Lookup>();
  const inspections = new InFlight<Inspection>();
  const verifications = new InFlight<Verification>();
  const lists = new InFlight<TagList>();
  const { visit } = createVisits({ guard, credentials, timers, clock, limits, advice: options.advice });

  const resolveAt = (image: ImageName, endpoint: Endpoint, signal: AbortSignal): Promise<Lookup> =>
    visit(endpoint, signal, async (way) => {
      const found = await lookUp(asker, image, way, limits);
      const { digest, mediaType, contradicted } = found;
      if (contradicted) log?.warn(messages.digestsDiffer(endpoint, image));
      return { ok: true, digest, mediaType, at: clock.now() };
    });

  const inspectAt = (image: ImageName, endpoint: Endpoint, signal: AbortSignal): Promise<Inspection> =>
    visit(endpoint, signal, async (way) => {
      const { config, contradicted, digest, mediaType, platforms } = await lookInto(
        asker,
        image,
        way,
        limits,
      );
      if (contradicted) log?.warn(messages.digestsDiffer(endpoint, image));
      return { ok: true, digest, mediaType, platforms, config, at: clock.now() };
    });

  const verifyAt = (
    image: ImageName,
    keys: readonly string[],
    endpoint: Endpoint,
    signal: AbortSignal,
  ): Promise<Verification> =>
    visit(endpoint, signal, async (way) => {
      const verdict = await findSignature(asker, image, readKeys(keys), way, limits);
      return { ok: true, at: clock.now(), ...verdict };
    });

  const tagsAt = (repository: string, endpoint: Endpoint, signal: AbortSignal): Promise<TagList> =>
    visit(endpoint, signal, async (way) => {
      const tags = await listTags(asker, repository, way, limits);
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

  /** Where to ask for an image, and what its answers are kept under. */
  function placeOf(
    image: ImageName,
    { registries }: Pick<LookupOptions, 'registries'>,
  ): Place | FailedLookup {
    if (!isAskable(image))
      return failed('refused', messages.badName(image.registry, messages.imageAt(image)));
    const where = endpointOf(image.registry, registries);
    if (!where.ok) return failed('refused', messages.badRegistry(image, where.message));
    const { endpoint } = where;
    return {
      ok: true,
      endpoint,
      key: keyOf(image, endpoint),
      keyOfDigest: (digest) => keyOf({ ...image, version: digest }, endpoint),
    };
  }

  async function resolve(image: ImageName, options: LookupOptions): Promise<Lookup> {
    const place = placeOf(image, options);
    if (!place.ok) return place;
    const { endpoint, key } = place;
    const cached = memory.fresh(key, options.since);
    if (cached) return cached;
    return joined(lookups, key, options.signal, async (shared) => {
      const lookup = await resolveAt(image, endpoint, shared);
      memory.keep(key, lookup, isDigest(image.version));
      report(image, lookup);
      return lookup;
    });
  }

  async function inspectAnew(image: ImageName, place: Place, signal: AbortSignal): Promise<Inspection> {
    const inspection = await inspectAt(image, place.endpoint, signal);
    memory.keep(place.key, lookupOf(inspection), isDigest(image.version));
    report(image, lookupOf(inspection));
    if (!inspection.ok) return inspection;
    const { config, digest, platforms } = inspection;
    const whole = place.keyOfDigest(digest);
    memory.keepContents(whole, { platforms, config });
    memory.keep(whole, lookupOf(inspection), true);
    return inspection;
  }

  async function verify(
    image: ImageName,
    keys: readonly string[],
    options: LookupOptions,
  ): Promise<Verification> {
    if (!isDigest(image.version)) {
      const found = await resolve(image, options);
      return found.ok ? verify({ ...image, version: found.digest }, keys, options) : found;
    }
    const place = placeOf(image, options);
    if (!place.ok) return place;
    const key = verdictKey(place.key, keys);
    const known = memory.verdict(key);
    const oldest = options.since ?? clock.now() - limits.keepFound;
    if (known && known.at >= oldest) return known;
    return joined(verifications, key, options.signal, async (shared) => {
      const verification = await verifyAt(image, keys, place.endpoint, shared);
      if (verification.ok) memory.keepVerdict(key, verification);
      return verification;
    });
  }

  return {
    resolve,

    async inspect(image, options) {
      const place = placeOf(image, options);
      if (!place.ok) return place;
      const withContents = (lookup: Lookup): Inspection | undefined => {
        if (!lookup.ok) return lookup;
        const inside = memory.contents(place.keyOfDigest(lookup.digest));
        return inside && { ...lookup, ...inside };
      };
      const { key } = place;
      const cached = memory.fresh(key, options.since);
      const known = cached && withContents(cached);
      if (known) return known;
      // Contents that are known need not be read again: only whether the image is still there.
      if (memory.contents(key)) {
        const there = withContents(await resolve(image, options));
        if (there) return there;
      }
      return joined(inspections, key, options.signal, (shared) => inspectAnew(image, place, shared));
    },

    verify,

    observed(image, { keys = [], registries }) {
      const place = placeOf(image, { registries });
      const known = place.ok ? memory.known(place.key) : undefined;
      if (!place.ok || !known) return undefined;
      const whole = known.digest === null ? null : place.keyOfDigest(known.digest);
      const inside = whole === null ? undefined : memory.contents(whole);
      const verdict =
        whole === null || keys.length === 0 ? undefined : memory.verdict(verdictKey(whole, keys));
      return {
        ...known,
        platforms: inside?.platforms ?? null,
        volumes: inside?.config?.volumes ?? null,
        signature: verdict ? { verified: verdict.verified, why: verdict.why } : null,
      };
    },

    inspected(image, { registries }) {
      const place = placeOf(image, { registries });
      const known = place.ok ? memory.known(place.key) : undefined;
      if (!place.ok || !known || known.digest === null) return undefined;
      const inside = memory.contents(place.keyOfDigest(known.digest));
      return inside && { ok: true, at: known.at, digest: known.digest, mediaType: '', ...inside };
    },

    allowance: () => undefined,

    async checkSignIn() {
      return failed('bad-answer', messages.unexpected);
    },

    forgetSignIn() {},

    async clear() {
      return { entries: 0 };
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

interface Place {
  readonly ok: true;
  readonly endpoint: Endpoint;
  readonly key: string;
  keyOfDigest(digest: string): string;
}

function lookupOf(inspection: Inspection): Lookup {
  if (!inspection.ok) return inspection;
  const { at, digest, mediaType } = inspection;
  return { ok: true, digest, mediaType, at } satisfies Found;
}

/** In whatever order the keys are named. */
const verdictKey = (image: string, keys: readonly string[]): string =>
  `${image} ${digestOf(Buffer.from(JSON.stringify([...keys].sort())))}`;

function isAskable({ repository, version }: ImageName): boolean {
  return isRepository(repository) && (isDigest(version) || isTag(version));
}

function keyOf(image: ImageName, endpoint: Endpoint): string {
  return JSON.stringify([image.registry, image.repository, image.version, ...endpoint.origins]);
}
