import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { type TestContext, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { Bridge, type FromServer, partSize } from '../../client/src/bridge.ts';
import type { Http, HttpRequest } from '../../server/src/engine/ports.ts';
import { createFetchTransport } from '../../server/src/http/fetch-transport.ts';
import { faults, nodeAdvice, TransportError } from '../../server/src/http/network-errors.ts';
import { type HopRequest, httpNextRequest, httpRequest } from '../../server/src/lsp/protocol/protocol.ts';
import { newSeal } from '../../server/src/lsp/protocol/seal.ts';
import { createBridgedHttp } from '../../server/src/lsp/registry/http-over-client.ts';
import { createRegistry } from '../../server/src/registry/index.ts';
import { assertFailed, assertNoSecret, ManualTimers, secret } from '../support/registry-client.ts';
import { listen, stopServer } from '../support/registry-server.ts';
import { createWire } from './harness.ts';

interface Ends {
  /** The server's. */
  readonly http: Http;
  readonly bridge: Bridge;
  /** Sends to the client what the server's end would not. */
  say(method: string, params: unknown): Promise<unknown>;
  readonly seal: ReturnType<typeof newSeal>;
  readonly warned: string[];
  readonly crossed: () => string;
  /** Requests and notifications of a method so far. */
  count(method: string): number;
}

interface Differently {
  readonly isTrusted?: () => boolean;
  /** In the place of the client's end. */
  readonly serve?: (client: FromServer) => void;
}

/** Both ends of the bridge, with the streams of two processes between them. */
function connect(t: TestContext, { isTrusted = () => true, serve }: Differently = {}): Ends {
  const { client, crossed, server } = createWire();
  const seal = newSeal();
  const warned: string[] = [];
  const warn = (message: string): void => void warned.push(message);
  const bridge = new Bridge({ http: createFetchTransport(), seal: () => seal, isTrusted, warn });
  const end: FromServer = {
    onRequest: (method, handler) => client.onRequest(method, handler),
    onNotification: (method, handler) => client.onNotification(method, handler),
  };
  if (serve) serve(end);
  else bridge.serve(end);
  client.listen();
  server.listen();
  t.after(() => {
    bridge.hangUp();
    client.dispose();
    server.dispose();
  });
  return {
    http: createBridgedHttp({ connection: server, seal, log: { info: warn, warn } }),
    bridge,
    say: (method, params) => server.sendRequest(method, params),
    seal,
    warned,
    crossed,
    count: (method) => crossed().split(`"method":"${method}"`).length - 1,
  };
}

type Answer = (request: IncomingMessage, response: ServerResponse) => void;

/** A web server on loopback, and what it was asked. */
async function web(t: TestContext, answer: Answer): Promise<{ url: string; asked: IncomingMessage[] }> {
  const asked: IncomingMessage[] = [];
  const server = createServer((request, response) => {
    asked.push(request);
    answer(request, response);
  });
  const { url } = await listen(server);
  t.after(() => stopServer(server));
  return { url, asked };
}

function get(url: string, more: Partial<HttpRequest> = {}): HttpRequest {
  const reach: HttpRequest['reach'] = new Set(['loopback']);
  return { method: 'GET', url, headers: {}, signal: new AbortController().signal, reach, ...more };
}

async function read(body: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const pieces: Uint8Array[] = [];
  for await (const piece of body) pieces.push(piece);
  return Buffer.concat(pieces);
}

const refusedWith = (code: string) => (error: unknown) => {
  assert.ok(error instanceof TransportError);
  assert.equal(error.code, code);
  return true;
};

test('a request arrives as it was sent, and its answer comes back as it was given', async (t) => {
  const { http } = connect(t);
  const { asked, url } = await web(t, async (request, response) => {
    const sent = await read(request);
    response.writeHead(201, { 'X-Token': ['one', 'two'], 'content-type': 'text/odd; charset=x' });
    response.end(`got ${sent}`);
  });
  const headers = {
    accept: 'application/vnd.oci.image.index.v1+json, application/json',
    'accept-encoding': 'identity',
    authorization: `Bearer ${secret}`,
    'user-agent': 'holdfast/9',
    'content-type': 'application/x-www-form-urlencoded',
  };
  const answer = await http.send(get(`${url}/v2/a%2Fb?scope=x:y`, { method: 'POST', headers, body: 'a=b' }));
  assert.equal(answer.status, 201);
  assert.equal(answer.headers['x-token'], 'one, two');
  assert.equal(answer.headers['content-type'], 'text/odd; charset=x');
  assert.equal((await read(answer.body)).toString(), 'got a=b');
  const [request] = asked;
  assert.ok(request);
  assert.equal(request.method, 'POST');
  assert.equal(request.url, '/v2/a%2Fb?scope=x:y');
  for (const [name, value] of Object.entries(headers)) assert.equal(request.headers[name], value, name);
  assert.equal(request.headers.cookie, undefined);
  assert.equal(request.headers.referer, undefined);
});

test('a redirect is handed over, not followed', async (t) => {
  const { http } = connect(t);
  const { asked, url } = await web(t, (_, response) => response.writeHead(307, { location: '/there' }).end());
  const answer = await http.send(get(url));
  assert.equal(answer.status, 307);
  assert.equal(answer.headers.location, '/there');
  assert.equal((await read(answer.body)).length, 0);
  assert.equal(asked.length, 1);
});

test('a HEAD request has headers and no body', async (t) => {
  const { http } = connect(t);
  const { url } = await web(t, (_, response) => {
    response.writeHead(200, { 'docker-content-digest': 'sha256:1', 'content-length': '5000' }).end();
  });
  const answer = await http.send(get(url, { method: 'HEAD' }));
  assert.equal(answer.headers['docker-content-digest'], 'sha256:1');
  assert.equal(answer.headers['content-length'], '5000');
  assert.equal((await read(answer.body)).length, 0);
});

test('a long body crosses in parts, each when it is wanted', async (t) => {
  const { count, http } = connect(t);
  const sent = randomBytes(2.5 * partSize);
  const { url } = await web(t, (_, response) => response.end(sent));
  const { body } = await http.send(get(url));
  const pieces = body[Symbol.asyncIterator]();
  const first = await pieces.next();
  assert.equal(first.value?.length, partSize);
  assert.equal(count(httpNextRequest), 0);
  const second = await pieces.next();
  assert.equal(second.value?.length, partSize);
  assert.equal(count(httpNextRequest), 1);
  const third = await pieces.next();
  assert.deepEqual(Buffer.concat([first.value, second.value, third.value]), sent);
  assert.equal((await pieces.next()).done, true);
  assert.equal(count(httpNextRequest), 2);
});

/** Fulfilled once the connection that an answer belongs to is closed. */
const closed = (response: ServerResponse): Promise<unknown> => once(response, 'close');

/** A server that begins to answer and never ends; `closes` once the client has hung up. */
async function endless(t: TestContext, answer: (response: ServerResponse) => void) {
  let hungUp = (): void => {};
  const closes = new Promise<void>((resolve) => {
    hungUp = resolve;
  });
  let arrived = (): void => {};
  const arrives = new Promise<void>((resolve) => {
    arrived = resolve;
  });
  const { url } = await web(t, (_, response) => {
    void closed(response).then(hungUp);
    answer(response);
    arrived();
  });
  return { url, closes, arrives };
}

const manyBytes = (response: ServerResponse): void => {
  response.writeHead(200).write(randomBytes(3 * partSize));
};

test('a body that is left early closes the connection', async (t) => {
  const { http } = connect(t);
  const { closes, url } = await endless(t, manyBytes);
  const { body } = await http.send(get(url));
  for await (const piece of body) {
    assert.equal(piece.length, partSize);
    break;
  }
  await closes;
});

test('a body that nobody begins to read is given up with the signal', async (t) => {
  const { http } = connect(t);
  const { closes, url } = await endless(t, manyBytes);
  const controller = new AbortController();
  await http.send(get(url, { signal: controller.signal }));
  controller.abort();
  await closes;
});

test('cancelling reaches the socket before the answer, and rejects with the reason', async (t) => {
  const { http } = connect(t);
  const { arrives, closes, url } = await endless(t, () => {});
  const controller = new AbortController();
  const sending = http.send(get(url, { signal: controller.signal }));
  await arrives;
  const reason = new Error('enough');
  controller.abort(reason);
  await assert.rejects(sending, reason);
  await closes;
});

test('cancelling reaches the socket between two parts', async (t) => {
  const { http } = connect(t);
  const { closes, url } = await endless(t, (response) => {
    response.writeHead(200).write(randomBytes(partSize + 1));
  });
  const controller = new AbortController();
  const { body } = await http.send(get(url, { signal: controller.signal }));
  const pieces = body[Symbol.asyncIterator]();
  assert.equal((await pieces.next()).value?.length, partSize);
  const reason = new Error('enough');
  const next = pieces.next();
  controller.abort(reason);
  await assert.rejects(next, reason);
  await closes;
});

test('nothing is sent for a signal that is aborted already', async (t) => {
  const { count, http } = connect(t);
  const reason = new Error('before');
  await assert.rejects(http.send(get('http://127.0.0.1:9', { signal: AbortSignal.abort(reason) })), reason);
  assert.equal(count(httpRequest), 0);
});

test('a server that is gone gives up what it asked for', async (t) => {
  const { bridge, http } = connect(t);
  const waiting = await endless(t, () => {});
  const reading = await endless(t, manyBytes);
  const sending = http.send(get(waiting.url));
  await http.send(get(reading.url));
  await waiting.arrives;
  bridge.hangUp();
  await assert.rejects(sending, TransportError);
  await waiting.closes;
  await reading.closes;
});

test('requests do not wait for each other, and their bodies do not mix', async (t) => {
  const { http } = connect(t);
  let letGo = (): void => {};
  const bodies = [0, 1].map((digit) => Buffer.alloc(2 * partSize, digit));
  const { url } = await web(t, (request, response) => {
    if (request.url === '/slow') letGo = () => void response.end('at last');
    else response.end(bodies[Number(request.url?.slice(1))]);
  });
  const slow = http.send(get(`${url}/slow`));
  const answers = await Promise.all([http.send(get(`${url}/0`)), http.send(get(`${url}/1`))]);
  const readers = answers.map(({ body }) => body[Symbol.asyncIterator]());
  const read2: Buffer[][] = [[], []];
  for (let turn = 0; turn < 2; turn++) {
    for (const [index, reader] of readers.entries()) read2[index]?.push((await reader.next()).value);
  }
  assert.deepEqual(
    read2.map((pieces) => Buffer.concat(pieces)),
    bodies,
  );
  letGo();
  assert.equal((await read((await slow).body)).toString(), 'at last');
});

test('what goes wrong comes back by its name', async (t) => {
  const { http, warned } = connect(t);
  const gone = createServer();
  const { url } = await listen(gone);
  await stopServer(gone);
  await assert.rejects(http.send(get(url)), refusedWith('ECONNREFUSED'));
  const broken = await web(t, (request) => request.socket.destroy());
  await assert.rejects(http.send(get(broken.url)), refusedWith('UND_ERR_SOCKET'));
  const cut = await web(t, (_, response) => {
    response.writeHead(200, { 'content-length': String(3 * partSize) });
    response.write(Buffer.alloc(2 * partSize), () => response.destroy());
  });
  const { body } = await http.send(get(cut.url));
  await assert.rejects(read(body), TransportError);
  assert.deepEqual(warned, []);
});

test('only a name in capitals counts as the name of a fault: other words may quote what was sent', async (t) => {
  for (const fault of [`cannot send ${secret}`, 'econnrefused', '', 'A'.repeat(200)]) {
    const ends: Ends = connect(t, {
      serve: (client) =>
        void client.onRequest(httpRequest, async () => ends.seal.close({ fault, note: secret })),
    });
    await assert.rejects(ends.http.send(get('http://127.0.0.1:9')), refusedWith(''));
    assertNoSecret(ends.warned);
  }
});

const nonsense: Readonly<Record<string, (seal: ReturnType<typeof newSeal>) => unknown>> = {
  'an answer without a seal': () => ({ status: 200, headers: {}, bytes: '' }),
  'the seal of another start': () => newSeal().close({ status: 200, headers: {}, bytes: '' }),
  'a seal around nonsense': (seal) => seal.close('nonsense'),
  'no body': (seal) => seal.close({ status: 200, headers: {} }),
  'no status': (seal) => seal.close({ headers: {}, bytes: '' }),
  nothing: () => null,
  'a broken seal': (seal) => ({ sealed: seal.close({ status: 200 }).sealed.slice(0, 20) }),
  'an error': () => {
    throw new Error(`It broke on ${secret}.`);
  },
};

for (const [what, answer] of Object.entries(nonsense)) {
  test(`a client that answers with ${what} is a broken connection, and no more`, async (t) => {
    const ends: Ends = connect(t, {
      serve: (client) => void client.onRequest(httpRequest, async () => answer(ends.seal)),
    });
    await assert.rejects(ends.http.send(get('http://127.0.0.1:9')), refusedWith(''));
    assertNoSecret(ends.warned);
  });
}

test('a client that does not answer does not outlast the deadline of a lookup', async (t) => {
  let asked = (): void => {};
  const arrives = new Promise<void>((resolve) => {
    asked = resolve;
  });
  let toldToStop = (): void => {};
  const cancels = new Promise<void>((resolve) => {
    toldToStop = resolve;
  });
  const ends = connect(t, {
    serve: (client) =>
      void client.onRequest(httpRequest, (_, token) => {
        asked();
        token.onCancellationRequested(toldToStop);
        return new Promise(() => {});
      }),
  });
  const timers = new ManualTimers();
  const registry = createRegistry({
    http: ends.http,
    credentials: { find: async () => ({ credential: null }), knows: async () => false },
    clock: Date,
    timers,
    advice: nodeAdvice,
    resolveName: async () => ['93.184.215.14'],
  });
  const image = { registry: 'registry.example', repository: 'app', version: '1' };
  const lookup = registry.resolve(image, { registries: {} });
  await arrives;
  timers.expire();
  assertFailed(await lookup, 'timed-out', /registry\.example/);
  await cancels;
});

test('a request without a seal, or with that of another start, is not made', async (t) => {
  const { say, seal, warned } = connect(t);
  const { asked, url } = await web(t, (_, response) => response.end());
  const hop: HopRequest = { method: 'GET', url, headers: { authorization: secret } };
  for (const params of [hop, newSeal().close(hop), { sealed: 'AAAA' }, { sealed: 7 }, null, 'text']) {
    assert.deepEqual(seal.open(await say(httpRequest, params)), { fault: '' });
  }
  assert.equal(asked.length, 0);
  assert.equal(warned.length, 6);
  assertNoSecret(warned);
  assert.deepEqual(seal.open(await say(httpNextRequest, { rest: 1 })), { fault: '' });
});

test('what is no request to the web is not made', async (t) => {
  const { say, seal, warned } = connect(t);
  const hop = { method: 'GET', url: 'http://127.0.0.1:9', headers: {} };
  const odd = [
    { ...hop, url: 'file:///etc/passwd' },
    { ...hop, url: 'data:text/plain,hello' },
    { ...hop, url: 'blob:nodedata:1' },
    { ...hop, url: 'elsewhere' },
    { ...hop, method: 'DELETE' },
    { ...hop, headers: { accept: 1 } },
    { ...hop, headers: undefined },
    { ...hop, body: {} },
  ];
  for (const one of odd) assert.deepEqual(seal.open(await say(httpRequest, seal.close(one))), { fault: '' });
  assert.equal(warned.length, odd.length);
});

test('nothing is asked of anybody in a workspace that is not trusted, whatever the server wants', async (t) => {
  const { http, warned } = connect(t, { isTrusted: () => false });
  const { asked, url } = await web(t, (_, response) => response.end());
  await assert.rejects(http.send(get(url)), refusedWith('NOT_TRUSTED'));
  assert.equal(asked.length, 0);
  assert.equal(warned.length, 1);
});

test('no secret crosses in the clear', async (t) => {
  const { crossed, http } = connect(t);
  const token = Buffer.from(JSON.stringify({ token: secret }));
  const { url } = await web(t, (_, response) => response.writeHead(200, { 'x-echo': secret }).end(token));
  const headers = { authorization: `Basic ${Buffer.from(`alice:${secret}`).toString('base64')}` };
  const { body } = await http.send(get(url, { method: 'POST', headers, body: `refresh_token=${secret}` }));
  assert.deepEqual(await read(body), token);
  assert.match(crossed(), /"sealed":/);
  assertNoSecret([crossed(), crossed().replaceAll('\\/', '/')]);
  for (const offset of [0, 1, 2]) {
    const packed = Buffer.from(`${'x'.repeat(offset)}${secret}`)
      .toString('base64')
      .slice(4, -4);
    assert.ok(!crossed().includes(packed));
  }
});

test('an answer that came packed is refused: what fetch makes of it has another digest', async (t) => {
  const { http } = connect(t);
  const { url } = await web(t, (_, response) => {
    response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync('text'));
  });
  await assert.rejects(http.send(get(url)), refusedWith(faults.packed));
});
