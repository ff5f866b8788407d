import type { Clock, Log, Reach } from '../engine/ports.ts';
import { type AddressGuard, isLoopbackHost } from '../http/address.ts';
import { BoundedMap } from '../http/bounded-map.ts';
import { Failure } from '../http/failure.ts';
import { type Challenge, parseChallenges } from './challenge.ts';
import type { Credential, FoundCredential } from './credential.ts';
import type { Credentials } from './credentials.ts';
import type { Endpoint } from './endpoint.ts';
import { InFlight } from './in-flight.ts';
import type { Limits } from './limits.ts';
import { rejectedSignIn, unknownSignIn } from './messages.ts';
import { basicHeader, createTokenClient } from './token.ts';
import type { Reply, Wire } from './wire.ts';

/** Who wants to read what, at which origin. */
export interface Errand {
  readonly endpoint: Endpoint;
  readonly origin: string;
  readonly reach: Reach;
  readonly repository: string;
  /** The origin is the registry's own. Elsewhere nobody is signed in. */
  readonly home: boolean;
  readonly signal: AbortSignal;
}

/** An `authorization` header and what is known about it. */
export interface Grant {
  readonly header: string;
  /** It was got for this errand. One from an earlier errand may have run out. */
  readonly fresh: boolean;
  readonly signedIn: boolean;
  /** User name and password themselves, and not a token that they were traded for. */
  readonly basic: boolean;
  /** What the token was asked for. */
  readonly scope: string;
  /** Why there is no credential in it, for the user. */
  readonly notice?: string;
}

export interface Answer {
  /** Absent where nothing more can be tried. */
  readonly grant?: Grant;
  readonly signedIn: boolean;
  /** Why there may be no credential, for the user. */
  readonly notice?: string;
}

export interface Auth {
  /** A header that is at hand, or can be had without being asked for it first. */
  prepare(errand: Errand): Promise<Grant | undefined>;
  /** After a 401: what to try next. Rejects with a Failure that says why nothing can be. */
  answer(errand: Errand, response: Reply, rejected: Grant | undefined): Promise<Answer>;
}

export interface AuthOptions {
  /** The wire: network faults are Failures. */
  readonly http: Wire;
  readonly credentials: Credentials;
  readonly guard: AddressGuard;
  readonly clock: Clock;
  readonly limits: Limits;
  readonly log?: Log;
}

/** Signing in by the distribution specification's token flow and by RFC 7617. */
export function createAuth({ http, credentials, guard, clock, limits, log }: AuthOptions): Auth {
  const tokenClient = createTokenClient({ http, guard, clock, limits });
  const tokens = new BoundedMap<string, { grant: Grant; until: number }>(limits.maxCached);
  const challenges = new BoundedMap<string, Challenge>(limits.maxCached);
  const told = new BoundedMap<string, true>(limits.maxCached);
  const fetching = new InFlight<Grant | undefined>();

  async function credentialFor(errand: Errand): Promise<FoundCredential> {
    if (!errand.home) return { credential: null };
    const found = await credentials.find(errand.endpoint.credentialHost, errand.repository, errand.signal);
    const safe = found.credential && !isSafe(errand.origin) ? notSent(errand.endpoint) : found;
    if (safe.notice) tell(safe.notice);
    return safe;
  }

  function tell(notice: string): void {
    if (!told.get(notice)) log?.warn(notice);
    told.set(notice, true);
  }

  async function signIn(errand: Errand, challenge: Challenge): Promise<Answer> {
    const { credential, notice } = await credentialFor(errand);
    const got =
      challenge.scheme === 'basic' ? basic(credential) : await bearer(errand, challenge, credential);
    const about = { signedIn: credential !== null, ...(notice ? { notice } : {}) };
    return got ? { ...about, grant: { ...got, ...about } } : about;
  }

  /** Undefined where the token server gives none for this repository. */
  async function bearer(
    errand: Errand,
    challenge: Challenge,
    credential: Credential | null,
  ): Promise<Grant | undefined> {
    const signedIn = credential !== null;
    const scope = challenge.parameters.scope || scopeOf(errand);
    if (credential?.kind === 'access-token') {
      return { header: `Bearer ${credential.token}`, fresh: true, signedIn, basic: false, scope };
    }
    return fetching.join(keyOf(errand), errand.signal, async (signal) => {
      const token = await tokenClient.fetch({ ...errand, signal, challenge, scope, credential });
      if (!token) return undefined;
      const grant = { header: `Bearer ${token.value}`, fresh: true, signedIn, basic: false, scope };
      tokens.set(keyOf(errand), { grant, until: clock.now() + token.lifetime });
      return grant;
    });
  }

  function basic(credential: Credential | null): Grant | undefined {
    if (credential?.kind !== 'password') return undefined;
    const header = basicHeader(credential.username, credential.password);
    return { header, fresh: true, signedIn: true, basic: true, scope: '' };
  }

  function atHand(errand: Errand): Grant | undefined {
    const kept = tokens.get(keyOf(errand));
    return kept && clock.now() < kept.until ? { ...kept.grant, fresh: false } : undefined;
  }

  /** What another errand got in the meantime. The rejected token itself is forgotten. */
  function anotherToken(errand: Errand, rejected: Grant | undefined): Grant | undefined {
    const kept = atHand(errand);
    if (kept && kept.header !== rejected?.header) return kept;
    tokens.delete(keyOf(errand));
    return undefined;
  }

  return {
    async prepare(errand) {
      const kept = atHand(errand);
      if (kept) return kept;
      const challenge = challenges.get(errand.origin);
      if (!challenge) return undefined;
      // Its scope was that of the repository it was met with.
      const { scope: _, ...parameters } = challenge.parameters;
      return (await signIn(errand, { ...challenge, parameters })).grant;
    },

    async answer(errand, response, rejected) {
      const other = anotherToken(errand, rejected);
      if (other) return { grant: other, signedIn: other.signedIn };
      const offered = parseChallenges(response.headers['www-authenticate'] ?? '');
      const challenge = choose(offered);
      if (!challenge && offered.length > 0) throw new Failure('no-access', unknownSignIn(errand.endpoint));
      if (!challenge) return withoutGrant(rejected);
      challenges.set(errand.origin, challenge);
      if (rejected?.basic) throw new Failure('no-access', rejectedSignIn(errand.endpoint));
      const asked = challenge.parameters.scope ?? '';
      const sameAgain = rejected?.fresh && (asked === '' || asked === rejected.scope);
      return sameAgain ? withoutGrant(rejected) : signIn(errand, challenge);
    },
  };
}

/** Bearer before Basic: with it the password goes to the token server alone. */
function choose(offered: readonly Challenge[]): Challenge | undefined {
  const of = (scheme: string) => offered.filter((challenge) => challenge.scheme === scheme);
  const [firstBearer] = of('bearer');
  const bearer = of('bearer').find((challenge) => challenge.parameters.realm);
  const [basic] = of('basic');
  return bearer ?? basic ?? firstBearer;
}

function withoutGrant(rejected: Grant | undefined): Answer {
  return { signedIn: rejected?.signedIn ?? false, ...(rejected?.notice ? { notice: rejected.notice } : {}) };
}

/** Whether a secret may travel there. */
function isSafe(origin: string): boolean {
  const url = new URL(origin);
  return url.protocol === 'https:' || isLoopbackHost(url.hostname);
}

function notSent({ credentialHost }: Endpoint): FoundCredential {
  const notice = `The user name and password stored for ${credentialHost} are not sent over plain http.`;
  return { credential: null, notice };
}

function keyOf(errand: Errand): string {
  return JSON.stringify([errand.endpoint.credentialHost, errand.origin, errand.repository, errand.home]);
}

function scopeOf(errand: Errand): string {
  return `repository:${errand.repository}:pull`;
}
