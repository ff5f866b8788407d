import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import type { RequestListener, ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Duplex } from 'node:stream';
import { after, before, describe, type TestContext, test } from 'node:test';
import type { Http, HttpRequest } from '../../server/src/engine/ports.ts';
import { networkFault, nodeAdvice, TransportError } from '../../server/src/http/network-errors.ts';
import { answer, startHostile } from '../support/hostile.ts';
import { assertNoSecret, secret } from '../support/registry-client.ts';
import { listen, stopServer } from '../support/registry-server.ts';
import { makePrivateCa, type PrivateCa } from '../support/tls.ts';
import { ask, closed, createHop, promised, read, startWire, textOf } from './hop.ts';
import { head, startProxy, type TestProxy } from './proxy.ts';

let folder = '';
let ca: PrivateCa;
let tls: { readonly cert: Buffer; readonly key: Buffer };

before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'holdfast-proxies-'));
  ca = await makePrivateCa(folder, 'registry.example', '127.0.0.1');
  tls = { cert: await readFile(ca.server.certificate), key: await readFile(ca.server.key) };
});

after(() => rm(folder, { recursive: true, force: true }));

/** A server of https as `registry.example`. Stops at the end of the test. */
async function serve(t: TestContext, listener: RequestListener): Promise<number> {
  const server = createServer(tls, listener);
  const { host } = await listen(server);
  t.after(() => stopServer(server));
  return Number(host.split(':')[1]);
}

/** Asks through a proxy; no name is looked up here. */
function hopThrough(proxy: Pick<TestProxy, 'port'>, account = '', scheme = 'http'): Http {
  const address = `${scheme}://${account}127.0.0.1:${proxy.port}`;
  return createHop({
    env: { HTTPS_PROXY: address, HTTP_PROXY: address, NODE_EXTRA_CA_CERTS: ca.authority },
  });
}

const url = 'https://registry.example/v2/';
const plainUrl = 'http://registry.example:5000/v2/?n=1';
const basic = `Basic ${Buffer.from(`alice:${secret}`).toString('base64')}`;

/** The code that asking ends with. Neither the error nor what is told of it holds a secret. */
async function codeFrom(hop: Http, request: Partial<HttpRequest> & { url: string }): Promise<string> {
  const error = await ask(hop, request).then(
    () => new Error('it was answered'),
    (thrown: unknown) => thrown,
  );
  assert.ok(error instanceof TransportError, String(error));
  const told = networkFault('registry.example', error.code, nodeAdvice);
  assertNoSecret([told, error.message, String(error.stack), JSON.stringify(error)]);
  return error.code;
}

describe('https', () => {
  test('goes through a tunnel, which serves one request after another', async (t) => {
    const seen: (string | undefined)[] = [];
    const upstream = await serve(t, ({ headers }, response) => {
      seen.push(headers.authorization, headers['proxy-authorization']);
      response.end('hi');
    });
    const proxy = await startProxy(t, { upstream, authorization: basic });
    const hop = hopThrough(proxy, `alice:${secret}@`);
    for (const method of ['HEAD', 'GET'] as const) {
      const headers = { authorization: 'Bearer for-the-registry' };
      assert.equal(await read(hop, { url, method, headers }), method === 'GET' ? 'hi' : '');
    }
    assert.equal(proxy.passages.length, 1);
    const [passage] = proxy.passages;
    assert.equal(passage?.method, 'CONNECT');
    assert.equal(passage?.target, 'registry.example:443');
    assert.equal(passage?.headers.host, 'registry.example:443');
    assert.equal(passage?.headers['proxy-authorization'], basic);
    assert.equal(passage?.headers.authorization, undefined);
    // Each of the two is kept from where the other belongs.
    assert.deepEqual(seen, ['Bearer for-the-registry', undefined, 'Bearer for-the-registry', undefined]);
  });

  test('may be given up once it was answered, and its tunnel serves on', async (t) => {
    const upstream = await serve(t, (_, response) => response.end('hi'));
    const proxy = await startProxy(t, { upstream });
    const hop = hopThrough(proxy);
    for (const _ of [1, 2]) {
      const stop = new AbortController();
      assert.equal(await read(hop, { url, signal: stop.signal }), 'hi');
      stop.abort();
    }
    assert.equal(proxy.passages.length, 1);
  });

  test('to an IPv6 address is asked for in brackets', async (t) => {
    const proxy = await startProxy(t, { onConnect: (socket) => socket.end(head(503)) });
    assert.equal(await codeFrom(hopThrough(proxy), { url: 'https://[2606:4700::1]:5000/' }), 'PROXY_FAILED');
    assert.equal(proxy.passages[0]?.target, '[2606:4700::1]:5000');
  });

  test('may go through a proxy that is itself reached over TLS', async (t) => {
    const upstream = await serve(t, (_, response) => response.end('hi'));
    const proxy = await startProxy(t, { upstream, tls, authorization: basic });
    assert.equal(await read(hopThrough(proxy, `alice:${secret}@`, 'https'), { url }), 'hi');
  });

  test('is verified, whatever the proxy says', async (t) => {
    const upstream = await serve(t, (_, response) => response.end('hi'));
    const proxy = await startProxy(t, { upstream });
    const env = { HTTPS_PROXY: `http://127.0.0.1:${proxy.port}` };
    assert.equal(await codeFrom(createHop({ env }), { url }), 'UNABLE_TO_VERIFY_LEAF_SIGNATURE');
    const other = { url: 'https://other.example/' };
    assert.equal(await codeFrom(hopThrough(proxy), other), 'ERR_TLS_CERT_ALTNAME_INVALID');
  });
});

describe('plain http', () => {
  test('is told to the proxy as a whole', async (t) => {
    const server = await startHostile(({ headers }, response) =>
      answer(response, 200, {}, `hi ${headers['x-host']}`),
    );
    t.after(() => server.stop());
    const proxy = await startProxy(t, {
      upstream: Number(server.host.split(':')[1]),
      authorization: basic,
    });
    const hop = hopThrough(proxy, `alice:${secret}@`);
    assert.equal(await read(hop, { url: plainUrl }), 'hi registry.example:5000');
    const [passage] = proxy.passages;
    assert.equal(passage?.method, 'GET');
    assert.equal(passage?.target, plainUrl);
    assert.equal(passage?.headers.host, 'registry.example:5000');
    assert.equal(passage?.headers['proxy-authorization'], basic);
  });

  test('of two hosts does not share a connection to the proxy', async (t) => {
    const proxy = await startProxy(t, { onRequest: (response, { target }) => response.end(target) });
    const hop = hopThrough(proxy);
    for (const host of ['one.example', 'two.example']) {
      assert.equal(await read(hop, { url: `http://${host}/` }), `http://${host}/`);
    }
    assert.equal(proxy.sockets.length, 2);
  });

  const own: readonly (readonly [status: number, code: string])[] = [
    [403, 'PROXY_REFUSED'],
    [503, 'PROXY_FAILED'],
    [504, 'PROXY_FAILED'],
    [407, 'PROXY_SIGN_IN'],
  ];
  for (const [status, code] of own) {
    test(`a ${status} of Squid's own is the proxy's`, async (t) => {
      const onRequest = (response: ServerResponse) =>
        void response.writeHead(status, { 'x-squid-error': 'ERR_OF_ITS_OWN 0' }).end();
      const proxy = await startProxy(t, { onRequest });
      assert.equal(await codeFrom(hopThrough(proxy), { url: plainUrl }), code);
    });
  }

  test('a 403 of the host is the answer', async (t) => {
    const proxy = await startProxy(t, { onRequest: (response) => response.writeHead(403).end('no') });
    const got = await ask(hopThrough(proxy), { url: plainUrl });
    assert.deepEqual([got.status, await textOf(got)], [403, 'no']);
  });
});

describe('signing in', () => {
  for (const [what, where] of [
    ['https', url],
    ['http', plainUrl],
  ] as const) {
    for (const [who, account] of [
      ['nobody', ''],
      ['somebody else', `mallory:${secret}@`],
    ] as const) {
      test(`${who} is not let through for ${what}`, async (t) => {
        const proxy = await startProxy(t, { authorization: basic });
        assert.equal(await codeFrom(hopThrough(proxy, account), { url: where }), 'PROXY_SIGN_IN');
      });
    }
  }

  test('nothing of it is logged', async (t) => {
    const logged: string[] = [];
    const log = { info: (line: string) => logged.push(line), warn: (line: string) => logged.push(line) };
    const proxy = await startProxy(t, { authorization: basic });
    for (const account of [`mallory:${secret}@`, `mallory:${secret}@nowhere:99999/@`]) {
      const env = { HTTPS_PROXY: `http://${account}127.0.0.1:${proxy.port}` };
      await assert.rejects(ask(createHop({ env, log }), { url }), TransportError);
    }
    assertNoSecret(logged);
  });
});

describe('a proxy that gives no way through', () => {
  type Answer = (socket: Duplex) => void;
  const cases: readonly (readonly [what: string, onConnect: Answer, code: string])[] = [
    ['forbids it', (socket) => socket.end(head(403)), 'PROXY_REFUSED'],
    ['sends it elsewhere', (socket) => socket.end(head(302, { location: 'http://x/' })), 'PROXY_REFUSED'],
    ['does not find the host', (socket) => socket.end(head(503)), 'PROXY_FAILED'],
    ['does not reach the host', (socket) => socket.end(head(502)), 'PROXY_FAILED'],
    ['waits for the host in vain', (socket) => socket.end(head(504)), 'PROXY_FAILED'],
    ['is a web server', (socket) => socket.end(head(405)), 'PROXY_ODD'],
    ['is a web server that knows nothing', (socket) => socket.end(head(404)), 'PROXY_ODD'],
    ['does not know tunnels', (socket) => socket.end(head(501)), 'PROXY_ODD'],
    ['does not speak HTTP', (socket) => socket.end('SSH-2.0-OpenSSH_9.2\r\n'), 'PROXY_ODD'],
    ['hangs up', (socket) => socket.destroy(), 'PROXY_ODD'],
    ['hangs up in the middle', (socket) => socket.end('HTTP/1.1 200 O'), 'PROXY_ODD'],
    [
      'never ends its answer',
      (socket) => socket.write(`HTTP/1.1 200 OK\r\n${'x: y\r\n'.repeat(50_000)}`),
      'PROXY_ODD',
    ],
    ['opens the tunnel and hangs up', (socket) => socket.end(head(200)), 'ECONNRESET'],
    [
      'answers in place of the host',
      (socket) => socket.end(`${head(200)}HTTP/1.1 403 No\r\n\r\n`),
      'ERR_SSL',
    ],
  ];
  for (const [what, onConnect, code] of cases) {
    test(what, async (t) => {
      const proxy = await startProxy(t, { onConnect });
      assert.match(await codeFrom(hopThrough(proxy, `alice:${secret}@`), { url }), new RegExp(`^${code}`));
    });
  }
});

describe('a proxy that is not there', () => {
  test('nobody listens', async () => {
    const gone = await startHostile(() => {});
    await gone.stop();
    const address = `http://alice:${secret}@${gone.host}`;
    const env = { HTTPS_PROXY: address, HTTP_PROXY: address };
    assert.equal(await codeFrom(createHop({ env }), { url }), 'PROXY_LOST');
    assert.equal(await codeFrom(createHop({ env }), { url: plainUrl }), 'PROXY_LOST');
  });

  test('its name cannot be', async () => {
    const env = { HTTPS_PROXY: `http://alice:${secret}@${'a'.repeat(300)}:3128` };
    assert.equal(await codeFrom(createHop({ env }), { url }), 'PROXY_LOST');
  });

  const odd: readonly (readonly [address: string, code: string])[] = [
    ['http://', 'PROXY_LOST'],
    [`http://alice:${secret}@:3128`, 'PROXY_LOST'],
    [`http://alice:${secret}@127.0.0.1:99999`, 'PROXY_LOST'],
    [`gopher://alice:${secret}@127.0.0.1`, 'PROXY_LOST'],
    [`socks5://alice:${secret}@127.0.0.1:1080`, 'PROXY_KIND'],
  ];
  for (const [address, code] of odd) {
    test(`set as ${address.replace(secret, '…')}`, async (t) => {
      const hop = createHop({ env: { HTTPS_PROXY: address } });
      assert.equal(await codeFrom(hop, { url }), code);
      const server = await startHostile((_, response) => answer(response, 200, {}, 'hi'));
      t.after(() => server.stop());
      // What needs no proxy is not troubled by it.
      assert.equal(await read(hop, { url: server.url }), 'hi');
    });
  }

  test('it has a certificate that nobody knows', async (t) => {
    const proxy = await startProxy(t, { tls });
    const env = { HTTPS_PROXY: `https://127.0.0.1:${proxy.port}` };
    assert.equal(await codeFrom(createHop({ env }), { url }), 'PROXY_CERTIFICATE');
  });

  test('it does not speak the TLS that it is set with', async (t) => {
    const proxy = await startProxy(t);
    assert.equal(await codeFrom(hopThrough(proxy, '', 'https'), { url }), 'PROXY_ODD');
  });
});

describe('giving up reaches', () => {
  const reason = new Error('enough');

  test('a proxy that never answers', async (t) => {
    const stop = new AbortController();
    const proxy = await startProxy(t, { onConnect: () => stop.abort(reason) });
    await assert.rejects(ask(hopThrough(proxy), { url, signal: stop.signal }), reason);
    await Promise.all(proxy.sockets.map((socket) => socket.closed || once(socket, 'close')));
  });

  test('a tunnel to somebody who does not speak TLS', async (t) => {
    const stop = new AbortController();
    const wire = await startWire(t, (socket) => socket.once('data', () => stop.abort(reason)));
    const proxy = await startProxy(t, { upstream: wire.port });
    await assert.rejects(ask(hopThrough(proxy), { url, signal: stop.signal }), reason);
    await Promise.all(wire.sockets.map(closed));
  });

  test('the host behind the proxy, in the middle of its answer', async (t) => {
    const gone = promised();
    const upstream = await serve(t, (_, response) => {
      response.on('close', gone.resolve);
      response.write('drip');
    });
    const proxy = await startProxy(t, { upstream });
    const stop = new AbortController();
    const { body } = await ask(hopThrough(proxy), { url, signal: stop.signal });
    await assert.rejects(async () => {
      for await (const _ of body) stop.abort(reason);
    }, reason);
    await gone.promise;
  });

  test('the host behind the proxy, when nobody reads on', async (t) => {
    const gone = promised();
    const upstream = await serve(t, (_, response) => {
      response.on('close', gone.resolve);
      response.write('drip');
    });
    const proxy = await startProxy(t, { upstream });
    const { body } = await ask(hopThrough(proxy), { url });
    for await (const piece of body) {
      assert.equal(Buffer.from(piece).toString(), 'drip');
      break;
    }
    await gone.promise;
  });
});

test('this machine and what NO_PROXY names are asked without the proxy', async (t) => {
  const server = await startHostile((_, response) => answer(response, 200, {}, 'hi'));
  t.after(() => server.stop());
  const proxy = await startProxy(t, { onRequest: (response) => response.end('from the proxy') });
  const env = { HTTP_PROXY: `http://127.0.0.1:${proxy.port}`, NO_PROXY: '.example' };
  const hop = createHop({ env, resolveName: async () => ['127.0.0.1'] });
  const port = server.host.split(':')[1];
  for (const host of ['127.0.0.1', 'localhost', 'registry.example']) {
    assert.equal(await read(hop, { url: `http://${host}:${port}/` }), 'hi');
  }
  assert.equal(proxy.passages.length, 0);
  assert.equal(await read(hop, { url: `http://registry.test:${port}/` }), 'from the proxy');
});

test('nothing special is asked through a proxy either', async (t) => {
  const proxy = await startProxy(t, { onRequest: (response) => response.end('secrets of the cloud') });
  for (const host of ['169.254.169.254', 'metadata.google.internal', 'metadata', '[fd00:ec2::254]']) {
    assert.equal(await codeFrom(hopThrough(proxy), { url: `http://${host}/` }), 'ADDRESS_REFUSED');
  }
  assert.equal(proxy.passages.length, 0);
});
