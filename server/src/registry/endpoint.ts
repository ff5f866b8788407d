import type { RegistryTable } from '../engine/ports.ts';
import { isLoopbackHost } from '../http/address.ts';
import { parseUrl } from '../http/url.ts';

/** Who answers for a registry. */
export interface Endpoint {
  /** How messages call it: `docker.io`, `127.0.0.1:5000 (mirror of docker.io)`. */
  readonly label: string;
  /** What credentials are stored under: `docker.io`, `ghcr.io`, `localhost:5000`. */
  readonly credentialHost: string;
  /** Where to ask, in the order to try. Never empty. */
  readonly origins: readonly [string, ...string[]];
  /** Plain http to this host is the user's wish. Loopback aside, which is always allowed. */
  readonly insecure: boolean;
  /** The settings name it: it may be at a private address. */
  readonly configured: boolean;
}

export type EndpointResult =
  | { readonly ok: true; readonly endpoint: Endpoint }
  /** `message`: why this registry is not asked. */
  | { readonly ok: false; readonly message: string };

/** Docker Hub's name in references, and the host that serves it. */
const hub = { name: 'docker.io', host: 'registry-1.docker.io' };

export function endpointOf(registry: string, table: RegistryTable): EndpointResult {
  const settings = table[registry];
  const insecure = settings?.insecure === true;
  const configured = settings !== undefined;
  if (settings?.mirror === undefined) return endpointAt(registry, registry, insecure, configured);
  const { mirror } = settings;
  const mirrorHost = mirror.replace(/^https?:\/\//i, '').replace(/\/$/, '');
  const result = endpointAt(
    mirror,
    `${mirrorHost} (mirror of ${registry})`,
    insecure || table[mirrorHost]?.insecure === true,
    configured,
  );
  if (result.ok) return result;
  return { ok: false, message: `The mirror set for ${registry} cannot be used. ${result.message}` };
}

/** `name` is a host with or without a port, or an http(s) URL of nothing more than that. */
function endpointAt(name: string, label: string, insecure: boolean, configured: boolean): EndpointResult {
  const scheme = /^(https?):\/\//i.exec(name)?.[1]?.toLowerCase();
  const url = parseUrl(scheme ? name : `https://${name}`);
  if (!url || url.username || url.password || url.pathname !== '/' || url.search || url.hash) {
    return refused(
      'It has to be a host such as `registry.example.com:5000`, or an http or https URL of one, without a path or a user name.',
    );
  }
  const host = scheme ? url.host : name.toLowerCase();
  if (!sameHost(host, url)) return refused('It is not a valid host name.');
  const loopback = isLoopbackHost(url.hostname);
  if (scheme === 'http' && !loopback && !insecure) {
    return refused(
      `Plain http is only used for this machine. Use https, or set \`insecure: true\` for it if your network is safe.`,
    );
  }
  const served = host === hub.name ? hub.host : host;
  return {
    ok: true,
    endpoint: {
      label,
      credentialHost: host,
      origins: originsOf(served, scheme, loopback, insecure),
      insecure,
      configured,
    },
  };
}

function refused(message: string): EndpointResult {
  return { ok: false, message };
}

/** Guards against names that the URL parser reads as something else, such as `0x7f.1`. A default port is dropped by it. */
function sameHost(host: string, url: URL): boolean {
  return host === url.host || host === `${url.host}:443` || host === `${url.host}:80`;
}

function originsOf(
  host: string,
  scheme: string | undefined,
  loopback: boolean,
  insecure: boolean,
): [string, ...string[]] {
  if (scheme) return [`${scheme}://${host}`];
  if (loopback) return [`http://${host}`, `https://${host}`];
  return insecure ? [`https://${host}`, `http://${host}`] : [`https://${host}`];
}

/** What it should be, so that it cannot lead out of its place in the request's path. */
export function isRepository(text: string): boolean {
  return text.length <= 255 && /^[a-z0-9]+([._-]+[a-z0-9]+)*(\/[a-z0-9]+([._-]+[a-z0-9]+)*)*$/.test(text);
}

export const isTag = (text: string): boolean => /^\w[\w.-]{0,127}$/.test(text);
