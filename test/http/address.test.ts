import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { AddressClass } from '../../server/src/engine/ports.ts';
import {
  classOfAddress,
  createAddressGuard,
  isLoopbackHost,
  resolveByNode,
  writtenClass,
} from '../../server/src/http/address.ts';
import { parseUrl } from '../../server/src/http/url.ts';

const addresses: readonly (readonly [address: string, kind: AddressClass])[] = [
  ['8.8.8.8', 'public'],
  ['203.0.113.1', 'public'],
  ['172.15.255.255', 'public'],
  ['172.32.0.0', 'public'],
  ['100.63.255.255', 'public'],
  ['100.128.0.0', 'public'],
  // What VPN and proxy programs answer for every name.
  ['198.18.0.1', 'public'],
  ['198.19.255.255', 'public'],
  ['127.0.0.1', 'loopback'],
  ['127.255.255.254', 'loopback'],
  ['0.0.0.0', 'loopback'],
  ['0.1.2.3', 'special'],
  ['10.0.0.1', 'private'],
  ['172.16.0.1', 'private'],
  ['172.31.255.255', 'private'],
  ['192.168.1.1', 'private'],
  ['100.64.0.1', 'private'],
  ['192.0.0.8', 'private'],
  ['169.254.0.1', 'special'],
  ['169.254.169.254', 'special'],
  ['169.254.170.2', 'special'],
  ['100.100.100.200', 'special'],
  ['192.0.0.192', 'special'],
  ['168.63.129.16', 'special'],
  ['224.0.0.1', 'special'],
  ['240.0.0.1', 'special'],
  ['255.255.255.255', 'special'],
  ['2606:4700::1111', 'public'],
  ['2a00:1450:4001::200e', 'public'],
  ['::1', 'loopback'],
  ['0:0:0:0:0:0:0:1', 'loopback'],
  ['::', 'loopback'],
  ['::1%lo', 'loopback'],
  ['fd12:3456::1', 'private'],
  ['fc00::1', 'private'],
  ['fec0::1', 'private'],
  ['fe80::1', 'special'],
  ['fe80::1%eth0', 'special'],
  ['FE80::1', 'special'],
  ['ff02::1', 'special'],
  ['fd00:ec2::254', 'special'],
  ['fd00:ec2::23', 'special'],
  ['100::1', 'special'],
  // IPv4 in IPv6, by what is inside.
  ['::ffff:8.8.8.8', 'public'],
  ['::ffff:808:808', 'public'],
  ['::ffff:127.0.0.1', 'loopback'],
  ['::ffff:7f00:1', 'loopback'],
  ['0:0:0:0:0:ffff:7f00:1', 'loopback'],
  ['::ffff:10.0.0.1', 'private'],
  ['::ffff:169.254.169.254', 'special'],
  ['fd20:ce::254', 'special'],
  ['fd00:c1::a9fe:a9fe', 'special'],
  ['fd00:42::42', 'special'],
  ['fd00:42::43', 'private'],
  ['64:ff9b::8.8.8.8', 'public'],
  ['64:ff9b::808:808', 'public'],
  ['64:ff9b::10.0.0.1', 'private'],
  ['64:ff9b::a9fe:a9fe', 'special'],
  ['2002:808:808::1', 'public'],
  ['2002:a00:1::1', 'private'],
  ['2002:a9fe:a9fe::', 'special'],
  // Of whoever translates, and not of this machine.
  ['64:ff9b::127.0.0.1', 'special'],
  ['2002:7f00:1::', 'special'],
  // Ways in which what is inside cannot be told, or that are out of use.
  ['64:ff9b:1::808:808', 'special'],
  ['::8.8.8.8', 'special'],
  ['::ffff:0:8.8.8.8', 'special'],
  ['2001:0:4136:e378:8000:63bf:3fff:fdd2', 'special'],
  // What is no address is nothing to connect to.
  ['', 'special'],
  ['localhost', 'special'],
  ['1.2.3', 'special'],
  ['0x7f.0.0.1', 'special'],
  ['8.8.8.8.', 'special'],
];

describe('the class of an address', () => {
  for (const [address, kind] of addresses) {
    test(`${address || 'nothing'} is ${kind}`, () => assert.equal(classOfAddress(address), kind));
  }
});

/** What a host in a URL is by its spelling; null for a name that has to be resolved, 'no URL' for what no URL takes. */
const spellings: readonly (readonly [host: string, kind: AddressClass | null | 'no URL'])[] = [
  ['localhost', 'loopback'],
  ['LOCALHOST', 'loopback'],
  ['localhost.', 'loopback'],
  ['registry.localhost', 'loopback'],
  ['registry.LocalHost.', 'loopback'],
  ['loc%61lhost', 'loopback'],
  ['2130706433', 'loopback'],
  ['0x7f000001', 'loopback'],
  ['0X7F.1', 'loopback'],
  ['0177.0.0.1', 'loopback'],
  ['017700000001', 'loopback'],
  ['127.1', 'loopback'],
  ['127.0.0.1.', 'loopback'],
  ['%31%32%37.0.0.1', 'loopback'],
  ['１２７.0.0.1', 'loopback'],
  ['ⓛocalhost', 'loopback'],
  ['127。0。0。1', 'loopback'],
  ['[::1]', 'loopback'],
  ['[0:0::0:1]', 'loopback'],
  ['[::ffff:127.0.0.1]', 'loopback'],
  ['[::FFFF:7F00:1]', 'loopback'],
  ['3232235777', 'private'],
  ['0xa.0.0.1', 'private'],
  ['[fd00::1]', 'private'],
  ['2852039166', 'special'],
  ['0xA9FEA9FE', 'special'],
  ['0251.0376.0251.0376', 'special'],
  ['169.254.169.254.', 'special'],
  ['[::ffff:a9fe:a9fe]', 'special'],
  ['[fd00:ec2::254]', 'special'],
  ['metadata.google.internal', 'special'],
  ['Metadata.Google.Internal.', 'special'],
  ['metadata', 'special'],
  ['metadata.goog', 'special'],
  ['instance-data', 'special'],
  ['instance-data.ec2.internal', 'special'],
  ['metadata.tencentyun.com', 'special'],
  ['8.8.8.8', 'public'],
  ['134744072', 'public'],
  ['registry.example.com', null],
  ['localhost.example.com', null],
  ['notlocalhost', null],
  ['metadata.example.com', null],
  ['127.0.0.1.example.com', null],
  ['[::1%25lo]', 'no URL'],
  ['[fe80::1%25eth0]', 'no URL'],
  ['127.0.0.256', 'no URL'],
  ['0x1ffffffff', 'no URL'],
  ['1.2.3.4.5', 'no URL'],
  ['127.0.0.1%00', 'no URL'],
  ['local host', 'no URL'],
];

describe('what a host is by its spelling', () => {
  for (const [host, kind] of spellings) {
    test(`${host} is ${kind ?? 'a name'}`, () => {
      const url = parseUrl(`https://${host}:5000/v2/`);
      assert.equal(url ? (writtenClass(url.hostname) ?? null) : 'no URL', kind);
    });
  }

  test('only what everybody who connects takes for this machine is it', () => {
    assert.equal(isLoopbackHost('localhost'), true);
    assert.equal(isLoopbackHost('127.0.0.1'), true);
    assert.equal(isLoopbackHost('[::1]'), true);
    // Through VS Code's proxy, where there is one.
    for (const host of ['localhost.', '127.0.0.2', '0.0.0.0', '[::]', '[::ffff:7f00:1]'])
      assert.equal(isLoopbackHost(host), false, host);
    assert.equal(isLoopbackHost('registry.localhost'), false);
    assert.equal(isLoopbackHost('[64:ff9b::7f00:1]'), false);
    assert.equal(isLoopbackHost('[2002:7f00:1::]'), false);
    assert.equal(isLoopbackHost('10.0.0.1'), false);
  });
});

describe('the guard', () => {
  const names: Readonly<Record<string, readonly string[]>> = {
    'open.example': ['203.0.113.1', '2606:4700::1'],
    'home.example': ['192.168.1.10'],
    'both.example': ['203.0.113.1', '10.0.0.1'],
    'meta.example': ['169.254.169.254'],
    'lost.example': [],
  };
  const guard = () => createAddressGuard(async (name) => names[name] ?? [], { now: () => 0 });
  const at = (host: string) => new URL(`https://${host}/`);

  const starts: readonly (readonly [host: string, isKnown: boolean, reach: readonly string[]])[] = [
    ['open.example', false, ['public']],
    ['home.example', false, ['public']],
    ['home.example', true, ['public', 'private']],
    ['HOME.example.', true, ['public', 'private']],
    ['meta.example', true, ['public']],
    ['lost.example', true, ['public']],
    ['10.1.2.3', false, ['public', 'private']],
    ['localhost', false, ['public', 'loopback']],
    ['169.254.169.254', true, ['public']],
    ['metadata.google.internal', true, ['public']],
  ];
  for (const [host, isKnown, reach] of starts) {
    test(`${host}, ${isKnown ? 'known' : 'not known'}, may reach ${reach.join(' and ')}`, async () => {
      assert.deepEqual([...(await guard().reachOf(at(host), isKnown))], reach);
    });
  }

  const goals: readonly (readonly [host: string, allowed: boolean])[] = [
    ['open.example', true],
    ['home.example', false],
    // One address out of reach is enough: which of them is taken, nobody knows.
    ['both.example', false],
    ['meta.example', false],
    ['metadata.google.internal', false],
    ['localhost', false],
    ['127.0.0.1', false],
    ['[64:ff9b::a9fe:a9fe]', false],
    // As behind a proxy, which finds it.
    ['lost.example', true],
  ];
  for (const [host, allowed] of goals) {
    test(`${host} is ${allowed ? 'allowed' : 'refused'} within the public`, async () => {
      assert.equal(await guard().allows(at(host), new Set(['public'])), allowed);
    });
  }

  test('a metadata service is never allowed, however far the reach', async () => {
    const far = new Set(['public', 'private', 'loopback'] as const);
    for (const host of ['169.254.169.254', 'metadata.google.internal', 'meta.example']) {
      assert.equal(await guard().allows(at(host), far), false);
    }
  });

  test('a name is resolved once for all who ask at a time, and anew after a minute', async () => {
    let asked = 0;
    let now = 0;
    const counting = createAddressGuard(
      async () => {
        asked++;
        return ['203.0.113.1'];
      },
      { now: () => now },
    );
    const reach = new Set(['public'] as const);
    await Promise.all(Array.from({ length: 10 }, () => counting.allows(at('open.example'), reach)));
    assert.equal(asked, 1);
    now = 60_000;
    await counting.allows(at('open.example'), reach);
    assert.equal(asked, 2);
  });

  test('a resolver that fails is a name that cannot be found here', async () => {
    const failing = createAddressGuard(() => Promise.reject(new Error('no network')), { now: () => 0 });
    assert.equal(await failing.allows(at('open.example'), new Set(['public'])), true);
  });

  test("the system's resolver knows this machine, and nothing of a name that does not exist", async () => {
    const found = await resolveByNode('localhost');
    assert.ok(found.length > 0);
    for (const address of found) assert.equal(classOfAddress(address), 'loopback');
    assert.deepEqual(await resolveByNode('a'.repeat(300)), []);
  });
});
