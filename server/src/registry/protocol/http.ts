import type { Clock, Http, HttpRequest, HttpResponse } from '../../engine/ports.ts';
import { Failure, NetworkFailure } from '../../http/failure.ts';
import { type Advice, failureOf, mayPass, networkFault } from '../../http/network-errors.ts';
import { pause, type Timers } from '../../http/timers.ts';
import { offline } from '../client/messages.ts';
import { retryAfter } from './retry-after.ts';

/** An answer that has been read to its end. */
export interface Reply extends Omit<HttpResponse, 'body'> {
  readonly body: Uint8Array;
}

export interface WireRequest extends HttpRequest {
  /** Bytes after which the body is given up. */
  readonly maxBody: number;
}

/** Rejects with a Failure, which is a {@link NetworkFailure} where the network is at fault, or with the signal's reason on abort. */
export interface Wire {
  send(request: WireRequest): Promise<Reply>;
}

export interface WireOptions {
  readonly http: Http;
  readonly timers: Timers;
  readonly clock: Clock;
  readonly advice: Advice;
  /** Milliseconds before the one retry. */
  readonly retryDelay: number;
  /** Whether requests are switched off now. */
  readonly isOffline: () => boolean;
}

/** Server faults that may pass: RFC 9110, section 15.6. */
const passingFaults: ReadonlySet<number> = new Set([500, 502, 503]);

/** A body that is longer than the request allows. */
const bodyTooLarge = 'BODY_TOO_LARGE';

/** The hop with one retry where that may help, and with network faults put into words. */
export function createWire({ advice, clock, http, isOffline, retryDelay, timers }: WireOptions): Wire {
  async function attempt(request: WireRequest): Promise<Reply> {
    request.signal.throwIfAborted();
    if (isOffline()) throw new Failure('offline', offline(advice));
    const { host } = new URL(request.url);
    try {
      const { body, headers, status } = await http.send(request);
      return { status, headers, body: await readBody(body, request.maxBody, host) };
    } catch (error) {
      request.signal.throwIfAborted();
      if (error instanceof NetworkFailure) throw error;
      const fault = faultOf(error);
      throw new NetworkFailure(fault, networkFault(host, fault, advice), failureOf(fault));
    }
  }

  return {
    async send(request) {
      if (request.method === 'POST') return attempt(request);
      const first = await attempt(request).catch((error: unknown) => {
        // A connection that was kept for reuse may break just as it is used, and a busy machine may miss one that stood in time.
        if (error instanceof NetworkFailure && mayPass(error.fault)) return error;
        throw error;
      });
      if (first instanceof NetworkFailure) {
        await pause(retryDelay, timers, request.signal);
        return attempt(request);
      }
      // A host that says how long it wants to be left alone is waited for by all that ask it, not by this request.
      const namesTime = retryAfter(first.headers['retry-after'], clock.now()) !== undefined;
      if (!passingFaults.has(first.status) || namesTime) return first;
      await pause(retryDelay, timers, request.signal);
      return attempt(request);
    },
  };
}

async function readBody(body: AsyncIterable<Uint8Array>, max: number, host: string): Promise<Uint8Array> {
  const pieces: Uint8Array[] = [];
  let length = 0;
  // Leaving the loop early closes the connection.
  for await (const piece of body) {
    length += piece.byteLength;
    if (length > max) {
      const message = `${host} sent far more than an answer needs. Check that it is a container registry.`;
      throw new NetworkFailure(bodyTooLarge, message, 'bad-answer');
    }
    pieces.push(piece);
  }
  return Buffer.concat(pieces);
}

/** Only a name in capitals is passed on: anything else an error says may quote what was sent. */
function faultOf(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  return typeof code === 'string' && /^[A-Z][A-Z0-9_]{1,60}$/.test(code) ? code : '';
}
