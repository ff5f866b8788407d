import type { RegistrySettings, RegistryTable } from '../../engine/ports.ts';
import { isLoopbackHost } from '../../http/address.ts';
import { parseUrl } from '../../http/url.ts';

/** Who answers for a registry. */
export interface Endpoint {
  /** How messages call it: `docker.io`, `harbor.corp/proxy-cache (mirror of docker.io)`. */
  readonly label: string;
  /** What credentials are stored under: `docker.io`, `ghcr.io`, `localhost:5000`. */
  readonly credentialHost: string;
  /** Where to ask, in the order to try. Never empty. */
  readonly origins: readonly [string, ...string[]];
  /** What stands before each repository there, as in `proxy-cache/`. Empty for most. */
  readonly prefix: string;
  /** Plain http to this host is the user's wish. Loopback aside, which is always allowed. */
  readonly insecure: boolean;
  /** The user named it: it may be at a private address. */
  readonly configured: boolean;
}

export type EndpointResult =
  | { readonly ok: true; readonly endpoint: Endpoint }
  /** `message`: why this registry is not asked. */
  | { readonly ok: false; readonly message: string };

/** Docker Hub's name in references, the name of its first API, and the host that serves it. */
const hub = { name: 'docker.io', index: 'index.docker.io', host: 'registry-1.docker.io' };

/** Who is asked for the images of a registry: itself, or the mirror that is set for it. */
export function endpointOf(registry: string, table: RegistryTable): EndpointResult {
  const settings = settingsOf(registry, table);
  if (settings?.mirror === undefined) return ownEndpoint(registry, table, settings !== undefined);
  const { host, name, path } = mirrorIn(settings.mirror);
  const result = isMirrorPath(path)
    ? endpointAt({
        name,
        label: `${host}${path && `/${path}`} (mirror of ${registry})`,
        prefix: path && `${path}/`,
        insecure: settings.insecure === true || settingsOf(host, table)?.insecure === true,
        configured: true,
      })
    : refused(
        'Its path has to be one that repositories begin with, in lower case and without `/v2`, as in `harbor.example.com/proxy-cache`.',
      );
  if (result.ok) return result;
  return { ok: false, message: `The mirror set for ${registry} cannot be used. ${result.message}` };
}

/** The registry itself, whatever mirror is set for it. `configured`: the user named it. */
export function ownEndpoint(registry: string, table: RegistryTable, configured: boolean): EndpointResult {
  const insecure = settingsOf(registry, table)?.insecure === true;
  return endpointAt({ name: registry, label: registry, prefix: '', insecure, configured });
}

function settingsOf(registry: string, table: RegistryTable): RegistrySettings | undefined {
  return Object.hasOwn(table, registry) ? table[registry] : undefined;
}

/** Taken apart by hand: the URL parser would make `a/../b` and `a/%2e%2e/b` look harmless. */
function mirrorIn(mirror: string): { readonly host: string; readonly name: string; readonly path: string } {
  const scheme = /^https?:\/\//i.exec(mirror)?.[0] ?? '';
  const rest = mirror.slice(scheme.length).replace(/\/$/, '');
  const [host = ''] = rest.split('/', 1);
  return { host, name: `${scheme}${host}`, path: rest.slice(host.length + 1) };
}

/** `/v2` is where the API is, and no part of a repository's name. */
function isMirrorPath(path: string): boolean {
  return path === '' || (isRepository(path) && !/^v[12](?:\/|$)/.test(path));
}

interface Wanted extends Omit<Endpoint, 'credentialHost' | 'origins'> {
  /** A host with or without a port, or an http(s) URL of nothing more than that. */
  readonly name: string;
}

function endpointAt({ name, configured, insecure, label, prefix }: Wanted): EndpointResult {
  const scheme = /^(https?):\/\//i.exec(name)?.[1]?.toLowerCase();
  const url = parseUrl(scheme ? name : `https://${name}`);
  if (!url || url.username || url.password || url.pathname !== '/' || url.search || url.hash) {
    return refused(
      'It has to be a host such as `registry.example.com:5000`, or an http or https URL of one, without a user name.',
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
  const isHub = host === hub.name || host === hub.index;
  return {
    ok: true,
    endpoint: {
      label,
      credentialHost: isHub ? hub.name : host,
      origins: originsOf(isHub ? hub.host : host, scheme, loopback, insecure),
      prefix,
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

/** How whoever answers calls a repository. */
export function repositoryAt({ prefix }: Endpoint, repository: string): string {
  return prefix + repository;
}

/** What it should be, so that it cannot lead out of its place in the request's path. */
export function isRepository(text: string): boolean {
  return text.length <= 255 && /^[a-z0-9]+([._-]+[a-z0-9]+)*(\/[a-z0-9]+([._-]+[a-z0-9]+)*)*$/.test(text);
}

export const isTag = (text: string): boolean => /^\w[\w.-]{0,127}$/.test(text);
