import type { Clock, Downloads, Http } from '../engine/ports.ts';
import { createAddressGuard, type ResolveName, resolveByNode } from '../http/address.ts';
import { type Advice, nodeAdvice } from '../http/network-errors.ts';
import { createNodeTransport } from '../http/node-transport.ts';
import { nodeTimers, type Timers } from '../http/timers.ts';
import { checksumOf } from './checksum.ts';
import { commitOf } from './commit.ts';
import { defaultLimits, type Limits } from './limits.ts';
import { type Means, within } from './visit.ts';

export type { Limits } from './limits.ts';

export interface DownloadsOptions {
  /** The hop to the servers. That of createNodeTransport where absent. */
  readonly http?: Http;
  /** For the hop, where it is Node's: `process.env` where absent. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** What helps against trouble on the way, in the words of where this runs. On the command line where absent. */
  readonly advice?: Advice;
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
    http: options.http ?? createNodeTransport({ env: options.env ?? process.env }),
    advice: options.advice ?? nodeAdvice,
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
