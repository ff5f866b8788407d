import assert from 'node:assert/strict';
import { describe, type TestContext, test } from 'node:test';
import type { Credential } from '../../server/src/registry/index.ts';
import { parseChallenges } from '../../server/src/registry/sign-in/challenge.ts';
import {
  answer,
  type HostileRequest,
  type HostileServer,
  type Misbehave,
  startHostile,
} from '../support/hostile.ts';
import { buildImage } from '../support/oci.ts';
import {
  assertFailed,
  assertFound,
  assertNoSecret,
  createTestClient,
  password,
  secret,
} from '../support/registry-client.ts';

const { root } = buildImage({ name: 'app' });
const good = { 'content-type': root.mediaType, 'docker-content-digest': root.digest };
const registry = 'https://registry.example';
const tokens = 'https://auth.example';
const image = 'registry.example/team/app:1.0';
const basic = `Basic ${Buffer.from(`alice:${secret}`).toString('base64')}`;
const bearer = `Bearer realm="${tokens}/token",service="registry.example",scope="repository:team/app:pull"`;

interface Parts {
  /** The `www-authenticate` headers. */
  readonly challenge?: string | readonly string[];
  /** Whether an authorization opens the image. */
  readonly opens?: (authorization: string) => boolean;
  readonly tokenServer?: Misbehave;
  readonly credential?: Credential;
  readonly names?: Readonly<Record<string, readonly string[]>>;
}

function giveToken(token: unknown, more: Readonly<Record<string, unknown>> = {}): Misbehave {
  return (_, response) => answer(response, 200, {}, JSON.stringify({ token, ...more }));
}

async function setUp(t: TestContext, parts: Parts) {
  const { challenge = bearer, opens = (given) => given === 'Bearer open', names = {} } = parts;
  const home = await startHostile((request, response) => {
    const { authorization } = request.headers;
    if (authorization !== undefined && opens(authorization)) answer(response, 200, good);
    else answer(response, 401, { 'www-authenticate': challenge });
  });
  const server = await startHostile(parts.tokenServer ?? giveToken('open'));
  t.after(() => Promise.all([home.stop(), server.stop()]));
  const client = createTestClient({
    routes: { [registry]: home.url, [tokens]: server.url },
    stored: parts.credential ? { 'registry.example': parts.credential } : {},
    names,
  });
  t.after(() => assertNoSecret(client.log));
  return { home, server, client };
}

function authorizations(server: HostileServer): (string | undefined)[] {
  return server.requests.map(({ headers }) => headers.authorization);
}

function queryOf({ path }: HostileRequest): URLSearchParams {
  return new URL(path, tokens).searchParams;
}

describe('challenges', () => {
  for (const [header, expected] of [
    ['', []],
    ['Basic', [{ scheme: 'basic', parameters: {} }]],
    ['Basic realm="a, b"', [{ scheme: 'basic', parameters: { realm: 'a, b' } }]],
    ['bearer REALM=x', [{ scheme: 'bearer', parameters: { realm: 'x' } }]],
    ['Basic realm="a \\"b\\""', [{ scheme: 'basic', parameters: { realm: 'a "b"' } }]],
    ['Basic realm = "a"', [{ scheme: 'basic', parameters: { realm: 'a' } }]],
    [
      'Basic realm="a", Bearer realm="b",service="c"',
      [
        { scheme: 'basic', parameters: { realm: 'a' } },
        { scheme: 'bearer', parameters: { realm: 'b', service: 'c' } },
      ],
    ],
    [
      'Negotiate YWJj==, , Basic, Digest realm="x"',
      [
        { scheme: 'negotiate', parameters: {} },
        { scheme: 'basic', parameters: {} },
        { scheme: 'digest', parameters: { realm: 'x' } },
      ],
    ],
    ['Bearer realm="first",realm="second"', [{ scheme: 'bearer', parameters: { realm: 'first' } }]],
    ['Basic realm="never closed', [{ scheme: 'basic', parameters: {} }]],
    ['"nonsense"', []],
  ] as const) {
    test(header === '' ? 'nothing' : header, () => {
      assert.deepEqual(parseChallenges(header), expected);
    });
  }

  test('long nonsense is read in no time that grows faster than it', () => {
    for (const piece of ['a ', 'a=', '" ', ', ', '\\"', 'a="b",', 'x=='])
      parseChallenges(`Basic ${piece.repeat(5_000)}`);
  });
});

describe('choosing how to sign in', () => {
  test('Bearer is preferred where both are offered in one header', async (t) => {
    const { client, home } = await setUp(t, {
      challenge: `Basic realm="x", ${bearer}`,
      credential: password,
    });
    assertFound(await client.look(image), root.digest);
    assert.deepEqual(authorizations(home), [undefined, 'Bearer open']);
  });

  test('Bearer is preferred where both are offered in two headers', async (t) => {
    const { client, home } = await setUp(t, { challenge: ['Basic realm="x"', bearer], credential: password });
    assertFound(await client.look(image), root.digest);
    assert.deepEqual(authorizations(home), [undefined, 'Bearer open']);
  });

  test('Basic is used where Bearer names no server', async (t) => {
    const challenge = ['Bearer service="x"', 'Basic realm="x"'];
    const { client, server } = await setUp(t, {
      challenge,
      credential: password,
      opens: (given) => given === basic,
    });
    assertFound(await client.look(image), root.digest);
    assert.equal(server.requests.length, 0);
  });

  test('Basic, the second time without being asked', async (t) => {
    const { client, home } = await setUp(t, {
      challenge: 'Basic realm="x"',
      credential: password,
      opens: (given) => given === basic,
    });
    assertFound(await client.look(image), root.digest);
    assertFound(await client.look('registry.example/team/other:1.0'), root.digest);
    assert.deepEqual(authorizations(home), [undefined, basic, basic]);
  });

  test('a password that Basic does not accept', async (t) => {
    const { client } = await setUp(t, { challenge: 'Basic realm="x"', credential: password });
    const lookup = await client.look(image);
    assertFailed(
      lookup,
      'no-access',
      /does not accept the user name and password/,
      /`docker login registry\.example`/,
    );
    assertNoSecret([JSON.stringify(lookup)]);
  });

  test('only kinds that nobody knows', async (t) => {
    const { client } = await setUp(t, { challenge: 'Negotiate', credential: password });
    assertFailed(await client.look(image), 'no-access', /a kind of sign-in that Holdfast does not know/);
  });

  test('401 without saying how', async (t) => {
    const { client } = await setUp(t, { challenge: [], credential: password });
    assertFailed(await client.look(image), 'no-access', /or it is private/);
  });

  test('403', async (t) => {
    const home = await startHostile((_, response) => answer(response, 403));
    t.after(() => home.stop());
    const client = createTestClient({ routes: { [registry]: home.url } });
    assertFailed(await client.look(image), 'no-access', /or it is private/);
  });

  test('docker.io is served by another host, and keeps its own name', async (t) => {
    const hub = 'https://registry-1.docker.io';
    const home = await startHostile((_, response) => {
      answer(response, 401, {
        'www-authenticate': 'Bearer realm="https://auth.docker.io/token",service="registry.docker.io"',
      });
    });
    const server = await startHostile(giveToken('anonymous'));
    t.after(() => Promise.all([home.stop(), server.stop()]));
    const client = createTestClient({ routes: { [hub]: home.url, 'https://auth.docker.io': server.url } });
    assert.deepEqual(await client.look('docker.io/library/nod:20'), {
      ok: false,
      code: 'no-access',
      message:
        'docker.io has no image library/nod:20, or it is private. Check the name, or sign in with `docker login`.',
    });
    assert.equal(queryOf(server.requests[0] ?? assert.fail()).get('scope'), 'repository:library/nod:pull');
  });
});

describe('token servers', () => {
  test('get the password, the service and the scope', async (t) => {
    const { client, server, home } = await setUp(t, { credential: password });
    assertFound(await client.look(image), root.digest);
    const [request] = server.requests;
    assert.equal(request?.headers.authorization, basic);
    assert.equal(queryOf(request ?? assert.fail()).get('service'), 'registry.example');
    assert.deepEqual(queryOf(request).getAll('scope'), ['repository:team/app:pull']);
    assert.deepEqual(authorizations(home), [undefined, 'Bearer open']);
  });

  test('get no password where none is stored', async (t) => {
    const { client, server } = await setUp(t, {});
    assertFound(await client.look(image), root.digest);
    assert.deepEqual(authorizations(server), [undefined]);
  });

  test('may be asked for several scopes, and keep what their address says', async (t) => {
    const challenge = `Bearer realm="${tokens}/token?account=x",scope="repository:team/app:pull repository:base:pull"`;
    const { client, server } = await setUp(t, { challenge });
    assertFound(await client.look(image), root.digest);
    const query = queryOf(server.requests[0] ?? assert.fail());
    assert.deepEqual(query.getAll('scope'), ['repository:team/app:pull', 'repository:base:pull']);
    assert.equal(query.get('account'), 'x');
  });

  test('are asked for the right to read alone, whatever the registry asks for', async (t) => {
    const challenge = `Bearer realm="${tokens}/token",scope="repository:team/app:pull,push repository:base:* registry:catalog:*"`;
    const { client, server } = await setUp(t, { challenge });
    assertFound(await client.look(image), root.digest);
    assert.deepEqual(queryOf(server.requests[0] ?? assert.fail()).getAll('scope'), [
      'repository:team/app:pull',
      'repository:base:pull',
      'registry:catalog:*',
    ]);
  });

  test('are not asked by way of a challenge twice', async (t) => {
    const { client, home, server } = await setUp(t, {});
    assertFound(await client.look(image), root.digest);
    assertFound(await client.look('registry.example/team/other:1.0'), root.digest);
    assertFound(await client.look('registry.example/team/app:2.0'), root.digest);
    assert.deepEqual(authorizations(home), [undefined, 'Bearer open', 'Bearer open', 'Bearer open']);
    assert.deepEqual(
      server.requests.map((request) => queryOf(request).get('scope')),
      ['repository:team/app:pull', 'repository:team/other:pull'],
    );
  });

  test('are asked once by lookups that run side by side', async (t) => {
    const { client, server } = await setUp(t, { credential: password });
    const lookups = await Promise.all(
      ['1', '2', '3', '4'].map((tag) => client.look(`registry.example/team/app:${tag}`)),
    );
    for (const lookup of lookups) assertFound(lookup, root.digest);
    assert.equal(server.requests.length, 1);
  });

  for (const [name, answered, keeps] of [
    ['say nothing', {}, 54_000],
    ['say five minutes', { expires_in: 300 }, 270_000],
    ['say nonsense', { expires_in: 'soon' }, 54_000],
    ['say nothing is left', { expires_in: 0 }, 54_000],
  ] as const) {
    test(`tokens are renewed a little early where servers ${name} about their time`, async (t) => {
      const { client, server } = await setUp(t, { tokenServer: giveToken('open', answered) });
      await client.look('registry.example/team/app:1');
      client.pass(keeps - 1);
      await client.look('registry.example/team/app:2');
      assert.equal(server.requests.length, 1);
      client.pass(1);
      assertFound(await client.look('registry.example/team/app:3'), root.digest);
      assert.equal(server.requests.length, 2);
    });
  }

  test('a token that runs out half-way is renewed', async (t) => {
    let valid = 'Bearer token-0';
    const { client, server } = await setUp(t, {
      opens: (given) => given === valid,
      tokenServer: ({ index }, response) => answer(response, 200, {}, `{"token":"token-${index}"}`),
    });
    assertFound(await client.look('registry.example/team/app:1'), root.digest);
    valid = 'Bearer token-1';
    assertFound(await client.look('registry.example/team/app:2'), root.digest);
    assert.equal(server.requests.length, 2);
  });

  test('a token that opens nothing is not asked for again and again', async (t) => {
    const { client, home, server } = await setUp(t, {
      credential: password,
      tokenServer: giveToken('useless'),
    });
    assertFailed(await client.look(image), 'no-access', /the account you are signed in with may not read it/);
    assert.deepEqual([home.requests.length, server.requests.length], [2, 1]);
  });

  test('"access_token" is a token as well', async (t) => {
    const tokenServer: Misbehave = (_, response) => answer(response, 200, {}, '{"access_token":"open"}');
    const { client } = await setUp(t, { tokenServer });
    assertFound(await client.look(image), root.digest);
  });

  test('a password that they do not accept', async (t) => {
    const { client } = await setUp(t, {
      credential: password,
      tokenServer: (_, response) => answer(response, 401),
    });
    const lookup = await client.look(image);
    assertFailed(lookup, 'no-access', /does not accept the user name and password/);
    assertNoSecret([JSON.stringify(lookup)]);
  });

  for (const status of [401, 403]) {
    test(`${status} for someone who is not signed in`, async (t) => {
      const { client } = await setUp(t, { tokenServer: (_, response) => answer(response, status) });
      assertFailed(await client.look(image), 'no-access', /, or it is private/, /docker login/);
    });
  }

  for (const [name, misbehave, words] of [
    ['no token', (_, response) => answer(response, 200, {}, '{}'), /gave no token/],
    ['a token that is no text', giveToken({ a: 1 }), /gave no token/],
    ['a token that no header can hold', giveToken('open\r\nx: y'), /gave no token/],
    ['half an answer', (_, response) => answer(response, 200, {}, '{"token":"op'), /gave no token/],
    ['a page', (_, response) => answer(response, 200, {}, '<html>'), /gave no token/],
    ['404', (_, response) => answer(response, 404), /answered with status 404/],
  ] as const satisfies readonly (readonly [string, Misbehave, RegExp])[]) {
    test(`${name} instead of a token`, async (t) => {
      const { client } = await setUp(t, { credential: password, tokenServer: misbehave });
      assertFailed(await client.look(image), 'bad-answer', /its token server auth\.example/, words);
    });
  }

  test('a huge answer', async (t) => {
    const tokenServer = giveToken('open', { padding: 'x'.repeat(70_000) });
    const { client } = await setUp(t, { tokenServer });
    assertFailed(await client.look(image), 'bad-answer', /auth\.example sent far more/);
  });

  test('a fault of their own, twice', async (t) => {
    const { client, server } = await setUp(t, { tokenServer: (_, response) => answer(response, 503) });
    assertFailed(
      await client.look(image),
      'unreachable',
      /token server auth\.example has a fault of its own/,
    );
    assert.equal(server.requests.length, 2);
  });

  test('too many requests', async (t) => {
    const { client, server } = await setUp(t, {
      tokenServer: (_, response) => answer(response, 429, { 'retry-after': '60' }),
    });
    assertFailed(await client.look(image), 'rate-limited', /60 seconds/);
    assertFailed(await client.look('registry.example/team/other:1.0'), 'rate-limited');
    assert.equal(server.requests.length, 1);
  });

  test('a redirect to another host takes no password along', async (t) => {
    const other = await startHostile(giveToken('open'));
    t.after(() => other.stop());
    const home = await startHostile((request, response) => {
      if (request.headers.authorization === 'Bearer open') answer(response, 200, good);
      else answer(response, 401, { 'www-authenticate': bearer });
    });
    const server = await startHostile((_, response) =>
      answer(response, 302, { location: 'https://other.example/t' }),
    );
    t.after(() => Promise.all([home.stop(), server.stop()]));
    const client = createTestClient({
      routes: { [registry]: home.url, [tokens]: server.url, 'https://other.example': other.url },
      stored: { 'registry.example': password },
    });
    assertFound(await client.look(image), root.digest);
    assert.deepEqual(authorizations(server), [basic]);
    assert.deepEqual(authorizations(other), [undefined]);
  });
});

describe('realms that are refused', () => {
  for (const [name, challenge, code, words] of [
    ['missing', 'Bearer service="x"', 'bad-answer', /names no token server/],
    ['relative', 'Bearer realm="/token"', 'bad-answer', /no full http or https address/],
    ['of another kind', 'Bearer realm="ftp://auth.example/"', 'bad-answer', /no full http or https address/],
    [
      'plain http',
      'Bearer realm="http://auth.example/token"',
      'refused',
      /auth\.example is only reached over plain http/,
    ],
    ['plain http here', 'Bearer realm="http://127.0.0.1/token"', 'refused', /only reached over plain http/],
    ['with a user name', 'Bearer realm="https://alice:pw@auth.example/"', 'refused', /has a user name in it/],
    ['loopback', 'Bearer realm="https://localhost/token"', 'refused', /inside a private network/],
    ['metadata', 'Bearer realm="https://169.254.169.254/token"', 'refused', /inside a private network/],
    [
      'private by name',
      'Bearer realm="https://inside.example/t"',
      'refused',
      /inside\.example is an address inside/,
    ],
  ] as const) {
    test(name, async (t) => {
      const names = { 'inside.example': ['10.0.0.1'] };
      const { client, server } = await setUp(t, { challenge, credential: password, names });
      const lookup = await client.look(image);
      assertFailed(lookup, code, words, /Nothing was sent there/);
      assertNoSecret([JSON.stringify(lookup)], 'pw@');
      assert.equal(server.requests.length, 0);
      assert.ok(
        client.sent.every(
          ({ url, authorization }) => url.startsWith(registry) && authorization === undefined,
        ),
      );
    });
  }
});

describe('identity tokens', () => {
  const credential: Credential = { kind: 'identity-token', token: secret };

  test('are traded by POST, in the body alone', async (t) => {
    const { client, server } = await setUp(t, { credential });
    assertFound(await client.look(image), root.digest);
    const [request] = server.requests;
    assert.equal(request?.method, 'POST');
    assert.equal(request.headers.authorization, undefined);
    assert.ok(!request.path.includes(secret));
    const form = Object.fromEntries(new URLSearchParams(request.body));
    assert.deepEqual(form, {
      grant_type: 'refresh_token',
      service: 'registry.example',
      scope: 'repository:team/app:pull',
      client_id: 'holdfast',
      refresh_token: secret,
    });
  });

  for (const status of [400, 401, 404, 405]) {
    test(`by GET where POST is answered with ${status}`, async (t) => {
      const { client, server } = await setUp(t, {
        credential,
        tokenServer: ({ method }, response) => {
          if (method === 'POST') answer(response, status);
          else answer(response, 200, {}, '{"token":"open"}');
        },
      });
      assertFound(await client.look(image), root.digest);
      assert.deepEqual(
        server.requests.map(({ method }) => method),
        ['POST', 'GET'],
      );
    });
  }

  test('a redirect of the POST is not followed', async (t) => {
    const { client, server } = await setUp(t, {
      credential,
      tokenServer: (_, response) => answer(response, 307, { location: 'https://other.example/t' }),
    });
    assertFailed(await client.look(image), 'bad-answer', /status 307/);
    assert.equal(server.requests.length, 1);
  });

  test('a POST is not sent again', async (t) => {
    const { client, server } = await setUp(t, {
      credential,
      tokenServer: (_, response) => answer(response, 503),
    });
    assertFailed(await client.look(image), 'unreachable', /fault of its own/);
    assert.equal(server.requests.length, 1);
  });

  test('a ready access token is used as it is', async (t) => {
    const { client, server, home } = await setUp(t, { credential: { kind: 'access-token', token: 'open' } });
    assertFound(await client.look(image), root.digest);
    assert.equal(server.requests.length, 0);
    assert.deepEqual(authorizations(home), [undefined, 'Bearer open']);
  });
});
