import assert from 'node:assert/strict';
import { describe, type TestContext, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { createDownloads } from '../../server/src/downloads/index.ts';
import { answer, type Misbehave, startHostile } from '../support/hostile.ts';
import { sha256 } from '../support/oci.ts';
import { assertFailed, ManualTimers } from '../support/registry-client.ts';
import { refusingWeb, watchedWeb } from './web.ts';

async function setUp(t: TestContext, misbehave: Misbehave) {
  const server = await startHostile(misbehave);
  t.after(() => server.stop());
  return server;
}

const ask = (url: string, signal?: AbortSignal) => createDownloads().checksum(url, signal ? { signal } : {});

const bytes = Buffer.from(Array.from({ length: 300_000 }, (_, index) => index % 251));
const found = { ok: true, digest: sha256(bytes) };

describe('what is there', () => {
  test('the checksum of all bytes, in as many pieces as they come', async (t) => {
    const server = await setUp(t, async (_, response) => {
      for (let at = 0; at < bytes.length; at += 70_000) {
        response.write(bytes.subarray(at, at + 70_000));
        await new Promise((resolve) => setImmediate(resolve));
      }
      response.end();
    });
    assert.deepEqual(await ask(`${server.url}/tool.tar.gz?x=1#part`), found);
    assert.equal(server.requests[0]?.path, '/tool.tar.gz?x=1');
    assert.equal(server.requests[0]?.headers['accept-encoding'], 'identity');
  });

  test('nothing at all has a checksum, too', async (t) => {
    const { url } = await setUp(t, (_, response) => answer(response, 200));
    assert.deepEqual(await ask(url), { ok: true, digest: sha256(new Uint8Array()) });
  });

  test('redirects are followed, and carry nothing along', async (t) => {
    const server = await setUp(t, ({ path }, response) => {
      const hop = Number(path.slice(1));
      if (hop === 5) answer(response, 200, {}, bytes);
      else answer(response, 302, { location: `/${hop + 1}`, 'set-cookie': 'a=b' }, 'x'.repeat(100_000));
    });
    assert.deepEqual(await ask(`${server.url}/0`), found);
    assert.ok(server.requests.every(({ headers }) => !headers.cookie && !headers.authorization));
  });

  test('https leaves with no more than it needs', async () => {
    const web = watchedWeb('tool');
    const downloads = createDownloads({ http: web, resolveName: async () => ['203.0.113.1'] });
    assert.deepEqual(await downloads.checksum('https://example.com/tool', {}), {
      ok: true,
      digest: sha256(Buffer.from('tool')),
    });
    assert.deepEqual(
      web.sent.map((headers) => Object.keys(headers).sort()),
      [['accept', 'accept-encoding', 'user-agent']],
    );
  });
});

describe('hostile answers', () => {
  const faults: readonly (readonly [string, Misbehave, string, RegExp])[] = [
    ['missing', (_, r) => answer(r, 404, {}, '<h1>'), 'not-found', /nothing at this address/],
    ['gone', (_, r) => answer(r, 410), 'not-found', /nothing at this address/],
    ['private', (_, r) => answer(r, 403), 'no-access', /signs in nowhere/],
    ['too many requests', (_, r) => answer(r, 429), 'rate-limited', /no more requests/],
    ['a fault', (_, r) => answer(r, 503), 'unreachable', /fault of its own/],
    ['a part', (_, r) => answer(r, 206, {}, 'x'), 'bad-answer', /status 206/],
    ['nothing new', (_, r) => answer(r, 304), 'bad-answer', /status 304/],
    [
      'packed',
      (_, r) => answer(r, 200, { 'content-encoding': 'gzip' }, gzipSync(bytes)),
      'bad-answer',
      /packed/,
    ],
    ['a loop', ({ path }, r) => answer(r, 302, { location: path }), 'bad-answer', /more than 5 times/],
    ['nowhere', (_, r) => answer(r, 302), 'bad-answer', /without saying where to/],
    [
      'a file of this machine',
      (_, r) => answer(r, 302, { location: 'file:///etc/passwd' }),
      'bad-answer',
      /without saying where to/,
    ],
    [
      'a way to the metadata',
      (_, r) => answer(r, 302, { location: 'https://169.254.169.254/' }),
      'refused',
      /private network/,
    ],
    [
      'a way into the network',
      (_, r) => answer(r, 302, { location: 'https://10.0.0.1/' }),
      'refused',
      /private network/,
    ],
    [
      'a sign-in',
      (_, r) => answer(r, 302, { location: 'https://a:hunter2@example.com/' }),
      'refused',
      /user name/,
    ],
    [
      'cut short',
      (_, r) => {
        r.writeHead(200, { 'content-length': '1000' });
        r.write('x');
        setImmediate(() => r.destroy());
      },
      'unreachable',
      /broke/,
    ],
  ];
  for (const [name, misbehave, code, words] of faults) {
    test(name, async (t) => {
      const { url } = await setUp(t, misbehave);
      const failed = await ask(`${url}/secret-token`);
      assertFailed(failed, code, words);
      assert.ok(!/secret-token|hunter2/.test(JSON.stringify(failed)));
    });
  }

  test('a public address that leads into this machine', async (t) => {
    const inner = await setUp(t, (_, response) => answer(response, 200, {}, 'inside'));
    const away = await setUp(t, (_, response) => answer(response, 302, { location: inner.url }));
    const downloads = createDownloads({
      http: {
        async send({ headers, signal, url }) {
          const response = await fetch(url.replace('https://example.com', away.url), {
            headers,
            signal,
            redirect: 'manual',
          });
          return {
            status: response.status,
            headers: Object.fromEntries(response.headers),
            body: (async function* () {})(),
          };
        },
      },
      resolveName: async () => ['203.0.113.1'],
    });
    assertFailed(await downloads.checksum('https://example.com/x', {}), 'refused', /plain http/);
    assert.equal(inner.requests.length, 0);
  });

  test('more than is read, said before', async (t) => {
    const server = await setUp(t, (_, response) => {
      response.writeHead(200, { 'content-length': '5000000' });
      response.write('x');
    });
    const downloads = createDownloads({ limits: { maxDownload: 1024 * 1024 } });
    assertFailed(await downloads.checksum(server.url, {}), 'bad-answer', /more than 1 MiB/);
    await server.dropped(1);
  });

  test('more than is read, never said', async (t) => {
    const server = await setUp(t, (_, response) => {
      const more = (): void => {
        while (!response.destroyed && response.write(bytes));
        if (!response.destroyed) response.once('drain', more);
      };
      more();
    });
    const downloads = createDownloads({ limits: { maxDownload: 1024 * 1024 } });
    assertFailed(await downloads.checksum(server.url, {}), 'bad-answer', /more than 1 MiB/);
    await server.dropped(1);
  });

  test('a slow drip meets the deadline', async (t) => {
    const timers = new ManualTimers();
    const server = await setUp(t, (_, response) => {
      response.write('x');
    });
    const asked = createDownloads({ timers }).checksum(server.url, {});
    await server.arrived(1);
    timers.expire();
    assertFailed(await asked, 'timed-out', /within 10 minutes/);
    await server.dropped(1);
    assert.equal(timers.waiting, 0);
  });

  test('cancelled half-way', async (t) => {
    const controller = new AbortController();
    const server = await setUp(t, (_, response) => {
      response.write('x');
    });
    const asked = ask(server.url, controller.signal);
    await server.arrived(1);
    controller.abort();
    assertFailed(await asked, 'cancelled');
    await server.dropped(1);
  });
});

describe('addresses that are not asked', () => {
  for (const [url, words] of [
    ['http://example.com/x', /plain http/],
    ['http://10.0.0.1/x', /plain http/],
    ['ftp://example.com/x', /full https address/],
    ['file:///etc/passwd', /full https address/],
    ['example.com/x', /full https address/],
    ['', /full https address/],
    ['https://alice:hunter2@example.com/x', /without user name/],
    ['https://169.254.169.254/latest/meta-data', /data centre/],
    ['https://100.100.100.200/', /data centre/],
  ] as const) {
    test(url || 'nothing', async () => {
      const failed = await createDownloads({ http: refusingWeb }).checksum(url, {});
      assertFailed(failed, 'refused', words);
      assert.ok(!JSON.stringify(failed).includes('hunter2'));
    });
  }

  test('a name that leads to the metadata', async () => {
    const downloads = createDownloads({ http: refusingWeb, resolveName: async () => ['169.254.169.254'] });
    assertFailed(await downloads.checksum('https://metadata.example.com/', {}), 'refused', /data centre/);
  });
});
