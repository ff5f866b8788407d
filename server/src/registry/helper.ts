import type { Clock } from '../engine/ports.ts';
import { BoundedMap } from '../http/bounded-map.ts';
import { passwordOf } from './auth-file.ts';
import type { Credential, FoundCredential } from './credential.ts';
import { InFlight } from './in-flight.ts';
import { parseObject, textOf } from './json.ts';
import type { Machine, RunResult } from './machine.ts';

/** Milliseconds and bytes. A helper that asks the user something takes longer than this and is given up. */
export const helperLimits = { timeout: 5_000, maxOutput: 64 * 1024 };

/** Milliseconds: long enough for the lookups of one audit, short enough to notice a new sign-in. */
const keep = { found: 60_000, missing: 10_000 };

export interface Helpers {
  /** `from`: the file that names the helper, for messages. Rejects only with the signal's reason. */
  get(name: string, from: string, host: string, signal: AbortSignal): Promise<FoundCredential>;
}

/**
 * Asks `docker-credential-NAME get`: the server on stdin, JSON on stdout, errors on stdout as well.
 * Protocol: docker/docker-credential-helpers.
 */
export function createHelpers(machine: Machine, clock: Clock): Helpers {
  const remembered = new BoundedMap<string, { found: FoundCredential; until: number }>(200);
  const running = new InFlight<FoundCredential>();

  async function ask(
    program: string,
    from: string,
    host: string,
    signal: AbortSignal,
  ): Promise<FoundCredential> {
    // Docker Hub's credentials are kept under the address of its first API.
    const input = host === 'docker.io' ? 'https://index.docker.io/v1/' : host;
    const result = await machine.run({ program, argument: 'get', input, signal, ...helperLimits });
    signal.throwIfAborted();
    return read(result, program, from);
  }

  return {
    async get(name, from, host, signal) {
      if (!/^[A-Za-z0-9._-]+$/.test(name)) {
        return {
          credential: null,
          notice: `${from} names a credential helper whose name is not allowed. It was not started.`,
        };
      }
      const program = `docker-credential-${name}`;
      const key = JSON.stringify([program, host]);
      const known = remembered.get(key);
      if (known && clock.now() < known.until) return known.found;
      const found = await running.join(key, signal, (shared) => ask(program, from, host, shared));
      remembered.set(key, { found, until: clock.now() + (found.credential ? keep.found : keep.missing) });
      return found;
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
