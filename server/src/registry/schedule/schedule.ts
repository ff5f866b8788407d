import type { AddressPolicy, Clock, FailedLookup } from '../../engine/ports.ts';
import type { AddressGuard } from '../../http/address.ts';
import { Failure, failed } from '../../http/failure.ts';
import type { Advice } from '../../http/network-errors.ts';
import { pause, type Timers } from '../../http/timers.ts';
import type { Way } from '../client/ask.ts';
import * as messages from '../client/messages.ts';
import type { Limits } from '../limits.ts';
import type { Endpoint } from '../protocol/endpoint.ts';
import type { Credentials } from '../sign-in/credentials.ts';
import { ConcurrencyLimit } from './concurrency-limit.ts';
import { Troubles } from './host-backoff.ts';
import { CoolDown } from './rate-limit.ts';

export interface Visits {
  /** Does work at a registry when it is its turn, within the deadline. Never rejects. */
  visit<T>(
    endpoint: Endpoint,
    signal: AbortSignal,
    work: (way: Way) => Promise<T>,
  ): Promise<T | FailedLookup>;
  /** A host need not be left alone any longer. */
  forget(host: string): void;
}

export interface VisitsOptions {
  readonly guard: AddressGuard;
  readonly credentials: Credentials;
  readonly timers: Timers;
  readonly clock: Clock;
  readonly limits: Limits;
  readonly advice: Advice;
  readonly isOffline: () => boolean;
}

const anywhere: AddressPolicy = new Set(['public', 'private', 'loopback']);

export function createVisits(options: VisitsOptions): Visits {
  const { advice, clock, credentials, guard, isOffline, limits, timers } = options;
  const gate = new ConcurrencyLimit(limits.perHost);
  const troubles = new Troubles(clock, limits);

  /** How the registry may be reached. Throws a Failure where it may not be. */
  async function wayTo(endpoint: Endpoint, signal: AbortSignal): Promise<Way> {
    const url = new URL(endpoint.origins[0]);
    const way = { endpoint, signal, notices: new Set<string>() };
    const reach = await guard.reachOf(url, endpoint.configured);
    if (await guard.allows(url, reach)) return { ...way, reach };
    const further = await guard.reachOf(url, await credentials.knows(endpoint.credentialHost));
    if (await guard.allows(url, further)) return { ...way, reach: further };
    const isSpecial = !(await guard.allows(url, anywhere));
    throw new Failure(
      'refused',
      (isSpecial ? messages.specialAddress : messages.hiddenAddress)(endpoint, advice),
    );
  }

  /** Gives up at the deadline, whatever `work` waits for: not all of it can be stopped. Rejects with a Failure or the signal's reason. */
  async function within<T>(
    endpoint: Endpoint,
    signal: AbortSignal,
    work: (signal: AbortSignal) => Promise<T>,
  ): Promise<T> {
    const late = new AbortController();
    const end = AbortSignal.any([signal, late.signal]);
    end.throwIfAborted();
    const stopClock = timers.after(limits.deadline, () =>
      late.abort(new Failure('timed-out', messages.timedOut(endpoint, limits.deadline, advice))),
    );
    try {
      const ended = new Promise<never>((_, reject) => {
        end.addEventListener('abort', () => reject(end.reason), { once: true });
      });
      return await Promise.race([work(end), ended]);
    } finally {
      stopClock();
    }
  }

  /** Does the work when the host takes requests, and again where it asks for a pause that ends before the deadline. */
  async function patiently<T>(
    host: string,
    signal: AbortSignal,
    work: () => Promise<T>,
  ): Promise<T | FailedLookup> {
    const latest = clock.now() + limits.deadline;
    for (;;) {
      const until = troubles.restUntil(host);
      if (until !== undefined && until < latest) {
        await pause(until - clock.now(), timers, signal);
        continue;
      }
      const trouble = troubles.at(host);
      if (trouble) return failed(trouble.code, trouble.message);
      try {
        const done = await work();
        troubles.answered(host);
        return done;
      } catch (error) {
        if (!(error instanceof CoolDown) || error.until >= latest) throw error;
        troubles.note(host, error);
      }
    }
  }

  return {
    async visit(endpoint, signal, work) {
      if (isOffline()) return failed('offline', messages.offline(advice));
      const host = endpoint.credentialHost;
      let leave = () => {};
      try {
        leave = await gate.enter(host, signal);
        return await within(endpoint, signal, (end) =>
          patiently(host, end, async () => work(await wayTo(endpoint, end))),
        );
      } catch (error) {
        if (signal.aborted) return failed('cancelled', messages.cancelled);
        if (!(error instanceof Failure)) return failed('bad-answer', messages.unexpected);
        troubles.note(host, error);
        return failed(error.code, error.message);
      } finally {
        leave();
      }
    },

    forget: (host) => troubles.forget(host),
  };
}
