import type { Clock, Downloads } from '../engine/ports.ts';
import { createAddressGuard, type ResolveName, resolveByNode } from '../registry/address.ts';
import { nodeTimers, type Timers } from '../registry/timers.ts';
import { checksumOf } from './checksum.ts';
import { commitOf } from './commit.ts';
import { defaultLimits, type Limits } from './limits.ts';
import { type Means, within } from './visit.ts';
import { createFetchWeb, type Web } from './web.ts';

export type { Limits } from './limits.ts';
export type { Web } from './web.ts';

export interface DownloadsOptions {
  /** Node's own `fetch` where absent. */
  readonly web?: Web;
  readonly clock?: Clock;
  readonly timers?: Timers;
  /** The system's resolver where absent. */
  readonly resolveName?: ResolveName;
  /** Those that differ from {@link defaultLimits}. */
  readonly limits?: Partial<Limits>;
}

/** Checksums and commits of public places. Nobody is signed in, no cookie is kept. Never rejects. */
export function createDownloads(options: DownloadsOptions = {}): Downloads {
  const limits = { ...defaultLimits, ...options.limits };
  const clock = options.clock ?? { now: () => Date.now() };
  const means: Means = {
    web: options.web ?? createFetchWeb(),
    guard: createAddressGuard(options.resolveName ?? resolveByNode, clock),
    timers: options.timers ?? nodeTimers,
    limits,
  };
  return {
    checksum(url, { signal }) {
      const errand = { host: hostIn(url), deadline: limits.checksumDeadline, signal };
      return within(means, errand, (inTime) => checksumOf(url, means, inTime));
    },
    commit(repository, ref, { signal }) {
      const errand = { host: hostIn(repository), deadline: limits.commitDeadline, signal };
      return within(means, errand, (inTime) => commitOf(repository, ref, means, inTime));
    },
  };
}

/** For messages: without anything that may be a secret. */
const hostIn = (address: string): string =>
  URL.canParse(address) ? new URL(address).host || 'The server' : 'The server';
