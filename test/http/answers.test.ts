import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { createFetchTransport } from '../../server/src/http/fetch-transport.ts';
import { answer, startHostile } from '../support/hostile.ts';
import { ask, createHop, textOf } from './hop.ts';

const hops = { 'of Node': createHop(), 'over fetch': createFetchTransport() };

for (const [which, hop] of Object.entries(hops)) {
  describe(`the hop ${which}`, () => {
    for (const encoding of ['gzip', 'x-gzip', 'deflate', 'br', 'zstd', 'identity, gzip', 'GZIP', 'made-up']) {
      test(`does not take a body packed with ${encoding} for the stored bytes`, async (t) => {
        const body = encoding.toLowerCase().endsWith('gzip') ? gzipSync('{}') : '{}';
        const headers = { 'content-encoding': encoding };
        const server = await startHostile((_, response) => answer(response, 200, headers, body));
        t.after(() => server.stop());
        await assert.rejects(ask(hop, { url: server.url }), { name: 'TransportError', code: 'BODY_PACKED' });
        await assert.rejects(ask(hop, { url: server.url, method: 'POST', body: 'a=b' }), {
          code: 'BODY_PACKED',
        });
      });
    }

    for (const encoding of ['identity', 'Identity', '']) {
      test(`takes a body that is said to be "${encoding}" as it is`, async (t) => {
        const headers = { 'content-encoding': encoding };
        const server = await startHostile((_, response) => answer(response, 200, headers, '{}'));
        t.after(() => server.stop());
        assert.equal(await textOf(await ask(hop, { url: server.url })), '{}');
      });
    }

    test('does not mind what is said of a body that does not come, or does not count', async (t) => {
      const headers = { 'content-encoding': 'gzip', 'www-authenticate': 'Basic', 'x-digest': 'sha256:1' };
      const server = await startHostile(({ method }, response) =>
        answer(response, method === 'HEAD' ? 200 : 401, headers, method === 'HEAD' ? '' : gzipSync('no')),
      );
      t.after(() => server.stop());
      assert.equal((await ask(hop, { url: server.url, method: 'HEAD' })).headers['x-digest'], 'sha256:1');
      const got = await ask(hop, { url: server.url });
      assert.deepEqual([got.status, got.headers['www-authenticate']], [401, 'Basic']);
      await textOf(got);
    });
  });
}
