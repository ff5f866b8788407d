import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import {
  type Analysis,
  type Answer,
  analyze,
  answerQuestion,
  checkPins,
  defaultSettings,
  keysFor,
  type Question,
  type Settings,
} from '../../server/src/engine/index.ts';
import { everyDownload } from '../rules/registry.ts';
import { type DockerRegistry, startDockerRegistry } from '../support/docker-registry.ts';
import { answer, startHostile } from '../support/hostile.ts';
import { buildImage, sha256 } from '../support/oci.ts';
import { createTestClient, imageOf, type TestClient } from '../support/registry-client.ts';
import { ecdsaKey, payloadFor, signatureManifest, signatureTag, signedLayer } from '../support/signing.ts';

const ask = (client: TestClient, question: Question, signal?: AbortSignal): Promise<Answer> =>
  answerQuestion(
    question,
    { registry: client.registry, downloads: everyDownload },
    { registries: {}, ...(signal && { signal }) },
  );

function assertRefused(found: Answer, ...words: readonly RegExp[]): void {
  assert.ok(!found.ok, 'there is an answer');
  for (const word of words) assert.match(found.message, word);
}

const shop = buildImage({ name: 'shop', config: { Volumes: { '/data': {} } }, attested: true });
const older = buildImage({ name: 'older' });
const labelled = buildImage({
  name: 'labelled',
  config: { Labels: { 'org.opencontainers.image.version': '0.3.1' } },
});
const nobody = buildImage({ name: 'nobody' });

describe('questions to docker-registry', () => {
  let server: DockerRegistry;
  const image = (repository: string, version: string) => imageOf(`${server.host}/${repository}:${version}`);
  const byDigest = (repository: string, digest: string) => imageOf(`${server.host}/${repository}@${digest}`);

  before(async () => {
    server = await startDockerRegistry();
    for (const tag of ['latest', '2', '2.1', '2.1.4', '2.1.4-alpine'])
      await server.push(shop, 'team/shop', tag);
    for (const tag of ['1.9.0', '3.0.0-rc1', '10.2']) await server.push(older, 'team/shop', tag);
    const { blobs, manifest } = signatureManifest([signedLayer(payloadFor(shop.root.digest), ecdsaKey())]);
    await server.put(manifest, blobs, 'team/shop', signatureTag(shop.root.digest));
    await server.push(nobody, 'team/shop', 'gone');
    await server.push(older, 'team/shop', 'gone');

    await server.push(older, 'team/many', '1.0.0');
    await server.push(labelled, 'team/many', 'v0.3.1');
    await server.push(nobody, 'team/many', '0.0.1');
    const headers = { 'content-type': older.root.mediaType };
    for (let patch = 1; patch <= 60; patch++) {
      const url = `${server.url}/v2/team/many/manifests/1.0.${patch}`;
      await fetch(url, { method: 'PUT', headers, body: new Uint8Array(older.root.bytes) });
    }
  });
  after(() => server.stop());

  test('the digest of a tag', async () => {
    const found = await ask(createTestClient(), { ask: 'digest', image: image('team/shop', '2.1') });
    assert.deepEqual(found, { ok: true, answer: [shop.root.digest] });
    assertRefused(
      await ask(createTestClient(), { ask: 'digest', image: image('team/shop', '4') }),
      /no image/,
    );
  });

  test('the tags of a digest, the one that tells most first', async () => {
    const client = createTestClient();
    const found = await ask(client, { ask: 'tags', image: byDigest('team/shop', shop.root.digest) });
    assert.deepEqual(found, { ok: true, answer: ['2.1.4', '2.1.4-alpine', '2.1', '2', 'latest'] });
    assert.ok(!client.sent.some(({ url }) => url.includes('.sig')));
  });

  test('a version that the image itself names is asked for before newer ones', async () => {
    const client = createTestClient();
    const found = await ask(client, { ask: 'tags', image: byDigest('team/many', labelled.root.digest) });
    assert.deepEqual(found, { ok: true, answer: ['v0.3.1'] });
    assert.ok(client.sent.length < 15);
  });

  test('of many tags the likeliest alone are asked for', async () => {
    const client = createTestClient();
    const found = await ask(client, { ask: 'tags', image: byDigest('team/many', nobody.root.digest) });
    assertRefused(found, /None of the 40 likeliest tags/);
    assert.equal(client.sent.filter(({ method }) => method === 'HEAD').length, 40);
  });

  test('a digest that no tag names any more, and one that there is not', async () => {
    const client = createTestClient();
    const moved = await ask(client, { ask: 'tags', image: byDigest('team/shop', nobody.root.digest) });
    assertRefused(moved, /No tag of .*team\/shop names this digest now/);
    const none = byDigest('team/shop', sha256(Buffer.from('none')));
    assertRefused(await ask(client, { ask: 'tags', image: none }), /has no image/);
  });

  test('the volumes of an image, which may have none', async () => {
    const volumes = (tag: string) =>
      ask(createTestClient(), { ask: 'volumes', image: image('team/shop', tag) });
    assert.deepEqual(await volumes('2.1.4'), { ok: true, answer: ['/data'] });
    assert.deepEqual(await volumes('1.9.0'), { ok: true, answer: [] });
    assertRefused(await volumes('4'), /has no image/);
  });

  test('an image whose volumes cannot be told is not one without', async () => {
    const { blobs, manifest } = signatureManifest([]);
    const chart = JSON.parse(manifest.bytes.toString());
    chart.config.mediaType = 'application/vnd.cncf.helm.config.v1+json';
    const bytes = Buffer.from(JSON.stringify(chart));
    await server.put({ ...manifest, bytes, digest: sha256(bytes) }, blobs, 'team/chart', '1.0');
    const found = await ask(createTestClient(), { ask: 'volumes', image: image('team/chart', '1.0') });
    assertRefused(found, /does not tell/);
  });

  test('downloads', async () => {
    const checksum = { ask: 'checksum', url: 'https://example.com/x' } as const;
    const commit = { ask: 'commit', repository: 'https://example.com/x', ref: 'main' } as const;
    for (const question of [checksum, commit]) {
      assert.ok((await ask(createTestClient(), question)).ok);
      const without = await answerQuestion(
        question,
        { registry: createTestClient().registry },
        { registries: {} },
      );
      assertRefused(without, /Make the change by hand/);
    }
  });
});

test('trouble while tags are tried ends the search', async (t) => {
  const { root } = shop;
  const server = await startHostile(({ method, path }, response) => {
    if (path.includes('/tags/')) {
      const tags = Array.from({ length: 500 }, (_, index) => `1.${index}`);
      return answer(response, 200, {}, JSON.stringify({ tags }));
    }
    if (method === 'HEAD') return answer(response, 429, { 'retry-after': '60' });
    const found = [...shop.manifests, ...shop.blobs].find(({ digest }) => path.endsWith(digest)) ?? root;
    return answer(response, 200, { 'content-type': found.mediaType }, found.bytes);
  });
  t.after(() => server.stop());
  const image = imageOf(`${server.host}/team/shop@${root.digest}`);
  assertRefused(await ask(createTestClient(), { ask: 'tags', image }), /no more requests/);
  assert.ok(server.requests.length < 15);
});

test('a search that is cancelled ends', async (t) => {
  const controller = new AbortController();
  const server = await startHostile(() => {});
  t.after(() => server.stop());
  const image = imageOf(`${server.host}/team/shop@${shop.root.digest}`);
  const found = ask(createTestClient(), { ask: 'tags', image }, controller.signal);
  await server.arrived(1);
  controller.abort();
  assertRefused(await found, /cancelled/);
});

describe('pinned images and docker-registry', () => {
  const key = ecdsaKey();
  let server: DockerRegistry;
  before(async () => {
    server = await startDockerRegistry();
    await server.push(older, 'team/shop', 'build');
    await server.push(shop, 'team/shop', '2.1');
    await server.push(shop, 'team/shop', '2.2');
    const { blobs, manifest } = signatureManifest([signedLayer(payloadFor(shop.root.digest), key)]);
    await server.put(manifest, blobs, 'team/shop', signatureTag(shop.root.digest));
  });
  after(() => server.stop());

  const read = (client: TestClient, text: string, settings: Settings = defaultSettings): Analysis =>
    analyze(
      {
        path: '/w/compose.yaml',
        text,
        observed: (image) =>
          client.registry.observed(image, { registries: {}, keys: keysFor(settings, image) }),
      },
      settings,
    );

  const compose = (...images: readonly string[]): string =>
    `services:\n${images.map((image, index) => `  s${index}:\n    image: ${server.host}/${image}\n    read_only: true\n`).join('')}`;

  async function findings(text: string, settings: Settings = defaultSettings) {
    const client = createTestClient();
    const document = read(client, text, settings);
    assert.deepEqual(online(document), []);
    const { checked, failures } = await checkPins(document, { registry: client.registry, since: 0 });
    return { client, checked, failures, found: online(read(client, text, settings)) };
  }

  const onlineRules =
    /^(?:drifted-pin|missing-digest|platform-digest|unsigned-image|undeclared-image-volume)$/;
  const online = ({ findings: all }: Analysis) =>
    all.map(({ rule }) => rule).filter((rule) => onlineRules.test(rule));

  test('a pin that still is what its tag names', async () => {
    const { checked, client, found } = await findings(
      compose(`team/shop:build@${older.root.digest}`, `team/shop:build@${older.root.digest}`),
    );
    assert.deepEqual([checked, found], [1, []]);
    assert.equal(client.sent.filter(({ url }) => url.includes('/manifests/build')).length, 1);
  });

  test('a tag that moved on, one platform, and a digest that is gone', async () => {
    const gone = sha256(Buffer.from('gone'));
    assert.deepEqual((await findings(compose(`team/shop:2.1@${older.root.digest}`))).found, ['drifted-pin']);
    const part = shop.manifests[2]?.digest;
    const { found } = await findings(compose(`team/shop:2.1@${part}`));
    assert.ok(found.includes('platform-digest') && !found.includes('drifted-pin'), found.join());
    assert.deepEqual((await findings(compose(`team/shop:2.1@${gone}`))).found, ['missing-digest']);
    assert.deepEqual((await findings(compose(`team/shop@${gone}`))).found, ['missing-digest']);
  });

  test('what may count as a pull is asked only where a rule needs what is in the image', async () => {
    const pins = [`build@${older.root.digest}`, `2.1@${shop.root.digest}`, `2.1@${older.root.digest}`];
    const dockerfile = pins.map((pin) => `FROM ${server.host}/team/shop:${pin}\n`).join('');
    const client = createTestClient();
    const document = analyze({ path: '/w/Dockerfile', text: dockerfile });
    const { checked } = await checkPins(document, { registry: client.registry, since: 0 });
    assert.equal(checked, 3);
    assert.deepEqual([...new Set(client.sent.map(({ method }) => method))], ['HEAD']);
  });

  test('volumes that the image declares', async () => {
    const { found } = await findings(compose(`team/shop:2.1@${shop.root.digest}`));
    assert.deepEqual(found, ['undeclared-image-volume']);
  });

  test('signatures that the policy demands, of pinned images and of others', async () => {
    const demand = (pem: string): Settings => ({
      ...defaultSettings,
      signatures: [{ images: '*/team/*', key: pem }],
    });
    for (const image of [`team/shop:2.1@${shop.root.digest}`, 'team/shop:2.2']) {
      const good = await findings(compose(image), demand(key.pem));
      assert.ok(!good.found.includes('unsigned-image'), image);
      const bad = await findings(compose(image), demand(ecdsaKey().pem));
      assert.ok(bad.found.includes('unsigned-image'), image);
    }
    const none = await findings(compose(`team/shop:build@${older.root.digest}`), demand(key.pem));
    assert.deepEqual(none.found, ['unsigned-image']);
  });

  test('what cannot be asked is told, and is no finding', async () => {
    const { checked, failures, found } = await findings(
      `services:\n  a:\n    image: nowhere.example/a:1@${shop.root.digest}\n  b:\n    image: ${server.host}/team/shop:2.1@${older.root.digest}\n`,
      { ...defaultSettings, signatures: [{ images: '*/team/*', key: 'no key' }] },
    );
    assert.equal(checked, 2);
    assert.deepEqual(found, ['drifted-pin']);
    const [unreachable, key] = failures.map(({ message }) => message);
    assert.match(unreachable ?? '', /nowhere\.example cannot be found/);
    assert.match(key ?? '', /no public key/);
  });

  test('an image that is not pinned, or built here, is not asked about', async () => {
    const { checked, client } = await findings('services:\n  a:\n    image: nginx\n  b:\n    build: .\n');
    assert.deepEqual([checked, client.sent.length], [0, 0]);
  });

  test('cancelled', async (t) => {
    const controller = new AbortController();
    const silent = await startHostile(() => {});
    t.after(() => silent.stop());
    const client = createTestClient();
    const images = Array.from(
      { length: 30 },
      (_, n) => `  s${n}:\n    image: ${silent.host}/a${n}@${shop.root.digest}\n`,
    );
    const document = read(client, `services:\n${images.join('')}`);
    const checking = checkPins(document, { registry: client.registry, since: 0, signal: controller.signal });
    await silent.arrived(1);
    controller.abort();
    const { checked } = await checking;
    assert.equal(checked, 0);
    const asked = silent.requests.length;
    await new Promise((resolve) => setImmediate(resolve));
    assert.equal(silent.requests.length, asked);
  });
});
