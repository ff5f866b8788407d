import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Client } from './harness.ts';
import { digestFor, failed, start } from './harness.ts';

const uri = 'file:///shop/compose.yaml';
const nginx = digestFor({ registry: 'docker.io', repository: 'library/nginx', version: '1.27.3' });
const redis = digestFor({ registry: 'docker.io', repository: 'library/redis', version: 'latest' });

const text = `# the shop
services:
  web:
    image: nginx:1.27.3 # web
    tmpfs: [/tmp]
  cache:
    image: redis
    tmpfs: /tmp
    volumes:
      - /srv/data:/data
`;

async function fixAll(client: Client): Promise<boolean> {
  const [action] = await client.actions(uri, [], ['source.fixAll']);
  if (!action) return false;
  const resolved = await client.resolve(action);
  if (!resolved.edit) return false;
  await client.apply(resolved.edit);
  return true;
}

test('all safe fixes are made at once, pins and local ones; what changes behaviour is left', async (t) => {
  const client = await start(t);
  await client.open(uri, text);
  assert.deepEqual(client.registry.calls, []);
  assert.equal(await fixAll(client), true);
  const result = client.text(uri);
  assert.match(result, new RegExp(`image: nginx:1\\.27\\.3@${nginx} # web\n`));
  assert.match(result, new RegExp(`image: redis:latest@${redis}\n`));
  assert.equal(result.match(/read_only: true/g)?.length, 2);
  assert.match(result, /- \/srv\/data:\/data\n/);
  assert.match(result, /^# the shop\n/);
  const left = await client.diagnostics(uri);
  assert.deepEqual(
    [...new Set(left.map(({ code }) => code))],
    ['privilege-escalation', 'writable-host-mount'],
  );
  assert.deepEqual(client.shown, []);
  assert.equal(await fixAll(client), false);
});

test('one failed lookup does not stop the rest', async (t) => {
  const client = await start(t);
  client.registry.answer = (image) =>
    image.repository === 'library/redis'
      ? failed('unreachable', 'docker.io cannot be reached. Check the connection.')
      : { ok: true, digest: digestFor(image), mediaType: '', at: 0 };
  await client.open(uri, text);
  assert.equal(await fixAll(client), true);
  assert.match(client.text(uri), new RegExp(nginx));
  assert.match(client.text(uri), /image: redis\n/);
  assert.equal(client.text(uri).match(/read_only: true/g)?.length, 2);
  assert.match(client.shown[0]?.message ?? '', /^1 of 2 images pinned\. redis: docker\.io cannot be reached/);
});

test('silenced findings are left alone', async (t) => {
  const client = await start(t);
  await client.open(
    uri,
    'services:\n  web:\n    # holdfast-ignore unpinned-image -- mirrored nightly\n    image: nginx:1.27.3\n    read_only: true\n',
  );
  assert.deepEqual(await client.actions(uri, [], ['source.fixAll']), []);
});

test('a file with nothing safe to fix has no such action', async (t) => {
  const client = await start(t);
  await client.open(uri, `services:\n  web:\n    image: nginx:1.27.3@${nginx}\n`);
  assert.deepEqual(await client.actions(uri, [], ['source.fixAll']), []);
});
