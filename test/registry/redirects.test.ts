import assert from 'node:assert/strict';
import { describe, type TestContext, test } from 'node:test';
import { answer, type Misbehave, startHostile } from '../support/hostile.ts';
import { buildImage } from '../support/oci.ts';
import {
  assertFailed,
  assertFound,
  assertNoSecret,
  createTestClient,
  password,
  type TestClientOptions,
} from '../support/registry-client.ts';

const { root } = buildImage({ name: 'app' });
const good = { 'content-type': root.mediaType, 'docker-content-digest': root.digest };
const registry = 'https://registry.example';
const storage = 'https://storage.example';
const image = 'registry.example/team/app:1.0';
const path = '/v2/team/app/manifests/1.0';

/** A registry that wants a password and then misbehaves, beside a storage server that has the image. */
async function setUp(t: TestContext, misbehave: Misbehave, options: TestClientOptions = {}) {
  const home = await startHostile((request, response) => {
    if (request.headers.authorization) return misbehave(request, response);
    return answer(response, 401, { 'www-authenticate': 'Basic realm="x"' });
  });
  const away = await startHostile((_, response) => answer(response, 200, good));
  t.after(() => Promise.all([home.stop(), away.stop()]));
  const client = createTestClient({
    ...options,
    routes: { [registry]: home.url, [storage]: away.url, ...options.routes },
    stored: { 'registry.example': password, 'storage.example': password },
  });
  t.after(() => assertNoSecret(client.log));
  return { home, away, client };
}

function to(location: string | undefined, status = 307): Misbehave {
  return (_, response) => answer(response, status, location === undefined ? {} : { location });
}

describe('redirects that are followed', () => {
  for (const status of [301, 302, 303, 307, 308]) {
    test(`${status} to another host, which gets no password`, async (t) => {
      const { client, away } = await setUp(t, to(`${storage}/blob?signature=abc`, status));
      assertFound(await client.look(image), root.digest);
      assert.equal(away.requests.length, 1);
      assert.equal(away.requests[0]?.method, 'HEAD');
      assert.equal(away.requests[0]?.headers.authorization, undefined);
    });
  }

  test('within the host the password goes along', async (t) => {
    const { client, home } = await setUp(t, (request, response) => {
      if (request.path === path) answer(response, 307, { location: '/elsewhere' });
      else answer(response, 200, good);
    });
    assertFound(await client.look(image), root.digest);
    assert.equal(home.requests.at(-1)?.path, '/elsewhere');
    assert.ok(home.requests.at(-1)?.headers.authorization);
  });

  test('another port is another host', async (t) => {
    const { client } = await setUp(t, to(`${registry}:8443/elsewhere`), { routes: {} });
    assertFailed(await client.look(image), 'unreachable', /registry\.example:8443/);
    assert.equal(client.sent.at(-1)?.authorization, undefined);
  });

  test('the way back home does not bring the password back', async (t) => {
    const away = await startHostile(to(`${registry}/final`));
    t.after(() => away.stop());
    const { client } = await setUp(t, to(`${storage}/back`), { routes: { [storage]: away.url } });
    assertFailed(await client.look(image), 'no-access');
    const final = client.sent.filter(({ url }) => url === `${registry}/final`);
    assert.ok(final.length > 0);
    assert.ok(final.every(({ authorization }) => authorization === undefined));
  });

  test('another host that asks for a sign-in gets none', async (t) => {
    const away = await startHostile((_, response) => {
      answer(response, 401, { 'www-authenticate': 'Basic realm="give me all"' });
    });
    t.after(() => away.stop());
    const { client } = await setUp(t, to(`${storage}/blob`), { routes: { [storage]: away.url } });
    assertFailed(await client.look(image), 'no-access');
    assert.ok(away.requests.every(({ headers }) => headers.authorization === undefined));
  });

  test('another host that gives tokens to everyone is asked for one, without a password', async (t) => {
    const away = await startHostile((request, response) => {
      if (request.path.startsWith('/token')) answer(response, 200, {}, '{"token":"for-anyone"}');
      else if (request.headers.authorization === 'Bearer for-anyone') answer(response, 200, good);
      else answer(response, 401, { 'www-authenticate': `Bearer realm="${storage}/token"` });
    });
    t.after(() => away.stop());
    const { client } = await setUp(t, to(`${storage}/blob`), { routes: { [storage]: away.url } });
    assertFound(await client.look(image), root.digest);
    const toToken = away.requests.find((request) => request.path.startsWith('/token'));
    assert.equal(toToken?.headers.authorization, undefined);
  });

  test('a storage that is open for GET alone', async (t) => {
    const away = await startHostile(({ method }, response) => {
      if (method === 'HEAD') answer(response, 403);
      else answer(response, 200, good, root.bytes);
    });
    t.after(() => away.stop());
    const { client } = await setUp(t, to(`${storage}/blob`), { routes: { [storage]: away.url } });
    assertFound(await client.look(image), root.digest);
  });

  test('five in a row', async (t) => {
    const { client } = await setUp(t, (request, response) => {
      const hop = Number(/\/hop(\d)/.exec(request.path)?.[1] ?? 0);
      if (hop === 5) answer(response, 200, good);
      else answer(response, 302, { location: `/hop${hop + 1}` });
    });
    assertFound(await client.look(image), root.digest);
  });

  test('a registry in a private network may send us on within it', async (t) => {
    const names = { 'registry.example': ['10.0.0.5'], 'storage.example': ['192.168.1.7'] };
    const { client } = await setUp(t, to(`${storage}/blob`), { names });
    assertFound(await client.look(image), root.digest);
  });
});

describe('redirects that are refused', () => {
  test('a loop', async (t) => {
    const { client, home } = await setUp(t, to(path));
    assertFailed(await client.look(image), 'bad-answer', /sends the request on more than 5 times/);
    assert.equal(home.requests.filter(({ headers }) => headers.authorization).length, 6);
  });

  for (const [name, location] of [
    ['nowhere', undefined],
    ['something unreadable', 'https://'],
    ['a file', 'file:///etc/passwd'],
  ] as const) {
    test(`to ${name}`, async (t) => {
      const { client } = await setUp(t, to(location));
      assertFailed(await client.look(image), 'bad-answer', /without saying where to/);
    });
  }

  for (const [name, location, words] of [
    ['plain http', 'http://storage.example/blob', /to storage\.example over plain http/],
    ['plain http of itself', 'http://registry.example/blob', /over plain http/],
    ['plain http of this machine', 'http://127.0.0.1:9/blob', /over plain http/],
    ['an address with a user name', 'https://alice:pw@storage.example/x', /with a user name in the address/],
    ['loopback', 'https://127.0.0.1/x', /inside a private network/],
    ['loopback by name', 'https://localhost/x', /inside a private network/],
    ['loopback by another name', 'https://x.localhost./x', /inside a private network/],
    ['loopback as a number', 'https://2130706433/x', /inside a private network/],
    ['loopback over IPv6', 'https://[::1]/x', /inside a private network/],
    ['loopback, mapped', 'https://[::ffff:127.0.0.1]/x', /inside a private network/],
    ['no address', 'https://0.0.0.0/x', /inside a private network/],
    ['a private address', 'https://10.1.2.3/x', /inside a private network/],
    ['a private address over IPv6', 'https://[fd12::1]/x', /inside a private network/],
    ['the metadata service', 'https://169.254.169.254/latest', /inside a private network/],
    ['a name with a private address', 'https://inside.example/x', /to inside\.example/],
    ['a name with one private address of two', 'https://both.example/x', /to both\.example/],
  ] as const) {
    test(`to ${name}`, async (t) => {
      const names = { 'inside.example': ['192.168.0.1'], 'both.example': ['203.0.113.9', '127.0.0.1'] };
      const { client } = await setUp(t, to(location), { names });
      const before = client.sent.length;
      const lookup = await client.look(image);
      assertFailed(lookup, 'refused', words, /not followed, for safety/);
      assertNoSecret([JSON.stringify(lookup)], 'pw@');
      assert.ok(client.sent.slice(before).every(({ url }) => url.startsWith(registry)));
    });
  }

  for (const address of [
    '169.254.169.254',
    '100.100.100.200',
    '[fd00:ec2::254]',
    '[64:ff9b::a9fe:a9fe]',
    '[2002:a9fe:a9fe::1]',
    '127.0.0.1',
    '[fe80::1]',
  ]) {
    test(`from a private network to ${address}`, async (t) => {
      const names = { 'registry.example': ['10.0.0.5', 'fd00::5'] };
      const { client } = await setUp(t, to(`https://${address}/x`), { names });
      assertFailed(await client.look(image), 'refused', /inside a private network/);
    });
  }
});
