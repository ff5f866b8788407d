import { isIndex } from '../../engine/image/media-type.ts';
import type {
  Clock,
  FailedLookup,
  ImageName,
  Inspection,
  Log,
  Lookup,
  LookupFailure,
  LookupOptions,
  Verification,
} from '../../engine/ports.ts';
import { failed } from '../../http/failure.ts';
import type { Advice } from '../../http/network-errors.ts';
import { type Place, placeOf, verdictKey } from '../cache/cache-key.ts';
import type { Memory } from '../cache/memory.ts';
import type { Limits } from '../limits.ts';
import { isDigest } from '../protocol/digest.ts';
import { findSignature, readKeys } from '../protocol/signature.ts';
import type { Visits } from '../schedule/schedule.ts';
import { InFlight } from '../schedule/single-flight.ts';
import type { SignInChanges } from '../sign-in/changes.ts';
import type { Asker, Way } from './ask.ts';
import { lookInto } from './inspect.ts';
import { lookUp } from './lookup.ts';
import * as messages from './messages.ts';
import type { RegistryClient } from './registry-client.ts';

export interface ImagesOptions {
  readonly asker: Asker;
  readonly visits: Visits;
  readonly memory: Memory;
  readonly changes: SignInChanges;
  readonly clock: Clock;
  readonly limits: Limits;
  readonly advice: Advice;
  readonly isOffline: () => boolean;
  readonly log?: Log;
}

export type Images = Pick<RegistryClient, 'resolve' | 'inspect' | 'verify' | 'observed' | 'inspected'>;

type Found = Extract<Lookup, { ok: true }>;

/** Those in which an earlier answer helps on. */
const passing: ReadonlySet<LookupFailure> = new Set(['unreachable', 'timed-out', 'rate-limited']);

/** What a registry is asked about one image, and what is known of it from before. Never rejects. */
export function createImages(options: ImagesOptions): Images {
  const { advice, asker, changes, clock, isOffline, limits, log, memory, visits } = options;
  const lookups = new InFlight<Lookup>();
  const inspections = new InFlight<Inspection>();
  const verifications = new InFlight<Verification>();

  function report(image: ImageName, lookup: Lookup): void {
    const name = messages.fullName(image);
    if (lookup.ok) log?.info(`${name} is ${lookup.digest}`);
    else if (lookup.code !== 'cancelled') log?.info(`${name} could not be looked up. ${lookup.message}`);
  }

  /** What may be given in place of asking. What somebody was told, or not, says nothing once they have signed in or out. */
  function freshAt({ endpoint, key }: Place, since: number | undefined): Lookup | undefined {
    const lookup = memory.fresh(key, since);
    const change = changes.at(endpoint.credentialHost);
    const isOutdated = lookup?.ok
      ? lookup.at <= change
      : lookup?.code === 'no-access' && clock.now() - change <= limits.keepFailed;
    return isOutdated ? undefined : lookup;
  }

  /** Asks, keeps what is found, and reminds of earlier answers where nothing is. */
  async function askAt<T extends Found | (Inspection & { ok: true })>(
    image: ImageName,
    { endpoint, key }: Place,
    ask: () => Promise<T | FailedLookup>,
  ): Promise<T | FailedLookup> {
    const before = changes.count(endpoint.credentialHost);
    const answer = await ask();
    const lookup = lookupOf(answer);
    if (lookup.ok || before === changes.count(endpoint.credentialHost)) {
      memory.keep(key, lookup, isDigest(image.version));
    }
    report(image, lookup);
    if (answer.ok || !passing.has(answer.code)) return answer;
    await memory.ready();
    const old = memory.old(key);
    if (!old) return answer;
    return failed(answer.code, `${answer.message} ${messages.knownFromBefore(image, old.digest, old.at)}`);
  }

  async function fromBefore(image: ImageName, { key }: Place, since: number | undefined): Promise<Lookup> {
    await memory.ready();
    const old = memory.old(key);
    return old && (since === undefined || old.at >= since)
      ? { ...old, isOld: true }
      : failed('offline', messages.unknownOffline(messages.fullName(image), advice));
  }

  function noticesOf(image: ImageName, way: Way, contradicted = false): Pick<Found, 'notice'> {
    if (contradicted) {
      const notice = messages.digestsDiffer(way.endpoint, image);
      log?.warn(notice);
      way.notices.add(notice);
    }
    return way.notices.size > 0 ? { notice: [...way.notices].join(' ') } : {};
  }

  async function resolve(image: ImageName, { registries, signal, since }: LookupOptions): Promise<Lookup> {
    const place = placeOf(image, registries);
    if (!place.ok) return failed('refused', place.message);
    if (isOffline()) return fromBefore(image, place, since);
    const cached = freshAt(place, since);
    if (cached) return cached;
    const { endpoint, key } = place;
    return changes.joined(lookups, key, endpoint.credentialHost, signal, (shared) =>
      askAt(image, place, () =>
        visits.visit(endpoint, shared, async (way): Promise<Found> => {
          const { contradicted, digest, mediaType } = await lookUp(asker, image, way, limits);
          return { ok: true, digest, mediaType, at: clock.now(), ...noticesOf(image, way, contradicted) };
        }),
      ),
    );
  }

  async function inspectAnew(image: ImageName, place: Place, signal: AbortSignal): Promise<Inspection> {
    const inspection = await askAt(image, place, () =>
      visits.visit(place.endpoint, signal, async (way): Promise<Inspection & { ok: true }> => {
        const { contradicted, ...inside } = await lookInto(asker, image, way, limits);
        return { ok: true, ...inside, at: clock.now(), ...noticesOf(image, way, contradicted) };
      }),
    );
    if (!inspection.ok) return inspection;
    const { config, digest, platforms } = inspection;
    const whole = place.keyOfDigest(digest);
    memory.keepContents(whole, { platforms, config });
    // What is odd about the tag is nothing about the digest.
    const { notice: _, ...found } = inspection;
    memory.keep(whole, lookupOf(found), true);
    return inspection;
  }

  async function inspect(image: ImageName, options: LookupOptions): Promise<Inspection> {
    const { registries, signal, since } = options;
    const place = placeOf(image, registries);
    if (!place.ok) return failed('refused', place.message);
    const withContents = (lookup: Lookup): Inspection | undefined => {
      if (!lookup.ok) return lookup;
      const inside = memory.contents(place.keyOfDigest(lookup.digest));
      return inside && { ...lookup, ...inside };
    };
    await memory.ready();
    if (isOffline()) {
      const old = withContents(await fromBefore(image, place, since));
      return old ?? failed('offline', messages.unknownOffline(messages.fullName(image), advice));
    }
    const { endpoint, key } = place;
    const cached = freshAt(place, since);
    const known = cached && withContents(cached);
    if (known) return known;
    // Contents that are known need not be read again: only whether the image is still there.
    if (memory.contents(key)) {
      const there = withContents(await resolve(image, options));
      if (there) return there;
    }
    return changes.joined(inspections, key, endpoint.credentialHost, signal, (shared) =>
      inspectAnew(image, place, shared),
    );
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
    const { registries, signal, since } = options;
    const place = placeOf(image, registries);
    if (!place.ok) return failed('refused', place.message);
    const { endpoint } = place;
    const key = verdictKey(place.key, keys);
    const known = memory.verdict(key);
    const oldest = since ?? (isOffline() ? 0 : clock.now() - limits.keepFound);
    if (known && known.at >= oldest) return known;
    return changes.joined(verifications, key, endpoint.credentialHost, signal, async (shared) => {
      const verification = await visits.visit(endpoint, shared, async (way): Promise<Verification> => {
        const verdict = await findSignature(asker, image, readKeys(keys), way, limits);
        return { ok: true, at: clock.now(), ...verdict };
      });
      if (verification.ok) memory.keepVerdict(key, verification);
      return verification;
    });
  }

  return {
    resolve,
    inspect,
    verify,

    observed(image, { keys = [], registries }) {
      const place = placeOf(image, registries);
      const known = place.ok ? memory.known(place.key) : undefined;
      if (!place.ok || !known) return undefined;
      const whole = known.digest === null ? null : place.keyOfDigest(known.digest);
      const inside = whole === null ? undefined : memory.contents(whole);
      const found = whole === null ? undefined : memory.old(place.key);
      const verdict =
        whole === null || keys.length === 0 ? undefined : memory.verdict(verdictKey(whole, keys));
      return {
        ...known,
        isIndex: found ? isIndex(found.mediaType) : null,
        platforms: inside?.platforms ?? null,
        volumes: inside?.config?.volumes ?? null,
        signature: verdict ? { verified: verdict.verified, why: verdict.why } : null,
      };
    },

    inspected(image, { registries }) {
      const place = placeOf(image, registries);
      const old = place.ok ? memory.old(place.key) : undefined;
      const inside = place.ok && old && memory.contents(place.keyOfDigest(old.digest));
      if (!old || !inside) return undefined;
      const { isOld: _, ...lookup } = old;
      return { ...lookup, ...inside };
    },
  };
}

function lookupOf(answer: Lookup | Inspection): Lookup {
  if (!answer.ok) return answer;
  const { at, digest, mediaType, notice } = answer;
  return { ok: true, digest, mediaType, at, ...(notice && { notice }) };
}
