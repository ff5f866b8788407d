import { readdir, readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';
import tls, { type SecureContext } from 'node:tls';
import type { Log } from '../engine/ports.ts';
import { BoundedMap } from './bounded-map.ts';

/** Whose certificates are trusted. */
export interface Trust {
  /** For connections to a host as it stands in a URL, with its port where that is not 443. Never rejects. */
  contextFor(host: string): Promise<SecureContext>;
}

export interface TrustOptions {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly log?: Log;
}

/** Where Linux distributions and BSDs keep all trusted CAs in one file; the same as in Go's `crypto/x509`. */
const bundles: readonly string[] = [
  '/etc/ssl/certs/ca-certificates.crt',
  '/etc/pki/tls/certs/ca-bundle.crt',
  '/etc/ssl/ca-bundle.pem',
  '/etc/pki/tls/cacert.pem',
  '/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem',
  '/etc/ssl/cert.pem',
  '/usr/local/share/certs/ca-root-nss.crt',
];

const rememberedHosts = 100;

/**
 * Trusts Node's own roots, those of the system, NODE_EXTRA_CA_CERTS, SSL_CERT_FILE and SSL_CERT_DIR, and for one host alone those in the
 * folders that Docker and Podman have for it (`containers-certs.d(5)`). Read once, with the first connection that needs them; the folders
 * of a host with each. Nothing switches the verification off.
 */
export function createTrust({ env, log }: TrustOptions): Trust {
  let everywhere: Promise<Everywhere> | undefined;
  const hosts = new BoundedMap<string, { text: string; context: SecureContext }>(rememberedHosts);

  async function load(): Promise<Everywhere> {
    if (env.NODE_TLS_REJECT_UNAUTHORIZED === '0') {
      log?.warn(
        'NODE_TLS_REJECT_UNAUTHORIZED=0 is not followed: Holdfast verifies certificates all the same.',
      );
    }
    const texts = [...(await systemTexts(env, log)), await namedText('NODE_EXTRA_CA_CERTS', env, log)];
    const authorities = [...new Set([...tls.rootCertificates, ...texts.flatMap(certificatesIn)])];
    return { authorities, context: tls.createSecureContext({ ca: authorities }) };
  }

  return {
    async contextFor(host) {
      everywhere ??= load();
      const { authorities, context } = await everywhere;
      const own = await ownOf(host, env);
      if (own.length === 0) return context;
      const text = own.join('\n');
      const known = hosts.get(host);
      if (known?.text === text) return known.context;
      const wider = tls.createSecureContext({ ca: [...authorities, ...own] });
      hosts.set(host, { text, context: wider });
      return wider;
    },
  };
}

interface Everywhere {
  /** PEM. */
  readonly authorities: readonly string[];
  readonly context: SecureContext;
}

/** Like OpenSSL and Go, a file that SSL_CERT_FILE names stands in place of the system's. */
async function systemTexts(env: TrustOptions['env'], log: Log | undefined): Promise<readonly string[]> {
  const named = await namedText('SSL_CERT_FILE', env, log);
  const folders = (env.SSL_CERT_DIR ?? '').split(delimiter).filter(Boolean);
  const inFolders = (await Promise.all(folders.map((folder) => textsIn(folder, () => true)))).flat();
  if (named !== '') return [named, ...inFolders];
  return [...(hasStore() ? storeTexts() : [await firstText(bundles)]), ...inFolders];
}

/** Systems that keep certificates in something else than files. Elsewhere the files are read faster than Node reads them. */
const hasStore = (): boolean => process.platform === 'darwin' || process.platform === 'win32';

/** None before Node 22.15. */
function storeTexts(): readonly string[] {
  try {
    return tls.getCACertificates('system');
  } catch {
    return [];
  }
}

async function firstText(paths: readonly string[]): Promise<string> {
  for (const path of paths) {
    const text = await textOf(path);
    if (text !== '') return text;
  }
  return '';
}

/** Of the file that a variable names. */
async function namedText(name: string, env: TrustOptions['env'], log: Log | undefined): Promise<string> {
  const path = env[name];
  if (!path) return '';
  const text = await textOf(path);
  if (text === '') log?.warn(`${name} names ${path}, which holds no certificate in PEM form.`);
  return text;
}

/** What Docker and Podman keep for one host: `*.crt` are CAs. */
async function ownOf(host: string, env: TrustOptions['env']): Promise<readonly string[]> {
  // A name of dots alone would lead out of the folder.
  if (!/[a-z0-9]/.test(host)) return [];
  const home = env.HOME || env.USERPROFILE || homedir();
  const config = env.XDG_CONFIG_HOME || join(home, '.config');
  const roots = [
    '/etc/docker',
    '/etc/containers',
    join(home, '.docker'),
    join(config, 'docker'),
    join(config, 'containers'),
  ];
  const named = /:\d+$/.test(host) ? [host] : [host, `${host}:443`];
  // Windows has no colons in names; Docker leaves them out there.
  const names = process.platform === 'win32' ? named.map((name) => name.replaceAll(':', '')) : named;
  const folders = roots.flatMap((root) => names.map((name) => join(root, 'certs.d', name)));
  const texts = await Promise.all(folders.map((folder) => textsIn(folder, (name) => name.endsWith('.crt'))));
  return texts.flat().flatMap(certificatesIn);
}

/** Of the files with certificates in a folder. */
async function textsIn(folder: string, isWanted: (name: string) => boolean): Promise<readonly string[]> {
  const names = await readdir(folder).catch(() => []);
  const texts = await Promise.all(names.filter(isWanted).map((name) => textOf(join(folder, name))));
  return texts.filter((text) => text !== '');
}

/** Empty for what cannot be read or holds no certificate. */
async function textOf(path: string): Promise<string> {
  const text = await readFile(path, 'utf8').catch(() => '');
  return certificatesIn(text).length > 0 ? text : '';
}

function certificatesIn(text: string): readonly string[] {
  const found = text.match(/-----BEGIN ((?:TRUSTED |X509 )?CERTIFICATE)-----[^-]+-----END \1-----/g) ?? [];
  return found.map((one) => one.replaceAll('\r', ''));
}
