import type { AddressPolicy, Clock, Log } from '../../engine/ports.ts';
import { isLoopbackHost } from '../../http/address.ts';
import { BoundedMap } from '../../http/bounded-map.ts';
import { Failure } from '../../http/failure.ts';
import type { Advice } from '../../http/network-errors.ts';
import { rejectedSignIn, unknownSignIn } from '../client/messages.ts';
import type { Limits } from '../limits.ts';
import type { Endpoint } from '../protocol/endpoint.ts';
import type { Reply } from '../protocol/http.ts';
import { InFlight } from '../schedule/single-flight.ts';
import { type Challenge, parseChallenges } from './challenge.ts';
import type { FoundCredential } from './credential.ts';
import type { Credentials } from './credentials.ts';
import { basicHeader, type TokenClient } from './token.ts';

/** Who wants to read what, at which origin. */
export interface Errand {
  readonly endpoint: Endpoint;
  readonly origin: string;
  readonly reach: AddressPolicy;
  /** As whoever answers calls it. */
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
  /** As in a FoundCredential. */
  readonly isOwn?: true;
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
  /** Forgets what was got at a host, as it is spelled in references. What is under way for it is not kept. */
  forget(host: string): void;
}

export interface AuthOptions {
  readonly tokens: TokenClient;
  readonly credentials: Credentials;
  readonly clock: Clock;
  readonly limits: Limits;
  readonly advice: Advice;
  readonly log?: Log;
}

/** What was got at one host. */
interface Session {
  readonly tokens: BoundedMap<string, { grant: Grant; until: number }>;
  /** By origin. */
  readonly challenges: BoundedMap<string, Challenge>;
  readonly fetching: InFlight<Grant | undefined>;
}

/** A session and what it is used for: another may take its place meanwhile, and must not get what belongs to this one. */
interface Visit {
  readonly errand: Errand;
  readonly session: Session;
}

/** Signing in by the distribution specification's token flow and by RFC 7617. */
export function createAuth({ advice, tokens, credentials, clock, limits, log }: AuthOptions): Auth {
  const sessions = new BoundedMap<string, Session>(limits.maxCached);
  const told = new BoundedMap<string, true>(limits.maxCached);

  function visitFor(errand: Errand): Visit {
    const host = errand.endpoint.credentialHost;
    const session = sessions.get(host) ?? {
      tokens: new BoundedMap(limits.maxCached),
      challenges: new BoundedMap(limits.maxCached),
      fetching: new InFlight(),
    };
    sessions.set(host, session);
    return { errand, session };
  }

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

  async function signIn(visit: Visit, challenge: Challenge): Promise<Answer> {
    const found = await credentialFor(visit.errand);
    const grant = challenge.scheme === 'basic' ? basic(found) : await bearer(visit, challenge, found);
    return { ...(grant ? { grant } : {}), ...about(found) };
  }

  /** Undefined where the token server gives none for this repository. */
  async function bearer(
    { errand, session }: Visit,
    challenge: Challenge,
    found: FoundCredential,
  ): Promise<Grant | undefined> {
    const { credential } = found;
    const scope = readingAlone(challenge.parameters.scope ?? '') || scopeOf(errand);
    const grantOf = (token: string): Grant => ({
      header: `Bearer ${token}`,
      fresh: true,
      basic: false,
      scope,
      ...about(found),
    });
    if (credential?.kind === 'access-token') return grantOf(credential.token);
    const key = keyOf(errand);
    return session.fetching.join(key, errand.signal, async (signal) => {
      const rejection = rejectedSignIn(errand.endpoint, found, advice);
      const token = await tokens.fetch({ ...errand, signal, challenge, scope, credential, rejection });
      if (!token) return undefined;
      const grant = grantOf(token.value);
      session.tokens.set(key, { grant, until: clock.now() + token.lifetime });
      return grant;
    });
  }

  function basic(found: FoundCredential): Grant | undefined {
    const { credential } = found;
    if (credential?.kind !== 'password') return undefined;
    const header = basicHeader(credential.username, credential.password);
    return { header, fresh: true, basic: true, scope: '', ...about(found) };
  }

  function atHand({ errand, session }: Visit): Grant | undefined {
    const kept = session.tokens.get(keyOf(errand));
    return kept && clock.now() < kept.until ? { ...kept.grant, fresh: false } : undefined;
  }

  /** What another errand got in the meantime. The rejected token itself is forgotten. */
  function anotherToken(visit: Visit, rejected: Grant | undefined): Grant | undefined {
    const kept = atHand(visit);
    if (kept && kept.header !== rejected?.header) return kept;
    visit.session.tokens.delete(keyOf(visit.errand));
    return undefined;
  }

  return {
    async prepare(errand) {
      const visit = visitFor(errand);
      const kept = atHand(visit);
      if (kept) return kept;
      const challenge = visit.session.challenges.get(errand.origin);
      if (!challenge) return undefined;
      // Its scope was that of the repository it was met with.
      const { scope: _, ...parameters } = challenge.parameters;
      return (await signIn(visit, { ...challenge, parameters })).grant;
    },

    async answer(errand, response, rejected) {
      const visit = visitFor(errand);
      const other = anotherToken(visit, rejected);
      if (other) return { grant: other, signedIn: other.signedIn };
      const offered = parseChallenges(response.headers['www-authenticate'] ?? '');
      const challenge = choose(offered);
      if (!challenge && offered.length > 0) throw new Failure('no-access', unknownSignIn(errand.endpoint));
      if (!challenge) return withoutGrant(rejected);
      visit.session.challenges.set(errand.origin, challenge);
      if (rejected?.basic) throw new Failure('no-access', rejectedSignIn(errand.endpoint, rejected, advice));
      const asked = readingAlone(challenge.parameters.scope ?? '');
      const sameAgain = rejected?.fresh && (asked === '' || asked === rejected.scope);
      return sameAgain ? withoutGrant(rejected) : signIn(visit, challenge);
    },

    forget(host) {
      sessions.delete(host);
    },
  };
}

/** What a grant or an answer says of the credential, which stays out of it. */
function about({ credential, isOwn, notice }: FoundCredential): Pick<Grant, 'isOwn' | 'notice' | 'signedIn'> {
  return { signedIn: credential !== null, ...(isOwn && { isOwn }), ...(notice && { notice }) };
}

/** Bearer before Basic: with it the password goes to the token server alone. Undefined where none is known. */
export function choose(offered: readonly Challenge[]): Challenge | undefined {
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
export function isSafe(origin: string): boolean {
  const url = new URL(origin);
  return url.protocol === 'https:' || isLoopbackHost(url.hostname);
}

function notSent({ credentialHost }: Endpoint): FoundCredential {
  const notice = `The user name and password stored for ${credentialHost} are not sent over plain http.`;
  return { credential: null, notice };
}

function keyOf({ home, origin, repository }: Errand): string {
  return `${origin} ${repository} ${home}`;
}

/** A registry may ask for more rights than reading takes: `repository:team/app:pull,push`. A token for those is not wanted. */
function readingAlone(scope: string): string {
  return scope.replace(/(^|\s)(repository:\S*):[^\s:]*(?=\s|$)/g, '$1$2:pull');
}

function scopeOf(errand: Errand): string {
  return `repository:${errand.repository}:pull`;
}
