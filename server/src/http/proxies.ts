import { BlockList, isIP } from 'node:net';
import { bareHost, writtenClass } from './address.ts';
import { faults } from './network-errors.ts';
import { parseUrl } from './url.ts';

/** A forward proxy. */
export interface ForwardProxy {
  /** TLS is spoken to the proxy itself. */
  readonly secure: boolean;
  /** Without the brackets of an IPv6 address. */
  readonly hostname: string;
  readonly port: number;
  /** What `Proxy-Authorization` has to say. A secret. */
  readonly authorization?: string;
}

/** `fault`: one of the faults by which TransportErrors go. */
export type Route =
  | { readonly kind: 'direct' }
  | { readonly kind: 'proxy'; readonly proxy: ForwardProxy }
  | { readonly kind: 'none'; readonly fault: string };

type Env = Readonly<Record<string, string | undefined>>;

const direct: Route = { kind: 'direct' };

/**
 * Finds the way to a URL by HTTPS_PROXY, HTTP_PROXY, ALL_PROXY and NO_PROXY, in capitals first: as Go's `httpproxy`, and so Docker and
 * Podman, read them, and ALL_PROXY as curl does. This machine is never reached through a proxy.
 */
export function createRoutes(env: Env): (url: URL) => Route {
  const passesBy = bypassOf(named(env, 'NO_PROXY') ?? '');
  const all = named(env, 'ALL_PROXY');
  const ways: Readonly<Record<string, Route>> = {
    'https:': routeBy(named(env, 'HTTPS_PROXY') ?? all),
    'http:': routeBy(named(env, 'HTTP_PROXY') ?? all),
  };
  return (url) => {
    if (writtenClass(url.hostname) === 'loopback' || passesBy(url)) return direct;
    return ways[url.protocol] ?? direct;
  };
}

function named(env: Env, name: string): string | undefined {
  return env[name]?.trim() || env[name.toLowerCase()]?.trim() || undefined;
}

function routeBy(address: string | undefined): Route {
  if (address === undefined) return direct;
  const url = parseUrl(/^[a-z][a-z0-9+.-]*:\/\//i.test(address) ? address : `http://${address}`);
  if (url && /^socks/.test(url.protocol)) return { kind: 'none', fault: faults.proxyKind };
  if (!url || !/^https?:$/.test(url.protocol)) return { kind: 'none', fault: faults.proxyLost };
  const { hostname, password, port, protocol, username } = url;
  const secure = protocol === 'https:';
  const account = username || password ? `${decoded(username)}:${decoded(password)}` : undefined;
  return {
    kind: 'proxy',
    proxy: {
      secure,
      hostname: bareHost(hostname),
      port: Number(port) || (secure ? 443 : 80),
      ...(account ? { authorization: `Basic ${Buffer.from(account).toString('base64')}` } : {}),
    },
  };
}

/** A password may hold a `%` that nobody encoded. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** Whom NO_PROXY names: hosts with all names below them, addresses, ranges of addresses, each with or without a port, or `*`. */
function bypassOf(list: string): (url: URL) => boolean {
  const entries = list
    .toLowerCase()
    .split(/[\s,]+/)
    .filter(Boolean);
  if (entries.includes('*')) return () => true;
  const ranges = new BlockList();
  const hosts = entries.flatMap((entry) => (addRange(ranges, entry) ? [] : [hostIn(entry)]));
  return ({ hostname, port, protocol }) => {
    const host = bareHost(hostname);
    const at = port || (protocol === 'https:' ? '443' : '80');
    const version = isIP(host);
    if (version !== 0 && ranges.check(host, version === 6 ? 'ipv6' : 'ipv4')) return true;
    return hosts.some(
      ({ name, only }) =>
        name !== '' && (host === name || host.endsWith(`.${name}`)) && (only === undefined || only === at),
    );
  };
}

function addRange(ranges: BlockList, entry: string): boolean {
  const [, network = '', prefix = ''] = /^\[?([^\]/]+)\]?\/(\d{1,3})$/.exec(entry) ?? [];
  const version = isIP(network);
  if (version === 0 || Number(prefix) > (version === 6 ? 128 : 32)) return false;
  ranges.addSubnet(network, Number(prefix), version === 6 ? 'ipv6' : 'ipv4');
  return true;
}

function hostIn(entry: string): { readonly name: string; readonly only?: string } {
  const [, name = entry, only] =
    isIP(entry) === 6 ? [] : (/^(\[[^\]]+\]|[^:]*)(?::(\d+))?$/.exec(entry) ?? []);
  const bare = bareHost(name).replace(/^\*?\./, '');
  // In the one way to write it that URLs have.
  const written = isIP(bare) === 6 ? bareHost(new URL(`http://[${bare}]`).hostname) : bare;
  return { name: written, ...(only === undefined ? {} : { only }) };
}

/** What a proxy means by a status other than 2xx. RFC 9110, sections 9.3.6 and 15. */
export function refusalOf(status: number): string {
  if (status === 407) return faults.proxySignIn;
  if ([400, 404, 405, 501].includes(status)) return faults.proxyOdd;
  return status >= 500 ? faults.proxyFailed : faults.proxyRefused;
}
