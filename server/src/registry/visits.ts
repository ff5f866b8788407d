import type { Clock, FailedLookup } from '../engine/ports.ts';
import type { AddressGuard } from '../http/address.ts';
import { Failure } from '../http/failure.ts';
import type { Advice } from '../http/faults.ts';
import type { Timers } from '../http/timers.ts';
import type { Way } from './ask.ts';
import type { Credentials } from './credentials.ts';
import type { Endpoint } from './endpoint.ts';
import { Gate } from './gate.ts';
import type { Limits } from './limits.ts';
import * as messages from './messages.ts';
import { Troubles } from './trouble.ts';

export interface Visits {
  /** Does work at a registry when it is its turn, within the deadline. Never rejects. */
  visit<T>(
    endpoint: Endpoint,
    signal: AbortSignal,
    work: (way: Way) => Promise<T>,
  ): Promise<T | FailedLookup>;
}

export interface VisitsOptions {
  readonly guard: AddressGuard;
  readonly credentials: Credentials;
  readonly timers: Timers;
  readonly clock: Clock;
  readonly limits: Limits;
  readonly advice: Advice;
}

export function createVisits({ advice, clock, credentials, guard, limits, timers }: VisitsOptions): Visits {
  const gate = new Gate(limits.perHost);
  const troubles = new Troubles(clock, limits);

  /** How the registry may be reached. Throws a Failure where it may not be. */
  async function wayTo(endpoint: Endpoint, signal: AbortSignal): Promise<Way> {
    const url = new URL(endpoint.origins[0]);
    const reach = await guard.reachOf(url, endpoint.configured);
    if (await guard.allows(url, reach)) return { endpoint, reach, signal };
    const further = await guard.reachOf(url, await credentials.knows(endpoint.credentialHost));
    if (await guard.allows(url, further)) return { endpoint, reach: further, signal };
    throw new Failure('refused', messages.hiddenAddress(endpoint));
  }

  function failureFrom(error: unknown, deadline: AbortSignal, endpoint: Endpoint): Failure {
    if (deadline.aborted)
      return new Failure('timed-out', messages.timedOut(endpoint, limits.deadline, advice));
    return error instanceof Failure ? error : new Failure('bad-answer', messages.unexpected);
  }

  return {
    async visit(endpoint, signal, work) {
      const [host] = endpoint.origins;
      const deadline = new AbortController();
      let stopClock = () => {};
      let leave = () => {};
      let trouble: Failure | undefined;
      try {
        leave = await gate.enter(host, signal);
        trouble = troubles.at(host, endpoint);
        if (trouble) throw trouble;
        stopClock = timers.after(limits.deadline, () => deadline.abort());
        return await work(await wayTo(endpoint, AbortSignal.any([signal, deadline.signal])));
      } catch (error) {
        if (signal.aborted) return failed('cancelled', messages.cancelled);
        const failure = failureFrom(error, deadline.signal, endpoint);
        if (!trouble) troubles.note(host, failure);
        return failed(failure.code, failure.message);
      } finally {
        stopClock();
        leave();
      }
    },
  };
}

export function failed(code: FailedLookup['code'], message: string): FailedLookup {
  return { ok: false, code, message };
}
