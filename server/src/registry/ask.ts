import type { Clock, Reach } from '../engine/ports.ts';
import type { AddressGuard } from '../http/address.ts';
import { BoundedMap } from '../http/bounded-map.ts';
import { Failure, NetworkFailure } from '../http/failure.ts';
import { isBrokenConnection, isCertificateFault } from '../http/faults.ts';
import { follow } from '../http/redirects.ts';
import type { Auth, Errand, Grant } from './auth.ts';
import type { Endpoint } from './endpoint.ts';
import type { Limits } from './limits.ts';
import * as messages from './messages.ts';
import { rateLimitOf } from './rate-limit.ts';
import type { Reply, Wire } from './wire.ts';

/** How a registry is reached. */
export interface Way {
  readonly endpoint: Endpoint;
  readonly reach: Reach;
  readonly signal: AbortSignal;
}

/** One lookup under way. */
export interface Trip extends Way {
  readonly repository: string;
  /** What is looked up, as messages call it: `library/nginx:1.27`. */
  readonly subject: string;
}

/** One thing to ask about the trip's repository. */
export interface Question {
  readonly method: 'HEAD' | 'GET';
  /** Path and query below the repository: `manifests/1.27`. */
  readonly path: string;
  /** Media types. */
  readonly accept: string;
  /** Bytes after which the body is given up. */
  readonly maxBody: number;
}

export interface FirstAnswer {
  readonly origin: string;
  readonly response: Reply;
}

/** Rejects with a Failure, or with the signal's reason. */
export interface Asker {
  /** Finds out how the host is spoken to, and asks. */
  first(question: Question, trip: Trip): Promise<FirstAnswer>;
  /** Asks at an origin that has answered. */
  ask(question: Question, origin: string, trip: Trip): Promise<Reply>;
}

export interface AskerOptions {
  /** The wire: network faults are Failures. */
  readonly http: Wire;
  readonly auth: Auth;
  readonly guard: AddressGuard;
  readonly clock: Clock;
  readonly limits: Limits;
}

/** Requests to a registry, wherever redirects lead and whatever sign-in they take. */
export function createAsker({ http, auth, guard, clock, limits }: AskerOptions): Asker {
  const working = new BoundedMap<string, string>(limits.maxCached);

  function ask(question: Question, origin: string, trip: Trip): Promise<Reply> {
    const { endpoint, reach, repository, signal } = trip;
    return follow({
      label: endpoint.label,
      start: new URL(`${origin}/v2/${repository}/${question.path}`),
      guard,
      reach,
      maxRedirects: limits.maxRedirects,
      ask: (url, home) =>
        authorized(question, url, { endpoint, origin: url.origin, reach, repository, home, signal }, trip),
    });
  }

  async function authorized(question: Question, url: URL, errand: Errand, { subject }: Trip): Promise<Reply> {
    const { endpoint } = errand;
    let grant = await auth.prepare(errand);
    // Twice: with what is at hand, and with what the answer to that asks for.
    for (let attempt = 0; ; attempt++) {
      const response = await send(question, url, grant, errand);
      if (response.status === 429) {
        throw rateLimitOf(endpoint, response, grant?.signedIn ?? false, clock, limits);
      }
      // A place that was redirected to may have been opened for GET alone.
      if (response.status === 403 && (errand.home || question.method === 'GET')) {
        throw new Failure('no-access', messages.noAccess(endpoint, subject, grant?.signedIn ?? false));
      }
      if (response.status !== 401) return response;
      const next = await auth.answer(errand, response, grant);
      if (!next.grant || attempt === 1) {
        const advice = messages.noAccess(endpoint, subject, next.signedIn);
        throw new Failure('no-access', next.notice ? `${advice} ${next.notice}` : advice);
      }
      grant = next.grant;
    }
  }

  function send(
    { accept, maxBody, method }: Question,
    url: URL,
    grant: Grant | undefined,
    { reach, signal }: Errand,
  ): Promise<Reply> {
    return http.send({
      method,
      url: url.href,
      headers: {
        accept,
        // The digest is that of the bytes as stored, so nothing on the way may pack them.
        'accept-encoding': 'identity',
        'user-agent': 'holdfast',
        ...(grant ? { authorization: grant.header } : {}),
      },
      signal,
      reach,
      maxBody,
    });
  }

  async function first(question: Question, trip: Trip): Promise<FirstAnswer> {
    const [one, two] = trip.endpoint.origins;
    const key = trip.endpoint.origins.join(' ');
    const known = two === undefined ? one : working.get(key);
    if (known !== undefined) return { origin: known, response: await ask(question, known, trip) };
    const found = await tryBoth(question, one, two ?? one, trip);
    working.set(key, found.origin);
    return found;
  }

  /** The failure that is told when neither way works is that of plain http, which is the odd one out. */
  async function tryBoth(
    question: Question,
    first: string,
    second: string,
    trip: Trip,
  ): Promise<FirstAnswer> {
    const one = await attempt(question, first, trip);
    if (!hintsAtOtherScheme(one, trip.endpoint)) return settled(first, one);
    const other = await attempt(question, second, trip);
    const works = !(other instanceof NetworkFailure) || isCertificateFault(other.fault);
    return works || second.startsWith('http:') ? settled(second, other) : settled(first, one);
  }

  function attempt(question: Question, origin: string, trip: Trip): Promise<Reply | NetworkFailure> {
    return ask(question, origin, trip).catch((error: unknown) => {
      if (error instanceof NetworkFailure) return error;
      throw error;
    });
  }

  return { first, ask };
}

/** Plain http to a server of https gets 400 or a closed door; https to a server of plain http gets nothing at all. */
function hintsAtOtherScheme(outcome: Reply | NetworkFailure, endpoint: Endpoint): boolean {
  if (!(outcome instanceof NetworkFailure)) return outcome.status === 400;
  if (isCertificateFault(outcome.fault)) return false;
  return endpoint.insecure || isBrokenConnection(outcome.fault);
}

function settled(origin: string, outcome: Reply | NetworkFailure): FirstAnswer {
  if (outcome instanceof NetworkFailure) throw outcome;
  return { origin, response: outcome };
}

/** An answer that is neither what was asked for nor `404`. */
export function strangeAnswer({ status }: Reply, { endpoint }: Trip): Failure {
  if (status >= 500) return new Failure('unreachable', messages.serverFault(endpoint, status));
  return new Failure('bad-answer', messages.oddStatus(endpoint, status));
}
