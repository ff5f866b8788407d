import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { cliAdvice, nodeAdvice, vscodeAdvice } from '../../server/src/http/network-errors.ts';
import { answer, type Misbehave, startHostile } from '../support/hostile.ts';
import { buildImage, sha256 } from '../support/oci.ts';
import {
  assertFailed,
  assertFound,
  createTestClient,
  imageOf,
  type TestClientOptions,
} from '../support/registry-client.ts';
import { ecdsaKey, payloadFor, signatureManifest, signedLayer } from '../support/signing.ts';

const app = buildImage({ name: 'app', config: { Volumes: { '/data': {} } } });
const image = 'registry.example/team/app:1.0';
const registries = {};
const day = 86_400_000;

/** Serves the image and whatever belongs to it. */
const serve: Misbehave = ({ method, path }, response) => {
  if (path.endsWith('/tags/list?n=1000')) return answer(response, 200, {}, '{"tags":["1.0"]}');
  const name = path.split('/').at(-1) ?? '';
  const part = [...app.manifests, ...app.blobs].find(({ digest }) => digest === name);
  if (!part && !name.startsWith('1.')) return answer(response, 404);
  const { bytes, digest, mediaType } = part ?? app.root;
  const headers = { 'content-type': mediaType, 'docker-content-digest': digest };
  return answer(response, 200, headers, method === 'HEAD' ? '' : bytes);
};

/** A client that goes offline when the test says so. The names it asks the system for are noted. */
async function setUp(t: TestContext, misbehave = serve, options: TestClientOptions = {}) {
  const server = await startHostile(misbehave);
  t.after(() => server.stop());
  let isOffline = false;
  const names: string[] = [];
  const client = createTestClient({
    routes: { 'https://registry.example': server.url },
    isOffline: () => isOffline,
    resolveName: async (host) => {
      names.push(host);
      return ['203.0.113.1'];
    },
    ...options,
  });
  return {
    client,
    server,
    names,
    switchOff() {
      isOffline = true;
    },
    switchOn() {
      isOffline = false;
    },
  };
}

test('a lookup is answered with what was found last, however old, and nothing is sent', async (t) => {
  const { client, names, switchOff } = await setUp(t);
  const found = await client.look(image);
  const [sent, asked] = [client.sent.length, names.length];
  switchOff();
  client.pass(300 * day);
  assert.deepEqual(await client.look(image), { ...found, isOld: true });
  assert.deepEqual([client.sent.length, names.length], [sent, asked]);
});

test('so is an inspection', async (t) => {
  const { client, switchOff } = await setUp(t);
  const found = await client.registry.inspect(imageOf(image), { registries });
  assert.ok(found.ok && found.config);
  const sent = client.sent.length;
  switchOff();
  client.pass(300 * day);
  const old = await client.registry.inspect(imageOf(image), { registries });
  assert.deepEqual(old, { ...found, isOld: true });
  const byDigest = imageOf(`registry.example/team/app@${app.root.digest}`);
  assert.ok((await client.registry.inspect(byDigest, { registries })).ok);
  assert.equal(client.sent.length, sent);
});

test('what is known without its contents cannot be inspected', async (t) => {
  const { client, switchOff } = await setUp(t);
  assertFound(await client.look(image), app.root.digest);
  switchOff();
  const inspection = await client.registry.inspect(imageOf(image), { registries });
  assertFailed(inspection, 'offline', /nothing is known about registry\.example\/team\/app:1\.0/);
});

for (const [where, advice, words] of [
  ['the command line', cliAdvice, /--offline/],
  ['other editors', nodeAdvice, /holdfast\.offline/],
  ['VS Code', vscodeAdvice, /holdfast\.offline/],
] as const) {
  test(`what was never asked fails, in the words of ${where}`, async (t) => {
    const { client, names, switchOff } = await setUp(t, serve, { advice });
    switchOff();
    const { registry } = client;
    const about = { registry: 'registry.example', repository: 'team/app' };
    const byDigest = imageOf(`registry.example/team/app@${app.root.digest}`);
    for (const result of [
      await registry.resolve(imageOf(image), { registries }),
      await registry.inspect(imageOf(image), { registries }),
      await registry.verify(imageOf(image), [ecdsaKey().pem], { registries }),
      await registry.verify(byDigest, [ecdsaKey().pem], { registries }),
      await registry.tags(about, { registries }),
    ]) {
      assertFailed(result, 'offline', /[Oo]ffline mode is on/, words);
    }
    assert.deepEqual([client.sent, names], [[], []]);
  });
}

test('an old answer is none where a new one is asked for', async (t) => {
  const { client, switchOff } = await setUp(t);
  const found = await client.look(image);
  client.pass(1000);
  switchOff();
  const at = found.ok ? found.at : 0;
  assertFailed(await client.look(image, { since: at + 1 }), 'offline');
  assertFound(await client.look(image, { since: at }), app.root.digest);
});

test('what the registry said to be gone is not told as there', async (t) => {
  let isGone = false;
  const { client, switchOff } = await setUp(t, (request, response) => {
    if (isGone) answer(response, 404);
    else serve(request, response);
  });
  assertFound(await client.look(image), app.root.digest);
  isGone = true;
  client.pass(day);
  assertFailed(await client.look(image), 'not-found');
  switchOff();
  assertFailed(await client.look(image), 'offline');
});

test('a verdict on a signature is told again', async (t) => {
  const key = ecdsaKey();
  const { blobs, manifest } = signatureManifest([signedLayer(payloadFor(app.root.digest), key)]);
  const { client, switchOff } = await setUp(t, ({ path }, response) => {
    const blob = blobs.find(({ digest }) => path.endsWith(digest));
    const { bytes, mediaType } = blob ?? manifest;
    const isThere = blob !== undefined || path.endsWith('.sig');
    answer(response, isThere ? 200 : 404, { 'content-type': mediaType }, isThere ? bytes : '');
  });
  const byDigest = imageOf(`registry.example/team/app@${app.root.digest}`);
  const verdict = await client.registry.verify(byDigest, [key.pem], { registries });
  assert.ok(verdict.ok && verdict.verified, JSON.stringify(verdict));
  switchOff();
  client.pass(300 * day);
  assert.deepEqual(await client.registry.verify(byDigest, [key.pem], { registries }), verdict);
});

test('a lookup that has begun sends nothing more', async (t) => {
  const { client, server, switchOff } = await setUp(t, (_, response) => {
    switchOff();
    answer(response, 401, { 'www-authenticate': 'Bearer realm="https://registry.example/token"' });
  });
  assertFailed(await client.look(image), 'offline');
  assert.equal(server.requests.length, 1);
});

test('back online everything is asked again', async (t) => {
  const { client, server, switchOff, switchOn } = await setUp(t);
  switchOff();
  assertFailed(await client.look(image), 'offline');
  switchOn();
  const found = await client.look(image);
  assertFound(found, app.root.digest);
  assert.ok(found.ok && !('isOld' in found));
  assert.equal(server.requests.length, 1);
});

test('what was found is inspected without traffic, and is not called old while online', async (t) => {
  const { client } = await setUp(t);
  const found = await client.registry.inspect(imageOf(image), { registries });
  const sent = client.sent.length;
  client.pass(day);
  assert.deepEqual(client.registry.inspected(imageOf(image), { registries }), found);
  assert.equal(client.sent.length, sent);
});

const reminder = /On 1 January 2025, 00:00 UTC, it was sha256:[0-9a-f]{12}…; offline mode uses that\.$/;

for (const [name, code, fail] of [
  ['cannot be reached', 'unreachable', (_, response) => void response.socket?.destroy()],
  ['takes no more requests', 'rate-limited', (_, response) => answer(response, 429)],
] as const satisfies readonly (readonly [string, string, Misbehave])[]) {
  test(`where a registry ${name}, an earlier answer is named and not given`, async (t) => {
    let isWell = true;
    const { client } = await setUp(t, (request, response) =>
      isWell ? serve(request, response) : fail(request, response),
    );
    await client.registry.inspect(imageOf(image), { registries });
    isWell = false;
    client.pass(day);
    const lookup = await client.look(image);
    assertFailed(lookup, code, reminder);
    assert.match(JSON.stringify(lookup), new RegExp(app.root.digest.slice(0, 'sha256:'.length + 12)));
    assertFailed(await client.registry.inspect(imageOf(image), { registries }), code, reminder);
    const byDigest = `registry.example/team/app@${app.root.digest}`;
    assertFailed(
      await client.look(byDigest, { since: Date.UTC(2025, 0, 2) }),
      code,
      /it was there; offline mode/,
    );
    const unknown = await client.look(`registry.example/team/app@${sha256(Buffer.from('unknown'))}`);
    assert.doesNotMatch(unknown.ok ? '' : unknown.message, /offline/);
  });
}

test('where an image is gone, or may not be read, no earlier answer is named', async (t) => {
  let status = 200;
  const { client } = await setUp(t, (request, response) =>
    status === 200 ? serve(request, response) : answer(response, status),
  );
  await client.look(image);
  for (const [next, code] of [
    [403, 'no-access'],
    [404, 'not-found'],
  ] as const) {
    status = next;
    client.pass(day);
    const lookup = await client.look(image);
    assertFailed(lookup, code);
    assert.doesNotMatch(lookup.ok ? '' : lookup.message, /offline/);
  }
});
