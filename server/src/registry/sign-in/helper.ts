import type { Clock } from '../../engine/ports.ts';
import { BoundedMap } from '../../http/bounded-map.ts';
import type { Machine, RunResult } from '../environment.ts';
import { parseObject, textOf } from '../protocol/json.ts';
import { InFlight } from '../schedule/single-flight.ts';
import { type HelperFor, passwordOf } from './auth-file.ts';
import type { Credential, FoundCredential } from './credential.ts';

/** Milliseconds and bytes. A helper that asks the user something takes longer than this and is given up. */
export const helperLimits = { timeout: 5_000, maxOutput: 64 * 1024 };

/** Milliseconds: long enough for the lookups of one audit, short enough to notice a new sign-in. */
const keep = { found: 60_000, missing: 10_000 };

export interface Helpers {
  /** `from`: the file that names the helper, for messages. Rejects only with the signal's reason. */
  get(helper: HelperFor, from: string, host: string, signal: AbortSignal): Promise<FoundCredential>;
  /** Forgets what helpers said of a host. What is under way for it is not kept. */
  forget(host: string): void;
}

/** What helpers said of one host, by program and what it was asked for. */
interface Answers {
  readonly kept: Map<string, { readonly found: FoundCredential; readonly until: number }>;
  readonly running: InFlight<FoundCredential>;
}

/**
 * Asks `docker-credential-NAME get`: the server on stdin, JSON on stdout, errors on stdout as well.
 * Protocol: docker/docker-credential-helpers.
 */
export function createHelpers(machine: Machine, clock: Clock): Helpers {
  const hosts = new BoundedMap<string, Answers>(200);

  function answersFor(host: string): Answers {
    const answers = hosts.get(host) ?? { kept: new Map(), running: new InFlight() };
    hosts.set(host, answers);
    return answers;
  }

  /** The first credential, else the first trouble. */
  async function ask(
    program: string,
    from: string,
    servers: readonly string[],
    signal: AbortSignal,
  ): Promise<FoundCredential> {
    for (const input of servers) {
      const result = await machine.run({ program, argument: 'get', input, signal, ...helperLimits });
      signal.throwIfAborted();
      const found = read(result, program, from);
      if (found.credential || found.notice) return found;
    }
    return { credential: null };
  }

  return {
    async get({ name, servers }, from, host, signal) {
      if (!/^[A-Za-z0-9._-]+$/.test(name)) {
        return {
          credential: null,
          notice: `${from} names a credential helper whose name is not allowed. It was not started.`,
        };
      }
      const program = `docker-credential-${name}`;
      const { kept, running } = answersFor(host);
      const key = [program, ...servers].join(' ');
      const known = kept.get(key);
      if (known && clock.now() < known.until) return known.found;
      const found = await running.join(key, signal, (shared) => ask(program, from, servers, shared));
      kept.set(key, { found, until: clock.now() + (found.credential ? keep.found : keep.missing) });
      return found;
    },

    forget(host) {
      hosts.delete(host);
    },
  };
}

function read(result: RunResult, program: string, from: string): FoundCredential {
  const anonymous = (what: string): FoundCredential => ({
    credential: null,
    notice: `The credential helper ${program} (from ${from}) ${what}, so Holdfast asked without signing in.`,
  });
  switch (result.kind) {
    case 'missing':
      return anonymous('is not installed or not on the PATH');
    case 'timed-out':
      return anonymous(`did not answer within ${helperLimits.timeout / 1000} seconds`);
    case 'too-long':
      return anonymous('answered with far too much');
    case 'failed':
      return anonymous('could not be run');
    case 'ended':
      break;
  }
  if (!result.ok) {
    const none = result.output.includes('credentials not found in native keychain');
    return none ? { credential: null } : anonymous('reported an error');
  }
  const credential = credentialFrom(result.output);
  return credential ? { credential } : anonymous('answered with something that is no user name and password');
}

function credentialFrom(output: string): Credential | undefined {
  const answer = parseObject(output) ?? {};
  const username = textOf(answer, 'Username');
  const secret = textOf(answer, 'Secret');
  if (secret === '') return undefined;
  return username === '<token>' ? { kind: 'identity-token', token: secret } : passwordOf(username, secret);
}
