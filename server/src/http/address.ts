import { lookup } from 'node:dns/promises';
import { BlockList, isIP } from 'node:net';
import type { AddressClass, AddressPolicy, Clock } from '../engine/ports.ts';
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

/**
 * IANA's special-purpose registries: `iana-ipv4-special-registry`, `iana-ipv6-special-registry`. What counts first stands first.
 * 198.18.0.0/15 is missing on purpose: name servers of VPN and proxy programs give addresses out of it for every public name.
 */
const ranges: readonly (readonly [Exclude<AddressClass, 'public'>, BlockList])[] = [
  ['loopback', blockList('127.0.0.0/8', '0.0.0.0/32', '::1/128', '::/128')],
  [
    'special',
    blockList(
      // Linux sends all of these but the first out to the network.
      '0.0.0.0/8',
      '169.254.0.0/16',
      '224.0.0.0/3',
      'fe80::/10',
      'ff00::/8',
      // Metadata services outside the link-local range: Alibaba, Oracle, Azure; over IPv6 Amazon, Google, Oracle, Scaleway.
      '100.100.100.200/32',
      '192.0.0.192/32',
      '168.63.129.16/32',
      'fd00:ec2::/32',
      'fd20:ce::254/128',
      'fd00:c1::a9fe:a9fe/128',
      'fd00:42::42/128',
      // Ways to write an IPv4 address as an IPv6 one in which it cannot be read, or that are out of use.
      '::/96',
      '::ffff:0:0:0/96',
      '64:ff9b:1::/48',
      '2001::/32',
      '100::/64',
    ),
  ],
  [
    'private',
    blockList(
      '10.0.0.0/8',
      '172.16.0.0/12',
      '192.168.0.0/16',
      '100.64.0.0/10',
      '192.0.0.0/24',
      'fc00::/7',
      'fec0::/10',
    ),
  ],
];

function blockList(...subnets: readonly string[]): BlockList {
  const list = new BlockList();
  for (const subnet of subnets) {
    const [network = '', prefix] = subnet.split('/');
    list.addSubnet(network, Number(prefix), isIP(network) === 6 ? 'ipv6' : 'ipv4');
  }
  return list;
}

/** Of an IP address as resolvers give it, with or without a zone. What is none is `special`, so that nobody connects to it. */
export function classOfAddress(address: string): AddressClass {
  const [bare = ''] = address.split('%');
  const version = isIP(bare);
  if (version === 0) return 'special';
  if (version === 4) return classIn(bare, 'ipv4');
  const groups = groupsOf(bare);
  const mapped = mappedIn(groups);
  if (mapped !== undefined) return classOfAddress(mapped);
  const translated = translatedIn(groups);
  if (translated === undefined) return classIn(bare, 'ipv6');
  // Somebody else translates, so that it is not this machine.
  const kind = classOfAddress(translated);
  return kind === 'loopback' ? 'special' : kind;
}

const classIn = (address: string, family: 'ipv4' | 'ipv6'): AddressClass =>
  ranges.find(([, list]) => list.check(address, family))?.[0] ?? 'public';

/** The IPv4 address in an IPv4-mapped one: RFC 4291, section 2.5.5.2. */
function mappedIn(groups: readonly number[]): string | undefined {
  return startsWith(groups, [0, 0, 0, 0, 0, 0xffff]) ? dotted(groups[6], groups[7]) : undefined;
}

/** The IPv4 address that NAT64 (RFC 6052, section 2.1) and 6to4 (RFC 3056, section 2) send on to. */
function translatedIn(groups: readonly number[]): string | undefined {
  if (startsWith(groups, [0x2002])) return dotted(groups[1], groups[2]);
  return startsWith(groups, [0x64, 0xff9b, 0, 0, 0, 0]) ? dotted(groups[6], groups[7]) : undefined;
}

const startsWith = (groups: readonly number[], start: readonly number[]): boolean =>
  start.every((group, index) => group === groups[index]);

const dotted = (high = 0, low = 0): string => [high >> 8, high & 255, low >> 8, low & 255].join('.');

/** The eight numbers of an IPv6 address. */
function groupsOf(address: string): readonly number[] {
  // The URL parser writes every form the same way: in hexadecimal, at most one `::`.
  const { hostname } = new URL(`http://[${address}]`);
  const [head = '', tail = ''] = hostname.slice(1, -1).split('::');
  const before = head === '' ? [] : head.split(':');
  const after = tail === '' ? [] : tail.split(':');
  const between = Array.from({ length: 8 - before.length - after.length }, () => '0');
  return [...before, ...between, ...after].map((group) => Number.parseInt(group, 16));
}

/** Metadata services of the clouds by the names that lead to them, from wherever those can be resolved. */
const metadataNames: ReadonlySet<string> = new Set([
  'metadata',
  'metadata.google.internal',
  'metadata.goog',
  'instance-data',
  'instance-data.ec2.internal',
  'api.metadata.cloud.ibm.com',
  'metadata.tencentyun.com',
  'rancher-metadata',
]);

/** What a host as it stands in a URL is by its spelling alone; undefined for a name that may lead anywhere. */
export function writtenClass(hostname: string): AddressClass | undefined {
  const bare = bareHost(hostname);
  if (isIP(bare)) return classOfAddress(bare);
  if (bare === 'localhost' || bare.endsWith('.localhost')) return 'loopback';
  return metadataNames.has(bare) ? 'special' : undefined;
}

/**
 * Whether a host as URLs write it is this machine, whoever connects. Others of its addresses are left out, as VS Code asks its proxy for
 * them, and names below `localhost`, as some resolvers ask the network.
 */
export const isLoopbackHost = (hostname: string): boolean =>
  ['localhost', '127.0.0.1', '[::1]'].includes(hostname);

/** Without the brackets of an IPv6 address and the last dot of a full name, in lower case. */
export function bareHost(hostname: string): string {
  return hostname
    .replace(/^\[|\]$/g, '')
    .replace(/\.+$/, '')
    .toLowerCase();
}

/** Whether an address of this class is within reach. */
export const isWithin = (reach: AddressPolicy, kind: AddressClass): boolean =>
  kind !== 'special' && reach.has(kind);

/** Decides where a request may go. */
export interface AddressGuard {
  /**
   * What a request that starts at a URL may reach, wherever it is sent on to: never deeper into this machine or its network than where it
   * started. A name alone must not hide a private address, unless the user said that it may (`isKnown`); an address that is written out hides nothing.
   */
  reachOf(at: URL, isKnown: boolean): Promise<AddressPolicy>;
  /** Whether all addresses that the URL's host has now are within reach. One that cannot be found here, as behind a proxy, is. */
  allows(to: URL, reach: AddressPolicy): Promise<boolean>;
}

const remembered = { hosts: 500, milliseconds: 60_000 };

export function createAddressGuard(resolve: ResolveName, clock: Clock): AddressGuard {
  const seen = new BoundedMap<string, { classes: Promise<readonly AddressClass[]>; at: number }>(
    remembered.hosts,
  );

  async function resolved(bare: string): Promise<readonly AddressClass[]> {
    try {
      return (await resolve(bare)).map(classOfAddress);
    } catch {
      return [];
    }
  }

  async function classesOf(hostname: string): Promise<readonly AddressClass[]> {
    const written = writtenClass(hostname);
    if (written !== undefined) return [written];
    const bare = bareHost(hostname);
    const known = seen.get(bare);
    if (known && clock.now() - known.at < remembered.milliseconds) return known.classes;
    const classes = resolved(bare);
    seen.set(bare, { classes, at: clock.now() });
    return classes;
  }

  return {
    async reachOf(at, isKnown) {
      const reach = new Set<'public' | 'private' | 'loopback'>(['public']);
      if (!isKnown && writtenClass(at.hostname) === undefined) return reach;
      for (const kind of await classesOf(at.hostname)) if (kind !== 'special') reach.add(kind);
      return reach;
    },
    async allows(to, reach) {
      return (await classesOf(to.hostname)).every((kind) => isWithin(reach, kind));
    },
  };
}
