import type { Clock, LookupFailure } from '../../engine/ports.ts';
import { Failure } from '../../http/failure.ts';
import type { Advice } from '../../http/network-errors.ts';
import { overloaded, rateLimited } from '../client/messages.ts';
import type { Limits } from '../limits.ts';
import type { Endpoint } from '../protocol/endpoint.ts';
import type { Reply } from '../protocol/http.ts';
import { retryAfter } from '../protocol/retry-after.ts';

/** A host wants to be left alone for a while. */
export class CoolDown extends Failure {
  /** Milliseconds since the epoch. */
  readonly until: number;
  /** The message, given the milliseconds that are left. */
  readonly describe: (wait: number) => string;

  constructor(code: LookupFailure, wait: number, now: number, describe: (wait: number) => string) {
    super(code, describe(wait));
    this.name = 'CoolDown';
    this.until = now + wait;
    this.describe = describe;
  }
}

export interface CoolDownMeans {
  readonly clock: Clock;
  readonly limits: Pick<Limits, 'coolDown' | 'maxCoolDown'>;
  readonly advice: Advice;
}

/** What 429, or 503 with `Retry-After`, asks for; undefined for other answers. RFC 6585, section 4, and RFC 9110, section 15.6.4. */
export function coolDownOf(
  endpoint: Endpoint,
  { headers, status }: Reply,
  signedIn: boolean,
  { advice, clock, limits }: CoolDownMeans,
): CoolDown | undefined {
  const now = clock.now();
  const asked = retryAfter(headers['retry-after'], now);
  const wait = Math.min(Math.max(asked ?? limits.coolDown, 1000), limits.maxCoolDown);
  if (status === 429) {
    return new CoolDown('rate-limited', wait, now, (left) => rateLimited(endpoint, left, signedIn, advice));
  }
  if (status !== 503 || asked === undefined) return undefined;
  return new CoolDown('unreachable', wait, now, (left) => overloaded(endpoint, left));
}
