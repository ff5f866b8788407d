import type { Http, HttpRequest, HttpResponse } from '../engine/ports.ts';
import { NetworkFailure } from './failure.ts';
import { isBrokenConnection, networkFault } from './messages.ts';
import { pause, type Timers } from './timers.ts';

export interface WireOptions {
  readonly http: Http;
  readonly timers: Timers;
  /** Milliseconds before the one retry. */
  readonly retryDelay: number;
}

/** Server faults that may pass: RFC 9110, section 15.6. */
const passingFaults: ReadonlySet<number> = new Set([500, 502, 503]);

/**
 * The hop with one retry where that may help, and with network faults put into words.
 * Rejects with a {@link NetworkFailure}, or with the signal's reason on abort.
 */
export function createWire({ http, timers, retryDelay }: WireOptions): Http {
  return {
    async send(request) {
      if (request.method === 'POST') return attempt(http, request);
      const first = await attempt(http, request).catch((error: unknown) => {
        // A connection that was kept for reuse may break just as it is used.
        if (error instanceof NetworkFailure && isBrokenConnection(error.fault)) return error;
        throw error;
      });
      if (!(first instanceof NetworkFailure) && !passingFaults.has(first.status)) return first;
      await pause(retryDelay, timers, request.signal);
      return attempt(http, request);
    },
  };
}

async function attempt(http: Http, request: HttpRequest): Promise<HttpResponse> {
  request.signal.throwIfAborted();
  try {
    return await http.send(request);
  } catch (error) {
    request.signal.throwIfAborted();
    const fault = faultOf(error);
    const code = fault === 'BODY_TOO_LARGE' ? 'bad-answer' : 'unreachable';
    throw new NetworkFailure(fault, networkFault(new URL(request.url).host, fault), code);
  }
}

/** Only a name in capitals is passed on: anything else an error says may quote what was sent. */
function faultOf(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  return typeof code === 'string' && /^[A-Z][A-Z0-9_]{1,60}$/.test(code) ? code : '';
}
