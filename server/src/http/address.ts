import { lookup } from 'node:dns/promises';
import { BlockList, isIP } from 'node:net';
import type { AddressClass, Clock, Reach } from '../engine/ports.ts';
import { BoundedMap } from './bounded-map.ts';

/** Addresses of a host name; none where it cannot be resolved here, as behind a proxy. */
export type ResolveName = (hostname: string) => Promise<readonly string[]>;

export const resolveByNode: ResolveName = async (hostname) => {
  try {
    return (await lookup(hostname, { all: true })).map((found) => found.address);
  } catch {
    return [];
  }
};

/** IANA's special-purpose registries: `iana-ipv4-special-registry`, `iana-ipv6-special-registry`. */
const ranges: Readonly<Record<Exclude<AddressClass, 'public'>, BlockList>> = {
  special: blockList(
    '169.254.0.0/16',
    '224.0.0.0/3',
    'fe80::/10',
    'ff00::/8',
    // Metadata services outside the link-local range: Alibaba, Oracle, Amazon over IPv6.
    '100.100.100.200/32',
    '192.0.0.192/32',
    'fd00:ec2::254/128',
    // Ways to write an IPv4 address as an IPv6 one: NAT64, 6to4.
    '64:ff9b::/96',
    '64:ff9b:1::/48',
    '2002::/16',
  ),
  loopback: blockList('127.0.0.0/8', '0.0.0.0/8', '::1/128', '::/128'),
  private: blockList(
    '10.0.0.0/8',
    '172.16.0.0/12',
    '192.168.0.0/16',
    '100.64.0.0/10',
    '192.0.0.0/24',
    '198.18.0.0/15',
    'fc00::/7',
    'fec0::/10',
  ),
};

function blockList(...subnets: readonly string[]): BlockList {
  const list = new BlockList();
  for (const subnet of subnets) {
    const [network = '', prefix] = subnet.split('/');
    list.addSubnet(network, Number(prefix), isIP(network) === 6 ? 'ipv6' : 'ipv4');
  }
  return list;
}

function classOfAddress(address: string): AddressClass {
  const family = isIP(address) === 6 ? 'ipv6' : 'ipv4';
  if (ranges.special.check(address, family)) return 'special';
  if (ranges.loopback.check(address, family)) return 'loopback';
  return ranges.private.check(address, family) ? 'private' : 'public';
}

/** Whether a host as it stands in a URL is this machine by its spelling alone. */
export function isLoopbackHost(hostname: string): boolean {
  const bare = bareHost(hostname);
  if (isIP(bare)) return classOfAddress(bare) === 'loopback';
  return bare === 'localhost';
}

function bareHost(hostname: string): string {
  return hostname
    .replace(/^\[|\]$/g, '')
    .replace(/\.$/, '')
    .toLowerCase();
}

/** Decides where a request may go. */
export interface AddressGuard {
  /**
   * What a request that starts at a URL may reach, wherever it is sent on to: never deeper into this machine or its network than where it
   * started. A name alone must not hide a private address, unless the user said that it may (`isKnown`); an address that is written out hides nothing.
   */
  reachOf(at: URL, isKnown: boolean): Promise<Reach>;
  /** Whether all addresses that the URL's host has now are within reach. One that cannot be found here, as behind a proxy, is. */
  allows(to: URL, reach: Reach): Promise<boolean>;
}

const remembered = { hosts: 500, milliseconds: 60_000 };

export function createAddressGuard(resolve: ResolveName, clock: Clock): AddressGuard {
  const seen = new BoundedMap<string, { classes: ReadonlySet<AddressClass>; at: number }>(remembered.hosts);

  async function classesOf(hostname: string): Promise<ReadonlySet<AddressClass>> {
    const bare = bareHost(hostname);
    if (isIP(bare)) return new Set([classOfAddress(bare)]);
    if (bare === 'localhost' || bare.endsWith('.localhost')) return new Set(['loopback']);
    const known = seen.get(bare);
    if (known && clock.now() - known.at < remembered.milliseconds) return known.classes;
    const classes = new Set((await resolve(bare)).map(classOfAddress));
    seen.set(bare, { classes, at: clock.now() });
    return classes;
  }

  return {
    async reachOf(at, isKnown) {
      const reach = new Set<'public' | 'private' | 'loopback'>(['public']);
      if (!isKnown && !isWrittenOut(at.hostname)) return reach;
      for (const kind of await classesOf(at.hostname)) if (kind !== 'special') reach.add(kind);
      return reach;
    },
    async allows(to, reach) {
      return [...(await classesOf(to.hostname))].every((kind) => kind !== 'special' && reach.has(kind));
    },
  };
}

/** An address, or this machine by name. */
function isWrittenOut(hostname: string): boolean {
  const bare = bareHost(hostname);
  return isIP(bare) !== 0 || bare === 'localhost' || bare.endsWith('.localhost');
}
