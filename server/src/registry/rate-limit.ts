import type { Clock } from '../engine/ports.ts';
import { Failure } from '../http/failure.ts';
import type { Endpoint } from './endpoint.ts';
import type { Limits } from './limits.ts';
import { rateLimited } from './messages.ts';
import type { Reply } from './wire.ts';

/** The registry wants to be left alone for a while. */
export class RateLimit extends Failure {
  /** Milliseconds since the epoch. */
  readonly until: number;
  readonly signedIn: boolean;

  constructor(message: string, until: number, signedIn: boolean) {
    super('rate-limited', message);
    this.name = 'RateLimit';
    this.until = until;
    this.signedIn = signedIn;
  }
}

/** What a 429 asks for. */
export function rateLimitOf(
  endpoint: Endpoint,
  response: Reply,
  signedIn: boolean,
  clock: Clock,
  limits: Limits,
): RateLimit {
  const asked = retryAfter(response.headers['retry-after'], clock.now()) ?? limits.coolDown;
  const wait = Math.min(Math.max(asked, 1000), limits.maxCoolDown);
  return new RateLimit(rateLimited(endpoint, wait, signedIn), clock.now() + wait, signedIn);
}

/** Milliseconds from now; undefined where the header is missing or makes no sense. Seconds or a date: RFC 9110, 10.2.3. */
function retryAfter(header: string | undefined, now: number): number | undefined {
  const text = header?.trim() ?? '';
  if (/^\d{1,9}$/.test(text)) return Number(text) * 1000;
  // A date has the name of a month: without one, `Date.parse` guesses at nearly anything.
  if (!/[A-Za-z]{3}/.test(text)) return undefined;
  const date = Date.parse(text);
  return Number.isNaN(date) ? undefined : date - now;
}
