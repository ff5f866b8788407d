import { parentPort, Worker, workerData } from 'node:worker_threads';
import { type DockerRegistry, startDockerRegistry } from '../test/support/docker-registry.ts';
import { buildImage, json } from '../test/support/oci.ts';
import { type Relay, startRelay, type Traffic } from './relay.ts';

/** An image in a registry. */
export interface Stored {
  readonly repository: string;
  readonly tag: string;
  readonly digest: string;
}

/** A real registry, and the way to it from afar. */
export interface Place {
  /** `127.0.0.1:port`, without delay. */
  readonly host: string;
  /** `127.0.0.1:port` of the relay. */
  readonly farHost: string;
}

export interface Registries {
  /** Asks nobody to sign in: repositories with ten tags each. */
  readonly open: Place & { readonly images: readonly Stored[] };
  /** Wants a token, which is as far away as the registry. */
  readonly closed: Place & {
    readonly manyRepositories: readonly Stored[];
    readonly oneRepository: readonly Stored[];
  };
  /** What came through the relays since it was last asked: at registries, and at the token server. Closes all connections. */
  take(): Promise<Seen>;
  stop(): Promise<void>;
}

export interface Seen {
  readonly registry: Traffic;
  readonly tokens: Traffic;
}

export interface RegistriesOptions {
  /** References in each group. */
  readonly references: number;
  /** Milliseconds. */
  readonly roundTrip: number;
  readonly username: string;
  readonly password: string;
}

type Command = 'take' | 'stop';
type Ready = Pick<Registries, 'open' | 'closed'>;

/** Starts registries, token server and relays in a thread of their own, so that who is measured does not wait for them. */
export async function startRegistries(options: RegistriesOptions): Promise<Registries> {
  const worker = new Worker(new URL(import.meta.url), { workerData: options });
  const answer = <T>(command?: Command): Promise<T> =>
    new Promise((resolve, reject) => {
      worker.once('error', reject);
      worker.once('message', (value: T) => {
        worker.off('error', reject);
        resolve(value);
      });
      if (command) worker.postMessage(command);
    });
  const ready = await answer<Ready>();
  return {
    ...ready,
    take: () => answer('take'),
    async stop() {
      await answer('stop');
      await worker.terminate();
    },
  };
}

const tagsPerRepository = 10;

async function serve(options: RegistriesOptions): Promise<void> {
  const { password, references, roundTrip, username } = options;
  const open = await startDockerRegistry();
  const closed = await startDockerRegistry({ kind: 'token', username, password });
  const { tokens } = closed;
  if (!tokens) throw new Error('The registry has no token server.');
  const tokenHost = new URL(tokens.realm).host;
  const farTokens = await startRelay({ server: tokenHost, roundTrip });
  const farOpen = await startRelay({ server: open.host, roundTrip });
  const rename: [string, string] = [tokenHost, farTokens.host];
  const farClosed = await startRelay({ server: closed.host, roundTrip, rename });

  const names = [...Array(references).keys()];
  const many = names.map((n): Name => ({ repository: `team/service-${n}`, tag: '1.4' }));
  const one = names.map((n): Name => ({ repository: 'team/app', tag: `1.${n}` }));
  const tagged = [...Array(tagsPerRepository).keys()].flatMap((n) =>
    many.map(({ repository }): Name => ({ repository, tag: `1.${n}` })),
  );
  const account = `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
  const ready: Ready = {
    open: { host: open.host, farHost: farOpen.host, images: await fill(open, tagged) },
    closed: {
      host: closed.host,
      farHost: farClosed.host,
      manyRepositories: await fill(closed, many, account),
      oneRepository: await fill(closed, one, account),
    },
  };
  const relays: readonly Relay[] = [farOpen, farClosed, farTokens];
  const take = (): Seen => {
    const [anonymous, signedIn] = [farOpen.take(), farClosed.take()];
    return {
      registry: {
        connections: anonymous.connections + signedIn.connections,
        requests: [...anonymous.requests, ...signedIn.requests],
      },
      tokens: farTokens.take(),
    };
  };
  parentPort?.on('message', async (command: Command) => {
    if (command === 'take') {
      parentPort?.postMessage(take());
      return;
    }
    for (const stoppable of [...relays, open, closed]) await stoppable.stop();
    parentPort?.postMessage(null);
  });
  parentPort?.postMessage(ready);
}

type Name = Pick<Stored, 'repository' | 'tag'>;

/** Puts an index of its own under each name, over one small image that all share. */
async function fill(
  { host, tokens }: DockerRegistry,
  names: readonly Name[],
  account?: string,
): Promise<readonly Stored[]> {
  const image = buildImage({ name: 'bench', platforms: ['linux/amd64'] });
  const repositories = [...new Set(names.map(({ repository }) => repository))];
  const authorization =
    tokens && account ? `Bearer ${await pushToken(tokens.realm, tokens.service, account, repositories)}` : '';
  const send = async (method: string, path: string, body?: Buffer, type = 'application/octet-stream') => {
    const response = await fetch(new URL(path, `http://${host}`), {
      method,
      headers: { 'content-type': type, ...(authorization ? { authorization } : {}) },
      ...(body ? { body: new Uint8Array(body) } : {}),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`docker-registry answered with ${response.status}: ${text}`);
    return response;
  };
  await eightAtATime(repositories, async (repository) => {
    for (const { bytes, digest } of image.blobs) {
      const started = await send('POST', `/v2/${repository}/blobs/uploads/`);
      const place = new URL(started.headers.get('location') ?? '', `http://${host}`);
      place.searchParams.set('digest', digest);
      await send('PUT', place.href, bytes);
    }
    for (const { bytes, digest, mediaType } of image.manifests.slice(1)) {
      await send('PUT', `/v2/${repository}/manifests/${digest}`, bytes, mediaType);
    }
  });
  const index: object = JSON.parse(image.root.bytes.toString('utf8'));
  return eightAtATime(names, async ({ repository, tag }) => {
    const annotations = { 'org.opencontainers.image.ref.name': `${repository}:${tag}` };
    const { bytes, digest, mediaType } = json(image.root.mediaType, { ...index, annotations });
    await send('PUT', `/v2/${repository}/manifests/${tag}`, bytes, mediaType);
    return { repository, tag, digest };
  });
}

async function pushToken(
  realm: string,
  service: string,
  account: string,
  repositories: readonly string[],
): Promise<string> {
  const url = new URL(realm);
  url.searchParams.set('service', service);
  for (const name of repositories) url.searchParams.append('scope', `repository:${name}:pull,push`);
  const response = await fetch(url, { headers: { authorization: account } });
  const answer: unknown = await response.json();
  if (typeof answer === 'object' && answer && 'token' in answer && typeof answer.token === 'string') {
    return answer.token;
  }
  throw new Error('The token server gave no token.');
}

async function eightAtATime<T, U>(items: readonly T[], work: (item: T) => Promise<U>): Promise<readonly U[]> {
  const results: U[] = [];
  const rest = items.entries();
  await Promise.all(
    Array.from({ length: 8 }, async () => {
      for (const [index, item] of rest) results[index] = await work(item);
    }),
  );
  return results;
}

if (parentPort) await serve(workerData);
