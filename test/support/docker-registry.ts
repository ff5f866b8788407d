import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Blob, type BuiltImage, sha256, writeDirectory, writeLayout } from './oci.ts';
import { ended, missing, runProgram } from './registry-program.ts';
import type { Certificate } from './tls.ts';
import { startTokenServer, type TokenServer } from './token-server.ts';

export type DockerRegistryAuth =
  | { readonly kind: 'none' }
  | { readonly kind: 'htpasswd'; readonly username: string; readonly password: string }
  | {
      readonly kind: 'token';
      readonly username: string;
      readonly password: string;
      readonly identityTokens?: readonly string[];
      /** Repositories that anyone may pull. */
      readonly open?: readonly string[];
    };

export interface DockerRegistryOptions {
  /** The registry and its token server speak TLS with it. */
  readonly tls?: Certificate;
  /** The name that the token server is asked by; its address where absent. */
  readonly tokenName?: string;
  /** What skopeo goes through where it asks by name. */
  readonly proxy?: string;
}

export interface DockerRegistry {
  /** `127.0.0.1:port` */
  readonly host: string;
  /** `http://127.0.0.1:port`, or with https */
  readonly url: string;
  /** With token sign-in. */
  readonly tokens?: TokenServer;
  /** Copies the image into the registry with skopeo. */
  push(image: BuiltImage, repository: string, tag: string): Promise<void>;
  /** Puts in what skopeo would not copy, below any name. Without sign-in and TLS alone. */
  put(manifest: Blob, blobs: readonly Blob[], repository: string, tag: string): Promise<void>;
  /** Takes out what a digest names. Without sign-in and TLS alone. */
  remove(repository: string, digest: string): Promise<void>;
  /** The digest of what `skopeo inspect --raw` prints for a tag. */
  digestBySkopeo(repository: string, tag: string): Promise<string>;
  stop(): Promise<void>;
}

/** Starts Debian's `docker-registry` (distribution) on a free port of this machine, empty. */
export async function startDockerRegistry(
  auth: DockerRegistryAuth = { kind: 'none' },
  options: DockerRegistryOptions = {},
): Promise<DockerRegistry> {
  const folder = await mkdtemp(join(tmpdir(), 'holdfast-registry-'));
  const tokens =
    auth.kind === 'token' ? await startTokenServer(tokenOptions(auth, folder, options)) : undefined;
  const tidy = async () => {
    await tokens?.stop();
    await rm(folder, { recursive: true, force: true });
  };
  try {
    const { host, end } = await startProgram(folder, await configuration(auth, folder, tokens, options.tls));
    const url = `${options.tls ? 'https' : 'http'}://${host}`;
    const env = options.proxy === undefined ? {} : { HTTPS_PROXY: options.proxy };
    const account = auth.kind === 'none' ? undefined : `${auth.username}:${auth.password}`;
    return {
      host,
      url,
      ...(tokens ? { tokens } : {}),
      async push(image, repository, tag) {
        const source = await writeForSkopeo(image, await mkdtemp(join(folder, 'image-')));
        const creds = account ? ['--dest-creds', account] : [];
        const args = ['--all', '--quiet', '--insecure-policy', '--dest-tls-verify=false', ...creds];
        await runProgram('skopeo', ['copy', ...args, source, `docker://${host}/${repository}:${tag}`], {
          env,
        });
      },
      async put(manifest, blobs, repository, tag) {
        const base = `${url}/v2/${repository}`;
        for (const { bytes, digest } of blobs) {
          const started = await expectOk(fetch(`${base}/blobs/uploads/`, { method: 'POST' }));
          const place = new URL(started.headers.get('location') ?? '', base);
          place.searchParams.set('digest', digest);
          await expectOk(fetch(place, { method: 'PUT', body: new Uint8Array(bytes) }));
        }
        const headers = { 'content-type': manifest.mediaType };
        const body = new Uint8Array(manifest.bytes);
        await expectOk(fetch(`${base}/manifests/${tag}`, { method: 'PUT', headers, body }));
      },
      async remove(repository, digest) {
        await expectOk(fetch(`${url}/v2/${repository}/manifests/${digest}`, { method: 'DELETE' }));
      },
      async digestBySkopeo(repository, tag) {
        const args = ['--raw', '--tls-verify=false', ...(account ? ['--creds', account] : [])];
        return sha256(
          await runProgram('skopeo', ['inspect', ...args, `docker://${host}/${repository}:${tag}`], { env }),
        );
      },
      async stop() {
        await end();
        await tidy();
      },
    };
  } catch (error) {
    await tidy();
    throw error;
  }
}

async function expectOk(answer: Promise<Response>): Promise<Response> {
  const response = await answer;
  const text = await response.text();
  if (!response.ok) throw new Error(`docker-registry answered with ${response.status}: ${text}`);
  return response;
}

async function startProgram(folder: string, configuration: unknown) {
  const path = join(folder, 'config.yml');
  // JSON is YAML, which is what the registry reads.
  await writeFile(path, JSON.stringify(configuration));
  const child = spawn('docker-registry', ['serve', path], {
    stdio: ['ignore', 'ignore', 'pipe'],
    // Its variables would change the configuration.
    env: { PATH: process.env.PATH },
  });
  const kill = () => child.kill('SIGKILL');
  process.once('exit', kill);
  const host = await hostOf(child);
  return {
    host,
    async end() {
      process.off('exit', kill);
      await ended(child, () => child.kill('SIGTERM'));
    },
  };
}

/** skopeo turns Docker's media types into OCI's on the way into a layout, so those go through a plain folder. */
async function writeForSkopeo(image: BuiltImage, folder: string): Promise<string> {
  if (image.root.mediaType.startsWith('application/vnd.docker.')) {
    await writeDirectory(folder, image);
    return `dir:${folder}`;
  }
  await writeLayout(folder, image, 'image');
  return `oci:${folder}:image`;
}

function tokenOptions(
  auth: Extract<DockerRegistryAuth, { kind: 'token' }>,
  folder: string,
  { tls, tokenName: name }: DockerRegistryOptions,
) {
  const { username, password, identityTokens = [], open = [] } = auth;
  const users = { [username]: password };
  return { folder, users, identityTokens, open, ...(tls && { tls }), ...(name !== undefined && { name }) };
}

async function configuration(
  auth: DockerRegistryAuth,
  folder: string,
  tokens: TokenServer | undefined,
  tls: Certificate | undefined,
) {
  return {
    version: '0.1',
    log: { level: 'info', accesslog: { disabled: true } },
    storage: { filesystem: { rootdirectory: join(folder, 'storage') }, delete: { enabled: true } },
    http: { addr: '127.0.0.1:0', secret: 'for tests', ...(tls && { tls }) },
    ...(await authConfiguration(auth, folder, tokens)),
  };
}

async function authConfiguration(auth: DockerRegistryAuth, folder: string, tokens: TokenServer | undefined) {
  if (auth.kind === 'htpasswd') {
    const path = join(folder, 'htpasswd');
    await writeFile(path, await runProgram('htpasswd', ['-Bbn', auth.username, auth.password]));
    return { auth: { htpasswd: { realm: 'Registry', path } } };
  }
  if (!tokens) return {};
  const { realm, service, issuer, certificate } = tokens;
  return { auth: { token: { realm, service, issuer, rootcertbundle: certificate } } };
}

/** Reads the port it took from its log, which also says that it is ready. */
function hostOf(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let log = '';
    child.on('error', (error) =>
      reject('code' in error && error.code === 'ENOENT' ? missing('docker-registry') : error),
    );
    child.on('exit', () => reject(new Error(`docker-registry ended at once: ${log}`)));
    child.stderr?.on('data', (chunk: Buffer) => {
      log += chunk.toString('utf8');
      const host = /listening on (127\.0\.0\.1:\d+)/.exec(log)?.[1];
      if (host) resolve(host);
    });
  });
}
