import type { AddressPolicy, Clock } from '../../engine/ports.ts';
import { type AddressGuard, isLoopbackHost } from '../../http/address.ts';
import { Failure } from '../../http/failure.ts';
import type { Advice } from '../../http/network-errors.ts';
import { follow } from '../../http/redirects.ts';
import { parseUrl } from '../../http/url.ts';
import { badRealm, badTokenAnswer } from '../client/messages.ts';
import type { Limits } from '../limits.ts';
import type { Endpoint } from '../protocol/endpoint.ts';
import type { Reply, Wire } from '../protocol/http.ts';
import { decodeObject, textOf } from '../protocol/json.ts';
import { coolDownOf } from '../schedule/rate-limit.ts';
import type { Challenge } from './challenge.ts';
import type { Credential } from './credential.ts';

export interface TokenRequest {
  readonly endpoint: Endpoint;
  /** Of the registry that asks for the token. */
  readonly origin: string;
  readonly challenge: Challenge;
  /** As in challenges; several are separated by spaces. Empty for a token that opens no repository. */
  readonly scope: string;
  readonly credential: Credential | null;
  /** What to say where the credential is not accepted. */
  readonly rejection: string;
  /** Of the registry: the token server may not be deeper in a private network. */
  readonly reach: AddressPolicy;
  readonly signal: AbortSignal;
}

export interface Token {
  readonly value: string;
  /** Milliseconds for which it can be used, with a margin. */
  readonly lifetime: number;
}

export interface TokenClient {
  /** Undefined where the server gives no token for this scope. Rejects with a Failure. */
  fetch(request: TokenRequest): Promise<Token | undefined>;
}

export interface TokenClientOptions {
  readonly http: Wire;
  readonly guard: AddressGuard;
  readonly clock: Clock;
  readonly limits: Limits;
  readonly advice: Advice;
}

/** Statuses by which servers say that they do not know the POST form: observed on several public registries. */
const noPost: ReadonlySet<number> = new Set([400, 401, 404, 405]);

const clientId = 'holdfast';

/**
 * Gets access tokens: distribution's `spec/auth/token` (GET) and `spec/auth/oauth` (POST for identity tokens).
 * The password goes to the server that the registry names, over TLS or within this machine only.
 */
export function createTokenClient(options: TokenClientOptions): TokenClient {
  return {
    async fetch(request) {
      const realm = await checkRealm(request, options.guard);
      const response = await ask(realm, request, options);
      return tokenIn(realm, response, request, options);
    },
  };
}

async function checkRealm(request: TokenRequest, guard: AddressGuard): Promise<URL> {
  const { endpoint, challenge, origin } = request;
  const refuse = (why: string) => new Failure('refused', badRealm(endpoint, why));
  const text = challenge.parameters.realm;
  if (!text) throw new Failure('bad-answer', badRealm(endpoint, 'names no token server'));
  const realm = parseUrl(text);
  if (!realm || (realm.protocol !== 'https:' && realm.protocol !== 'http:')) {
    throw new Failure(
      'bad-answer',
      badRealm(endpoint, 'the token server it names is no full http or https address'),
    );
  }
  if (realm.username || realm.password) throw refuse('the address of the token server has a user name in it');
  const registry = new URL(origin);
  if (realm.protocol === 'http:' && !mayBePlain(realm, registry, request)) {
    throw refuse(`the token server ${realm.host} is only reached over plain http`);
  }
  if (!(await guard.allows(realm, request.reach))) {
    throw refuse(`the token server ${realm.host} is an address inside a private network`);
  }
  realm.hash = '';
  return realm;
}

/** Plain http: never for a registry that is reached over https, and with a credential only within this machine. */
function mayBePlain(realm: URL, registry: URL, { endpoint, credential }: TokenRequest): boolean {
  if (registry.protocol !== 'http:') return false;
  if (isLoopbackHost(realm.hostname)) return true;
  return endpoint.insecure && credential === null && realm.hostname === registry.hostname;
}

async function ask(realm: URL, request: TokenRequest, options: TokenClientOptions): Promise<Reply> {
  const { credential } = request;
  if (credential?.kind !== 'identity-token') return get(realm, request, options);
  const answer = await post(realm, request, credential.token, options);
  return noPost.has(answer.status) ? get(realm, request, options) : answer;
}

function get(realm: URL, request: TokenRequest, { http, guard, limits }: TokenClientOptions): Promise<Reply> {
  const url = new URL(realm);
  const service = request.challenge.parameters.service;
  if (service) url.searchParams.set('service', service);
  url.searchParams.delete('scope');
  for (const scope of request.scope.split(' ')) if (scope) url.searchParams.append('scope', scope);
  const authorization = headerFor(request.credential);
  return follow({
    label: request.endpoint.label,
    start: url,
    guard,
    reach: request.reach,
    maxRedirects: limits.maxRedirects,
    ask: (place, home) =>
      http.send({
        method: 'GET',
        url: place.href,
        headers: { ...commonHeaders, ...(home && authorization ? { authorization } : {}) },
        signal: request.signal,
        reach: request.reach,
        maxBody: limits.maxToken,
      }),
  });
}

function headerFor(credential: Credential | null): string | undefined {
  if (credential?.kind === 'password') return basicHeader(credential.username, credential.password);
  if (credential?.kind === 'identity-token') return basicHeader('', credential.token);
  return undefined;
}

export function basicHeader(username: string, password: string): string {
  return `Basic ${Buffer.from(`${username}:${password}`, 'utf8').toString('base64')}`;
}

/** A redirect is not followed: the body holds the secret. */
function post(
  realm: URL,
  request: TokenRequest,
  identityToken: string,
  { http, limits }: TokenClientOptions,
): Promise<Reply> {
  const form = new URLSearchParams({
    grant_type: 'refresh_token',
    service: request.challenge.parameters.service ?? '',
    ...(request.scope && { scope: request.scope }),
    client_id: clientId,
    refresh_token: identityToken,
  });
  return http.send({
    method: 'POST',
    url: realm.href,
    headers: { ...commonHeaders, 'content-type': 'application/x-www-form-urlencoded' },
    body: form.toString(),
    signal: request.signal,
    reach: request.reach,
    maxBody: limits.maxToken,
  });
}

const commonHeaders = { accept: 'application/json', 'accept-encoding': 'identity', 'user-agent': clientId };

function tokenIn(
  realm: URL,
  response: Reply,
  { endpoint, credential, rejection }: TokenRequest,
  options: TokenClientOptions,
): Token | undefined {
  const { status } = response;
  if (status === 401 && credential) throw new Failure('no-access', rejection);
  if (status === 401 || status === 403) return undefined;
  const coolDown = coolDownOf(endpoint, response, credential !== null, options);
  if (coolDown) throw coolDown;
  if (status >= 500) {
    throw new Failure(
      'unreachable',
      badTokenAnswer(endpoint, realm.host, `has a fault of its own (status ${status})`),
    );
  }
  if (status !== 200) {
    throw new Failure('bad-answer', badTokenAnswer(endpoint, realm.host, `answered with status ${status}`));
  }
  const answer = decodeObject(response.body) ?? {};
  const value = textOf(answer, 'token') || textOf(answer, 'access_token');
  // What RFC 6750 allows in the header. Anything else could not be sent.
  if (!/^[\w.~+/-]+=*$/.test(value)) {
    throw new Failure('bad-answer', badTokenAnswer(endpoint, realm.host, 'gave no token'));
  }
  return { value, lifetime: lifetimeOf(answer.expires_in) };
}

/** A minute where nothing is said: `spec/auth/token`. A tenth of it is margin for the way and for clocks that differ. */
function lifetimeOf(expiresIn: unknown): number {
  const seconds = typeof expiresIn === 'number' && expiresIn > 0 ? Math.min(expiresIn, 86_400) : 60;
  return seconds * 900;
}
