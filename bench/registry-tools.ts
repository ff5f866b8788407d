import { spawnSync } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createNodeRegistry } from '../server/src/registry/index.ts';
import { sha256 } from '../test/support/oci.ts';
import { createHeads } from './heads.ts';
import { isOnPath } from './peers.ts';
import type { Stored } from './registries.ts';

/** Ways to look up references at a host. Times are in milliseconds. All throw or reject where a digest is wrong or missing. */
export interface Tools {
  /** Of a process that looks nothing up. */
  version(): number;
  commandLine: Tool;
  /** In this process, new each time. */
  client: Tool;
  /** Bare requests over so many sockets. */
  bare(sockets: number): Tool;
  /** Other programs that are installed, in a process for each reference, so many at the same time. */
  readonly peers: readonly { readonly name: string; readonly run: (atOnce: number) => Tool }[];
  /** Null where skopeo is not installed. */
  digestBySkopeo(host: string, image: Stored): string | null;
}

export type Tool = (host: string, images: readonly Stored[]) => number | Promise<number>;

export interface ToolsOptions {
  readonly cli: string;
  /** For credentials and caches. The caller removes it. */
  readonly folder: string;
  readonly account: { readonly username: string; readonly password: string };
  /** Where the account is good. */
  readonly hosts: readonly string[];
}

export function createTools({ account, cli, folder, hosts }: ToolsOptions): Tools {
  const auth = Buffer.from(`${account.username}:${account.password}`).toString('base64');
  const authFile = join(folder, 'config.json');
  writeFileSync(
    authFile,
    JSON.stringify({ auths: Object.fromEntries(hosts.map((host) => [host, { auth }])) }),
  );
  // Nothing of the person who runs this: no proxy, no stored password.
  const env = { PATH: process.env.PATH, HOME: folder, DOCKER_CONFIG: folder, REGISTRY_AUTH_FILE: authFile };
  const withEmptyCache = () => ({ ...env, HOLDFAST_CACHE_DIR: mkdtempSync(join(folder, 'cache-')) });

  const run = (
    command: string,
    args: readonly string[],
    more: { env?: NodeJS.ProcessEnv; input?: string } = {},
  ) => {
    const from = performance.now();
    const ended = spawnSync(command, args, {
      cwd: folder,
      env,
      maxBuffer: Number.POSITIVE_INFINITY,
      ...more,
    });
    const time = performance.now() - from;
    if (ended.error) throw ended.error;
    if (ended.status !== 0) throw new Error(`${command} failed: ${ended.stderr.toString('utf8')}`);
    return { time, stdout: ended.stdout };
  };
  const oneEach =
    (prefix: string, command: readonly string[]) =>
    (atOnce: number): Tool =>
    (host, images) => {
      const input = images.map((image) => `${prefix}${nameAt(host, image)}`).join('\n');
      return run('xargs', ['-P', String(atOnce), '-n', '1', ...command], { input }).time;
    };
  const peers = [
    {
      program: 'skopeo',
      name: 'skopeo inspect --raw',
      run: oneEach('docker://', ['skopeo', 'inspect', '--raw', '--tls-verify=false']),
    },
    { program: 'crane', name: 'crane digest', run: oneEach('', ['crane', 'digest', '--insecure']) },
  ].filter(({ program }) => isOnPath(program));

  return {
    version: () => run(process.execPath, [cli, '--version']).time,

    commandLine(host, images) {
      const args = [cli, 'resolve', ...images.map((image) => nameAt(host, image))];
      const { stdout, time } = run(process.execPath, args, { env: withEmptyCache() });
      const expected = images.map((image) => `${nameAt(host, image)}@${image.digest}\n`).join('');
      if (stdout.toString('utf8') !== expected) throw new Error('holdfast resolve printed wrong digests.');
      return time;
    },

    async client(host, images) {
      const clean = withEmptyCache();
      const from = performance.now();
      const client = createNodeRegistry({ env: clean });
      const lookups = await Promise.all(
        images.map(({ repository, tag }) =>
          client.resolve({ registry: host, repository, version: tag }, { registries: {} }),
        ),
      );
      const time = performance.now() - from;
      const digests = lookups.map((lookup) => (lookup.ok ? lookup.digest : lookup.message));
      check('The client', digests, images);
      return time;
    },

    bare: (sockets) => async (host, images) => {
      const heads = createHeads(sockets, `Basic ${auth}`);
      const from = performance.now();
      const digests = await Promise.all(images.map((image) => heads.digest(host, image)));
      const time = performance.now() - from;
      heads.close();
      check('A bare request', digests, images);
      return time;
    },

    peers,

    digestBySkopeo(host, image) {
      if (!peers.some(({ program }) => program === 'skopeo')) return null;
      const args = ['inspect', '--raw', '--tls-verify=false', `docker://${nameAt(host, image)}`];
      return sha256(run('skopeo', args).stdout);
    },
  };
}

const nameAt = (host: string, { repository, tag }: Stored): string => `${host}/${repository}:${tag}`;

function check(who: string, digests: readonly string[], images: readonly Stored[]): void {
  for (const [index, { digest, repository, tag }] of images.entries()) {
    if (digests[index] !== digest) {
      throw new Error(`${who} got something else than the digest of ${repository}:${tag}: ${digests[index]}`);
    }
  }
}
