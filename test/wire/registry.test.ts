import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createNodeRegistry } from '../../server/src/registry/index.ts';
import { startRegistry } from '../support/registry.ts';
import { start } from './harness.ts';

const uri = 'file:///shop/compose.yaml';
const env = { HOME: '/nonexistent', DOCKER_CONFIG: '/nonexistent', HOLDFAST_CACHE_DIR: 'off' };

test('a pin comes over the network from a registry, and only then', async (t) => {
  const registry = await startRegistry({ images: [{ repository: 'shop/web', tags: ['1.4.2'] }] });
  t.after(() => registry.stop());
  const client = await start(t, { registry: createNodeRegistry({ env }) });
  await client.open(
    uri,
    `services:\n  web:\n    image: "${registry.host}/shop/web:1.4.2"\n    read_only: true\n    security_opt: [no-new-privileges:true]\n`,
  );
  const pin = await client.action(uri, 'unpinned-image', /^Pin/);
  assert.deepEqual(registry.requests, []);
  await client.apply((await client.resolve(pin)).edit);
  const digest = registry.digestOf('shop/web', '1.4.2');
  assert.match(client.text(uri), new RegExp(`image: "${registry.host}/shop/web:1\\.4\\.2@${digest}"\n`));
  assert.deepEqual(await client.diagnostics(uri), []);
});

test('a tag that is gone, and a registry that is gone, are told apart', async (t) => {
  const registry = await startRegistry({ images: [{ repository: 'shop/web', tags: ['1.4.2'] }] });
  const client = await start(t, { registry: createNodeRegistry({ env }) });
  await client.open(uri, `services:\n  web:\n    image: ${registry.host}/shop/web:9.9.9\n`);
  const pin = await client.action(uri, 'unpinned-image', /^Pin/);
  assert.equal((await client.resolve(pin)).edit, undefined);
  await registry.stop();
  await client.edit(uri, '9.9.9', '8.8.8');
  const other = await client.action(uri, 'unpinned-image', /^Pin/);
  assert.equal((await client.resolve(other)).edit, undefined);
  const [gone, down] = client.shown.map(({ message }) => message);
  assert.match(gone ?? '', /9\.9\.9/);
  assert.ok(down?.includes(registry.host));
  assert.notEqual(gone, down);
});
