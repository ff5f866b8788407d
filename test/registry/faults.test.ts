import assert from 'node:assert/strict';
import { Readable } from 'node:stream';
import { describe, type TestContext, test } from 'node:test';
import type { HttpResponse } from '../../server/src/engine/ports.ts';
import { TransportError } from '../../server/src/http/network-errors.ts';
import { answer, type Misbehave, startHostile } from '../support/hostile.ts';
import { buildImage } from '../support/oci.ts';
import {
  assertFailed,
  assertFound,
  assertNoSecret,
  createTestClient,
  ManualTimers,
  password,
  type TestClientOptions,
} from '../support/registry-client.ts';

const { root } = buildImage({ name: 'app' });
const good = { 'content-type': root.mediaType, 'docker-content-digest': root.digest };

/** An answer without a body. */
const bare = (status: number): HttpResponse => ({ status, headers: good, body: Readable.from([]) });

/** A hostile registry and a client with a password for it. */
async function setUp(t: TestContext, misbehave: Misbehave, options: TestClientOptions = {}) {
  const server = await startHostile(misbehave);
  t.after(() => server.stop());
  const client = createTestClient({ ...options, stored: { [server.host]: password } });
  t.after(() => assertNoSecret(client.log));
  return { server, client, image: `${server.host}/team/app:1.0` };
}

describe('hosts that are not asked, or not as they are named', () => {
  test('plain http is only tried where it is allowed', async (t) => {
    const { server } = await setUp(t, (_, response) => answer(response, 200, good));
    const routes = {
      'https://inside.example': `https://${server.host}`,
      'http://inside.example': server.url,
    };

    const strict = createTestClient({ routes });
    assertFailed(
      await strict.look('inside.example/team/app:1.0'),
      'unreachable',
      /does not speak TLS/,
      /insecure: true/,
    );
    assert.ok(strict.sent.every(({ url }) => url.startsWith('https:')));

    const lax = createTestClient({ routes, stored: { 'inside.example': password } });
    const registries = { 'inside.example': { insecure: true } };
    assertFound(await lax.look('inside.example/team/app:1.0', { registries }), root.digest);
  });

  test('a registry of this machine that is started anew with TLS', async () => {
    let speaksTls = false;
    const client = createTestClient({
      routes: {
        'http://localhost:5000': async () => bare(speaksTls ? 400 : 200),
        'https://localhost:5000': async () => bare(200),
      },
    });
    assertFound(await client.look('localhost:5000/team/app:1'), root.digest);
    speaksTls = true;
    for (const tag of ['2', '3'])
      assertFound(await client.look(`localhost:5000/team/app:${tag}`), root.digest);
    assert.deepEqual(
      client.sent.map(({ url }) => new URL(url).protocol),
      ['http:', 'http:', 'https:', 'https:'],
    );
  });

  test('an insecure host that has spoken TLS is never asked without', async () => {
    let isBlocked = false;
    const client = createTestClient({
      routes: {
        'https://inside.example': async () => {
          if (isBlocked) throw new TransportError('ECONNRESET');
          return bare(200);
        },
        'http://inside.example': async () => bare(200),
      },
    });
    const registries = { 'inside.example': { insecure: true } };
    assertFound(await client.look('inside.example/team/app:1', { registries }), root.digest);
    isBlocked = true;
    assertFailed(await client.look('inside.example/team/app:2', { registries }), 'unreachable');
    assert.ok(client.sent.every(({ url }) => url.startsWith('https:')));
  });

  test('an insecure host that speaks neither', async (t) => {
    const { server } = await setUp(t, (_, response) => {
      response.socket?.destroy();
    });
    const routes = {
      'https://inside.example': `https://${server.host}`,
      'http://inside.example': server.url,
    };
    const registries = { 'inside.example': { insecure: true } };
    const lookup = await createTestClient({ routes }).look('inside.example/team/app:1.0', { registries });
    assertFailed(lookup, 'unreachable', /The connection to inside\.example broke/);
  });

  for (const mirror of [
    'http://mirror.example',
    'https://alice:pw@mirror.example',
    'ftp://mirror.example',
    'a b',
    '',
  ]) {
    test(`a mirror that is refused: "${mirror}"`, async () => {
      const client = createTestClient();
      const lookup = await client.look('docker.io/library/app:1.0', {
        registries: { 'docker.io': { mirror } },
      });
      assertFailed(lookup, 'refused', /mirror set for docker\.io cannot be used/);
      assertNoSecret([JSON.stringify(lookup)], 'pw@');
      assert.deepEqual(client.sent, []);
    });
  }

  for (const image of [
    'ghcr.io/../app:1.0',
    'ghcr.io/app:a/b',
    'ghcr.io/app%2f:1',
    'ghcr.io/App:1',
    'user@host/app:1',
    'ho?st/app:1',
  ]) {
    test(`a name that is refused: ${image}`, async () => {
      const client = createTestClient();
      assertFailed(await client.look(image), 'refused', /cannot be asked/);
      assert.deepEqual(client.sent, []);
    });
  }
});

describe('too many requests', () => {
  async function limited(t: TestContext, retryAfter: string | undefined) {
    const setup = await setUp(
      t,
      ({ index }, response) => {
        if (index === 0) answer(response, 429, retryAfter === undefined ? {} : { 'retry-after': retryAfter });
        else answer(response, 200, good);
      },
      // No pause is so short that a lookup would wait for its end.
      { timers: new ManualTimers(), limits: { deadline: 1 } },
    );
    return { ...setup, other: `${setup.server.host}/team/other:1.0` };
  }

  for (const [name, header, words, milliseconds] of [
    ['seconds', '30', /Try again in 30 seconds/, 30_000],
    ['a date', 'Wed, 01 Jan 2025 00:02:00 GMT', /Try again in 2 minutes/, 120_000],
    ['nothing', undefined, /Try again in 60 seconds/, 60_000],
    ['nonsense', 'soon', /Try again in 60 seconds/, 60_000],
    ['a fraction', '1.5', /Try again in 60 seconds/, 60_000],
    ['a date gone by', 'Wed, 01 Jan 2020 00:00:00 GMT', /Try again in one second/, 1_000],
    ['a year', '31536000', /Try again in 60 minutes/, 3_600_000],
  ] as const) {
    test(`Retry-After with ${name} keeps the host in peace`, async (t) => {
      const { client, server, image, other } = await limited(t, header);
      assertFailed(await client.look(image), 'rate-limited', words, /docker login/);
      client.pass(milliseconds - 1);
      assertFailed(await client.look(other), 'rate-limited', /Try again in one second/);
      assert.equal(server.requests.length, 1);
      client.pass(1);
      assertFound(await client.look(other), root.digest);
    });
  }
});

describe('a connection that is not made in time', () => {
  for (const fault of ['ETIMEDOUT', 'UND_ERR_CONNECT_TIMEOUT']) {
    for (const [times, word] of [
      [1, 'is tried again'],
      [2, 'is given up after the second time'],
    ] as const) {
      test(`${word}: ${fault}`, async () => {
        let left: number = times;
        const client = createTestClient({
          routes: {
            'https://registry.example': async () => {
              if (left-- > 0) throw new TransportError(fault);
              return bare(200);
            },
          },
        });
        const lookup = await client.look('registry.example/team/app:1.0');
        if (times === 1) assertFound(lookup, root.digest);
        else assertFailed(lookup, 'unreachable', /cannot be reached/);
        assert.equal(client.sent.length, 2);
      });
    }
  }
});

test('HEAD tells the digest: no GET is made', async (t) => {
  const { client, server, image } = await setUp(t, (_, response) => answer(response, 200, good));
  assertFound(await client.look(image), root.digest);
  assert.deepEqual(
    server.requests.map(({ method }) => method),
    ['HEAD'],
  );
  const accept = server.requests[0]?.headers.accept ?? '';
  assert.equal(accept.split(', ').length, 4);
  assert.ok(!accept.includes('*'));
  assert.equal(server.requests[0]?.headers['accept-encoding'], 'identity');
});
