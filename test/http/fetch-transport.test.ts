import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { describe, type TestContext, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { createFetchTransport } from '../../server/src/http/fetch-transport.ts';
import { answer, type HostileServer, type Misbehave, startHostile } from '../support/hostile.ts';
import { assertNoSecret, secret } from '../support/registry-client.ts';
import { ask, read, startWire } from './hop.ts';
import { head, startProxy } from './proxy.ts';

async function serve(t: TestContext, misbehave: Misbehave): Promise<HostileServer> {
  const server = await startHostile(misbehave);
  t.after(() => server.stop());
  return server;
}

/** A `fetch` that answers without any network. */
const answering =
  (response: Response): typeof fetch =>
  async () =>
    response;

/** A `fetch` that fails as undici's does: what happened is wrapped. */
const failing =
  (cause: unknown): typeof fetch =>
  async () => {
    throw new TypeError('fetch failed', { cause });
  };

const fault = (message: string, properties: object = {}): Error =>
  Object.assign(new Error(message), properties);

const url = 'https://registry.example/v2/';

describe('over fetch', () => {
  test('a redirect comes back as it is', async (t) => {
    const server = await serve(t, (_, response) => answer(response, 302, { location: '/elsewhere' }));
    const got = await ask(createFetchTransport(), { url: server.url });
    assert.deepEqual([got.status, got.headers.location], [302, '/elsewhere']);
    assert.equal(server.requests.length, 1);
  });

  test('a redirect that fetch hides or follows all the same is a fault', async () => {
    const hidden = Response.error();
    const followed = new Response('from elsewhere');
    Object.defineProperty(followed, 'redirected', { value: true });
    for (const response of [hidden, followed]) {
      await assert.rejects(ask(createFetchTransport(answering(response)), { url }), {
        name: 'TransportError',
        code: '',
      });
    }
  });

  test('the body is sent, and comes back in pieces', async (t) => {
    const server = await serve(t, ({ body }, response) => answer(response, 200, {}, body));
    assert.equal(await read(createFetchTransport(), { url: server.url, method: 'POST', body: 'a=b' }), 'a=b');
  });

  test('nothing special is asked', async () => {
    const hop = createFetchTransport(answering(new Response('secrets of the cloud')));
    for (const host of ['169.254.169.254', 'metadata.google.internal', '[fd00:ec2::254]']) {
      await assert.rejects(ask(hop, { url: `http://${host}/` }), { code: 'ADDRESS_REFUSED' });
    }
  });

  test('giving up reaches the server', async (t) => {
    const reason = new Error('enough');
    const stop = new AbortController();
    const server = await serve(t, () => stop.abort(reason));
    await assert.rejects(ask(createFetchTransport(), { url: server.url, signal: stop.signal }), reason);
    await server.dropped(1);
  });

  test('giving up in the middle of a body reaches the server', async (t) => {
    const reason = new Error('enough');
    const stop = new AbortController();
    const server = await serve(t, (_, response) => void response.write('drip'));
    const { body } = await ask(createFetchTransport(), { url: server.url, signal: stop.signal });
    await assert.rejects(async () => {
      for await (const _ of body) stop.abort(reason);
    }, reason);
    await server.dropped(1);
  });

  test('faults have the name that Node gives them', async (t) => {
    const wire = await startWire(t, (socket) => socket.destroy());
    await assert.rejects(ask(createFetchTransport(), { url: wire.url }), {
      code: /^(UND_ERR_SOCKET|ECONNRESET)$/,
    });
    const gone = await startHostile(() => {});
    await gone.stop();
    await assert.rejects(ask(createFetchTransport(), { url: gone.url }), { code: 'ECONNREFUSED' });
    await assert.rejects(ask(createFetchTransport(), { url: 'nonsense' }), { name: 'TransportError' });
  });
});

describe('what fetch tells of faults', () => {
  const refusal = (status: number, words = '!==') =>
    fault(`Proxy response (${status}) ${words} 200 when HTTP Tunneling`, { code: 'UND_ERR_ABORTED' });
  const connect = (code: string, port: number) =>
    fault(`connect ${code} 10.0.0.1:${port}`, { code, syscall: 'connect', address: '10.0.0.1', port });
  const lookup = (hostname: string) =>
    fault(`getaddrinfo ENOTFOUND ${hostname}`, { code: 'ENOTFOUND', syscall: 'getaddrinfo', hostname });

  const cases: readonly (readonly [what: string, cause: unknown, code: string])[] = [
    ['the proxy wants a sign-in', refusal(407), 'PROXY_SIGN_IN'],
    ['the same in the words of VS Code', refusal(407, '?.=='), 'PROXY_SIGN_IN'],
    ['the proxy refuses', refusal(403), 'PROXY_REFUSED'],
    ['the proxy does not find the host', refusal(503), 'PROXY_FAILED'],
    ['a web server in place of a proxy', refusal(405), 'PROXY_ODD'],
    ['nobody listens', connect('ECONNREFUSED', 443), 'ECONNREFUSED'],
    ['nobody listens at the port of the proxy', connect('ECONNREFUSED', 3128), 'PROXY_LOST'],
    ['the proxy does not answer', connect('ETIMEDOUT', 3128), 'PROXY_LOST'],
    ['the host is not found', lookup('registry.example'), 'ENOTFOUND'],
    ['the proxy is not found', lookup('proxy.example'), 'PROXY_LOST'],
    [
      'nobody listens at any address',
      Object.assign(new AggregateError([connect('ECONNREFUSED', 443)]), { code: 'ECONNREFUSED' }),
      'ECONNREFUSED',
    ],
    [
      'nobody listens at any address of the proxy',
      Object.assign(new AggregateError([connect('ECONNREFUSED', 3128)]), { code: 'ECONNREFUSED' }),
      'PROXY_LOST',
    ],
    [
      'the proxy has a certificate for another name',
      fault('Secure proxy connection failed', {
        code: 'UND_ERR_PRX_TLS',
        cause: fault('altnames', { code: 'ERR_TLS_CERT_ALTNAME_INVALID' }),
      }),
      'PROXY_CERTIFICATE',
    ],
    ['a CA is not known', fault('no', { code: 'SELF_SIGNED_CERT_IN_CHAIN' }), 'SELF_SIGNED_CERT_IN_CHAIN'],
    ['the connection breaks', fault('other side closed', { code: 'UND_ERR_SOCKET' }), 'UND_ERR_SOCKET'],
    ['something without a name', fault(`it quotes ${secret}`), ''],
    ['nothing', undefined, ''],
  ];
  for (const [what, cause, code] of cases) {
    test(what, async () => {
      await assert.rejects(ask(createFetchTransport(failing(cause)), { url }), (error: Error) => {
        assertNoSecret([error.message, String(error.stack), JSON.stringify(error)]);
        assert.deepEqual({ ...error }, { name: 'TransportError', code });
        return true;
      });
    });
  }
});

describe('a fetch that goes through proxies', () => {
  const program = fileURLToPath(new URL('./one-fetch.ts', import.meta.url));

  /** What the transport ends with over the fetch of a Node that follows HTTPS_PROXY. */
  function printed(proxy: string): Promise<string> {
    const env = { PATH: process.env.PATH, NODE_USE_ENV_PROXY: '1', HTTPS_PROXY: proxy };
    return new Promise((resolve, reject) => {
      execFile(process.execPath, [program, url], { env }, (error, stdout) =>
        error ? reject(error) : resolve(stdout.trimEnd()),
      );
    });
  }

  const refusals: readonly (readonly [status: number, code: string])[] = [
    [407, 'PROXY_SIGN_IN'],
    [403, 'PROXY_REFUSED'],
    [503, 'PROXY_FAILED'],
  ];
  for (const [status, code] of refusals) {
    test(`${status} is ${code}`, async (t) => {
      const proxy = await startProxy(t, { onConnect: (socket) => socket.end(head(status)) });
      assert.equal(
        await printed(`http://alice:${secret}@127.0.0.1:${proxy.port}`),
        `The request failed (${code}).`,
      );
    });
  }

  test('nobody listens', async () => {
    const gone = await startHostile(() => {});
    await gone.stop();
    assert.equal(await printed(gone.url), 'The request failed (PROXY_LOST).');
  });
});
