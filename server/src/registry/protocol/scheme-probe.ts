import { BoundedMap } from '../../http/bounded-map.ts';
import { NetworkFailure } from '../../http/failure.ts';
import { isBrokenConnection, isCertificateFault } from '../../http/network-errors.ts';
import type { Endpoint } from './endpoint.ts';
import type { Reply } from './http.ts';

export interface FirstAnswer {
  readonly origin: string;
  readonly response: Reply;
}

type Ask = (origin: string) => Promise<Reply>;

/** Finds out whether a host is spoken to over https or plain http, where both are allowed, and begins with that from then on. */
export class Origins {
  readonly #working: BoundedMap<string, string>;

  constructor(maxKept: number) {
    this.#working = new BoundedMap(maxKept);
  }

  /** Asks where the endpoint answers. Rejects as `ask` does. */
  async first(endpoint: Endpoint, ask: Ask): Promise<FirstAnswer> {
    const [one, two] = endpoint.origins;
    if (two === undefined) return { origin: one, response: await ask(one) };
    const key = endpoint.origins.join(' ');
    const known = this.#working.get(key);
    // A server elsewhere that has spoken TLS is never asked without.
    if (known === one && one.startsWith('https:')) return { origin: one, response: await ask(one) };
    // One of this machine may have been started anew the other way.
    const [first, second] = known === two ? [two, one] : [one, two];
    const found = await tryBoth(endpoint, first, second, ask);
    this.#working.set(key, found.origin);
    return found;
  }
}

/** The failure that is told when neither way works is that of plain http, which is the odd one out. */
async function tryBoth(endpoint: Endpoint, first: string, second: string, ask: Ask): Promise<FirstAnswer> {
  const one = await attempt(first, ask);
  if (!hintsAtOtherScheme(one, endpoint)) return settled(first, one);
  const other = await attempt(second, ask);
  const works = !(other instanceof NetworkFailure) || isCertificateFault(other.fault);
  return works || second.startsWith('http:') ? settled(second, other) : settled(first, one);
}

function attempt(origin: string, ask: Ask): Promise<Reply | NetworkFailure> {
  return ask(origin).catch((error: unknown) => {
    if (error instanceof NetworkFailure) return error;
    throw error;
  });
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
