import type { FailedLookup, Http, HttpResponse, LookupFailure } from '../engine/ports.ts';
import type { AddressGuard } from '../http/address.ts';
import { isLoopbackHost } from '../http/address.ts';
import { Failure, failed } from '../http/failure.ts';
import { type Advice, failureOf, TransportError } from '../http/network-errors.ts';
import { follow } from '../http/redirects.ts';
import type { Timers } from '../http/timers.ts';
import { parseUrl } from '../http/url.ts';
import type { Limits } from './limits.ts';
import * as messages from './messages.ts';

export interface Means {
  readonly http: Http;
  readonly advice: Advice;
  readonly guard: AddressGuard;
  readonly timers: Timers;
  readonly limits: Limits;
}

/** A full http(s) address that may be asked: https, or http within this machine, and nobody signed in. Throws a Failure. */
export function checkAddress(text: string, what: string): URL {
  const url = parseUrl(text);
  if (!url || (url.protocol !== 'https:' && url.protocol !== 'http:') || url.username || url.password) {
    throw new Failure('refused', messages.badAddress(what));
  }
  if (url.protocol === 'http:' && !isLoopbackHost(url.hostname)) {
    throw new Failure('refused', messages.plainHttp(url.host));
  }
  url.hash = '';
  return url;
}

/** Gets what an address gives, wherever redirects lead. Redirects are not followed into private networks. Rejects with a Failure. */
export async function get(
  url: URL,
  accept: string,
  { advice, guard, http, limits }: Means,
  signal: AbortSignal,
): Promise<HttpResponse> {
  // Whoever wrote the address, wrote it out for a build to read: nothing hides behind it.
  const reach = await guard.reachOf(url, true);
  if (!(await guard.allows(url, reach))) throw new Failure('refused', messages.forbiddenHost(url.host));
  const headers = { accept, 'accept-encoding': 'identity', 'user-agent': 'holdfast' };
  return follow({
    label: url.host,
    start: url,
    guard,
    reach,
    maxRedirects: limits.maxRedirects,
    async ask(place) {
      try {
        return await http.send({ method: 'GET', url: place.href, headers, signal, reach });
      } catch (error) {
        throw translated(error, place.host, advice, signal);
      }
    },
  });
}

/** The pieces of a body, as long as they are no more than `max` bytes together. */
export async function* piecesOf(
  { body }: HttpResponse,
  max: number,
  { host }: URL,
  { advice }: Pick<Means, 'advice'>,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array> {
  let length = 0;
  try {
    for await (const piece of body) {
      length += piece.byteLength;
      if (length > max) throw new Failure('bad-answer', messages.tooLarge(host, max));
      yield piece;
    }
  } catch (error) {
    throw translated(error, host, advice, signal);
  }
}

function translated(error: unknown, host: string, advice: Advice, signal: AbortSignal): unknown {
  if (signal.aborted || !(error instanceof TransportError)) return error;
  return new Failure(failureOf(error.code), messages.fault(host, error.code, advice));
}

export interface Errand {
  /** As messages call whom is asked. */
  readonly host: string;
  /** Milliseconds for all of it. */
  readonly deadline: number;
  readonly signal: AbortSignal | undefined;
}

/** Runs `work` within its deadline. Never rejects. */
export async function within<T>(
  { timers }: Pick<Means, 'timers'>,
  { deadline, host, signal }: Errand,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T | FailedLookup> {
  const late = new AbortController();
  // HttpResponses that nobody has read to the end keep their connection until then.
  const done = new AbortController();
  const stopClock = timers.after(deadline, () => late.abort());
  try {
    signal?.throwIfAborted();
    return await work(AbortSignal.any([late.signal, done.signal, ...(signal ? [signal] : [])]));
  } catch (error) {
    if (signal?.aborted) return failed('cancelled', messages.cancelled);
    if (late.signal.aborted) return failed('timed-out', messages.timedOut(host, deadline));
    return error instanceof Failure
      ? failed(error.code, error.message)
      : failed('bad-answer', messages.unexpected);
  } finally {
    stopClock();
    done.abort();
  }
}

/** What a status other than 200 means. */
export function statusFailure(host: string, status: number, message = messages.notThere): Failure {
  const code: LookupFailure =
    status === 404 || status === 410
      ? 'not-found'
      : status === 401 || status === 403
        ? 'no-access'
        : status === 429
          ? 'rate-limited'
          : status >= 500
            ? 'unreachable'
            : 'bad-answer';
  return new Failure(code, message(host, status));
}
