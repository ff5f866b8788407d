import type { Clock } from '../../engine/ports.ts';
import type { AddressGuard } from '../../http/address.ts';
import { Failure } from '../../http/failure.ts';
import type { Advice } from '../../http/network-errors.ts';
import { follow } from '../../http/redirects.ts';
import { strangeAnswer, type Way } from '../client/ask.ts';
import * as messages from '../client/messages.ts';
import type { Limits } from '../limits.ts';
import type { Reply, Wire } from '../protocol/http.ts';
import { Origins } from '../protocol/scheme-probe.ts';
import { coolDownOf } from '../schedule/rate-limit.ts';
import { choose, isSafe } from './auth.ts';
import { type Challenge, parseChallenges } from './challenge.ts';
import type { Credential } from './credential.ts';
import { basicHeader, type TokenClient } from './token.ts';

export interface SignInCheckOptions {
  /** The wire: network faults are Failures. */
  readonly http: Wire;
  readonly tokens: TokenClient;
  readonly guard: AddressGuard;
  readonly clock: Clock;
  readonly limits: Limits;
  readonly advice: Advice;
}

/** Whether the registry asks nobody to sign in. Rejects with a Failure where it does not accept the credential, or with the signal's reason. */
export type CheckSignIn = (credential: Credential, way: Way) => Promise<boolean>;

/** Asks as `docker login` does: `/v2/` for the challenge, a token where one is wanted, `/v2/` again. Nothing is kept. */
export function createSignInCheck(options: SignInCheckOptions): CheckSignIn {
  const { guard, http, limits, tokens } = options;
  const origins = new Origins(limits.maxCached);

  async function knock(origin: string, way: Way, authorization?: string): Promise<Reply> {
    const { endpoint, reach, signal } = way;
    let isHome = true;
    const reply = await follow({
      label: endpoint.label,
      start: new URL(`${origin}/v2/`),
      guard,
      reach,
      maxRedirects: limits.maxRedirects,
      ask: (url, home) => {
        isHome = home;
        return http.send({
          method: 'GET',
          url: url.href,
          headers: {
            accept: 'application/json',
            'accept-encoding': 'identity',
            'user-agent': 'holdfast',
            ...(home && authorization ? { authorization } : {}),
          },
          signal,
          reach,
          maxBody: limits.maxToken,
        });
      },
    });
    const coolDown = coolDownOf(endpoint, reply, authorization !== undefined, options);
    if (coolDown) throw coolDown;
    if (reply.status === 401 && !isHome) throw new Failure('refused', messages.signInElsewhere(endpoint));
    return reply;
  }

  async function headerFor(
    credential: Credential,
    challenge: Challenge,
    origin: string,
    { endpoint, reach, signal }: Way,
  ): Promise<string> {
    const rejection = messages.notAccepted(endpoint);
    if (challenge.scheme === 'basic') {
      if (credential.kind !== 'password') throw new Failure('no-access', messages.needsPassword(endpoint));
      return basicHeader(credential.username, credential.password);
    }
    if (credential.kind === 'access-token') return `Bearer ${credential.token}`;
    const request = { endpoint, origin, challenge, scope: '', credential, rejection, reach, signal };
    const token = await tokens.fetch(request);
    if (!token) throw new Failure('no-access', rejection);
    return `Bearer ${token.value}`;
  }

  return async (credential, way) => {
    const { endpoint } = way;
    const { origin, response } = await origins.first(endpoint, (place) => knock(place, way));
    if (response.status === 200 && !isPage(response)) return true;
    if (response.status === 401) {
      const offered = parseChallenges(response.headers['www-authenticate'] ?? '');
      const challenge = choose(offered);
      if (!challenge) {
        const message = offered.length > 0 ? messages.unknownSignIn(endpoint) : messages.noRegistry(endpoint);
        throw new Failure('no-access', message);
      }
      if (!isSafe(origin)) throw new Failure('refused', messages.plainSignIn(endpoint));
      const authorization = await headerFor(credential, challenge, origin, way);
      const reply = await knock(origin, way, authorization);
      if (reply.status === 401 || reply.status === 403) {
        throw new Failure('no-access', messages.notAccepted(endpoint));
      }
      if (reply.status === 200) return false;
      throw strangeAnswer(reply, way);
    }
    if (response.status >= 500) throw strangeAnswer(response, way);
    throw new Failure('bad-answer', messages.noRegistry(endpoint));
  };
}

/** A web site has a page for everything. */
function isPage({ headers }: Reply): boolean {
  return (headers['content-type'] ?? '').toLowerCase().includes('html');
}
