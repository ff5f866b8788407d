import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { describe, type TestContext, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { answer, type HostileServer, type Misbehave, startHostile } from '../support/hostile.ts';
import { anywhere, ask, closed, createHop, promised, read, startWire, textOf } from './hop.ts';

async function serve(t: TestContext, misbehave: Misbehave): Promise<HostileServer> {
  const server = await startHostile(misbehave);
  t.after(() => server.stop());
  return server;
}

describe('what comes back', () => {
  test('status, headers in lower case, those of one name joined, and the body', async (t) => {
    const server = await serve(t, (_, response) =>
      answer(response, 418, { 'X-One': 'a', 'X-Two': ['b', 'c'] }, 'short and stout'),
    );
    const hop = createHop();
    const got = await ask(hop, { url: `${server.url}/v2/?q=1`, headers: { accept: 'text/plain' } });
    assert.equal(got.status, 418);
    assert.equal(got.headers['x-one'], 'a');
    assert.equal(got.headers['x-two'], 'b, c');
    assert.equal(await textOf(got), 'short and stout');
    const [seen] = server.requests;
    assert.equal(seen?.path, '/v2/?q=1');
    assert.equal(seen?.headers.accept, 'text/plain');
    assert.equal(seen?.headers.host, server.host);
  });

  test('a body that was sent', async (t) => {
    const server = await serve(t, ({ body, method }, response) =>
      answer(response, 200, {}, `${method} ${body}`),
    );
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    assert.equal(
      await read(createHop(), { url: server.url, method: 'POST', headers, body: 'a=ü' }),
      'POST a=ü',
    );
    assert.equal(server.requests[0]?.headers['content-type'], headers['content-type']);
  });

  test('a redirect, as it is', async (t) => {
    const server = await serve(t, (_, response) => answer(response, 307, { location: '/elsewhere' }));
    const got = await ask(createHop(), { url: server.url });
    assert.equal(got.status, 307);
    assert.equal(got.headers.location, '/elsewhere');
    assert.equal(server.requests.length, 1);
  });

  test('a body piece by piece, before it is complete', async (t) => {
    const goOn = promised();
    const server = await serve(t, async (_, response) => {
      response.write('one');
      await goOn.promise;
      response.end('two');
    });
    const { body } = await ask(createHop(), { url: server.url });
    const seen: string[] = [];
    for await (const piece of body) {
      seen.push(Buffer.from(piece).toString());
      goOn.resolve();
    }
    assert.deepEqual(seen, ['one', 'two']);
  });

  test('a large body, however slowly it is read', async (t) => {
    const server = await serve(t, (_, response) => answer(response, 200, {}, Buffer.alloc(3_000_000, 'x')));
    const { body } = await ask(createHop(), { url: server.url });
    let length = 0;
    for await (const piece of body) {
      length += piece.byteLength;
      await new Promise((resolve) => setImmediate(resolve));
    }
    assert.equal(length, 3_000_000);
  });

  test('an early hint is not the answer', async (t) => {
    const { url } = await startWire(t, (socket) => {
      socket.write(
        'HTTP/1.1 103 Early Hints\r\nlink: </a>\r\n\r\nHTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nhi',
      );
    });
    const got = await ask(createHop(), { url });
    assert.equal(got.status, 200);
    assert.equal(await textOf(got), 'hi');
  });

  test('a body that only the end of the connection ends', async (t) => {
    const { url } = await startWire(t, (socket) => socket.end('HTTP/1.0 200 OK\r\n\r\nold and whole'));
    assert.equal(await read(createHop(), { url }), 'old and whole');
  });
});

describe('connections', () => {
  test('are used again, after HEAD too', async (t) => {
    let ports = new Set<number | undefined>();
    const server = await serve(t, ({ method }, response) => {
      ports = ports.add(response.socket?.remotePort);
      answer(response, 200, { 'content-length': '2' }, method === 'HEAD' ? '' : 'hi');
    });
    const hop = createHop();
    for (const method of ['HEAD', 'GET', 'HEAD', 'GET'] as const)
      await read(hop, { url: server.url, method });
    assert.equal(ports.size, 1);
  });

  test('are as many as there are requests at once', async (t) => {
    const all = promised();
    const server = await serve(t, async (_, response) => {
      await all.promise;
      answer(response, 200, {}, 'hi');
    });
    const hop = createHop();
    const asked = Array.from({ length: 100 }, () => read(hop, { url: server.url }));
    await server.arrived(100);
    all.resolve();
    assert.deepEqual(new Set(await Promise.all(asked)), new Set(['hi']));
  });

  test('that the server has closed meanwhile are made anew', async (t) => {
    const wire = await startWire(t, (socket) => {
      socket.on('data', () => socket.write('HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nhi'));
    });
    const hop = createHop();
    assert.equal(await read(hop, { url: wire.url }), 'hi');
    const [first] = wire.sockets;
    assert.ok(first);
    first.end();
    await closed(first);
    assert.equal(await read(hop, { url: wire.url }), 'hi');
    assert.equal(wire.sockets.length, 2);
  });

  test('that the server does not want to keep are not kept', async (t) => {
    const wire = await startWire(t, (socket) => {
      socket.on('data', () =>
        socket.end('HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: 2\r\n\r\nhi'),
      );
    });
    const hop = createHop();
    for (const _ of [1, 2, 3]) assert.equal(await read(hop, { url: wire.url }), 'hi');
    assert.equal(wire.sockets.length, 3);
  });

  test('to a server that always hangs up are not made over and over', async (t) => {
    const wire = await startWire(t, (socket) => socket.destroy());
    await assert.rejects(read(createHop(), { url: wire.url }), /ECONNRESET|UND_ERR_SOCKET|EPIPE/);
    assert.ok(wire.sockets.length <= 2, `${wire.sockets.length} connections`);
  });

  test('whose answer nobody reads on are closed', async (t) => {
    const server = await serve(t, (_, response) => void response.write('and so on'));
    const { body } = await ask(createHop(), { url: server.url });
    for await (const piece of body) {
      assert.ok(piece.byteLength > 0);
      break;
    }
    await server.dropped(1);
  });

  test('that are kept do not keep a program from ending', async (t) => {
    const server = await serve(t, (_, response) => answer(response, 200, {}, 'hi'));
    const program = fileURLToPath(new URL('./one-request.ts', import.meta.url));
    const printed = await new Promise<string>((resolve, reject) => {
      const env = { PATH: process.env.PATH, HOME: '/nonexistent' };
      execFile(process.execPath, [program, server.url], { env }, (error, stdout) =>
        error ? reject(error) : resolve(stdout),
      );
    });
    assert.equal(printed, '200 hi\n');
  });
});

describe('given up', () => {
  const reason = new Error('enough');

  test('before anything was asked', async (t) => {
    const wire = await startWire(t, () => {});
    await assert.rejects(ask(createHop(), { url: wire.url, signal: AbortSignal.abort(reason) }), reason);
    assert.equal(wire.sockets.length, 0);
  });

  test('at once, with a connection at hand', async (t) => {
    const stop = new AbortController();
    const server = await serve(t, (_, response) => answer(response, 200, {}, 'hi'));
    const hop = createHop();
    await read(hop, { url: server.url });
    const asked = ask(hop, { url: server.url, signal: stop.signal });
    stop.abort(reason);
    await assert.rejects(asked, reason);
    assert.equal(await read(hop, { url: server.url }), 'hi');
    assert.equal(server.requests.length, 2);
  });

  test('while the name is looked up', async () => {
    const stop = new AbortController();
    const hop = createHop({
      resolveName: () => {
        stop.abort(reason);
        return new Promise(() => {});
      },
    });
    await assert.rejects(ask(hop, { url: 'http://registry.example', signal: stop.signal }), reason);
  });

  test('while TLS is agreed on', async (t) => {
    const stop = new AbortController();
    const wire = await startWire(t, (socket) => socket.once('data', () => stop.abort(reason)));
    const url = wire.url.replace('http:', 'https:');
    await assert.rejects(ask(createHop(), { url, signal: stop.signal }), reason);
    await Promise.all(wire.sockets.map(closed));
  });

  test('while the answer is waited for', async (t) => {
    const stop = new AbortController();
    const server = await serve(t, () => stop.abort(reason));
    await assert.rejects(ask(createHop(), { url: server.url, signal: stop.signal }), reason);
    await server.dropped(1);
  });

  test('while the body drips', async (t) => {
    const stop = new AbortController();
    const server = await serve(t, async (_, response) => {
      while (!response.closed) {
        response.write('drip');
        await new Promise((resolve) => setImmediate(resolve));
      }
    });
    const { body } = await ask(createHop(), { url: server.url, signal: stop.signal });
    let drops = 0;
    await assert.rejects(async () => {
      for await (const _ of body) if (++drops === 3) stop.abort(reason);
    }, reason);
    await server.dropped(1);
  });

  test('when the answer was read, so that the connection serves the next', async (t) => {
    const wire = await startWire(t, (socket) => {
      socket.on('data', () => socket.write('HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nhi'));
    });
    const hop = createHop();
    for (const _ of [1, 2]) {
      const stop = new AbortController();
      assert.equal(await read(hop, { url: wire.url, signal: stop.signal }), 'hi');
      stop.abort(reason);
    }
    assert.equal(wire.sockets.length, 1);
  });
});

describe('faults', () => {
  const answers: readonly (readonly [what: string, bytes: string, code: RegExp])[] = [
    ['no HTTP at all', 'SSH-2.0-OpenSSH_9.2\r\n', /^HTTP_GARBLED$/],
    ['half a head', 'HTTP/1.1 200 OK\r\ncontent-', /^UND_ERR_SOCKET$/],
    ['nothing', '', /^UND_ERR_SOCKET$/],
    ['a head without end', `HTTP/1.1 200 OK\r\n${'x: y\r\n'.repeat(50_000)}`, /^UND_ERR_HEADERS_OVERFLOW$/],
    ['fewer bytes than it said', 'HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nhi', /^UND_ERR_SOCKET$/],
    ['half a chunk', 'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\nhi', /^UND_ERR_SOCKET$/],
    [
      'two lengths',
      'HTTP/1.1 200 OK\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\nhi',
      /^UND_ERR_RES_CONTENT_LENGTH_MISMATCH$/,
    ],
    ['hints without end', 'HTTP/1.1 103 Early Hints\r\nlink: </a>\r\n\r\n'.repeat(200), /^HTTP_GARBLED$/],
    [
      'another protocol',
      'HTTP/1.1 101 Switching Protocols\r\nupgrade: x\r\nconnection: upgrade\r\n\r\n',
      /^UND_ERR_SOCKET$/,
    ],
  ];
  for (const [what, bytes, code] of answers) {
    test(`the server sends ${what}`, async (t) => {
      const { url } = await startWire(t, (socket) => socket.once('data', () => socket.end(bytes)));
      await assert.rejects(read(createHop(), { url }), { name: 'TransportError', code });
    });
  }

  test('nobody listens', async (t) => {
    const server = await serve(t, () => {});
    await server.stop();
    await assert.rejects(ask(createHop(), { url: server.url }), { code: 'ECONNREFUSED' });
  });

  test('the name is not known', async () => {
    const hop = createHop({ resolveName: async () => [] });
    await assert.rejects(ask(hop, { url: 'https://registry.example' }), { code: 'ENOTFOUND' });
  });

  test('the name server does not answer', async () => {
    const hop = createHop({
      resolveName: () => Promise.reject(Object.assign(new Error('no network'), { code: 'EAI_AGAIN' })),
    });
    await assert.rejects(ask(hop, { url: 'https://registry.example' }), { code: 'EAI_AGAIN' });
  });

  test('a body that breaks before anybody reads it is told to who does', async (t) => {
    const wire = await startWire(t, (socket) =>
      socket.once('data', () => socket.end('HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nhi')),
    );
    const got = await ask(createHop(), { url: wire.url });
    await Promise.all(wire.sockets.map(closed));
    await new Promise((resolve) => setImmediate(resolve));
    await assert.rejects(textOf(got), { name: 'TransportError', code: 'UND_ERR_SOCKET' });
  });

  test('a proxy that nobody set, on the way', async (t) => {
    const server = await serve(t, (_, response) => answer(response, 407));
    await assert.rejects(ask(createHop(), { url: server.url }), { code: 'PROXY_SIGN_IN' });
  });

  test('an address that no URL has', async () => {
    await assert.rejects(ask(createHop(), { url: 'http://[::1%25lo]/' }), { name: 'TransportError' });
  });

  test('a header that cannot be sent is not told on', async (t) => {
    const server = await serve(t, (_, response) => answer(response, 200));
    const headers = { authorization: 'a\r\nhost: evil.example' };
    await assert.rejects(ask(createHop(), { url: server.url, headers }), {
      name: 'TransportError',
      message: /^The request failed \([A-Z_]+\)\.$/,
    });
    assert.equal(server.requests.length, 0);
  });
});

test('a name below localhost is this machine, whatever a name server would say', async (t) => {
  const server = await serve(t, (_, response) => answer(response, 200, {}, 'hi'));
  const hop = createHop();
  for (const name of ['localhost', 'k3d-registry.localhost']) {
    assert.equal(await read(hop, { url: server.url.replace('127.0.0.1', name) }), 'hi');
  }
});

test('nothing is asked outside the reach of the request', async (t) => {
  const server = await serve(t, (_, response) => answer(response, 200));
  const hop = createHop();
  const reach = new Set(['public', 'private'] as const);
  for (const host of ['127.0.0.1', 'localhost', 'x.localhost', '[::1]', '[::ffff:127.0.0.1]', '2130706433']) {
    const url = server.url.replace('127.0.0.1', host);
    await assert.rejects(ask(hop, { url, reach }), { code: 'ADDRESS_REFUSED' });
  }
  for (const host of ['169.254.169.254', 'metadata.google.internal', '[fd00:ec2::254]', '0xA9FEA9FE']) {
    await assert.rejects(ask(hop, { url: `http://${host}/`, reach: anywhere }), { code: 'ADDRESS_REFUSED' });
  }
  assert.equal(server.requests.length, 0);
});
