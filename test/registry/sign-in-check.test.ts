import assert from 'node:assert/strict';
import { after, before, describe, type TestContext, test } from 'node:test';
import type { RegistryTable } from '../../server/src/engine/ports.ts';
import type { Credential, SignInCheck } from '../../server/src/registry/index.ts';
import { type DockerRegistry, startDockerRegistry } from '../support/docker-registry.ts';
import { answer, type Misbehave, startHostile } from '../support/hostile.ts';
import { buildImage } from '../support/oci.ts';
import {
  assertFailed,
  assertFound,
  assertNoSecret,
  createTestClient,
  ManualTimers,
  password,
  secret,
  type TestClient,
  type TestClientOptions,
} from '../support/registry-client.ts';

const registry = 'https://registry.example';
const tokens = 'https://auth.example';
const basic = `Basic ${btoa(`alice:${secret}`)}`;
const wrong: Credential = { kind: 'password', username: 'alice', password: 'wrong' };
const bearer = `Bearer realm="${tokens}/token",service="registry.example"`;

function check(
  client: TestClient,
  credential: Credential = password,
  registries: RegistryTable = {},
): Promise<SignInCheck> {
  return client.registry.checkSignIn('registry.example', credential, { registries });
}

/** Lets those in that come with `opens`. */
function guarded(challenge: string | readonly string[], opens: string): Misbehave {
  return ({ headers }, response) => {
    if (headers.authorization === opens) answer(response, 200, {}, '{}');
    else answer(response, 401, { 'www-authenticate': challenge });
  };
}

const giveToken: Misbehave = (_, response) => answer(response, 200, {}, '{"token":"open"}');

interface Parts extends TestClientOptions {
  readonly home: Misbehave;
  readonly tokenServer?: Misbehave;
}

async function setUp(t: TestContext, { home, tokenServer = giveToken, ...options }: Parts) {
  const server = await startHostile(home);
  const auth = await startHostile(tokenServer);
  t.after(() => Promise.all([server.stop(), auth.stop()]));
  const client = createTestClient({
    ...options,
    routes: { [registry]: server.url, [tokens]: auth.url, ...options.routes },
  });
  t.after(() => {
    assertNoSecret(client.log);
    for (const { authorization, body = '', url } of client.sent) {
      if (url.startsWith(registry) || url.startsWith(tokens)) continue;
      assert.equal(authorization, undefined, url);
      assertNoSecret([url, body]);
    }
  });
  return { client, server, auth };
}

describe('a password', () => {
  test('that is right, by Basic', async (t) => {
    const { client } = await setUp(t, { home: guarded('Basic realm="x"', basic) });
    assert.deepEqual(await check(client), { ok: true, isOpen: false });
    assert.deepEqual(
      client.sent.map(({ authorization, method, url }) => [method, url, authorization]),
      [
        ['GET', `${registry}/v2/`, undefined],
        ['GET', `${registry}/v2/`, basic],
      ],
    );
  });

  test('that is right, by a token for no repository', async (t) => {
    const { auth, client } = await setUp(t, {
      home: guarded(['Basic realm="x"', bearer], 'Bearer open'),
    });
    assert.deepEqual(await check(client), { ok: true, isOpen: false });
    assert.deepEqual(
      client.sent.map(({ authorization, url }) => [url, authorization]),
      [
        [`${registry}/v2/`, undefined],
        [`${tokens}/token?service=registry.example`, basic],
        [`${registry}/v2/`, 'Bearer open'],
      ],
    );
    assert.equal(auth.requests.length, 1);
  });

  for (const [name, parts] of [
    ['by Basic', { home: guarded('Basic realm="x"', 'another') }],
    [
      'by the token server',
      { home: guarded(bearer, 'Bearer open'), tokenServer: (_, response) => answer(response, 401) },
    ],
    [
      'by a token server that forbids',
      { home: guarded(bearer, 'Bearer open'), tokenServer: (_, response) => answer(response, 403) },
    ],
    ['by a token that opens nothing', { home: guarded(bearer, 'another') }],
  ] as const satisfies readonly (readonly [string, Parts])[]) {
    test(`that is wrong, ${name}`, async (t) => {
      const { client } = await setUp(t, parts);
      const checked = await check(client);
      assertFailed(checked, 'no-access', /^registry\.example does not accept this user name and password\./);
      assertNoSecret([JSON.stringify(checked)]);
    });
  }

  test('leaves nothing behind that later lookups would use', async (t) => {
    const { root } = buildImage({ name: 'app' });
    const { client } = await setUp(t, {
      home: ({ headers, path }, response) => {
        const isOpen = path.includes('/manifests/') || headers.authorization === 'Bearer open';
        const good = { 'content-type': root.mediaType, 'docker-content-digest': root.digest };
        answer(response, isOpen ? 200 : 401, isOpen ? good : { 'www-authenticate': bearer });
      },
    });
    assert.ok((await check(client)).ok);
    const before = client.sent.length;
    assertFound(await client.look('registry.example/team/app:1.0'), root.digest);
    assert.ok(client.sent.slice(before).every(({ authorization }) => authorization === undefined));
  });
});

describe('a token', () => {
  test('is traded by POST, or by GET where that is not known', async (t) => {
    for (const knowsPost of [true, false]) {
      const { auth, client } = await setUp(t, {
        home: guarded(bearer, 'Bearer open'),
        tokenServer: ({ method }, response) => {
          if (method === 'GET' || knowsPost) answer(response, 200, {}, '{"access_token":"open"}');
          else answer(response, 405);
        },
      });
      const checked = await check(client, { kind: 'identity-token', token: secret });
      assert.deepEqual(checked, { ok: true, isOpen: false });
      const form = Object.fromEntries(new URLSearchParams(auth.requests[0]?.body));
      assert.deepEqual(form, {
        grant_type: 'refresh_token',
        service: 'registry.example',
        client_id: 'holdfast',
        refresh_token: secret,
      });
      assert.equal(auth.requests.length, knowsPost ? 1 : 2);
    }
  });

  test('that is ready for use is used as it is', async (t) => {
    const { auth, client } = await setUp(t, { home: guarded(bearer, `Bearer ${secret}`) });
    assert.ok((await check(client, { kind: 'access-token', token: secret })).ok);
    assert.equal(auth.requests.length, 0);
  });

  test('is nothing for a registry that takes passwords alone', async (t) => {
    const { client } = await setUp(t, { home: guarded('Basic realm="x"', basic) });
    const checked = await check(client, { kind: 'identity-token', token: secret });
    assertFailed(checked, 'no-access', /takes a user name and password alone/);
    assert.equal(client.sent.length, 1);
  });
});

describe('a registry', () => {
  test('that is open to everyone has nothing to check', async (t) => {
    const { client } = await setUp(t, { home: (_, response) => answer(response, 200, {}, '{}') });
    assert.deepEqual(await check(client), { ok: true, isOpen: true });
    assert.deepEqual(
      client.sent.map(({ authorization }) => authorization),
      [undefined],
    );
  });

  for (const [name, home, code, words] of [
    [
      'that is a web site',
      (_, response) => answer(response, 200, { 'content-type': 'text/html; charset=utf-8' }, '<html>'),
      'bad-answer',
      /does not answer as a container registry does/,
    ],
    ['that has no such place', (_, response) => answer(response, 404), 'bad-answer', /container registry/],
    ['that wants a sign-in without saying how', guarded([], ''), 'no-access', /container registry/],
    [
      'that wants what nobody knows',
      guarded('Negotiate', ''),
      'no-access',
      /a kind of sign-in that Holdfast does not know/,
    ],
    ['that is broken', (_, response) => answer(response, 500), 'unreachable', /status 500/],
    [
      'that has had enough',
      (_, response) => answer(response, 429, { 'retry-after': '90' }),
      'rate-limited',
      /Try again in 90 seconds/,
    ],
    [
      'that floods',
      (_, response) => answer(response, 200, {}, 'x'.repeat(70_000)),
      'bad-answer',
      /sent far more/,
    ],
    [
      'whose token server is at a private address',
      guarded('Bearer realm="https://inside.example/token"', ''),
      'refused',
      /inside\.example is an address inside a private network/,
    ],
    [
      'whose token server is reached over plain http',
      guarded('Bearer realm="http://auth.example/token"', ''),
      'refused',
      /only reached over plain http/,
    ],
    [
      'that sends everyone to another host which wants the password',
      (_, response) => answer(response, 307, { location: 'https://other.example/v2/' }),
      'refused',
      /sends the request on to another host, which asks for the sign-in\. Nothing was sent there\./,
    ],
  ] as const satisfies readonly (readonly [string, Misbehave, string, RegExp])[]) {
    test(name, async (t) => {
      const other = await startHostile(guarded('Basic realm="give me all"', ''));
      t.after(() => other.stop());
      const { client } = await setUp(t, {
        home,
        routes: { 'https://other.example': other.url },
        names: { 'inside.example': ['10.0.0.1'] },
      });
      const checked = await check(client);
      assertFailed(checked, code, words);
      assertNoSecret([JSON.stringify(checked)]);
      assert.ok(client.sent.every(({ authorization }) => authorization === undefined));
    });
  }

  test('that sends someone with a password on to another host does not get it there', async (t) => {
    const other = await startHostile((_, response) => answer(response, 200, {}, '{}'));
    t.after(() => other.stop());
    const { client } = await setUp(t, {
      home: ({ headers }, response) => {
        if (headers.authorization) answer(response, 307, { location: 'https://other.example/v2/' });
        else answer(response, 401, { 'www-authenticate': 'Basic realm="x"' });
      },
      routes: { 'https://other.example': other.url },
    });
    await check(client);
    assert.equal(other.requests.length, 1);
    assert.equal(other.requests[0]?.headers.authorization, undefined);
  });

  test('that says nothing', async (t) => {
    const timers = new ManualTimers();
    const { client, server } = await setUp(t, { home: () => {}, timers });
    const checking = check(client);
    await server.arrived(1);
    timers.expire();
    assertFailed(await checking, 'timed-out', /gave no full answer within 30 seconds/);
    await server.dropped(1);
  });

  test('that is asked by someone who gives up', async (t) => {
    const { client, server } = await setUp(t, { home: () => {} });
    const controller = new AbortController();
    const options = { registries: {}, signal: controller.signal };
    const checking = client.registry.checkSignIn('registry.example', password, options);
    await server.arrived(1);
    controller.abort();
    assertFailed(await checking, 'cancelled');
    await server.dropped(1);
  });

  test('at a private address is asked: the user has named it', async (t) => {
    const { client } = await setUp(t, {
      home: guarded('Basic realm="x"', basic),
      names: { 'registry.example': ['10.0.0.5'] },
    });
    assert.deepEqual(await check(client), { ok: true, isOpen: false });
  });

  test('at the address of a metadata service is not asked', async (t) => {
    const { client } = await setUp(t, {
      home: guarded('Basic realm="x"', basic),
      names: { 'registry.example': ['169.254.169.254'] },
    });
    assertFailed(await check(client), 'refused');
    assert.deepEqual(client.sent, []);
  });

  for (const name of ['http://registry.example', 'registry.example/team', `alice:${secret}@x`, 'a b', '']) {
    test(`whose name is refused: ${name.replace(secret, 'pw')}`, async () => {
      const client = createTestClient();
      const checked = await client.registry.checkSignIn(name, password, { registries: {} });
      assertFailed(checked, 'refused', /^Nobody can be signed in there\./);
      assertNoSecret([JSON.stringify(checked)]);
      assert.deepEqual(client.sent, []);
    });
  }
});

describe('plain http', () => {
  test('to another machine takes no password', async (t) => {
    const server = await startHostile(guarded('Basic realm="x"', basic));
    t.after(() => server.stop());
    const client = createTestClient({ routes: { 'http://registry.example': server.url } });
    const checked = await check(client, password, { 'registry.example': { insecure: true } });
    assertFailed(checked, 'refused', /^Nobody was signed in: registry\.example answers over plain http/);
    assert.ok(server.requests.length > 0);
    assert.ok(client.sent.every(({ authorization }) => authorization === undefined));
  });

  test('within this machine is as good as TLS', async (t) => {
    const server = await startHostile(guarded('Basic realm="x"', basic));
    t.after(() => server.stop());
    const client = createTestClient();
    const checked = await client.registry.checkSignIn(server.host, password, { registries: {} });
    assert.deepEqual(checked, { ok: true, isOpen: false });
  });
});

describe('Docker Hub', () => {
  const hub = 'https://registry-1.docker.io';

  for (const name of ['docker.io', 'index.docker.io']) {
    test(`is asked where it answers, by its name ${name}, whatever mirror is set for it`, async (t) => {
      const server = await startHostile(
        guarded(
          'Bearer realm="https://auth.docker.io/token",service="registry.docker.io"',
          'Bearer of-alice',
        ),
      );
      const auth = await startHostile(({ headers }, response) => {
        const isRight = headers.authorization === basic;
        answer(response, isRight ? 200 : 401, {}, isRight ? '{"token":"of-alice"}' : '');
      });
      const mirror = await startHostile(guarded('Basic realm="give me all"', ''));
      t.after(() => Promise.all([server.stop(), auth.stop(), mirror.stop()]));
      const client = createTestClient({
        routes: { [hub]: server.url, 'https://auth.docker.io': auth.url },
      });
      const registries = { 'docker.io': { mirror: mirror.url }, 'index.docker.io': { mirror: mirror.url } };
      const ask = (credential: Credential) => client.registry.checkSignIn(name, credential, { registries });
      assert.deepEqual(await ask(password), { ok: true, isOpen: false });
      assertFailed(await ask(wrong), 'no-access', /two-factor/);
      assert.equal(mirror.requests.length, 0);
    });
  }
});

test('offline nobody is signed in', async (t) => {
  const { client } = await setUp(t, { home: guarded('Basic realm="x"', basic), isOffline: () => true });
  assertFailed(await check(client), 'offline', /offline mode is on/);
  assert.deepEqual(client.sent, []);
});

for (const kind of ['htpasswd', 'token'] as const) {
  describe(`docker-registry with ${kind}`, () => {
    let server: DockerRegistry;
    before(async () => {
      server = await startDockerRegistry({ kind, username: 'alice', password: secret });
    });
    after(() => server.stop());

    test('accepts the right password and no other', async () => {
      const client = createTestClient();
      const ask = (credential: Credential) =>
        client.registry.checkSignIn(server.host, credential, { registries: {} });
      assert.deepEqual(await ask(password), { ok: true, isOpen: false });
      assertFailed(await ask(wrong), 'no-access', /does not accept this/);
      assertNoSecret(client.log);
    });
  });
}
