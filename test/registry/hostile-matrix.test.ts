import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer as createTlsServer } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, type TestContext, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { vscodeAdvice } from '../../server/src/http/network-errors.ts';
import { createNodeTransport } from '../../server/src/http/node-transport.ts';
import { createCredentials, createNodeMachine } from '../../server/src/registry/index.ts';
import { answer, type HostileServer, startHostile } from '../support/hostile.ts';
import {
  bodyCounts,
  but,
  dripBody,
  dripHeaders,
  hang,
  indexOf,
  once,
  pour,
  raw,
  say,
  sendOn,
  sendTo,
  serving,
  withHeaders,
} from '../support/hostile-parts.ts';
import {
  type Ask,
  app,
  asks,
  assertNothingLeaked,
  behave,
  type Door,
  deadline,
  doors,
  give,
  giveToken,
  type Hop,
  hasArrived,
  hasCredential,
  type Outcome,
  type Place,
  places,
  type Scene,
  type Stage,
  served,
  settle,
  startStage,
  taunt,
} from '../support/hostile-stage.ts';
import { assertFailed, secret, type TestClientOptions } from '../support/registry-client.ts';
import { runProgram } from '../support/registry-program.ts';
import { listen, stopServer } from '../support/registry-server.ts';

/** Found; or what went wrong, in words that say what to do. */
type Ending = 'found' | readonly [code: string, ...words: readonly RegExp[]];

/** One fault, and how whatever was asked for ends because of it. */
interface Row extends Scene {
  readonly fault: string;
  /** How people come in: all where absent. */
  readonly doors?: readonly Door[];
  /** Who makes the requests: Node where absent, and for one thing that is asked for a `fetch` as well. */
  readonly hops?: readonly Hop[];
  /**
   * For all that is asked for, or for what is named alone. Absent for what waits without end: then the deadline ends it, and so does whoever
   * asked.
   */
  readonly ends?: Ending | Readonly<Partial<Record<Ask, Ending>>>;
  /** Whose connection is closed then. */
  readonly hangsAt?: Place;
  /** The digest that is found: that of the image where absent. */
  readonly digest?: string;
  /** Whether whoever a credential is for gets it: yes where absent, if one is stored. */
  readonly delivered?: boolean;
  /** Who else is asked than the registry, and its token server where there is one. */
  readonly goesTo?: readonly Place[];
  /** What the log or a notice says. */
  readonly told?: RegExp;
  /** Requests at most: 12 where absent. */
  readonly requests?: number;
  /** What else has to hold afterwards. */
  readonly check?: (stage: Stage) => void | Promise<void>;
}

const { registry, storage, tokens } = places;

const notImage = [
  'bad-answer',
  /not an image manifest/,
  /whether a proxy or a sign-in page stands in between/,
] as const;
const notTags = [
  'bad-answer',
  /not a list of tags/,
  /whether a proxy or a sign-in page stands in between/,
] as const;
const noContent = { resolve: notImage, inspect: notImage, tags: notTags };
const wrongContent = ['bad-answer', /does not match this digest/, /Do not use it, and report this/] as const;
const broken = ['unreachable', /The connection to registry\.example broke/, /[Tt]ry again/] as const;
const noHttp = [
  'unreachable',
  /registry\.example does not answer in HTTP|The connection to registry\.example broke/,
  /Check the /,
] as const;
const unsafe = (...words: readonly RegExp[]) => ['refused', ...words, /not followed, for safety/] as const;
const badRealm = (code: string, words: RegExp) =>
  [code, words, /Nothing was sent there/, /whoever runs the registry/] as const;
const hidden = [
  'refused',
  /registry\.example was not asked/,
  /a private network/,
  /under `registries` in \.holdfast\.yaml/,
] as const;

/** Addresses of a host; for one, they never come. */
const neverFor = (never: string, host: string, getStuck: () => void): Promise<readonly string[]> => {
  if (host !== never) return Promise.resolve(['203.0.113.1']);
  getStuck();
  return new Promise(() => {});
};

const bearer = (realm: string) => `Bearer realm="${realm}",service="registry.example"`;
const withTokens = ['visitor', 'token'] as const;
const anonymous = ['open', 'visitor'] as const;
const known = ['password', 'token'] as const;

/** The host is left in peace, also where something else is asked for. */
const leftInPeace = async (stage: Stage): Promise<void> => {
  const before = stage.client.sent.length;
  assertFailed(await stage.ask('resolve', undefined, 'team/other'), 'rate-limited');
  assert.equal(stage.client.sent.length, before);
};

const inner = indexOf(app.root);
const middle = indexOf(inner);
const nested = indexOf(middle);
const digest512 = `sha512:${createHash('sha512').update(app.root.bytes).digest('hex')}`;
const wrongDigest = `sha256:${'1'.repeat(64)}`;

const connections: readonly Row[] = [
  {
    fault: 'nobody listens',
    client: () => ({ routes: { [registry]: closed } }),
    ends: ['unreachable', /registry\.example refuses the connection/, /Check the name and the port/],
    delivered: false,
  },
  {
    fault: 'DNS knows no such name',
    lost: { [registry]: 'ENOTFOUND' },
    ends: ['unreachable', /The host registry\.example cannot be found/, /HTTPS_PROXY and NO_PROXY/],
    delivered: false,
  },
  {
    fault: 'DNS is out of order',
    lost: { [registry]: 'EAI_AGAIN' },
    ends: ['unreachable', /The host registry\.example cannot be found/, /Check the name, the network/],
    delivered: false,
  },
  {
    fault: 'DNS never answers',
    client: (getStuck) => ({
      resolveName() {
        getStuck();
        return new Promise(() => {});
      },
    }),
    delivered: false,
  },
  {
    fault: 'the connection times out',
    lost: { [registry]: 'UND_ERR_CONNECT_TIMEOUT' },
    ends: ['unreachable', /registry\.example cannot be reached/, /HTTPS_PROXY and NO_PROXY/],
    delivered: false,
  },
  { fault: 'the connection never comes about', lost: { [registry]: 'silence' }, delivered: false },
  {
    fault: 'the connection breaks, again and again',
    registry: (_, response) => response.socket?.destroy(),
    ends: broken,
    requests: 4,
  },
  { fault: 'the connection breaks once', registry: once((_, r) => r.socket?.destroy()), ends: 'found' },
  {
    fault: 'the certificate is self-signed',
    client: () => ({ routes: { [registry]: selfSigned.url } }),
    ends: ['unreachable', /certificate of registry\.example is not trusted/, /NODE_EXTRA_CA_CERTS/],
    delivered: false,
  },
  {
    fault: 'the certificate is self-signed, in VS Code',
    client: () => ({ routes: { [registry]: selfSigned.url }, advice: vscodeAdvice }),
    ends: ['unreachable', /certificate of registry\.example is not trusted/, /http\.systemCertificates/],
    delivered: false,
  },
  {
    fault: 'the certificate is self-signed, of the token server',
    doors: withTokens,
    client: () => ({ routes: { [tokens]: selfSigned.url } }),
    ends: ['unreachable', /certificate of auth\.example is not trusted/, /NODE_EXTRA_CA_CERTS/],
    delivered: false,
  },
  {
    fault: 'the certificate has run out',
    lost: { [registry]: 'CERT_HAS_EXPIRED' },
    ends: ['unreachable', /certificate of registry\.example has expired/, /Check the clock/],
    delivered: false,
  },
  {
    fault: 'the certificate is for another name',
    lost: { [registry]: 'ERR_TLS_CERT_ALTNAME_INVALID' },
    ends: ['unreachable', /certificate of registry\.example is made out for other names/, /Check the name/],
    delivered: false,
  },
  {
    fault: 'the server does not speak TLS',
    client: () => ({ routes: { [registry]: `https://${plain.host}` } }),
    ends: ['unreachable', /registry\.example does not speak TLS/, /`insecure: true`/],
    delivered: false,
  },
  {
    fault: 'the proxy wants to know who asks',
    lost: { [registry]: 'PROXY_SIGN_IN' },
    ends: [
      'unreachable',
      /proxy on the way to registry\.example wants a user name and password/,
      /HTTPS_PROXY/,
    ],
    delivered: false,
  },
  {
    fault: 'the proxy wants to know who asks, in VS Code',
    lost: { [registry]: 'PROXY_SIGN_IN' },
    client: () => ({ advice: vscodeAdvice }),
    ends: ['unreachable', /wants a user name and password/, /the setting http\.proxy/],
    delivered: false,
  },
  {
    fault: 'the proxy does not let it through',
    lost: { [registry]: 'PROXY_REFUSED' },
    ends: ['unreachable', /proxy does not let requests through to registry\.example/, /NO_PROXY/],
    delivered: false,
  },
  {
    fault: 'the proxy is lost',
    lost: { [registry]: 'PROXY_LOST' },
    ends: ['unreachable', /proxy on the way to registry\.example cannot be reached/, /HTTPS_PROXY/],
    delivered: false,
  },
];

const slowness: readonly Row[] = [
  { fault: 'no answer', registry: hang, hangsAt: 'registry' },
  { fault: 'a slow drip of headers', registry: dripHeaders, hangsAt: 'registry' },
  { fault: 'a slow drip of a body', registry: bodyCounts(dripBody), hangsAt: 'registry' },
  { fault: 'no answer of the token server', doors: withTokens, tokens: hang, hangsAt: 'tokens' },
  { fault: 'a slow drip of the token server', doors: withTokens, tokens: dripBody, hangsAt: 'tokens' },
  {
    fault: 'no answer where a redirect leads',
    registry: sendTo(storage),
    storage: hang,
    hangsAt: 'storage',
    goesTo: ['storage'],
  },
  {
    fault: 'DNS never answers where a redirect leads',
    registry: sendTo(storage),
    client: (getStuck) => ({ resolveName: (host) => neverFor('storage.example', host, getStuck) }),
  },
  {
    fault: 'DNS never answers for the token server',
    doors: withTokens,
    client: (getStuck) => ({ resolveName: (host) => neverFor('auth.example', host, getStuck) }),
    delivered: false,
  },
];

const statuses: readonly Row[] = [
  ...[500, 502, 503].flatMap((status): Row[] => [
    { fault: `${status}, once`, registry: once(say(status)), ends: 'found' },
    {
      fault: `${status}, again and again`,
      registry: say(status),
      ends: ['unreachable', /a fault of its own/, new RegExp(`status ${status}`), /Try again later/],
      requests: 4,
    },
  ]),
  {
    fault: '503 that asks to wait a second',
    registry: once(say(503, { 'retry-after': '1' })),
    ends: 'found',
  },
  {
    fault: '503 that asks to wait an hour',
    registry: say(503, { 'retry-after': '3600' }),
    ends: ['unreachable', /status 503/, /Try again in 60 minutes/],
    requests: 3,
  },
  { fault: '504', registry: say(504), ends: ['unreachable', /status 504/, /Try again later/] },
  {
    fault: '429 with Retry-After',
    registry: say(429, { 'retry-after': '30' }),
    ends: ['rate-limited', /takes no more requests for now/, /Try again in 30 seconds/],
    check: leftInPeace,
  },
  {
    fault: '429 without Retry-After',
    registry: say(429),
    ends: ['rate-limited', /takes no more requests for now/, /Try again in 60 seconds/],
    check: leftInPeace,
  },
  {
    fault: '429 of the token server',
    doors: withTokens,
    tokens: say(429, { 'retry-after': '30' }),
    ends: ['rate-limited', /Try again in 30 seconds/],
    check: leftInPeace,
  },
  {
    fault: '401, with nothing to sign in with',
    doors: anonymous,
    registry: say(401, { 'www-authenticate': 'Basic realm="x"' }),
    ends: ['no-access', /or it is private/, /`docker login registry\.example`/],
  },
  {
    fault: '401, whatever is sent',
    doors: ['password'],
    registry: say(401, { 'www-authenticate': 'Basic realm="x"' }),
    ends: [
      'no-access',
      /does not accept the user name and password/,
      /Sign in again with `docker login registry\.example`/,
    ],
  },
  {
    fault: '401, whatever token is sent',
    doors: withTokens,
    tokens: (_, response) => giveToken(response, 'opens-nothing'),
    ends: ['no-access', /has no image team\/app/, /Check the name, or/],
    requests: 4,
  },
  {
    fault: '401 without saying how to sign in',
    registry: say(401),
    ends: ['no-access', /has no image team\/app/],
  },
  {
    fault: '401 with a sign-in that nobody knows',
    doors: ['open', 'password'],
    challenge: 'Negotiate',
    registry: say(401, { 'www-authenticate': 'Negotiate' }),
    ends: ['no-access', /a kind of sign-in that Holdfast does not know/],
    delivered: false,
  },
  { fault: '403', registry: say(403), ends: ['no-access', /has no image team\/app/, /Check the name, or/] },
  {
    fault: 'the tag is gone',
    registry: say(404, {}, `{"errors":[{"code":"MANIFEST_UNKNOWN","message":"${taunt}"}]}`),
    ends: {
      resolve: ['not-found', /has no image team\/app:1\.0\. Check the name and the tag/],
      inspect: ['not-found', /has no image team\/app:1\.0\. Check the name and the tag/],
      tags: ['not-found', /has no image team\/app\. Check the name/],
    },
  },
  {
    fault: 'the repository is gone',
    registry: say(404, {}, `{"errors":[{"code":"NAME_UNKNOWN","message":"${taunt}"}]}`),
    ends: ['not-found', /has no image team\/app\. Check the name/],
  },
  {
    fault: 'a page that says 404',
    registry: say(404, { 'content-type': 'text/html' }, `<p>${taunt}`),
    ends: { resolve: notImage, inspect: notImage },
  },
  ...[204, 206, 304, 400, 410, 418].map(
    (status): Row => ({
      fault: `${status}`,
      registry: say(status),
      ends: ['bad-answer', new RegExp(`status ${status}`), /Check that it is a container registry/],
    }),
  ),
];

const contents: readonly Row[] = [
  {
    fault: 'malformed JSON',
    registry: bodyCounts(but(({ body }) => ({ body: body.slice(0, 9) }))),
    ends: noContent,
  },
  {
    fault: 'a list in place of an object',
    registry: bodyCounts(but(() => ({ body: '[]' }))),
    ends: noContent,
  },
  { fault: 'an empty body', registry: bodyCounts(but(() => ({ body: '' }))), ends: noContent },
  {
    fault: 'JSON that goes deeper and deeper',
    registry: bodyCounts(but(() => ({ body: '{"tags":'.repeat(400_000) }))),
    ends: noContent,
  },
  {
    fault: 'JSON of more parts than there is memory for, had many asked',
    registry: bodyCounts(but(() => ({ body: `{"tags":["1.0"],"more":[${'[],'.repeat(150_000)}0]}` }))),
    ends: noContent,
  },
  {
    fault: 'a page with status 200',
    registry: say(200, { 'content-type': 'text/html' }, `<p>${taunt}`),
    ends: noContent,
  },
  {
    fault: 'a page that names the digest',
    registry: say(
      200,
      { 'content-type': 'text/html', 'docker-content-digest': app.root.digest },
      `<p>${taunt}`,
    ),
    ends: noContent,
  },
  {
    fault: 'a page that says it is a manifest',
    registry: bodyCounts(but(() => ({ body: `<p>${taunt}` }))),
    ends: noContent,
  },
  {
    fault: 'JSON of another kind',
    registry: withHeaders({ 'content-type': 'application/json' }),
    ends: { resolve: notImage, inspect: notImage },
  },
  {
    fault: 'no content type',
    registry: ({ path }, response) => answer(response, 200, {}, served(path).body),
    ends: { resolve: notImage, inspect: notImage },
  },
  {
    fault: 'no content type for HEAD',
    registry: ({ method, path }, response) =>
      method === 'HEAD'
        ? answer(response, 200, { 'docker-content-digest': wrongDigest })
        : give(path, response),
    ends: { resolve: 'found' },
  },
  {
    fault: 'a content type with parameters, in capitals',
    registry: but(({ headers }) => ({
      headers: { ...headers, 'content-type': `${headers['content-type']?.toUpperCase()}; charset=utf-8` },
    })),
    ends: 'found',
  },
  ...['prettyjws', 'json'].map(
    (type): Row => ({
      fault: `schema 1 (${type})`,
      registry: withHeaders({ 'content-type': `application/vnd.docker.distribution.manifest.v1+${type}` }),
      ends: {
        resolve: ['bad-answer', /old schema 1 format/, /Push the image again/],
        inspect: ['bad-answer', /old schema 1 format/, /Push the image again/],
      },
    }),
  ),
  ...(
    [
      ['a huge body', pour()],
      ['a huge body that says 401', pour(401)],
      ['a huge body that says 404', pour(404)],
      ['a huge body that says 500', pour(500)],
      ['a huge body of a redirect', pour(307, { location: storage })],
    ] as const
  ).map(
    ([fault, part]): Row => ({
      fault,
      registry: bodyCounts(part),
      ends: [
        'bad-answer',
        /registry\.example sent far more than an answer needs/,
        /Check that it is a container registry/,
      ],
      check: ({ servers }) => servers.registry.dropped(1),
    }),
  ),
  {
    fault: 'a body packed with gzip, though it was asked for as it is',
    registry: bodyCounts(
      but(({ body, headers }) => ({
        headers: { ...headers, 'content-encoding': 'gzip' },
        body: gzipSync(body),
      })),
    ),
    ends: ['bad-answer', /packed its answer though it was asked not to/, /Report this/],
  },
  {
    fault: 'a body that is shorter than it says',
    registry: bodyCounts(
      raw('HTTP/1.1 200 OK', `content-type: ${app.root.mediaType}`, 'content-length: 5000', '', '{}'),
    ),
    ends: broken,
  },
  {
    fault: 'a body that is longer than it says',
    registry: bodyCounts(
      raw(
        'HTTP/1.1 200 OK',
        `content-type: ${app.root.mediaType}`,
        'content-length: 20',
        '',
        app.root.bytes.toString(),
      ),
    ),
    ends: noContent,
  },
  {
    fault: 'a body in chunks that are none',
    registry: bodyCounts(
      raw('HTTP/1.1 200 OK', `content-type: ${app.root.mediaType}`, 'transfer-encoding: chunked', '', taunt),
    ),
    ends: noHttp,
  },
  { fault: 'no HTTP at all', registry: raw(`SSH-2.0-${taunt}`, ''), ends: noHttp },
  {
    fault: 'headers without end',
    registry: raw('HTTP/1.1 200 OK', `x: ${'y'.repeat(200_000)}`, '', ''),
    ends: broken,
  },
];

const digests: readonly Row[] = [
  {
    fault: 'the header names another digest than the body has',
    registry: bodyCounts(
      but(({ body, headers }) =>
        body === app.root.bytes ? { headers: { ...headers, 'docker-content-digest': wrongDigest } } : {},
      ),
    ),
    ends: { resolve: 'found', inspect: 'found' },
    told: /names another digest for team\/app:1\.0 than its content has\. The digest of the content is used/,
  },
  ...(
    [
      ['no digest', undefined],
      ['a malformed digest', 'sha256:123'],
      ['a digest in capitals', app.root.digest.toUpperCase()],
      ['a digest with its hex in capitals', app.root.digest.toUpperCase().replace('SHA', 'sha')],
      ['a digest of an unknown kind', `md5:${'0'.repeat(32)}`],
      ['the digest of nothing', `sha256:${createHash('sha256').digest('hex')}`],
      ['two digests', [app.root.digest, wrongDigest]],
      ['the same digest twice', [app.root.digest, app.root.digest]],
    ] as const
  ).map(
    ([what, named]): Row => ({
      fault: `the header has ${what}`,
      registry({ path }, response) {
        const { 'docker-content-digest': _, ...headers } = served(path).headers;
        answer(
          response,
          200,
          { ...headers, ...(named && { 'docker-content-digest': named }) },
          served(path).body,
        );
      },
      ends: { resolve: 'found', inspect: 'found' },
    }),
  ),
  {
    fault: 'the header has a digest of another kind, which fits',
    registry: but(({ body, headers }) =>
      body === app.root.bytes ? { headers: { ...headers, 'docker-content-digest': digest512 } } : {},
    ),
    ends: { resolve: 'found', inspect: 'found' },
    digest: digest512,
  },
  {
    fault: 'the header has a digest of another kind, which does not fit',
    registry: bodyCounts(withHeaders({ 'docker-content-digest': `sha512:${'1'.repeat(128)}` })),
    ends: { resolve: 'found', inspect: 'found' },
    digest: digest512,
    told: /names another digest/,
  },
  ...[400, 404, 405, 501].map(
    (status): Row => ({
      fault: `HEAD is answered with ${status}`,
      registry: (request, response, stage) =>
        request.method === 'HEAD' ? answer(response, status) : behave(request, response, stage),
      ends: { resolve: 'found' },
    }),
  ),
  {
    fault: 'another image than the digest that was asked for',
    version: wrongDigest,
    registry: (_, response) => give('/1.0', response),
    ends: { resolve: wrongContent, inspect: wrongContent },
  },
  {
    fault: 'another image under the digest that was asked for',
    version: wrongDigest,
    registry: bodyCounts(serving({ ...app.root, digest: wrongDigest }, { ...app.root, digest: wrongDigest })),
    ends: { resolve: wrongContent, inspect: wrongContent },
  },
  {
    fault: 'a configuration that is not the one the manifest names',
    registry: ({ path }, response) =>
      path.includes('/blobs/') ? answer(response, 200, {}, '{"os":"linux"}') : give(path, response),
    ends: { inspect: wrongContent },
  },
  {
    fault: 'an index that is given in the place of what it holds',
    registry: serving(nested, { ...nested, digest: middle.digest }),
    ends: { inspect: ['bad-answer', /does not match this digest/, /Do not use it/] },
  },
  {
    fault: 'an index within an index within an index',
    registry: serving(nested, middle, inner),
    ends: { resolve: 'found', inspect: 'found' },
    digest: nested.digest,
    requests: 6,
  },
];

const redirects: readonly Row[] = [
  { fault: 'a redirect to another host', registry: sendTo(storage), ends: 'found', goesTo: ['storage'] },
  ...[
    { doors: anonymous, ends: 'found' as const },
    { doors: known, ends: ['no-access', /has no image team\/app/] as const },
  ].map(
    (row): Row => ({
      fault: `a redirect to another host and back, which brings no password back (${row.doors.join(', ')})`,
      registry: ({ path }, response) =>
        path.startsWith('/again')
          ? give(path, response)
          : answer(response, 307, { location: `${storage}${path}` }),
      storage: ({ path }, response) => answer(response, 307, { location: `${registry}/again${path}` }),
      goesTo: ['storage', 'tokens'],
      ...row,
    }),
  ),
  {
    fault: 'a redirect to another host, which wants a password',
    registry: sendTo(storage),
    storage: say(401, { 'www-authenticate': 'Basic realm="registry.example"' }),
    ends: ['no-access', /has no image team\/app/],
    goesTo: ['storage'],
  },
  {
    fault: 'a redirect to another host, which sends to the token server',
    doors: ['open', ...known],
    registry: sendTo(storage),
    storage: say(401, { 'www-authenticate': bearer(`${tokens}/token`) }),
    ends: ['no-access', /has no image team\/app/],
    goesTo: ['storage', 'tokens'],
  },
  {
    fault: 'a redirect to another port of the host',
    registry: sendTo(`${registry}:8443`),
    lost: { [`${registry}:8443`]: 'ECONNREFUSED' },
    ends: ['unreachable', /registry\.example:8443 refuses the connection/],
  },
  {
    fault: 'a redirect loop',
    registry: ({ path }, response) => answer(response, 302, { location: path }),
    ends: ['bad-answer', /sends the request on more than 5 times/, /Report this/],
  },
  {
    fault: 'a redirect loop over two hosts',
    registry: sendTo(storage),
    storage: sendTo(storage),
    ends: ['bad-answer', /sends the request on more than 5 times/],
    goesTo: ['storage'],
  },
  { fault: 'a redirect to nowhere', registry: say(307), ends: ['bad-answer', /without saying where to/] },
  {
    fault: 'a redirect to a file',
    registry: sendOn('file:///etc/passwd'),
    ends: ['bad-answer', /without saying where to/],
  },
  ...(
    [
      ['from https to http', 'http://storage.example/x', /to storage\.example over plain http/],
      ['from https to http of itself', 'http://registry.example/x', /to registry\.example over plain http/],
      ['with a user name', 'https://bob:pw@storage.example/x', /with a user name in the address/],
      ['to a metadata service', 'https://169.254.169.254/latest', /inside a private network/],
      [
        'to a metadata service outside link-local',
        'https://100.100.100.200/latest',
        /inside a private network/,
      ],
      ['to a metadata service over IPv6', 'https://[fd00:ec2::254]/latest', /inside a private network/],
      [
        'to a metadata service, mapped to IPv6',
        'https://[::ffff:169.254.169.254]/',
        /inside a private network/,
      ],
      ['to a metadata service, in octal', 'https://0251.0376.0251.0376/', /inside a private network/],
      ['to a private address', 'https://10.1.2.3/x', /inside a private network/],
      [
        'to a private address by name',
        'https://inside.example/x',
        /to inside\.example, an address inside a private network/,
      ],
      ['to a private and a public address by name', 'https://both.example/x', /to both\.example/],
      ['to this machine', 'https://127.0.0.1/x', /inside a private network/],
      ['to this machine by name', 'https://localhost/x', /inside a private network/],
      ['to this machine, as a number', 'https://2130706433/x', /inside a private network/],
    ] as const
  ).map(
    ([what, location, words]): Row => ({
      fault: `a redirect ${what}`,
      registry: sendOn(location),
      client: () => ({
        names: { 'inside.example': ['192.168.0.1'], 'both.example': ['203.0.113.9', '10.0.0.1'] },
      }),
      ends: unsafe(words),
      goesTo: [],
    }),
  ),
  {
    fault: 'a redirect with another header packed into its address',
    registry: ({ path }, response) =>
      answer(response, 307, { location: `${storage}${path}?%0d%0aauthorization:%20x%0d%0a` }),
    ends: 'found',
    goesTo: ['storage'],
    check: ({ servers }) =>
      assert.match(servers.storage.requests[0]?.path ?? '', /\?%0d%0aauthorization:%20x%0d%0a$/),
  },
  {
    fault: 'a redirect that sets a digest and a cookie as well',
    registry: ({ path }, response) =>
      answer(response, 307, {
        location: `${storage}${path}`,
        'docker-content-digest': wrongDigest,
        'set-cookie': 'a=b; Domain=example',
      }),
    ends: 'found',
    goesTo: ['storage'],
    check: ({ client }) => assert.ok(client.sent.every(({ headers }) => headers.cookie === undefined)),
  },
  {
    fault: 'a redirect whose address is folded over two lines',
    registry: raw(
      'HTTP/1.1 307 Go',
      'location: https://storage.example/x',
      ' .evil.example/',
      'content-length: 0',
      '',
      '',
    ),
    ends: noHttp,
  },
  {
    fault: 'a redirect whose address has a bare line break',
    registry: raw(
      'HTTP/1.1 307 Go',
      'location: https://storage.example/\rx-evil: 1',
      'content-length: 0',
      '',
      '',
    ),
    ends: noHttp,
  },
];

const signIns: readonly Row[] = [
  ...(
    [
      ['missing', 'Bearer service="x"', 'bad-answer', /names no token server/],
      ['relative', bearer('/token'), 'bad-answer', /no full http or https address/],
      ['of another kind', bearer('ftp://auth.example/'), 'bad-answer', /no full http or https address/],
      [
        'over plain http',
        bearer('http://auth.example/token'),
        'refused',
        /auth\.example is only reached over plain http/,
      ],
      [
        'over plain http, of this machine',
        bearer('http://127.0.0.1/'),
        'refused',
        /only reached over plain http/,
      ],
      ['with a user name', bearer('https://bob:pw@auth.example/'), 'refused', /has a user name in it/],
      ['at a private address', bearer('https://10.1.2.3/'), 'refused', /inside a private network/],
      [
        'at a private address by name',
        bearer('https://inside.example/'),
        'refused',
        /inside\.example is an address inside a private network/,
      ],
      ['at a metadata service', bearer('https://169.254.169.254/'), 'refused', /inside a private network/],
      ['at this machine', bearer('https://localhost/'), 'refused', /inside a private network/],
    ] as const
  ).map(
    ([what, challenge, code, words]): Row => ({
      fault: `a realm ${what}`,
      doors: withTokens,
      challenge,
      client: () => ({ names: { 'inside.example': ['192.168.0.1'] } }),
      ends: badRealm(code, words),
      delivered: false,
      goesTo: [],
    }),
  ),
  {
    fault: 'a realm on another host',
    doors: withTokens,
    ends: 'found',
    check: ({ client }) =>
      assert.ok(client.sent.some(({ url }) => url.startsWith(`${tokens}/token?service=`))),
  },
  {
    fault: 'a realm with another header in it',
    doors: withTokens,
    challenge: bearer(`${tokens}/token?%0d%0ax-evil:1`),
    ends: 'found',
  },
  {
    fault: 'a realm that sends the request on to another host',
    doors: withTokens,
    tokens: sendTo(storage),
    storage: ({ path }, response) =>
      path.startsWith('/token') ? giveToken(response, 'of-nobody') : give(path, response),
    ends: ['no-access', /has no image team\/app/],
    goesTo: ['storage'],
  },
  {
    fault: 'a realm that sends the request on to plain http',
    doors: withTokens,
    tokens: sendOn('http://auth.example/token'),
    ends: unsafe(/to auth\.example over plain http/),
    goesTo: [],
  },
  {
    fault: 'a realm that sends the request on to a metadata service',
    doors: withTokens,
    tokens: sendOn('https://169.254.169.254/token'),
    ends: unsafe(/inside a private network/),
    goesTo: [],
  },
  {
    fault: 'a realm whose name leads elsewhere by the time of the connection',
    doors: withTokens,
    lost: { [tokens]: 'ADDRESS_REFUSED' },
    ends: [
      'refused',
      /auth\.example leads to an address inside a private network/,
      /Nothing was asked there/,
    ],
    delivered: false,
  },
  {
    fault: 'a token runs out half-way',
    doors: withTokens,
    registry: once((request, response, stage) => {
      stage.changeTokens();
      const { body, headers } = served(request.path);
      if (request.method === 'HEAD') answer(response, 405);
      else answer(response, 200, { ...headers, link: '<?last=1>; rel="next"' }, body);
    }),
    ends: 'found',
  },
  {
    fault: 'no token in the answer',
    doors: withTokens,
    tokens: say(200, {}, `{"note":"${taunt}"}`),
    ends: ['bad-answer', /its token server auth\.example gave no token/, /Try again later, or report this/],
  },
  {
    fault: 'a token that no header can hold',
    doors: withTokens,
    tokens: (_, response) => giveToken(response, 'x\r\nx-evil: 1'),
    ends: ['bad-answer', /its token server auth\.example gave no token/],
  },
  {
    fault: 'a page in place of a token',
    doors: withTokens,
    tokens: say(200, { 'content-type': 'text/html' }, `<p>${taunt}`),
    ends: ['bad-answer', /its token server auth\.example gave no token/],
  },
  {
    fault: 'a huge answer of the token server',
    doors: withTokens,
    tokens: pour(),
    ends: ['bad-answer', /auth\.example sent far more than an answer needs/],
    check: ({ servers }) => servers.tokens.dropped(1),
  },
  {
    fault: 'a fault of the token server',
    doors: withTokens,
    tokens: say(503),
    ends: [
      'unreachable',
      /token server auth\.example has a fault of its own \(status 503\)/,
      /Try again later/,
    ],
    requests: 3,
  },
  {
    fault: 'a token server that accepts nobody',
    doors: ['token'],
    tokens: say(401),
    ends: [
      'no-access',
      /does not accept the user name and password/,
      /Sign in again with `docker login registry\.example`/,
    ],
  },
  {
    fault: 'a token server that gives visitors nothing',
    doors: ['visitor'],
    tokens: say(401),
    ends: ['no-access', /or it is private/, /`docker login registry\.example`/],
  },
  {
    fault: 'an identity token, by POST',
    doors: ['token'],
    credential: { kind: 'identity-token', token: secret },
    ends: 'found',
    check: ({ servers }) => assert.equal(servers.tokens.requests[0]?.method, 'POST'),
  },
  {
    fault: 'an identity token, where POST is not known',
    doors: ['token'],
    credential: { kind: 'identity-token', token: secret },
    tokens: ({ headers, method }, response, stage) => {
      if (method === 'POST') answer(response, 405, {}, taunt);
      else if (headers.authorization) giveToken(response, stage.token());
      else answer(response, 401);
    },
    ends: 'found',
  },
  {
    fault: 'an identity token, and the POST is sent on to another host',
    doors: ['token'],
    credential: { kind: 'identity-token', token: secret },
    tokens: sendTo(storage),
    ends: ['bad-answer', /token server auth\.example answered with status 307/],
    goesTo: [],
  },
  {
    fault: 'a password for a registry that is only reached over plain http',
    doors: known,
    registries: { 'registry.example': { insecure: true } },
    lost: { [registry]: 'ECONNRESET' },
    ends: [
      'no-access',
      /The user name and password stored for registry\.example are not sent over plain http/,
    ],
    delivered: false,
    goesTo: ['plain'],
  },
  {
    fault: 'a password for the registry that a mirror stands for',
    doors: known,
    registries: { 'registry.example': { mirror: storage } },
    storage: say(401, {
      'www-authenticate': ['Basic realm="registry.example"', bearer(`${tokens}/token`)].join(),
    }),
    ends: ['no-access', /\(mirror of registry\.example\)/, /`docker login storage\.example`/],
    delivered: false,
    goesTo: ['storage', 'tokens'],
  },
];

const addresses: readonly Row[] = [
  ...(
    [
      ['a private address', ['10.0.0.5']],
      ['a private address over IPv6', ['fd00::5']],
      ['a private address, mapped to IPv6', ['::ffff:10.0.0.5']],
      ['a private and a public address', ['203.0.113.1', '10.0.0.5']],
      ['this machine', ['127.0.0.1']],
    ] as const
  ).flatMap(([what, found]): Row[] => {
    const client = (): TestClientOptions => ({ names: { 'registry.example': found } });
    const name = `the registry's name hides ${what}`;
    return [
      { fault: name, doors: anonymous, client, ends: hidden, requests: 0 },
      {
        fault: `${name}, and the settings name it`,
        doors: anonymous,
        client,
        registries: { 'registry.example': {} },
        ends: 'found',
      },
      { fault: `${name}, and the user has signed in there`, doors: known, client, ends: 'found' },
    ];
  }),
  {
    fault: "the registry's name hides a metadata service, and the settings name it",
    client: () => ({ names: { 'registry.example': ['169.254.169.254'] } }),
    registries: { 'registry.example': {} },
    ends: ['refused', /registry\.example was not asked/],
    delivered: false,
    requests: 0,
  },
  ...['127.0.0.1', '10.0.0.5', '169.254.169.254', '::ffff:169.254.169.254'].map(
    (address): Row => ({
      fault: `the registry's name leads to ${address} by the time of the connection (DNS rebinding)`,
      hops: ['node'],
      client() {
        const hop = createNodeTransport({ env: {}, resolveName: async () => [address] });
        return { routes: { [registry]: (request) => hop.send(request) } };
      },
      ends: [
        'refused',
        /registry\.example leads to an address inside a private network/,
        /Nothing was asked there/,
      ],
      delivered: false,
    }),
  ),
  {
    fault: "the registry's name leads elsewhere a minute later (DNS rebinding)",
    doors: anonymous,
    client() {
      let calls = 0;
      return {
        resolveName: async (host) =>
          host === 'registry.example' && calls++ > 0 ? ['127.0.0.1'] : ['203.0.113.1'],
      };
    },
    ends: 'found',
    async check(stage) {
      stage.client.pass(61_000);
      const before = stage.client.sent.length;
      assertFailed(await stage.ask('resolve', undefined, 'team/other'), ...hidden);
      assert.equal(stage.client.sent.length, before);
    },
  },
];

/** Real programs on the PATH. Each gets the host on stdin. */
const helpers: Readonly<Record<string, string>> = {
  works: `console.log(JSON.stringify({ Username: 'alice', Secret: '${secret}' }));`,
  hangs: 'setInterval(() => {}, 1000);',
  garbage: `console.log('your password is ${secret}');`,
  floods: `const flood = () => process.stdout.write('${secret}'.repeat(5000), flood); flood();`,
  fails: `console.log('cannot unlock ${secret}'); process.exitCode = 1;`,
};

/** A computer where Docker's configuration names a helper. `timeout`: milliseconds, in place of the usual ones. */
const computer =
  (helper: string, timeout = 60_000) =>
  (getStuck: () => void): TestClientOptions => {
    const machine = createNodeMachine({ HOME: folder, DOCKER_CONFIG: join(folder, helper), PATH: folder });
    const impatient = {
      ...machine,
      run: (command: Parameters<typeof machine.run>[0]) => {
        getStuck();
        return machine.run({ ...command, timeout });
      },
    };
    return { credentials: createCredentials({ machine: impatient, clock: { now: () => 0 } }) };
  };

const byHelper = { doors: known } as const;
const noHelp = (words: RegExp) =>
  ['no-access', /or it is private/, words, /asked without signing in/] as const;

const computers: readonly Row[] = [
  { fault: 'a helper that works', ...byHelper, client: computer('works'), ends: 'found' },
  {
    fault: 'a helper that takes its time',
    ...byHelper,
    client: computer('hangs', 50),
    ends: noHelp(/docker-credential-hangs .* did not answer within 5 seconds/),
    delivered: false,
  },
  { fault: 'a helper that hangs', ...byHelper, client: computer('hangs'), delivered: false },
  {
    fault: 'a helper that prints garbage',
    ...byHelper,
    client: computer('garbage'),
    ends: noHelp(/docker-credential-garbage .* no user name and password/),
    delivered: false,
  },
  {
    fault: 'a helper that prints without end',
    ...byHelper,
    client: computer('floods'),
    ends: noHelp(/docker-credential-floods .* answered with far too much/),
    delivered: false,
  },
  {
    fault: 'a helper that fails',
    ...byHelper,
    client: computer('fails'),
    ends: noHelp(/docker-credential-fails .* reported an error/),
    delivered: false,
  },
  {
    fault: 'a helper that is missing',
    ...byHelper,
    client: computer('missing'),
    ends: noHelp(/docker-credential-missing .* is not installed or not on the PATH/),
    delivered: false,
  },
];

const pages: readonly Row[] = [
  ...(
    [
      ['on another host', 'https://storage.example/v2/team/app/tags/list?last=1'],
      ['on another host, without a scheme', '//storage.example/v2/team/app/tags/list?last=1'],
      ['over plain http', 'http://registry.example/v2/team/app/tags/list?last=1'],
      ['of another repository', '/v2/team/other/tags/list?last=1'],
      ['at a metadata service', 'https://169.254.169.254/v2/team/app/tags/list?last=1'],
    ] as const
  ).map(
    ([what, next]): Row => ({
      fault: `a next page ${what}`,
      registry: withHeaders({ link: `<${next}>; rel="next"` }),
      ends: { tags: 'found' },
      goesTo: [],
      requests: 3,
    }),
  ),
  {
    fault: 'next pages without end',
    registry: withHeaders({ link: '<?last=1>; rel="next"' }),
    ends: { tags: 'found' },
    requests: 22,
  },
];

const matrix: Readonly<Record<string, readonly Row[]>> = {
  connections,
  slowness,
  statuses,
  contents,
  digests,
  redirects,
  'signing in': signIns,
  addresses,
  'credential helpers': computers,
  pages,
};

/** Nobody ever gives this port away, and nobody listens there. */
const closed = 'http://127.0.0.1:2';

/** Servers and programs that the rows name. */
let selfSigned: Awaited<ReturnType<typeof startSelfSigned>>;
let plain: HostileServer;
let folder = '';

before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'holdfast-hostile-'));
  plain = await startHostile((_, response) => answer(response, 200));
  selfSigned = await startSelfSigned();
  for (const helper of [...Object.keys(helpers), 'missing']) {
    await mkdir(join(folder, helper));
    await writeFile(join(folder, helper, 'config.json'), JSON.stringify({ credsStore: helper }));
  }
  for (const [name, body] of Object.entries(helpers)) {
    await writeFile(join(folder, `docker-credential-${name}`), `#!${process.execPath}\n${body}\n`, {
      mode: 0o755,
    });
  }
});

after(async () => {
  await Promise.all([plain.stop(), selfSigned.stop()]);
  await rm(folder, { recursive: true, force: true });
});

async function startSelfSigned() {
  const [key, cert] = [join(folder, 'key.pem'), join(folder, 'cert.pem')];
  const kind = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
  const subject = [
    '-subj',
    '/CN=registry.example',
    '-addext',
    'subjectAltName=DNS:registry.example,IP:127.0.0.1',
  ];
  await runProgram('openssl', [
    'req',
    '-x509',
    ...kind,
    ...subject,
    '-days',
    '2',
    '-keyout',
    key,
    '-out',
    cert,
  ]);
  const server = createTlsServer({ key: await readFile(key), cert: await readFile(cert) }, (_, response) =>
    response.end(),
  );
  const { host } = await listen(server);
  return { url: `https://${host}`, stop: () => stopServer(server) };
}

for (const [group, rows] of Object.entries(matrix)) {
  describe(group, () => {
    for (const row of rows) {
      describe(row.fault, () => {
        for (const ask of asks) {
          const ending = endingOf(row, ask);
          if (ending === undefined) continue;
          for (const door of row.doors ?? doors) {
            for (const hop of row.hops ?? hopsOf(ask, door)) {
              const one = { row, ask, door, hop };
              const name = `${ask}, ${door}${hop === 'node' ? '' : ', over fetch'}`;
              if (ending !== 'never') {
                test(name, (t) => meet(t, one, ending));
                continue;
              }
              test(`${name}, until the deadline`, (t) => meetDeadline(t, one));
              test(`${name}, until cancelled`, (t) => cancel(t, one));
            }
          }
        }
      });
    }
  });
}

interface Case {
  readonly row: Row;
  readonly ask: Ask;
  readonly door: Door;
  readonly hop: Hop;
}

/** What differs between them shows with any one thing that is asked for. */
function hopsOf(ask: Ask, door: Door): readonly Hop[] {
  return ask === 'inspect' && hasCredential(door) ? ['node', 'fetch'] : ['node'];
}

function endingOf({ ends }: Row, ask: Ask): Ending | 'never' | undefined {
  if (ends === undefined) return 'never';
  return isOneForAll(ends) ? ends : ends[ask];
}

function isOneForAll(ends: NonNullable<Row['ends']>): ends is Ending {
  return ends === 'found' || Array.isArray(ends);
}

async function set(t: TestContext, { door, hop, row }: Case): Promise<Stage> {
  const stage = await startStage(door, hop, row);
  t.after(() => stage.stop());
  return stage;
}

async function meet(t: TestContext, one: Case, ending: Ending): Promise<void> {
  const { ask, row } = one;
  const stage = await set(t, one);
  const outcome = await stage.ask(ask);
  if (ending === 'found') assertFound(outcome, ask, row);
  else assertEnded(outcome, ending);
  await assertQuiet(stage);
  assertRow(stage, row, outcome);
  await row.check?.(stage);
  assertNothingLeaked(stage, outcome);
}

async function meetDeadline(t: TestContext, one: Case): Promise<void> {
  const { ask, row } = one;
  const stage = await set(t, one);
  const asking = stage.ask(ask);
  await Promise.race([stage.stuck, asking]);
  stage.timers.advance(deadline - 1);
  assert.equal(await outcomeSoFar(asking), undefined, 'it ended before the deadline');
  stage.timers.advance(1);
  const words = [/registry\.example gave no full answer within 30 seconds/, /HTTPS_PROXY and NO_PROXY/];
  await assertOver(stage, row, asking, ['timed-out', ...words]);
}

async function cancel(t: TestContext, one: Case): Promise<void> {
  const { ask, row } = one;
  const stage = await set(t, one);
  const controller = new AbortController();
  const asking = stage.ask(ask, controller.signal);
  await Promise.race([stage.stuck, asking]);
  controller.abort();
  await assertOver(stage, row, asking, ['cancelled', /^The lookup was cancelled\.$/]);
}

async function assertOver(
  stage: Stage,
  row: Row,
  asking: Promise<Outcome>,
  ending: Exclude<Ending, 'found'>,
) {
  const outcome = await outcomeSoFar(asking);
  assert.ok(outcome, 'it goes on');
  assertEnded(outcome, ending);
  await assertQuiet(stage);
  if (row.hangsAt) await stage.servers[row.hangsAt].dropped(1);
  assertRow(stage, row, outcome);
  assertNothingLeaked(stage, outcome);
}

/** Undefined while it goes on. */
const outcomeSoFar = (asking: Promise<Outcome>): Promise<Outcome | undefined> =>
  Promise.race([asking, settle().then(() => undefined)]);

function assertFound(outcome: Outcome, ask: Ask, { digest = app.root.digest }: Row): void {
  assert.ok(outcome.ok, outcome.ok ? '' : outcome.message);
  if (ask === 'tags') assert.deepEqual(outcome.tags, ['1.0']);
  else assert.equal(outcome.digest, digest);
}

function assertEnded(outcome: Outcome, [code, ...words]: Exclude<Ending, 'found'>): void {
  assertFailed(outcome, code, ...words);
}

/** Nothing goes on behind the back of whoever asked. */
async function assertQuiet({ client, timers }: Stage): Promise<void> {
  await settle();
  assert.equal(timers.waiting, 0, 'a timer is left behind');
  const sent = client.sent.length;
  await settle();
  assert.equal(client.sent.length, sent, 'it went on after the end');
}

function assertRow(stage: Stage, row: Row, outcome: Outcome): void {
  const { client, door } = stage;
  const { delivered = true, goesTo = [], requests = 12, told } = row;
  assert.ok(client.sent.length <= requests, `${client.sent.length} requests`);
  const withServer: readonly Door[] = withTokens;
  const usual: readonly Place[] = withServer.includes(door) ? ['registry', 'tokens'] : ['registry'];
  const named = [...usual, ...goesTo].map((name): string => places[name]);
  const allowed = new Set([...named, ...Object.keys(row.lost ?? {})]);
  for (const { url } of client.sent) assert.ok(allowed.has(new URL(url).origin), url);
  if (hasCredential(door))
    assert.equal(hasArrived(stage), delivered, 'the credential reaches whom it is for');
  if (told) assert.match([...client.log, JSON.stringify(outcome)].join('\n'), told);
}
