import assert from 'node:assert/strict';
import { after, before, describe, type TestContext, test } from 'node:test';
import { type DockerRegistry, startDockerRegistry } from '../support/docker-registry.ts';
import { answer, type Misbehave, startHostile } from '../support/hostile.ts';
import { buildImage, json } from '../support/oci.ts';
import { assertFailed, createTestClient, imageOf, type TestClient } from '../support/registry-client.ts';
import {
  ecdsaKey,
  ed25519Key,
  payloadFor,
  rsaKey,
  type SigningKey,
  signatureManifest,
  signatureTag,
  signedLayer,
} from '../support/signing.ts';

const ours = ecdsaKey();
const theirs = ecdsaKey();
const noTable = { registries: {} };

const verify = (client: TestClient, reference: string, ...keys: readonly string[]) =>
  client.registry.verify(imageOf(reference), keys, noTable);

async function verdict(client: TestClient, reference: string, ...keys: readonly string[]) {
  const found = await verify(client, reference, ...keys);
  assert.ok(found.ok, found.ok ? '' : found.message);
  assert.match(found.why, /^[A-Z0-9].*\.$/);
  return found;
}

describe('docker-registry', () => {
  let server: DockerRegistry;
  let made = 0;

  before(async () => {
    server = await startDockerRegistry();
  });
  after(() => server.stop());

  /** An image of its own, with these layers as its signatures. */
  async function signed(layersOf: (digest: string) => Parameters<typeof signatureManifest>[0] | null) {
    const image = buildImage({ name: `image ${made++}` });
    const { digest } = image.root;
    await server.push(image, 'team/shop', `v${made}`);
    const layers = layersOf(digest);
    if (layers) {
      const { blobs, manifest } = signatureManifest(layers);
      await server.put(manifest, blobs, 'team/shop', signatureTag(digest));
    }
    return {
      digest,
      byDigest: `${server.host}/team/shop@${digest}`,
      byTag: `${server.host}/team/shop:v${made}`,
    };
  }

  const kinds: readonly (readonly [string, () => SigningKey])[] = [
    ['ECDSA P-256', () => ours],
    ['ECDSA P-384 with SHA-256', () => ecdsaKey('P-384', 'sha256')],
    ['ECDSA P-384 with SHA-384', () => ecdsaKey('P-384', 'sha384')],
    ['RSA', () => rsaKey()],
    ['Ed25519', ed25519Key],
  ];
  for (const [name, make] of kinds) {
    test(`${name}: its own signature holds, that of another key does not`, async () => {
      const key = make();
      const { byDigest, byTag } = await signed((digest) => [signedLayer(payloadFor(digest), key)]);
      for (const name of [byDigest, byTag]) {
        assert.equal((await verdict(createTestClient(), name, key.pem)).verified, true);
      }
      const other = await verdict(createTestClient(), byDigest, theirs.pem);
      assert.equal(other.verified, false);
      assert.match(other.why, /None of its signatures/);
    });
  }

  test('of several signatures one is enough, and of several keys in one text any', async () => {
    const { byDigest } = await signed((digest) => [
      signedLayer(payloadFor(digest), theirs),
      signedLayer({ ...(payloadFor(digest) as object), optional: { by: 'us' } }, ours),
    ]);
    const client = createTestClient();
    assert.equal((await verdict(client, byDigest, ours.pem)).verified, true);
    assert.equal((await verdict(client, byDigest, `${rsaKey().pem}\n${ours.pem}`)).verified, true);
  });

  test('several texts each have to have signed', async () => {
    const { byDigest } = await signed((digest) => [signedLayer(payloadFor(digest), ours)]);
    const client = createTestClient();
    const missing = await verdict(client, byDigest, ours.pem, theirs.pem);
    assert.equal(missing.verified, false);
    assert.match(missing.why, /not by every key/);
    const both = await signed((digest) => [
      signedLayer(payloadFor(digest), ours),
      signedLayer({ ...(payloadFor(digest) as object), optional: {} }, theirs),
    ]);
    assert.equal((await verdict(client, both.byDigest, ours.pem, theirs.pem)).verified, true);
  });

  test('a true signature of another image', async () => {
    const { byDigest } = await signed(() => [signedLayer(payloadFor(`sha256:${'0'.repeat(64)}`), ours)]);
    const found = await verdict(createTestClient(), byDigest, ours.pem);
    assert.equal(found.verified, false);
    assert.match(found.why, /about another image/);
  });

  test('a true signature of something that is no statement about an image', async () => {
    for (const change of [{ type: 'atomic container signature' }, { image: null }, { image: {} }]) {
      const { byDigest } = await signed((digest) => {
        const { critical } = payloadFor(digest) as { critical: object };
        return [signedLayer({ critical: { ...critical, ...change } }, ours)];
      });
      assert.equal((await verdict(createTestClient(), byDigest, ours.pem)).verified, false);
    }
    for (const payload of [null, 7, [], {}, 'text']) {
      const { byDigest } = await signed(() => [signedLayer(payload, ours)]);
      assert.equal((await verdict(createTestClient(), byDigest, ours.pem)).verified, false);
    }
  });

  test('an image without any', async () => {
    const { byDigest } = await signed(() => null);
    const found = await verdict(createTestClient(), byDigest, ours.pem);
    assert.equal(found.verified, false);
    assert.match(found.why, /no signature .* Sigstore bundles, are not looked at/);
  });

  test('layers that are no signatures', async () => {
    const { byDigest } = await signed((digest) => {
      const good = signedLayer(payloadFor(digest), ours);
      const signature = good.annotations['dev.cosignproject.cosign/signature'];
      const named = (text: unknown) => ({ 'dev.cosignproject.cosign/signature': text });
      return [
        { ...good, blob: json('application/json', payloadFor(digest)) },
        { ...good, annotations: {} },
        { ...good, annotations: named('') },
        { ...good, annotations: named('not base64!') },
        { ...good, annotations: named('AAAA'.repeat(5000)) },
        { ...good, annotations: named(`${signature} ${signature}`) },
      ];
    });
    const found = await verdict(createTestClient(), byDigest, ours.pem);
    assert.equal(found.verified, false);
    assert.match(found.why, /in no form that cosign writes/);
  });

  test('signatures of garbage', async () => {
    for (const text of [
      'AAAA',
      Buffer.alloc(64, 1).toString('base64'),
      Buffer.alloc(2048).toString('base64'),
    ]) {
      const { byDigest } = await signed((digest) => [
        {
          ...signedLayer(payloadFor(digest), ours),
          annotations: { 'dev.cosignproject.cosign/signature': text },
        },
      ]);
      for (const key of [ours, rsaKey(), ed25519Key()]) {
        assert.equal((await verdict(createTestClient(), byDigest, key.pem)).verified, false);
      }
    }
  });

  test('what was verified is observed for the same keys alone', async () => {
    const { byDigest, byTag } = await signed((digest) => [signedLayer(payloadFor(digest), ours)]);
    const client = createTestClient();
    await client.look(byDigest);
    await client.look(byTag);
    const told = (name: string, ...keys: string[]) =>
      client.registry.observed(imageOf(name), { ...noTable, keys })?.signature;
    await verdict(client, byDigest, ours.pem);
    for (const name of [byDigest, byTag]) {
      assert.deepEqual(told(name, ours.pem)?.verified, true);
      assert.equal(told(name, theirs.pem), null);
      assert.equal(told(name, ours.pem, theirs.pem), null);
      assert.equal(told(name), null);
    }
    const sent = client.sent.length;
    await verdict(client, byDigest, ours.pem);
    assert.equal(client.sent.length, sent);
  });

  test('keys that are none: nothing is asked, and nothing is said about the image', async () => {
    const { byDigest } = await signed((digest) => [signedLayer(payloadFor(digest), ours)]);
    const secretPem = ours.secret.export({ type: 'pkcs8', format: 'pem' }).toString();
    const bad = /no public key in PEM/;
    const weak = /kind or size/;
    const keys: readonly (readonly [readonly string[], RegExp])[] = [
      [[], /without a public key/],
      [[''], bad],
      [['keys/cosign.pub'], bad],
      [['-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n'], bad],
      [[secretPem], bad],
      [[`${ours.pem}${secretPem}`], bad],
      [[ours.pem, ''], bad],
      [[rsaKey(1024).pem], weak],
      [[ecdsaKey('secp256k1').pem], weak],
    ];
    for (const [texts, words] of keys) {
      const client = createTestClient();
      const found = await verify(client, byDigest, ...texts);
      assertFailed(found, 'refused', words);
      assert.ok(!found.ok && !found.message.includes('BEGIN'));
      assert.equal(client.sent.length, 0);
      assert.equal(client.registry.observed(imageOf(byDigest), { ...noTable, keys: texts }), undefined);
    }
  });
});

describe('hostile answers', () => {
  const { root } = buildImage({ name: 'shop' });
  const good = signatureManifest([signedLayer(payloadFor(root.digest), ours)]);

  async function setUp(t: TestContext, misbehave: Misbehave) {
    const server = await startHostile(misbehave);
    t.after(() => server.stop());
    return { server, client: createTestClient(), image: `${server.host}/team/shop@${root.digest}` };
  }

  const serving =
    (payload: Misbehave): Misbehave =>
    (request, response) => {
      if (request.path.includes('/blobs/')) return payload(request, response);
      return answer(response, 200, { 'content-type': good.manifest.mediaType }, good.manifest.bytes);
    };

  const faults: readonly (readonly [string, Misbehave, string, RegExp])[] = [
    [
      'a page in place of the list',
      (_, r) => answer(r, 200, { 'content-type': 'text/html' }, '<p>'),
      'bad-answer',
      /login page/,
    ],
    [
      'a page that says 404',
      (_, r) => answer(r, 404, { 'content-type': 'text/html' }, '<p>'),
      'bad-answer',
      /login page/,
    ],
    [
      'another payload',
      serving((_, r) => answer(r, 200, {}, '{}')),
      'bad-answer',
      /does not match this digest/,
    ],
    [
      'a payload without end',
      serving((_, r) => answer(r, 200, {}, Buffer.alloc(100_000))),
      'bad-answer',
      /far more/,
    ],
    [
      'a loop',
      serving(({ path }, r) => answer(r, 302, { location: path })),
      'bad-answer',
      /more than 5 times/,
    ],
    ['no access', (_, r) => answer(r, 403), 'no-access', /private/],
    ['a fault of its own', (_, r) => answer(r, 503), 'unreachable', /503/],
  ];
  for (const [name, misbehave, code, words] of faults) {
    test(`${name} is no verdict`, async (t) => {
      const { client, image } = await setUp(t, misbehave);
      assertFailed(await verify(client, image, ours.pem), code, words);
    });
  }

  test('a payload that is gone', async (t) => {
    const { client, image } = await setUp(
      t,
      serving((_, r) => answer(r, 404, {}, '{}')),
    );
    assert.equal((await verdict(client, image, ours.pem)).verified, false);
  });

  test('layers without end', async (t) => {
    const { blobs, manifest } = signatureManifest([signedLayer({}, ours)]);
    const many = json(manifest.mediaType, {
      ...JSON.parse(manifest.bytes.toString()),
      layers: new Array(2000).fill(JSON.parse(manifest.bytes.toString()).layers[0]),
    });
    const { client, image, server } = await setUp(t, ({ path }, r) =>
      path.includes('/blobs/')
        ? answer(r, 200, {}, blobs[1]?.bytes)
        : answer(r, 200, { 'content-type': many.mediaType }, many.bytes),
    );
    assert.equal((await verdict(client, image, ours.pem)).verified, false);
    assert.ok(server.requests.length <= 51);
  });

  test('cancelled', async (t) => {
    const controller = new AbortController();
    const { client, image, server } = await setUp(t, () => {});
    const found = client.registry.verify(imageOf(image), [ours.pem], {
      ...noTable,
      signal: controller.signal,
    });
    await server.arrived(1);
    controller.abort();
    assertFailed(await found, 'cancelled');
  });
});
