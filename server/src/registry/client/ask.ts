import type { AddressPolicy, Clock } from '../../engine/ports.ts';
import type { AddressGuard } from '../../http/address.ts';
import { Failure } from '../../http/failure.ts';
import type { Advice } from '../../http/network-errors.ts';
import { follow } from '../../http/redirects.ts';
import type { Limits } from '../limits.ts';
import { type Endpoint, repositoryAt } from '../protocol/endpoint.ts';
import type { Reply, Wire } from '../protocol/http.ts';
import { type FirstAnswer, Origins } from '../protocol/scheme-probe.ts';
import { ImageFault } from '../schedule/host-backoff.ts';
import type { Allowances } from '../schedule/pulls-left.ts';
import { coolDownOf } from '../schedule/rate-limit.ts';
import type { Auth, Errand, Grant } from '../sign-in/auth.ts';
import * as messages from './messages.ts';

/** How a registry is reached. */
export interface Way {
  readonly endpoint: Endpoint;
  readonly reach: AddressPolicy;
  readonly signal: AbortSignal;
  /** Takes what the user should know though it works: whole sentences. */
  readonly notices: Set<string>;
}

/** One lookup under way. */
export interface Trip extends Way {
  /** As references name it. */
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
  readonly allowances: Allowances;
  readonly clock: Clock;
  readonly limits: Limits;
  readonly advice: Advice;
}

/** Requests to a registry, wherever redirects lead and whatever sign-in they take. */
export function createAsker({ advice, allowances, auth, clock, guard, http, limits }: AskerOptions): Asker {
  const origins = new Origins(limits.maxCached);

  function ask(question: Question, origin: string, trip: Trip): Promise<Reply> {
    const { endpoint, reach, signal } = trip;
    const repository = repositoryAt(endpoint, trip.repository);
    return follow({
      label: endpoint.label,
      start: new URL(`${origin}/v2/${repository}/${question.path}`),
      guard,
      reach,
      maxRedirects: limits.maxRedirects,
      ask: (url, home) => {
        const errand = { endpoint, origin: url.origin, reach, repository, home, signal };
        return authorized(question, url, errand, trip);
      },
    });
  }

  async function authorized(
    question: Question,
    url: URL,
    errand: Errand,
    { notices, subject }: Trip,
  ): Promise<Reply> {
    const { endpoint } = errand;
    let grant = await auth.prepare(errand);
    // Twice: with what is at hand, and with what the answer to that asks for.
    for (let attempt = 0; ; attempt++) {
      const response = await send(question, url, grant, errand);
      const coolDown = coolDownOf(endpoint, response, grant?.signedIn ?? false, { clock, limits, advice });
      if (coolDown) throw coolDown;
      // A place that was redirected to may have been opened for GET alone.
      if (response.status === 403 && (errand.home || question.method === 'GET')) {
        throw new Failure(
          'no-access',
          messages.noAccess(endpoint, subject, grant?.signedIn ?? false, advice),
        );
      }
      if (response.status !== 401) {
        if (grant?.notice) notices.add(grant.notice);
        return response;
      }
      const next = await auth.answer(errand, response, grant);
      if (!next.grant || attempt === 1) {
        const message = messages.noAccess(endpoint, subject, next.signedIn, advice);
        throw new Failure('no-access', next.notice ? `${message} ${next.notice}` : message);
      }
      grant = next.grant;
    }
  }

  async function send(
    { accept, maxBody, method }: Question,
    url: URL,
    grant: Grant | undefined,
    { endpoint, home, reach, signal }: Errand,
  ): Promise<Reply> {
    const reply = await http.send({
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
    if (home) allowances.note(endpoint.credentialHost, reply);
    return reply;
  }

  return {
    first: (question, trip) => origins.first(trip.endpoint, (origin) => ask(question, origin, trip)),
    ask,
  };
}

/** An answer that is neither what was asked for nor `404`. */
export function strangeAnswer({ status }: Reply, { endpoint }: Way): Failure {
  if (status < 500) return new Failure('bad-answer', messages.oddStatus(endpoint, status));
  const message = messages.serverFault(endpoint, status);
  // Of one image, or of the source that it is fetched from.
  return status === 500 || status === 504
    ? new ImageFault('unreachable', message)
    : new Failure('unreachable', message);
}
