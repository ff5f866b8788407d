import assert from 'node:assert/strict';
import { after, before, describe, type TestContext, test } from 'node:test';
import type { Inspection } from '../../server/src/engine/ports.ts';
import { type DockerRegistry, startDockerRegistry } from '../support/docker-registry.ts';
import { answer, type HostileRequest, type Misbehave, startHostile } from '../support/hostile.ts';
import { type Blob, buildImage, descriptor, json } from '../support/oci.ts';
import {
  assertFailed,
  assertFound,
  assertNoSecret,
  createTestClient,
  imageOf,
  ManualTimers,
  password,
  type TestClient,
  type TestClientOptions,
} from '../support/registry-client.ts';

const config = {
  Volumes: { '/var/lib/data': {}, '/cache': {}, relative: {}, '/two\nlines': {} },
  User: '1000',
};
const platforms = ['linux/arm64', 'linux/amd64', 'linux/arm/v7'];
const shop = buildImage({ name: 'shop', platforms, config, attested: true });
const single = buildImage({ name: 'shop', shape: 'single', config });
const list = buildImage({ name: 'shop', format: 'docker', config: { Volumes: null } });
const windows = buildImage({ name: 'shop', platforms: ['windows/amd64'] });
const chart = json('application/vnd.oci.image.manifest.v1+json', {
  schemaVersion: 2,
  config: descriptor(json('application/vnd.cncf.helm.config.v1+json', {})),
  layers: [],
});

const noTable = { registries: {} };

function inspect(client: TestClient, reference: string, signal?: AbortSignal): Promise<Inspection> {
  return client.registry.inspect(imageOf(reference), { ...noTable, ...(signal && { signal }) });
}

const observed = (client: TestClient, reference: string) =>
  client.registry.observed(imageOf(reference), noTable);

async function inspected(client: TestClient, reference: string) {
  const found = await inspect(client, reference);
  assert.ok(found.ok, found.ok ? '' : found.message);
  return found;
}

describe('docker-registry', () => {
  let server: DockerRegistry;
  before(async () => {
    server = await startDockerRegistry();
    await server.push(shop, 'team/shop', '1.0');
    await server.push(single, 'team/shop', 'single');
    await server.push(list, 'team/shop', 'list');
    await server.push(windows, 'team/shop', 'windows');
    await server.put(chart, [json('application/vnd.cncf.helm.config.v1+json', {})], 'team/shop', 'chart');
  });
  after(() => server.stop());

  test('an index: its platforms without attestations, and what amd64 declares', async () => {
    const client = createTestClient();
    const found = await inspected(client, `${server.host}/team/shop:1.0`);
    assert.equal(found.digest, shop.root.digest);
    assert.equal(found.mediaType, shop.root.mediaType);
    assert.deepEqual(
      found.platforms,
      platforms.map((platform, index) => ({ platform, digest: shop.manifests[index + 1]?.digest })),
    );
    assert.deepEqual(found.config, {
      platform: 'linux/amd64',
      created: Date.UTC(2024, 0, 1),
      size: shop.blobs[1]?.bytes.length,
      volumes: ['/cache', '/var/lib/data'],
      labels: { 'org.opencontainers.image.title': 'shop' },
      base: null,
    });
    assert.ok(client.sent.some(({ url }) => url.endsWith(`/manifests/${shop.manifests[2]?.digest}`)));
  });

  for (const [tag, image] of Object.entries({ single, list, windows })) {
    test(`${tag}`, async () => {
      const found = await inspected(createTestClient(), `${server.host}/team/shop:${tag}`);
      assert.equal(found.digest, image.root.digest);
      assert.equal(found.platforms?.length, tag === 'single' ? undefined : image.manifests.length - 1);
      assert.deepEqual(found.config?.volumes, tag === 'single' ? ['/cache', '/var/lib/data'] : []);
    });
  }

  test('what is no image has no configuration', async () => {
    const found = await inspected(createTestClient(), `${server.host}/team/shop:chart`);
    assert.deepEqual([found.platforms, found.config], [null, null]);
  });

  test('what was inspected is observed of the tag and of the digest, without traffic', async () => {
    const client = createTestClient();
    const tag = `${server.host}/team/shop:1.0`;
    const digest = `${server.host}/team/shop@${shop.root.digest}`;
    assert.equal(observed(client, tag), undefined);
    const { config: inside, platforms: children } = await inspected(client, tag);
    const sent = client.sent.length;
    for (const name of [tag, digest]) {
      const { at: _, ...told } = observed(client, name) ?? { at: 0 };
      const expected = { isIndex: true, platforms: children, volumes: inside?.volumes, signature: null };
      assert.deepEqual(told, { digest: shop.root.digest, ...expected });
    }
    await inspected(client, tag);
    await inspected(client, digest);
    assert.equal(client.sent.length, sent);
  });

  test('a tag found by its digest alone has what is known of the digest', async () => {
    const client = createTestClient();
    await inspected(client, `${server.host}/team/shop@${shop.root.digest}`);
    const tag = `${server.host}/team/shop:1.0`;
    assert.equal(observed(client, tag), undefined);
    assertFound(await client.look(tag), shop.root.digest);
    assert.equal(observed(client, tag)?.platforms?.length, 3);
  });

  test('a digest that is gone is told, also where it was known', async () => {
    const client = createTestClient();
    const image = buildImage({ name: 'short-lived', shape: 'single' });
    await server.push(image, 'team/shop', 'short');
    const digest = `${server.host}/team/shop@${image.root.digest}`;
    await inspected(client, digest);
    await server.remove('team/shop', image.root.digest);
    client.pass(3_600_000);
    assertFound(await client.look(digest), image.root.digest);
    assertFailed(await client.look(digest, { since: Number.POSITIVE_INFINITY }), 'not-found', /deleted/);
    assert.equal(observed(client, digest)?.digest, null);
    client.pass(3_600_000);
    assert.equal(observed(client, digest)?.digest, null);
    assertFailed(await inspect(client, digest), 'not-found');
  });

  test('a look at a digest that is known asks no more than whether it is still there', async () => {
    const client = createTestClient();
    const image = imageOf(`${server.host}/team/shop@${shop.root.digest}`);
    await client.registry.inspect(image, noTable);
    client.pass(3_600_000);
    const sent = client.sent.length;
    assert.ok((await client.registry.inspect(image, { ...noTable, since: Number.POSITIVE_INFINITY })).ok);
    assert.deepEqual(
      client.sent.slice(sent).map(({ method }) => method),
      ['HEAD'],
    );
  });
});

/** Serves an image, except where `misbehave` answers. */
function serving(
  blobs: readonly Blob[],
  tag: Blob,
  misbehave: Partial<Record<string, Misbehave>>,
): Misbehave {
  return (request, response) => {
    const name = request.path.slice(request.path.lastIndexOf('/') + 1);
    const own = misbehave[name] ?? misbehave[request.path];
    if (own) return own(request, response);
    const blob = name === '1.0' ? tag : blobs.find(({ digest }) => digest === name);
    if (!blob) return answer(response, 404, {}, '{"errors":[{"code":"MANIFEST_UNKNOWN"}]}');
    const type = { 'content-type': blob.mediaType, 'docker-content-digest': blob.digest };
    return answer(response, 200, type, request.method === 'HEAD' ? '' : blob.bytes);
  };
}

const all = [...shop.manifests, ...shop.blobs];
const child = shop.manifests[2]?.digest ?? '';
const childConfig = shop.blobs[2]?.digest ?? '';

async function setUp(t: TestContext, misbehave: Misbehave, options: TestClientOptions = {}) {
  const server = await startHostile(misbehave);
  t.after(() => server.stop());
  const client = createTestClient({ ...options, stored: { [server.host]: password } });
  t.after(() => assertNoSecret(client.log));
  return { server, client, image: `${server.host}/team/shop:1.0` };
}

/** What is told of an image whose parts are as given. Each part is a member of its JSON, as whoever pushed it wrote it. */
async function told(t: TestContext, parts: Parts) {
  const layers = [{ size: 10 }, { size: 20 }];
  const config = json(configType, { os: 'linux', architecture: 'amd64', ...parts.config });
  const manifest = json(single.root.mediaType, {
    schemaVersion: 2,
    config: descriptor(config),
    layers,
    ...parts.manifest,
  });
  const index = json(shop.root.mediaType, {
    schemaVersion: 2,
    manifests: [{ ...descriptor(manifest), platform: { os: 'linux', architecture: 'amd64' } }],
    ...parts.index,
  });
  const { client, image } = await setUp(t, serving([config, manifest, index], index, {}));
  const { config: facts } = await inspected(client, image);
  assert.ok(facts);
  return facts;
}

interface Parts {
  readonly config?: Readonly<Record<string, unknown>>;
  readonly manifest?: Readonly<Record<string, unknown>>;
  readonly index?: Readonly<Record<string, unknown>>;
}

const configType = 'application/vnd.oci.image.config.v1+json';

describe('what an image says of itself', () => {
  for (const [name, config, platform] of [
    ['with a variant', { os: 'linux', architecture: 'arm', variant: 'v7' }, 'linux/arm/v7'],
    ['without a system', { os: undefined }, null],
    ['that is a list', { os: ['linux'] }, null],
    ['of an attestation', { os: 'unknown', architecture: 'unknown' }, null],
    ['with a line break', { os: 'linux\nwindows' }, null],
    ['with an escape sequence', { os: '\u001b[31mlinux' }, null],
    ['without end', { os: 'x'.repeat(100_000) }, null],
  ] as const) {
    test(`a platform ${name}`, async (t) => {
      assert.equal((await told(t, { config })).platform, platform);
    });
  }

  for (const [created, expected] of [
    ['2024-05-06T07:08:09Z', Date.UTC(2024, 4, 6, 7, 8, 9)],
    ['2024-05-06T07:08:09.123456789Z', Date.UTC(2024, 4, 6, 7, 8, 9, 123)],
    ['2024-05-06T07:08:09+02:00', Date.UTC(2024, 4, 6, 5, 8, 9)],
    ['2024-05-06t07:08:09z', Date.UTC(2024, 4, 6, 7, 8, 9)],
    ['1970-01-01T00:00:00Z', null],
    ['1970-01-01T00:00:01Z', null],
    ['1980-01-01T00:00:01Z', null],
    ['0001-01-01T00:00:00Z', null],
    ['9999999-01-01T00:00:00Z', null],
    ['+275760-09-13T00:00:00Z', null],
    ['2024-13-01T00:00:00Z', null],
    ['2024-05-06', null],
    ['6 May 2024', null],
    ['1714979289', null],
    [1_714_979_289, null],
    [null, null],
    [{ time: '2024-05-06T07:08:09Z' }, null],
    [`2024-05-06T07:08:09.${'0'.repeat(100_000)}Z`, null],
  ] as const) {
    test(`created ${JSON.stringify(created).slice(0, 40)}`, async (t) => {
      assert.equal((await told(t, { config: { created } })).created, expected);
    });
  }

  const sized = (...sizes: readonly unknown[]) => sizes.map((size) => ({ size }));
  for (const [name, layers, size] of [
    ['two layers', sized(10, 20), 30],
    ['no layers', [], 0],
    ['the same layer twice', sized(10, 10), 20],
    ['a layer without a size', [...sized(10), {}], null],
    ['a negative size', sized(10, -1), null],
    ['a fraction', sized(10, 0.5), null],
    ['a size beyond counting', sized(1e300), null],
    ['sizes that add up beyond counting', sized(2 ** 53 - 1, 2 ** 53 - 1), null],
    ['a size in quotes', sized('10'), null],
    ['a layer that is none', [null], null],
    ['layers that are none', 'all', null],
    ['no word of layers', undefined, null],
  ] as const) {
    test(`the size of ${name}`, async (t) => {
      assert.equal((await told(t, { manifest: { layers } })).size, size);
    });
  }

  test('labels, as they are', async (t) => {
    const labels = { '': 'nameless', a: 'two\nlines', ['__proto__']: 'own', 'a b': '\u001b[31m' };
    const odd = { number: 7, nothing: null, list: ['x'], long: 'x'.repeat(1000) };
    const facts = await told(t, { config: { config: { Labels: { ...labels, ...odd } } } });
    assert.deepEqual(Object.entries(facts.labels).sort(), Object.entries(labels).sort());
    assert.equal(Object.getPrototypeOf(facts.labels), Object.prototype);
  });

  test('labels without end', async (t) => {
    const labels = Object.fromEntries(Array.from({ length: 5000 }, (_, index) => [`l${index}`, 'x']));
    const facts = await told(t, { config: { config: { Labels: labels } } });
    assert.equal(Object.keys(facts.labels).length, 100);
  });

  for (const settings of [null, [], 'x', { Labels: [], Volumes: [] }, { Labels: 'x', Volumes: 1 }]) {
    test(`settings that are ${JSON.stringify(settings)}`, async (t) => {
      const { labels, volumes } = await told(t, { config: { config: settings } });
      assert.deepEqual([labels, volumes], [{}, []]);
    });
  }
});

describe('the image it was built on', () => {
  const digest = `sha256:${'a'.repeat(64)}`;
  const baseOf = (name: unknown, hash?: unknown) => ({
    'org.opencontainers.image.base.name': name,
    'org.opencontainers.image.base.digest': hash,
  });
  const one = baseOf('docker.io/library/debian:12', digest);
  const base = { name: 'docker.io/library/debian:12', digest };
  const other = baseOf('quay.io/other/base:1');
  const labelled = (Labels: unknown) => ({ config: { config: { Labels } } });

  const cases: readonly (readonly [string, Parts, typeof base | null | Record<string, string | null>])[] = [
    ['by its manifest', { manifest: { annotations: one } }, base],
    ['by the index', { index: { annotations: one } }, base],
    ['by labels', labelled(one), base],
    [
      'by the manifest before all others',
      { manifest: { annotations: one }, index: { annotations: other } },
      base,
    ],
    ['by the index before labels', { index: { annotations: one }, ...labelled(other) }, base],
    ['by its name alone', labelled(other), { name: 'quay.io/other/base:1', digest: null }],
    ['by its digest alone', labelled(baseOf(undefined, digest)), { name: null, digest }],
    [
      'not mixed of two',
      { manifest: { annotations: other }, ...labelled(one) },
      { name: 'quay.io/other/base:1', digest: null },
    ],
    ['not at all', {}, null],
    ['by a name that is none', labelled(baseOf('not an image')), null],
    ['by a page', labelled(baseOf('https://example.com/base')), null],
    ['by a name that is a list', labelled(baseOf(['debian'])), null],
    ['by a name with a line break', labelled(baseOf('debian:12\n')), null],
    ['by a name without end', labelled(baseOf(`${'a.'.repeat(50_000)}a/x`)), null],
    [
      'by a digest that is none',
      labelled(baseOf('debian:12', 'sha256:abc')),
      { name: 'debian:12', digest: null },
    ],
    [
      'by a digest in capitals',
      labelled(baseOf('debian:12', digest.toUpperCase())),
      { name: 'debian:12', digest: null },
    ],
    ['by annotations that are none', { manifest: { annotations: 'x' }, index: { annotations: [1] } }, null],
  ];
  for (const [name, parts, expected] of cases) {
    test(`is told ${name}`, async (t) => {
      assert.deepEqual((await told(t, parts)).base, expected);
    });
  }
});

const html: Misbehave = (_, response) =>
  answer(response, 200, { 'content-type': 'text/html' }, '<html>Sign in</html>');

describe('hostile answers', () => {
  const faults: readonly (readonly [string, Partial<Record<string, Misbehave>>, string, RegExp])[] = [
    ['a page in place of the manifest', { '1.0': html }, 'bad-answer', /not an image manifest/],
    ['a page in place of a platform', { [child]: html }, 'bad-answer', /not an image manifest/],
    [
      'a page in place of the configuration',
      { [childConfig]: html },
      'bad-answer',
      /does not match this digest/,
    ],
    [
      'another configuration',
      { [childConfig]: (_, r) => answer(r, 200, {}, shop.blobs[0]?.bytes) },
      'bad-answer',
      /does not match this digest/,
    ],
    [
      'another platform',
      {
        [child]: (_, r) =>
          answer(r, 200, { 'content-type': single.root.mediaType }, shop.manifests[1]?.bytes),
      },
      'bad-answer',
      /does not match this digest/,
    ],
    [
      'a configuration without end',
      { [childConfig]: (_, r) => answer(r, 200, {}, Buffer.alloc(2 * 1024 * 1024, ' ')) },
      'bad-answer',
      /far more than an answer needs/,
    ],
    [
      'a manifest without end',
      { '1.0': (_, r) => answer(r, 200, {}, Buffer.alloc(5 * 1024 * 1024, ' ')) },
      'bad-answer',
      /far more than an answer needs/,
    ],
    [
      'a redirect without end',
      { [childConfig]: ({ path }, r) => answer(r, 307, { location: path }) },
      'bad-answer',
      /more than 5 times/,
    ],
    [
      'a redirect to a private network',
      { [childConfig]: (_, r) => answer(r, 307, { location: 'https://10.0.0.1/blob' }) },
      'refused',
      /private network/,
    ],
    ['no access', { [childConfig]: (_, r) => answer(r, 403) }, 'no-access', /private/],
    ['a fault of its own', { [child]: (_, r) => answer(r, 500) }, 'unreachable', /status 500/],
  ];
  for (const [name, misbehave, code, words] of faults) {
    test(name, async (t) => {
      const { client, image, server } = await setUp(t, serving(all, shop.root, misbehave));
      const found = await inspect(client, image);
      assertFailed(found, code, words);
      assert.equal(server.requests.length < 20, true);
    });
  }

  const both = json(shop.root.mediaType, {
    ...JSON.parse(shop.root.bytes.toString()),
    layers: [descriptor(single.root)],
  });
  const indexOf = (below: Blob): Blob =>
    json(shop.root.mediaType, {
      schemaVersion: 2,
      manifests: [{ ...descriptor(below), platform: { os: 'linux', architecture: 'amd64' } }],
    });
  const nested = indexOf(shop.root);
  const odd = json(shop.root.mediaType, {
    schemaVersion: 2,
    manifests: [
      null,
      7,
      {},
      { digest: 'sha256:short', platform: { os: 'linux', architecture: 'amd64' } },
      { digest: child, platform: { os: 'linux', architecture: '`rm -rf`' } },
      { digest: child, platform: 'linux' },
    ],
  });

  test('a manifest that could be read as two things', async (t) => {
    const { client, image } = await setUp(t, serving([...all, both], both, {}));
    const found = await inspect(client, image);
    assertFailed(found, 'bad-answer', /not an image manifest/);
  });

  test('an index within an index is followed, but not without end', async (t) => {
    const deep = indexOf(indexOf(nested));
    const { client, image, server } = await setUp(t, serving([...all, nested], nested, {}));
    const found = await inspected(client, image);
    assert.deepEqual(found.platforms, [{ platform: 'linux/amd64', digest: shop.root.digest }]);
    assert.equal(found.config?.platform, 'linux/amd64');
    assert.equal(server.requests.length, 4);

    const further = await setUp(t, serving([...all, nested, indexOf(nested), deep], deep, {}));
    assert.equal((await inspected(further.client, further.image)).config, null);
    assert.equal(further.server.requests.length, 4);
  });

  test('entries of an index that make no sense', async (t) => {
    const { client, image } = await setUp(t, serving([odd], odd, {}));
    const found = await inspected(client, image);
    assert.deepEqual([found.platforms, found.config], [[], null]);
  });

  test('a mirror that keeps some platforms alone', async (t) => {
    const without = all.filter(({ digest }) => digest !== child);
    const { client, image } = await setUp(t, serving(without, shop.root, {}));
    const found = await inspected(client, image);
    assert.equal(found.platforms?.length, 3);
    assert.equal(found.config, null);
    assert.equal(observed(client, image)?.volumes, null);
  });

  test('a 404 that no registry would send says nothing about the image', async (t) => {
    const page: Misbehave = (_, r) => answer(r, 404, { 'content-type': 'text/html' }, '<h1>Not found</h1>');
    const { client, image } = await setUp(t, page);
    const found = await inspect(client, image);
    assertFailed(found, 'bad-answer', /login page/);
    assertFailed(await client.look(image), 'bad-answer');
    assert.equal(observed(client, image), undefined);
  });

  test('blobs come from another host, which gets no password', async (t) => {
    const away = await startHostile((_, r) => answer(r, 200, {}, shop.blobs[2]?.bytes));
    t.after(() => away.stop());
    const open = serving(all, shop.root, {
      [childConfig]: (_, r) => answer(r, 307, { location: 'https://storage.example/blob?signature=abc' }),
    });
    const guarded = (request: HostileRequest, response: Parameters<Misbehave>[1]) =>
      request.headers.authorization
        ? open(request, response)
        : answer(response, 401, { 'www-authenticate': 'Basic realm="x"' });
    const { client, image } = await setUp(t, guarded, { routes: { 'https://storage.example': away.url } });
    assert.equal((await inspected(client, image)).config?.labels['org.opencontainers.image.title'], 'shop');
    assert.equal(away.requests.length, 1);
    assert.equal(away.requests[0]?.headers.authorization, undefined);
  });

  test('cancelled half-way', async (t) => {
    const controller = new AbortController();
    const silent = serving(all, shop.root, { [childConfig]: () => {} });
    const { client, image, server } = await setUp(t, silent);
    const found = inspect(client, image, controller.signal);
    await server.arrived(3);
    controller.abort();
    const ended = await found;
    assertFailed(ended, 'cancelled');
    await server.dropped(1);
    assert.equal(observed(client, image), undefined);
  });

  test('an answer that never ends', async (t) => {
    const timers = new ManualTimers();
    const silent = serving(all, shop.root, { [child]: () => {} });
    const { client, image, server } = await setUp(t, silent, { timers });
    const found = inspect(client, image);
    await server.arrived(2);
    timers.expire();
    const ended = await found;
    assertFailed(ended, 'timed-out');
  });

  test('two at once are one', async (t) => {
    const { client, image, server } = await setUp(t, serving(all, shop.root, {}));
    const [one, two] = await Promise.all([inspect(client, image), inspect(client, image)]);
    assert.deepEqual(one, two);
    assert.equal(server.requests.length, 3);
  });
});
