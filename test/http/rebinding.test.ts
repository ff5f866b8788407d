import assert from 'node:assert/strict';
import { describe, type TestContext, test } from 'node:test';
import type { AddressPolicy } from '../../server/src/engine/ports.ts';
import { createAddressGuard } from '../../server/src/http/address.ts';
import { answer, startHostile } from '../support/hostile.ts';
import { ask, createHop, read, startWire, type Wire } from './hop.ts';

const publicOnly: AddressPolicy = new Set(['public']);
const withLoopback: AddressPolicy = new Set(['public', 'loopback']);

/** Answers `hi` to everything. */
const serve = (t: TestContext): Promise<Wire> =>
  startWire(t, (socket) => {
    socket.on('data', () => socket.write('HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nhi'));
  });

test('a name that changes between the look at it and the connection leads nowhere', async (t) => {
  const wire = await serve(t);
  const answers = [['203.0.113.1'], ['127.0.0.1'], ['127.0.0.1']];
  let asked = 0;
  const resolveName = async () => answers[asked++] ?? [];
  const guard = createAddressGuard(resolveName, { now: () => 0 });
  const url = new URL(`http://rebound.example:${wire.port}/`);
  const reach = await guard.reachOf(url, false);
  assert.ok(await guard.allows(url, reach), 'the first look finds a public address');
  const hop = createHop({ resolveName });
  await assert.rejects(ask(hop, { url: url.href, reach }), { code: 'ADDRESS_REFUSED' });
  assert.equal(asked, 2);
  assert.equal(wire.sockets.length, 0);
});

describe('a name that leads to', () => {
  const addresses = [
    '127.0.0.1',
    '127.1.2.3',
    '::1',
    '::1%lo',
    '::ffff:127.0.0.1',
    '::ffff:7f00:1',
    '0.0.0.0',
    '::',
    '10.0.0.1',
    '192.168.0.1',
    'fd00::1',
    '169.254.169.254',
    'fe80::1%eth0',
    '64:ff9b::7f00:1',
    '64:ff9b::a9fe:a9fe',
    '2002:a00:1::',
    'fd00:ec2::254',
    'no address at all',
  ];
  for (const address of addresses) {
    test(`${address} is not asked within the public`, async (t) => {
      const wire = await serve(t);
      const hop = createHop({ resolveName: async () => [address] });
      for (const scheme of ['http', 'https']) {
        const url = `${scheme}://rebound.example:${wire.port}/`;
        await assert.rejects(ask(hop, { url, reach: publicOnly }), { code: 'ADDRESS_REFUSED' });
      }
      assert.equal(wire.sockets.length, 0);
    });
  }

  test('several addresses is asked at those within reach alone', async (t) => {
    const wire = await serve(t);
    const hop = createHop({
      resolveName: async () => ['10.255.255.1', '169.254.169.254', '127.0.0.1', 'fd00::1'],
    });
    const url = `http://several.example:${wire.port}/`;
    assert.equal(await read(hop, { url, reach: withLoopback }), 'hi');
    assert.equal(wire.sockets.length, 1);
  });

  test('an address where nobody listens and one where somebody does is asked at the other', async (t) => {
    const wire = await serve(t);
    const hop = createHop({ resolveName: async () => ['127.0.0.2', '127.0.0.1'] });
    assert.equal(await read(hop, { url: `http://two.example:${wire.port}/`, reach: withLoopback }), 'hi');
  });
});

test('a connection that was opened with a wide reach does not serve a request with a narrow one', async (t) => {
  const server = await startHostile((_, response) => answer(response, 200, {}, 'hi'));
  t.after(() => server.stop());
  const hop = createHop({ resolveName: async () => ['127.0.0.1'] });
  const url = server.url.replace('127.0.0.1', 'home.example');
  assert.equal(await read(hop, { url, reach: withLoopback }), 'hi');
  await assert.rejects(ask(hop, { url, reach: publicOnly }), { code: 'ADDRESS_REFUSED' });
  assert.equal(server.requests.length, 1);
});
