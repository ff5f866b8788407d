import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import type { RegistryTable } from '../../server/src/engine/ports.ts';
import { createCredentials } from '../../server/src/registry/index.ts';
import { type DockerRegistry, startDockerRegistry } from '../support/docker-registry.ts';
import { answer, type Misbehave, startHostile } from '../support/hostile.ts';
import { buildImage } from '../support/oci.ts';
import {
  assertFailed,
  assertFound,
  assertNoSecret,
  createTestClient,
  imageOf,
  secret,
} from '../support/registry-client.ts';

const app = buildImage({ name: 'app' });
const good = { 'content-type': app.root.mediaType, 'docker-content-digest': app.root.digest };
const harbor = 'https://harbor.example';

function through(mirror: string): RegistryTable {
  return { 'docker.io': { mirror } };
}

const answersWell: Misbehave = (_, response) => answer(response, 200, good);

describe('the path of a mirror', () => {
  for (const [mirror, path] of [
    ['harbor.example/proxy-cache', 'proxy-cache/library/app'],
    ['https://harbor.example/proxy-cache/', 'proxy-cache/library/app'],
    ['harbor.example/group/dependency_proxy/containers', 'group/dependency_proxy/containers/library/app'],
    ['harbor.example/v2-cache', 'v2-cache/library/app'],
    ['harbor.example', 'library/app'],
    ['harbor.example/', 'library/app'],
  ] as const) {
    test(`stands before the repository: ${mirror}`, async (t) => {
      const server = await startHostile(answersWell);
      t.after(() => server.stop());
      const client = createTestClient({ routes: { [harbor]: server.url } });
      const lookup = await client.look('docker.io/library/app:1.0', { registries: through(mirror) });
      assertFound(lookup, app.root.digest);
      assert.deepEqual(
        client.sent.map(({ url }) => url),
        [`${harbor}/v2/${path}/manifests/1.0`],
      );
    });
  }

  for (const mirror of [
    'harbor.example/../app',
    'harbor.example/a/../b',
    'harbor.example/%2e%2e/b',
    'harbor.example/a%2Fb',
    'harbor.example/a?b',
    'harbor.example/a#b',
    'harbor.example/a\\b',
    'harbor.example//a',
    'harbor.example/a//b',
    'harbor.example/Team',
    'harbor.example/v2',
    'https://harbor.example/v2/team',
    'harbor.example/a:1',
    'alice:pw@harbor.example/a',
    `harbor.example/${'a'.repeat(256)}`,
  ]) {
    test(`that is refused: ${mirror.slice(0, 40)}`, async () => {
      const client = createTestClient();
      const lookup = await client.look('docker.io/library/app:1.0', { registries: through(mirror) });
      assertFailed(lookup, 'refused', /The mirror set for docker\.io cannot be used\./);
      assertNoSecret([JSON.stringify(lookup)], 'pw@');
      assert.deepEqual(client.sent, []);
    });
  }

  test('is part of how messages call it', async (t) => {
    const server = await startHostile((_, response) => answer(response, 404));
    t.after(() => server.stop());
    const client = createTestClient({ routes: { [harbor]: server.url } });
    const registries = through('https://harbor.example/proxy-cache');
    const lookup = await client.look('docker.io/library/app:1.0', { registries });
    assertFailed(
      lookup,
      'not-found',
      /^harbor\.example\/proxy-cache \(mirror of docker\.io\) has no image library\/app:1\.0\. /,
    );
  });

  test('tells answers of one host apart', async (t) => {
    const server = await startHostile(({ path }, response) => {
      answer(response, path.includes('/one/') ? 200 : 404, good);
    });
    t.after(() => server.stop());
    const client = createTestClient({ routes: { [harbor]: server.url } });
    const by = (path: string) =>
      client.look('docker.io/library/app:1.0', { registries: through(`harbor.example/${path}`) });
    assertFound(await by('one'), app.root.digest);
    assertFailed(await by('two'), 'not-found');
  });

  test('holds for the pages of a list of tags', async (t) => {
    const server = await startHostile(({ path }, response) => {
      const isFirst = !path.includes('last=');
      const next = '</v2/proxy-cache/library/app/tags/list?last=1&n=1>; rel="next"';
      answer(response, 200, isFirst ? { link: next } : {}, `{"tags":["${isFirst ? 1 : 2}"]}`);
    });
    t.after(() => server.stop());
    const client = createTestClient({ routes: { [harbor]: server.url } });
    const list = await client.registry.tags(
      { registry: 'docker.io', repository: 'library/app' },
      { registries: through('harbor.example/proxy-cache') },
    );
    assert.deepEqual(list, { ok: true, tags: ['1', '2'] });
  });

  test('holds for what an image is made of', async (t) => {
    const server = await startHostile(({ path }, response) => {
      const part = [...app.manifests, ...app.blobs].find(({ digest }) => path.endsWith(digest)) ?? app.root;
      answer(response, 200, { 'content-type': part.mediaType }, part.bytes);
    });
    t.after(() => server.stop());
    const client = createTestClient({ routes: { [harbor]: server.url } });
    const registries = through('harbor.example/proxy-cache');
    const inside = await client.registry.inspect(imageOf('docker.io/library/app:1.0'), { registries });
    assert.ok(inside.ok && inside.config);
    assert.ok(server.requests.length > 2);
    for (const { path } of server.requests) assert.match(path, /^\/v2\/proxy-cache\/library\/app\//);
  });
});

test('what every object has is no setting of a registry', async () => {
  const client = createTestClient({
    credentials: { find: async () => ({ credential: null }), knows: async () => false },
    names: { constructor: ['10.0.0.1'] },
  });
  const lookup = await client.look('constructor/team/app:1.0');
  assertFailed(lookup, 'refused', /leads into a private network or to this machine/);
  assert.deepEqual(client.sent, []);
});

describe('signing in at a mirror with a path', () => {
  /** A registry that sends everyone to its token server, whose tokens open the repository they were asked for. */
  async function startRegistry() {
    const server = await startHostile(({ headers, path }, response) => {
      const url = new URL(path, harbor);
      if (url.pathname === '/token') {
        answer(response, 200, {}, JSON.stringify({ token: btoa(url.searchParams.get('scope') ?? '') }));
        return;
      }
      const repository = /^\/v2\/(.*)\/manifests\//.exec(url.pathname)?.[1];
      const isOpen = headers.authorization === `Bearer ${btoa(`repository:${repository}:pull`)}`;
      const challenge = { 'www-authenticate': `Bearer realm="${harbor}/token",service="harbor"` };
      answer(response, isOpen ? 200 : 401, isOpen ? good : challenge);
    });
    return server;
  }

  function storing(auths: Readonly<Record<string, unknown>>) {
    const home = join('/', 'home', 'alice');
    return createCredentials({
      clock: { now: () => 0 },
      machine: {
        env: {},
        home,
        readText: async (path) =>
          path === join(home, '.docker', 'config.json') ? JSON.stringify({ auths }) : null,
        run: async () => ({ kind: 'missing' }),
      },
    });
  }

  const basic = (user: string) => `Basic ${btoa(`${user}:${secret}`)}`;
  const entry = (user: string) => ({ auth: btoa(`${user}:${secret}`) });

  for (const [name, auths, user] of [
    ['for the path', { 'harbor.example/cache': entry('path'), 'harbor.example': entry('host') }, 'path'],
    [
      'for a repository below the path',
      { 'harbor.example/cache/library/app': entry('app'), 'harbor.example/cache': entry('path') },
      'app',
    ],
    ['for its host', { 'harbor.example': entry('host'), 'harbor.example/other': entry('other') }, 'host'],
  ] as const) {
    test(`takes what is stored ${name}, and the scope has the path`, async (t) => {
      const server = await startRegistry();
      t.after(() => server.stop());
      const client = createTestClient({
        routes: { [harbor]: server.url },
        credentials: storing({ ...auths, 'https://index.docker.io/v1/': entry('hub') }),
      });
      const registries = through('harbor.example/cache');
      assertFound(await client.look('docker.io/library/app:1.0', { registries }), app.root.digest);
      const toToken = client.sent.find(({ url }) => url.includes('/token')) ?? assert.fail();
      assert.equal(toToken.authorization, basic(user));
      assert.equal(new URL(toToken.url).searchParams.get('scope'), 'repository:cache/library/app:pull');
    });
  }

  test('takes nothing that is stored for the registry it stands for, or for another path', async (t) => {
    const server = await startRegistry();
    t.after(() => server.stop());
    const client = createTestClient({
      routes: { [harbor]: server.url },
      credentials: storing({
        'https://index.docker.io/v1/': entry('hub'),
        'harbor.example/other': entry('other'),
        'harbor.example/library/app': entry('app'),
      }),
    });
    const registries = through('harbor.example/cache');
    assertFound(await client.look('docker.io/library/app:1.0', { registries }), app.root.digest);
    for (const { authorization = '' } of client.sent) assert.doesNotMatch(authorization, /^Basic/);
  });
});

describe('docker-registry as a mirror with a path', () => {
  let server: DockerRegistry;
  before(async () => {
    server = await startDockerRegistry({ kind: 'token', username: 'alice', password: secret });
    await server.push(app, 'proxy-cache/library/app', '1.0');
  });
  after(() => server.stop());

  test('answers for the registry it stands for', async () => {
    const client = createTestClient({
      stored: { [server.host]: { kind: 'password', username: 'alice', password: secret } },
    });
    const registries = through(`${server.url}/proxy-cache`);
    assertFound(await client.look('docker.io/library/app:1.0', { registries }), app.root.digest);
    const list = await client.registry.tags(
      { registry: 'docker.io', repository: 'library/app' },
      { registries },
    );
    assert.deepEqual(list, { ok: true, tags: ['1.0'] });
    assertNoSecret(client.log);
  });
});
