import { createSign, randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { join } from 'node:path';
import { runProgram } from './registry-program.ts';
import { listen, stopServer } from './registry-server.ts';
import type { Certificate } from './tls.ts';

export interface TokenServerOptions {
  /** For the key and the certificate. The caller removes it. */
  readonly folder: string;
  /** User name → password. Whoever signs in may pull and push everything. */
  readonly users: Readonly<Record<string, string>>;
  /** Identity tokens, taken by POST alone, that are as good as a password. */
  readonly identityTokens?: readonly string[];
  /** Repositories that anyone may pull. */
  readonly open?: readonly string[];
  /** Seconds; five minutes where absent. */
  readonly expiresIn?: number;
  /** Speaks TLS with it. */
  readonly tls?: Certificate;
  /** The name in its realm; its address where absent. */
  readonly name?: string;
}

export interface TokenRequestSeen {
  readonly method: string;
  readonly signedIn: boolean;
  readonly scopes: readonly string[];
}

export interface TokenServer {
  readonly realm: string;
  readonly service: string;
  readonly issuer: string;
  /** PEM file with the certificate that its tokens are signed with. */
  readonly certificate: string;
  readonly requests: readonly TokenRequestSeen[];
  stop(): Promise<void>;
}

const service = 'holdfast-registry';
const issuer = 'holdfast-tokens';

/** A token server for distribution's registry: `spec/auth/token`, `spec/auth/oauth` and `spec/auth/jwt`. */
export async function startTokenServer(options: TokenServerOptions): Promise<TokenServer> {
  const signer = await createSigner(options.folder);
  const requests: TokenRequestSeen[] = [];
  const serve = (request: IncomingMessage, response: ServerResponse): void => {
    void answer(request, response);
  };
  const server = options.tls
    ? createTlsServer(await readCertificate(options.tls), serve)
    : createServer(serve);
  const { host } = await listen(server);
  const url = `${options.tls ? 'https' : 'http'}://${options.name ? host.replace('127.0.0.1', options.name) : host}`;

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const form = await formOf(request, url);
    const user = userOf(request, form, options);
    const scopes = form.getAll('scope').flatMap((scope) => scope.split(' '));
    requests.push({ method: request.method ?? 'GET', signedIn: typeof user === 'string', scopes });
    if (user === undefined) {
      reply(response, 401, { errors: [{ code: 'UNAUTHORIZED' }] });
      return;
    }
    const access = scopes.flatMap((scope) => grant(scope, user !== null, options.open ?? []));
    const lifetime = options.expiresIn ?? 300;
    const token = signer.sign({ subject: user ?? '', access, lifetime });
    reply(response, 200, { token, access_token: token, expires_in: lifetime });
  }

  return {
    realm: `${url}/token`,
    service,
    issuer,
    certificate: signer.certificate,
    requests,
    stop: () => stopServer(server),
  };
}

const readCertificate = async ({ certificate, key }: Certificate) => ({
  cert: await readFile(certificate),
  key: await readFile(key),
});

interface Access {
  readonly type: string;
  readonly name: string;
  readonly actions: readonly string[];
}

async function createSigner(folder: string) {
  const key = join(folder, 'tokens.key');
  const certificate = join(folder, 'tokens.crt');
  const subject = ['-subj', '/CN=holdfast-tokens', '-days', '2'];
  await runProgram('openssl', [
    'req',
    '-x509',
    '-newkey',
    'rsa:2048',
    '-nodes',
    ...subject,
    '-keyout',
    key,
    '-out',
    certificate,
  ]);
  const privateKey = await readFile(key, 'utf8');
  const pem = await readFile(certificate, 'utf8');
  const header = { typ: 'JWT', alg: 'RS256', x5c: [pem.replace(/-----[^-]+-----|\s/g, '')] };

  function sign({
    subject: sub,
    access,
    lifetime,
  }: {
    subject: string;
    access: readonly Access[];
    lifetime: number;
  }): string {
    const now = Math.floor(Date.now() / 1000);
    const claims = {
      iss: issuer,
      sub,
      aud: service,
      exp: now + lifetime,
      nbf: now,
      iat: now,
      jti: randomUUID(),
      access,
    };
    const signed = `${encode(header)}.${encode(claims)}`;
    return `${signed}.${createSign('RSA-SHA256').update(signed).sign(privateKey, 'base64url')}`;
  }

  return { certificate, sign };
}

function encode(value: unknown): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}

async function formOf(request: IncomingMessage, url: string): Promise<URLSearchParams> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  if (request.method === 'POST') return new URLSearchParams(Buffer.concat(chunks).toString('utf8'));
  return new URL(request.url ?? '/', url).searchParams;
}

/** Null for anyone, undefined for someone with a wrong password. */
function userOf(
  request: IncomingMessage,
  form: URLSearchParams,
  options: TokenServerOptions,
): string | null | undefined {
  if (request.method === 'POST') {
    const known = options.identityTokens?.includes(form.get('refresh_token') ?? '');
    return known && form.get('grant_type') === 'refresh_token' ? 'identity' : undefined;
  }
  const { authorization } = request.headers;
  if (authorization === undefined) return null;
  const [username = '', password] = Buffer.from(authorization.slice(6), 'base64').toString('utf8').split(':');
  return password !== undefined && options.users[username] === password ? username : undefined;
}

function grant(scope: string, signedIn: boolean, open: readonly string[]): readonly Access[] {
  const [type = '', name = '', actions = ''] = scope.split(':');
  if (type !== 'repository') return [];
  if (signedIn) return [{ type, name, actions: actions.split(',') }];
  return open.includes(name) ? [{ type, name, actions: ['pull'] }] : [];
}

function reply(response: ServerResponse, status: number, value: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(JSON.stringify(value));
}
