import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer as createTlsServer } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, type TestContext, test } from 'node:test';
import { answer, type Misbehave, startHostile } from '../support/hostile.ts';
import { buildImage, sha256 } from '../support/oci.ts';
import {
  assertFailed,
  assertFound,
  assertNoSecret,
  createTestClient,
  ManualTimers,
  password,
  type TestClientOptions,
} from '../support/registry-client.ts';
import { runProgram } from '../support/registry-program.ts';
import { listen, stopServer } from '../support/registry-server.ts';

const { root } = buildImage({ name: 'app' });
const good = { 'content-type': root.mediaType, 'docker-content-digest': root.digest };
const noDigest = { 'content-type': root.mediaType };

/** A hostile registry and a client with a password for it. */
async function setUp(t: TestContext, misbehave: Misbehave, options: TestClientOptions = {}) {
  const server = await startHostile(misbehave);
  t.after(() => server.stop());
  const client = createTestClient({ ...options, stored: { [server.host]: password } });
  t.after(() => assertNoSecret(client.log));
  return { server, client, image: `${server.host}/team/app:1.0` };
}

describe('hosts that cannot be asked', () => {
  test('nobody listens', async () => {
    const server = await startHostile(() => {});
    await server.stop();
    const lookup = await createTestClient().look(`${server.host}/team/app:1.0`);
    assertFailed(
      lookup,
      'unreachable',
      /127\.0\.0\.1:\d+ refuses the connection/,
      /Check the name and the port/,
    );
  });

  test('the name does not exist', async () => {
    const lookup = await createTestClient().look('nowhere.example/team/app:1.0');
    assertFailed(lookup, 'unreachable', /The host nowhere\.example cannot be found/, /HTTPS_PROXY/);
  });

  test('the connection breaks, also the second time', async (t) => {
    const { client, image, server } = await setUp(t, (_, response) => {
      response.socket?.destroy();
    });
    assertFailed(await client.look(image), 'unreachable', /The connection to 127\.0\.0\.1:\d+ broke/);
    assert.equal(server.requests.length, 2);
  });

  test('the connection breaks once', async (t) => {
    const { client, image } = await setUp(t, ({ index }, response) => {
      if (index === 0) response.socket?.destroy();
      else answer(response, 200, good);
    });
    assertFound(await client.look(image), root.digest);
  });

  test('the certificate is self-signed', async (t) => {
    const folder = await mkdtemp(join(tmpdir(), 'holdfast-tls-'));
    t.after(() => rm(folder, { recursive: true, force: true }));
    const [key, cert] = [join(folder, 'key.pem'), join(folder, 'cert.pem')];
    const subject = ['-subj', '/CN=127.0.0.1', '-days', '2'];
    await runProgram('openssl', [
      'req',
      '-x509',
      '-newkey',
      'rsa:2048',
      '-nodes',
      ...subject,
      '-keyout',
      key,
      '-out',
      cert,
    ]);
    const server = createTlsServer({ key: await readFile(key), cert: await readFile(cert) });
    const { host } = await listen(server);
    t.after(() => stopServer(server));
    const words = [/certificate of 127\.0\.0\.1:\d+ is not trusted/, /NODE_EXTRA_CA_CERTS/];
    assertFailed(await createTestClient().look(`${host}/team/app:1.0`), 'unreachable', ...words);
    const registries = { 'docker.io': { mirror: `https://${host}` } };
    assertFailed(
      await createTestClient().look('docker.io/library/app:1.0', { registries }),
      'unreachable',
      ...words,
    );
  });

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

  test('a password is not sent over plain http, not even to an insecure host', async (t) => {
    const { server } = await setUp(t, (_, response) => {
      answer(response, 401, { 'www-authenticate': 'Basic realm="x"' });
    });
    const routes = {
      'https://inside.example': `https://${server.host}`,
      'http://inside.example': server.url,
    };
    const client = createTestClient({ routes, stored: { 'inside.example': password } });
    const registries = { 'inside.example': { insecure: true } };
    const lookup = await client.look('inside.example/team/app:1.0', { registries });
    assertFailed(lookup, 'no-access', /not sent over plain http/);
    assert.ok(client.sent.every(({ authorization }) => authorization === undefined));
  });

  for (const mirror of [
    'http://mirror.example',
    'https://mirror.example/path',
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

describe('deadline', () => {
  test('no answer at all', async (t) => {
    const timers = new ManualTimers();
    const { client, server, image } = await setUp(t, () => {}, { timers, limits: { deadline: 7_000 } });
    const looking = client.look(image);
    await server.arrived(1);
    timers.expire();
    assertFailed(
      await looking,
      'timed-out',
      /no full answer within 7 seconds/,
      /Check the name, the network/,
    );
    await server.dropped(1);
  });

  test('a drip that never ends', async (t) => {
    const timers = new ManualTimers();
    const { client, server, image } = await setUp(
      t,
      ({ method }, response) => {
        if (method === 'HEAD') {
          answer(response, 405);
          return;
        }
        response.writeHead(200, noDigest);
        const drip = setInterval(() => {
          if (!response.write(' ') || response.destroyed) clearInterval(drip);
        }, 5);
        response.on('close', () => clearInterval(drip));
      },
      { timers },
    );
    const looking = client.look(image);
    await server.arrived(2);
    timers.expire();
    assertFailed(await looking, 'timed-out');
    await server.dropped(1);
    assert.equal(timers.waiting, 0);
  });

  test('a lookup in time leaves no timer behind', async (t) => {
    const timers = new ManualTimers();
    const { client, image } = await setUp(t, (_, response) => answer(response, 200, good), { timers });
    assertFound(await client.look(image), root.digest);
    assert.equal(timers.waiting, 0);
  });
});

describe('server faults', () => {
  for (const status of [500, 502, 503]) {
    test(`${status} once is asked again`, async (t) => {
      const { client, image, server } = await setUp(t, ({ index }, response) => {
        if (index === 0) answer(response, status);
        else answer(response, 200, good);
      });
      assertFound(await client.look(image), root.digest);
      assert.equal(server.requests.length, 2);
    });

    test(`${status} twice is given up`, async (t) => {
      const { client, image, server } = await setUp(t, (_, response) => answer(response, status));
      assertFailed(
        await client.look(image),
        'unreachable',
        new RegExp(`status ${status}`),
        /Try again later/,
      );
      assert.equal(server.requests.length, 2);
    });
  }

  test('a status that makes no sense', async (t) => {
    const { client, image } = await setUp(t, (_, response) => answer(response, 418));
    assertFailed(await client.look(image), 'bad-answer', /status 418/, /container registry/);
  });
});

describe('too many requests', () => {
  async function limited(t: TestContext, retryAfter: string | undefined) {
    const setup = await setUp(t, ({ index }, response) => {
      if (index === 0) answer(response, 429, retryAfter === undefined ? {} : { 'retry-after': retryAfter });
      else answer(response, 200, good);
    });
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

describe('answers that are no manifest', () => {
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

  test('a content type with parameters, in capitals', async (t) => {
    const type = `${root.mediaType.replace('oci', 'OCI')}; charset=utf-8`;
    const { client, image } = await setUp(t, (_, response) =>
      answer(response, 200, { ...good, 'content-type': type }),
    );
    assertFound(await client.look(image), root.digest);
  });

  for (const [name, headers] of [
    ['no digest', noDigest],
    ['a malformed digest', { ...noDigest, 'docker-content-digest': 'sha256:123' }],
    ['a digest in capitals', { ...noDigest, 'docker-content-digest': root.digest.toUpperCase() }],
    ['a digest of an unknown kind', { ...noDigest, 'docker-content-digest': `md5:${'0'.repeat(32)}` }],
    ['the digest of nothing', { ...noDigest, 'docker-content-digest': sha256(new Uint8Array()) }],
    ['no content type', { 'docker-content-digest': `sha256:${'1'.repeat(64)}` }],
    ['a content type that is no manifest', { ...good, 'content-type': 'text/html' }],
  ] as const) {
    test(`HEAD says ${name}: the body decides`, async (t) => {
      const { client, server, image } = await setUp(t, ({ method }, response) => {
        if (method === 'HEAD') answer(response, 200, headers);
        else answer(response, 200, noDigest, root.bytes);
      });
      assertFound(await client.look(image), root.digest);
      assert.deepEqual(
        server.requests.map(({ method }) => method),
        ['HEAD', 'GET'],
      );
    });
  }

  for (const status of [400, 404, 405, 501]) {
    test(`HEAD is answered with ${status}: GET decides`, async (t) => {
      const { client, image } = await setUp(t, ({ method }, response) => {
        if (method === 'HEAD') answer(response, status);
        else answer(response, 200, good, root.bytes);
      });
      assertFound(await client.look(image), root.digest);
    });
  }

  test('header and body disagree: the body wins, and the log says so', async (t) => {
    const { client, image } = await setUp(t, ({ method }, response) => {
      if (method === 'HEAD') answer(response, 405);
      else
        answer(
          response,
          200,
          { ...noDigest, 'docker-content-digest': `sha256:${'1'.repeat(64)}` },
          root.bytes,
        );
    });
    assertFound(await client.look(image), root.digest);
    assert.match(client.log.join('\n'), /names another digest for team\/app:1\.0 than its content has/);
  });

  test('a digest was asked for and something else came', async (t) => {
    const { client, server } = await setUp(t, (_, response) => answer(response, 200, good, root.bytes));
    const lookup = await client.look(`${server.host}/team/app@sha256:${'2'.repeat(64)}`);
    assertFailed(
      lookup,
      'bad-answer',
      /team\/app@sha256:2+ with/,
      /does not match this digest/,
      /Do not use it/,
    );
  });

  for (const [name, headers, body] of [
    [
      'a login page',
      { 'content-type': 'text/html', 'docker-content-digest': root.digest },
      '<html>Sign in</html>',
    ],
    ['a login page posing as a manifest', noDigest, '<html>Sign in</html>'],
    ['half a manifest', noDigest, root.bytes.subarray(0, 100)],
    ['a list', noDigest, '[]'],
    ['nothing', noDigest, ''],
    ['JSON of another kind', { 'content-type': 'application/json' }, root.bytes],
  ] as const) {
    test(`${name} with status 200`, async (t) => {
      const { client, image } = await setUp(t, ({ method }, response) => {
        if (method === 'HEAD') answer(response, 200, { 'content-type': headers['content-type'] });
        else answer(response, 200, headers, body);
      });
      assertFailed(
        await client.look(image),
        'bad-answer',
        /not an image manifest/,
        /proxy or a sign-in page/,
      );
    });
  }

  for (const type of ['prettyjws', 'json']) {
    test(`schema 1 (${type})`, async (t) => {
      const headers = { ...good, 'content-type': `application/vnd.docker.distribution.manifest.v1+${type}` };
      const { client, image } = await setUp(t, (_, response) => answer(response, 200, headers, '{}'));
      assertFailed(await client.look(image), 'bad-answer', /schema 1/, /Push the image again/);
    });
  }

  test('a body without end', async (t) => {
    const { client, server, image } = await setUp(t, ({ method }, response) => {
      if (method === 'HEAD') {
        answer(response, 405);
        return;
      }
      response.writeHead(200, noDigest);
      const chunk = Buffer.alloc(64 * 1024, ' ');
      const pour = () => {
        while (!response.destroyed && response.write(chunk)) {
          // Until the socket is full.
        }
      };
      response.on('drain', pour);
      pour();
    });
    assertFailed(await client.look(image), 'bad-answer', /sent far more than an answer needs/);
    await server.dropped(1);
  });
});
