import { asObject, type JsonObject, parseObject, textOf } from '../protocol/json.ts';
import type { Credential } from './credential.ts';

/** Docker's `config.json` and Podman's `auth.json`: the parts that concern signing in. */
export interface AuthFile {
  readonly auths: JsonObject;
  readonly credHelpers: JsonObject;
  readonly credsStore: string;
}

/** Undefined for what is no JSON object. A file without anything in it stores nothing, as for Docker. */
export function readAuthFile(text: string): AuthFile | undefined {
  // A byte order mark counts as white space.
  const bare = text.trim();
  const root = bare === '' ? {} : parseObject(bare);
  if (!root) return undefined;
  return {
    auths: asObject(root.auths) ?? {},
    credHelpers: asObject(root.credHelpers) ?? {},
    credsStore: textOf(root, 'credsStore'),
  };
}

/** A helper, and what it may know the host by: tried in this order. */
export interface HelperFor {
  readonly name: string;
  readonly servers: readonly string[];
}

/** The helper that keeps the host's credentials. `credHelpers` goes before `credsStore`, even with an empty name. */
export function helperIn(file: AuthFile, host: string): HelperFor | undefined {
  const own = Object.entries(file.credHelpers).find(([key]) => placeOf(key) === host);
  const [key, name] = own ?? ['', file.credsStore];
  if (typeof name !== 'string' || name === '') return undefined;
  if (host !== hub) return { name, servers: [host] };
  // Docker keeps the Hub's credentials under the address of its first API. Podman, which knows it as docker.io, under that.
  return { name, servers: key === hub ? [firstHubApi, hub] : [firstHubApi] };
}

const hub = 'docker.io';
const firstHubApi = 'https://index.docker.io/v1/';

/** Whether the file has anything of its own for the host. */
export const isNamedIn = (file: AuthFile, host: string): boolean => hostsIn(file).has(host);

/** The hosts that the file has anything of its own for. An empty entry counts: Docker leaves one where a helper keeps the password. */
export function hostsIn(file: AuthFile): ReadonlySet<string> {
  const keys = [...Object.keys(file.auths), ...Object.keys(file.credHelpers)];
  return new Set(keys.flatMap((key) => placeOf(key).split('/')[0] || []));
}

/** The entry for the repository, else for the nearest folder above it, else for the host: `containers-auth.json(5)`. */
export function credentialIn(file: AuthFile, host: string, repository: string): Credential | undefined {
  const entries = new Map(Object.entries(file.auths).map(([key, entry]) => [placeOf(key), entry]));
  const path = repository.split('/');
  for (let length = path.length; length >= 0; length--) {
    const entry = asObject(entries.get([host, ...path.slice(0, length)].join('/')));
    const credential = entry && credentialOf(entry);
    if (credential) return credential;
  }
  return undefined;
}

/**
 * `host` or `host/path` that a key stands for: `https://index.docker.io/v1/` is `docker.io`. Docker writes some keys
 * as the URL of the API, so an `/v1` or `/v2` at the end of a URL is no path of repositories.
 */
function placeOf(key: string): string {
  const isUrl = /^https?:\/\//i.test(key);
  const bare = key.replace(/^https?:\/\//i, '').replace(/\/+$/, '');
  const place = isUrl ? bare.replace(/\/v[12]$/, '') : bare;
  const slash = place.indexOf('/');
  const host = (slash < 0 ? place : place.slice(0, slash)).toLowerCase();
  return (host === 'index.docker.io' ? hub : host) + (slash < 0 ? '' : place.slice(slash));
}

function credentialOf(entry: JsonObject): Credential | undefined {
  const identityToken = textOf(entry, 'identitytoken');
  if (identityToken) return { kind: 'identity-token', token: identityToken };
  const accessToken = textOf(entry, 'registrytoken');
  if (accessToken) return { kind: 'access-token', token: accessToken };
  const encoded = textOf(entry, 'auth');
  return encoded ? decode(encoded) : passwordOf(textOf(entry, 'username'), textOf(entry, 'password'));
}

function decode(auth: string): Credential | undefined {
  const decoded = Buffer.from(auth, 'base64').toString('utf8').replace(/\0+$/, '');
  const colon = decoded.indexOf(':');
  return colon < 0 ? undefined : passwordOf(decoded.slice(0, colon), decoded.slice(colon + 1));
}

/** Undefined where one is missing, or where the name could not be sent: RFC 7617 allows it no colon. */
export function passwordOf(username: string, password: string): Credential | undefined {
  if (username === '' || password === '' || username.includes(':')) return undefined;
  return { kind: 'password', username, password };
}
