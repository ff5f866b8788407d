import assert from 'node:assert/strict';
import { test } from 'node:test';
import { assertFailed, createTestClient, imageOf } from '../support/registry-client.ts';

const token = `ghp_${'aB3dE6gH9'.repeat(4)}`;

test('a name with a token in it is sent nowhere, whoever asks, and is not quoted', async () => {
  const client = createTestClient();
  const image = imageOf(`registry.example/team/app:${token}`);
  const options = { registries: {} };
  const { registry } = client;
  const answers = [
    await registry.resolve(image, options),
    await registry.inspect(image, options),
    await registry.verify(image, ['key'], options),
    await registry.tags({ registry: `${token}.example`, repository: 'x' }, options),
    await registry.tags({ registry: 'registry.example', repository: token.toLowerCase() }, options),
  ];
  for (const answer of answers) {
    assertFailed(answer, 'refused', /access token/);
    assert.doesNotMatch(JSON.stringify(answer), /ghp_/i);
  }
  assert.deepEqual(client.sent, []);
  assert.doesNotMatch(client.log.join('\n'), /ghp_/i);
});
