import type { Clock, Http, HttpResponse, ImageName } from '../engine/ports.ts';
import type { AddressGuard } from './address.ts';
import type { Auth, Errand, Grant } from './auth.ts';
import { BoundedMap } from './bounded-map.ts';
import type { Endpoint } from './endpoint.ts';
import { Failure, NetworkFailure } from './failure.ts';
import { asObject, decodeObject, textOf } from './json.ts';
import type { Limits } from './limits.ts';
import { acceptManifests, fromBody, fromHead, type Resolved } from './manifest.ts';
import * as messages from './messages.ts';
import { rateLimitOf } from './rate-limit.ts';
import { follow } from './redirects.ts';

/** One lookup under way. */
export interface Trip {
  readonly endpoint: Endpoint;
  readonly image: ImageName;
  readonly signal: AbortSignal;
}

type Method = 'HEAD' | 'GET';

interface FirstAnswer {
  readonly origin: string;
  readonly response: HttpResponse;
}

export interface Asker {
  /** Rejects with a Failure, or with the signal's reason. */
  resolve(trip: Trip): Promise<Resolved>;
}

export interface AskerOptions {
  /** The wire: network faults are Failures. */
  readonly http: Http;
  readonly auth: Auth;
  readonly guard: AddressGuard;
  readonly clock: Clock;
  readonly limits: Limits;
}

/** Asks a registry what a tag or digest names: HEAD first, GET where that says too little. */
export function createAsker({ http, auth, guard, clock, limits }: AskerOptions): Asker {
  const working = new BoundedMap<string, string>(limits.maxCached);

  /** One request for the manifest, wherever redirects lead and whatever sign-in it takes. */
  function request(method: Method, origin: string, { endpoint, image, signal }: Trip): Promise<HttpResponse> {
    return follow({
      endpoint,
      start: new URL(`${origin}/v2/${image.repository}/manifests/${image.version}`),
      guard,
      maxRedirects: limits.maxRedirects,
      ask: (url, home) => {
        const errand = { endpoint, origin: url.origin, repository: image.repository, home, signal };
        return authorized(method, url, errand, image);
      },
    });
  }

  async function authorized(
    method: Method,
    url: URL,
    errand: Errand,
    image: ImageName,
  ): Promise<HttpResponse> {
    const { endpoint } = errand;
    let grant = await auth.prepare(errand);
    // Twice: with what is at hand, and with what the answer to that asks for.
    for (let attempt = 0; ; attempt++) {
      const response = await send(method, url, grant, errand.signal);
      if (response.status === 429) {
        throw rateLimitOf(endpoint, response, grant?.signedIn ?? false, clock, limits);
      }
      // A place that was redirected to may have been opened for GET alone.
      if (response.status === 403 && (errand.home || method === 'GET')) {
        throw new Failure('no-access', messages.noAccess(endpoint, image, grant?.signedIn ?? false));
      }
      if (response.status !== 401) return response;
      const next = await auth.answer(errand, response, grant);
      if (!next.grant || attempt === 1) {
        const advice = messages.noAccess(endpoint, image, next.signedIn);
        throw new Failure('no-access', next.notice ? `${advice} ${next.notice}` : advice);
      }
      grant = next.grant;
    }
  }

  function send(
    method: Method,
    url: URL,
    grant: Grant | undefined,
    signal: AbortSignal,
  ): Promise<HttpResponse> {
    return http.send({
      method,
      url: url.href,
      headers: {
        accept: acceptManifests,
        // The digest is that of the bytes as stored, so nothing on the way may pack them.
        'accept-encoding': 'identity',
        'user-agent': 'holdfast',
        ...(grant ? { authorization: grant.header } : {}),
      },
      signal,
      maxBody: limits.maxManifest,
    });
  }

  /** The first request, which also finds out how the host is spoken to. */
  async function firstHead(trip: Trip): Promise<FirstAnswer> {
    const [first, second] = trip.endpoint.origins;
    const key = trip.endpoint.origins.join(' ');
    const known = second === undefined ? first : working.get(key);
    if (known !== undefined) return { origin: known, response: await request('HEAD', known, trip) };
    const found = await tryBoth(first, second ?? first, trip);
    working.set(key, found.origin);
    return found;
  }

  /** The failure that is told when neither way works is that of plain http, which is the odd one out. */
  async function tryBoth(first: string, second: string, trip: Trip): Promise<FirstAnswer> {
    const one = await attempt(first, trip);
    if (!hintsAtOtherScheme(one, trip.endpoint)) return settled(first, one);
    const other = await attempt(second, trip);
    const works = !(other instanceof NetworkFailure) || messages.isCertificateFault(other.fault);
    return works || second.startsWith('http:') ? settled(second, other) : settled(first, one);
  }

  function attempt(origin: string, trip: Trip): Promise<HttpResponse | NetworkFailure> {
    return request('HEAD', origin, trip).catch((error: unknown) => {
      if (error instanceof NetworkFailure) return error;
      throw error;
    });
  }

  async function resolve(trip: Trip): Promise<Resolved> {
    const { endpoint, image } = trip;
    const { origin, response: head } = await firstHead(trip);
    if (head.status >= 500 && head.status !== 501) throw failureOf(head, trip);
    const resolved = head.status === 200 ? fromHead(head, endpoint, image) : undefined;
    if (resolved) return resolved;
    // Where HEAD is not known, says too little, or found nothing: the body has the digest, or says what is missing.
    const got = await request('GET', origin, trip);
    if (got.status === 200) return fromBody(got, endpoint, image);
    throw failureOf(got, trip);
  }

  return { resolve };
}

/** Plain http to a server of https gets 400 or a closed door; https to a server of plain http gets nothing at all. */
function hintsAtOtherScheme(outcome: HttpResponse | NetworkFailure, endpoint: Endpoint): boolean {
  if (!(outcome instanceof NetworkFailure)) return outcome.status === 400;
  if (messages.isCertificateFault(outcome.fault)) return false;
  return endpoint.insecure || messages.isBrokenConnection(outcome.fault);
}

function settled(origin: string, outcome: HttpResponse | NetworkFailure): FirstAnswer {
  if (outcome instanceof NetworkFailure) throw outcome;
  return { origin, response: outcome };
}

function failureOf(response: HttpResponse, { endpoint, image }: Trip): Failure {
  const { status } = response;
  if (status === 404) return new Failure('not-found', missing(response, endpoint, image));
  if (status >= 500) return new Failure('unreachable', messages.serverFault(endpoint, status));
  return new Failure('bad-answer', messages.oddStatus(endpoint, status));
}

/** By the error codes of the distribution specification. `MANIFEST_UNKNOWN` does not mean that the repository exists. */
function missing(response: HttpResponse, endpoint: Endpoint, image: ImageName): string {
  const errors = decodeObject(response.body)?.errors;
  const first = asObject(Array.isArray(errors) ? errors[0] : undefined);
  const code = first ? textOf(first, 'code') : '';
  return code === 'NAME_UNKNOWN' ? messages.noRepository(endpoint, image) : messages.noImage(endpoint, image);
}
