import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chown, mkdtemp, readFile, rm, watch, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { ended, missing, runProgram } from './registry-program.ts';
import { listen, stopServer } from './registry-server.ts';

export interface ForwardProxyOptions {
  /** Names that it alone knows: all of them are this machine. It lets nobody through to any other host. */
  readonly names: readonly string[];
  /** User name → password. Whoever asks has to sign in, where there are any. */
  readonly users?: Readonly<Record<string, string>>;
}

/** What the proxy was asked, from its access log. */
export interface ProxyRequest {
  readonly method: string;
  /** `name:port` where a tunnel was asked for, else the URL. */
  readonly target: string;
  /** What it answered; 200 for a tunnel. */
  readonly status: number;
  /** Who had signed in; `-` for nobody. */
  readonly user: string;
  /** As the proxy got it. */
  readonly headers: string;
}

export interface ForwardProxy {
  /** `127.0.0.1:port` */
  readonly host: string;
  /** `http://127.0.0.1:port` */
  readonly url: string;
  /** All that it was asked, as soon as that is `count` requests or more: a tunnel is logged when it ends. Rejects where they never come. */
  requests(count: number): Promise<readonly ProxyRequest[]>;
  stop(): Promise<void>;
}

/** Ordinary and without rights: `nobody`. Squid refuses to work as root. */
const nobody = 65_534;

/** Times that a free port is looked for: somebody else may take it before squid does. */
const maxAttempts = 5;

/** Starts Debian's `squid` as a forward proxy on a free port of this machine, without a cache. */
export async function startForwardProxy(options: ForwardProxyOptions): Promise<ForwardProxy> {
  const folder = await mkdtemp(join(tmpdir(), 'holdfast-proxy-'));
  const log = join(folder, 'access.log');
  const tidy = () => rm(folder, { recursive: true, force: true });
  try {
    const { child, port } = await startSquid(folder, await writeFiles(folder, options, log));
    const host = `127.0.0.1:${port}`;
    return {
      host,
      url: `http://${host}`,
      requests: (count) => readLog(log, count),
      async stop() {
        await ended(child, () => child.stdin?.end());
        await tidy();
      },
    };
  } catch (error) {
    await tidy();
    throw error;
  }
}

/** Milliseconds after which no more lines of the log are waited for. */
const logPatience = 20_000;

/** One line of the log below. */
const format = '%rm %ru %>Hs %un %>h';

async function readLog(path: string, count: number): Promise<readonly ProxyRequest[]> {
  const stop = new AbortController();
  const patience = setTimeout(() => stop.abort(), logPatience);
  // Begun before the first look, so that nothing is missed in between.
  const changes = watch(path, { signal: stop.signal });
  let found: readonly ProxyRequest[] = [];
  try {
    for (;;) {
      found = requestsIn(await readFile(path, 'utf8'));
      if (found.length >= count) return found;
      await changes.next();
    }
  } catch {
    throw new Error(`squid logged no ${count} requests: ${JSON.stringify(found)}`);
  } finally {
    clearTimeout(patience);
    stop.abort();
  }
}

function requestsIn(log: string): readonly ProxyRequest[] {
  const lines = log.split('\n').slice(0, -1);
  return lines.map((line) => {
    const [method = '', target = '', status = '', user = '', headers = ''] = line.split(' ');
    return { method, target, status: Number(status), user, headers: decodeURIComponent(headers) };
  });
}

/** All of the configuration but the port. */
async function writeFiles(
  folder: string,
  { names, users = {} }: ForwardProxyOptions,
  log: string,
): Promise<string> {
  const hosts = join(folder, 'hosts');
  await writeFile(hosts, names.map((name) => `127.0.0.1 ${name}\n`).join(''));
  const lines = [
    'pid_filename none',
    'visible_hostname holdfast-proxy',
    'pinger_enable off',
    'cache deny all',
    'cache_mem 0 MB',
    'memory_pools off',
    'max_filedescriptors 1024',
    `coredump_dir ${folder}`,
    `cache_log ${join(folder, 'cache.log')}`,
    `logformat holdfast ${format}`,
    `access_log stdio:${log} holdfast`,
    `hosts_file ${hosts}`,
    // No name is asked for outside this machine.
    'dns_nameservers 127.0.0.1',
    ...(await signIn(folder, users)),
    `acl known dstdomain -n ${names.join(' ')}`,
    'http_access allow known',
    'http_access deny all',
  ];
  return lines.map((line) => `${line}\n`).join('');
}

async function signIn(folder: string, users: Readonly<Record<string, string>>): Promise<readonly string[]> {
  const accounts = Object.entries(users);
  if (accounts.length === 0) return [];
  const path = join(folder, 'passwords');
  const lines = await Promise.all(
    accounts.map(([name, password]) => runProgram('htpasswd', ['-nbm', name, password])),
  );
  await writeFile(path, lines.join(''));
  return [
    `auth_param basic program /usr/lib/squid/basic_ncsa_auth ${path}`,
    'auth_param basic children 1 startup=1',
    'auth_param basic realm Proxy',
    'acl signed-in proxy_auth REQUIRED',
    'http_access deny !signed-in',
  ];
}

/** Ends squid when this process closes its end of the pipe, or dies in whatever way. Squid would take a second to leave in order, and keeps nothing. */
const supervised =
  'exec 3<&0; squid -N -d 1 -n "$2" -f "$1" & squid=$!; (read -r _ <&3; kill -9 "$squid"; rm -f /dev/shm/"$2"-*) & wait "$squid"';

async function startSquid(
  folder: string,
  configuration: string,
): Promise<{ readonly child: ChildProcess; readonly port: number }> {
  const path = join(folder, 'squid.conf');
  const isRoot = process.getuid?.() === 0;
  if (isRoot) await chown(folder, nobody, nobody);
  for (let attempt = 1; ; attempt++) {
    const port = await freePort();
    await writeFile(path, `http_port 127.0.0.1:${port}\n${configuration}`);
    // Its shared memory is called after it: two of one name that start at once get in each other's way.
    const name = `holdfast${randomBytes(6).toString('hex')}`;
    const child = spawn('sh', ['-c', supervised, 'squid', path, name], {
      stdio: ['pipe', 'ignore', 'pipe'],
      env: { PATH: [process.env.PATH, '/usr/sbin'].join(delimiter) },
      ...(isRoot && { uid: nobody, gid: nobody }),
    });
    const fault = await faultOf(child);
    if (fault === null) return { child, port };
    if (attempt === maxAttempts || !fault.message.includes('Cannot bind')) throw fault;
  }
}

async function freePort(): Promise<number> {
  const server = createServer();
  const { url } = await listen(server);
  await stopServer(server);
  return Number(new URL(url).port);
}

/** Null once it takes requests. */
function faultOf(child: ChildProcess): Promise<Error | null> {
  return new Promise((resolve) => {
    let log = '';
    child.on('error', resolve);
    child.on('exit', (code) => {
      child.stdin?.destroy();
      resolve(code === 127 ? missing('squid') : new Error(`squid ended at once: ${log}`));
    });
    child.stderr?.on('data', (chunk: Buffer) => {
      log += chunk.toString('utf8');
      if (log.includes('Accepting HTTP Socket connections')) resolve(null);
    });
  });
}
