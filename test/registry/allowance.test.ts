import assert from 'node:assert/strict';
import { test } from 'node:test';
import { answer, startHostile } from '../support/hostile.ts';
import { buildImage } from '../support/oci.ts';
import { assertFailed, assertFound, createTestClient, imageOf } from '../support/registry-client.ts';

const app = buildImage({ name: 'app' });
const hub = 'https://registry-1.docker.io';
const good = { 'content-type': app.root.mediaType, 'docker-content-digest': app.root.digest };
const limits = { 'ratelimit-limit': '100;w=21600', 'ratelimit-remaining': '76;w=21600' };
const source = { 'docker-ratelimit-source': '198.51.100.7' };
const told = { limit: 100, remaining: 76, window: 21_600_000 };

async function setUp(headers: Readonly<Record<string, string>>, status = 200) {
  const server = await startHostile(({ method }, response) =>
    answer(response, status, { ...good, ...headers }, method === 'HEAD' ? '' : app.root.bytes),
  );
  const client = createTestClient({ routes: { [hub]: server.url, 'https://mirror.example': server.url } });
  return {
    client,
    allowance: (registry = 'docker.io', mirror?: string) =>
      client.registry.allowance(registry, { registries: mirror ? { [registry]: { mirror } } : {} }),
    [Symbol.asyncDispose]: () => server.stop(),
  };
}

test('what Docker Hub says of pulls that are left is kept with its time, and its source told nobody', async () => {
  await using hubServer = await setUp({ ...limits, ...source });
  const { allowance, client } = hubServer;
  assert.equal(allowance(), undefined);
  const lookup = await client.look('docker.io/library/app:1.0');
  assertFound(lookup, app.root.digest);
  const at = lookup.ok ? lookup.at : 0;
  assert.deepEqual(allowance(), { ...told, at });
  assert.deepEqual(allowance('index.docker.io'), { ...told, at });
  client.pass(1000);
  assert.deepEqual(allowance(), { ...told, at });
  await client.registry.clear();
  assert.equal(allowance(), undefined);
  assert.ok(!JSON.stringify([client.log, lookup]).includes(source['docker-ratelimit-source']));
});

test('it is told with GET and with refusals as well', async () => {
  await using hubServer = await setUp({ ...limits, 'ratelimit-remaining': '0;w=21600', ...source }, 429);
  const { allowance, client } = hubServer;
  const inspection = await client.registry.inspect(imageOf('docker.io/library/app:1.0'), { registries: {} });
  assertFailed(inspection, 'rate-limited');
  assert.equal(allowance()?.remaining, 0);
  assert.ok(!JSON.stringify([client.log, inspection]).includes(source['docker-ratelimit-source']));
});

test('a mirror has one of its own', async () => {
  await using hubServer = await setUp(limits);
  const { allowance, client } = hubServer;
  const registries = { 'docker.io': { mirror: 'mirror.example/hub' } };
  assertFound(await client.look('docker.io/library/app:1.0', { registries }), app.root.digest);
  assert.equal(allowance(), undefined);
  assert.equal(allowance('docker.io', 'mirror.example/hub')?.remaining, 76);
  assert.equal(allowance('mirror.example')?.remaining, 76);
});

for (const [name, headers] of [
  ['nothing', {}],
  ['half of it', { 'ratelimit-limit': '100;w=21600' }],
  ['no window', { 'ratelimit-limit': '100', 'ratelimit-remaining': '76' }],
  ['a window of no time', { 'ratelimit-limit': '100;w=0', 'ratelimit-remaining': '76;w=0' }],
  ['a list of them', { 'ratelimit-limit': '100;w=1, 10;w=1', 'ratelimit-remaining': '76;w=1' }],
  ['fractions', { 'ratelimit-limit': '100.5;w=60', 'ratelimit-remaining': '76;w=60' }],
  ['less than nothing', { 'ratelimit-limit': '100;w=60', 'ratelimit-remaining': '-1;w=60' }],
  ['more than there is', { 'ratelimit-limit': '100;w=60', 'ratelimit-remaining': '101;w=60' }],
  ['far too much', { 'ratelimit-limit': `${'9'.repeat(40)};w=60`, 'ratelimit-remaining': '1;w=60' }],
  ['words', { 'ratelimit-limit': 'many;w=60', 'ratelimit-remaining': 'few;w=60' }],
] as const satisfies readonly (readonly [string, Readonly<Record<string, string>>])[]) {
  test(`${name} is no allowance, and does no harm`, async () => {
    await using hubServer = await setUp(headers);
    assertFound(await hubServer.client.look('docker.io/library/app:1.0'), app.root.digest);
    assert.equal(hubServer.allowance(), undefined);
  });
}

test('what a host says that was redirected to is not the allowance of the registry', async (t) => {
  const storage = await startHostile((_, response) => answer(response, 200, { ...good, ...limits }));
  const home = await startHostile((_, response) =>
    answer(response, 307, { location: 'https://storage.example/x' }),
  );
  t.after(() => Promise.all([storage.stop(), home.stop()]));
  const client = createTestClient({ routes: { [hub]: home.url, 'https://storage.example': storage.url } });
  assertFound(await client.look('docker.io/library/app:1.0'), app.root.digest);
  assert.equal(client.registry.allowance('docker.io', { registries: {} }), undefined);
});
