import type { ServerResponse } from 'node:http';
import { setImmediate as turn } from 'node:timers/promises';
import type { FailedLookup, HttpRequest, RegistryTable } from '../../server/src/engine/ports.ts';
import { createFetchTransport } from '../../server/src/http/fetch-transport.ts';
import { TransportError } from '../../server/src/http/network-errors.ts';
import { createNodeTransport } from '../../server/src/http/node-transport.ts';
import type { Credential } from '../../server/src/registry/index.ts';
import { answer, type HostileRequest, type HostileServer, startHostile } from './hostile.ts';
import { buildImage } from './oci.ts';
import {
  assertNoSecret,
  createTestClient,
  ManualTimers,
  password,
  secret,
  type TestClient,
  type TestClientOptions,
} from './registry-client.ts';

/** What is asked for. */
export const asks = ['resolve', 'inspect', 'tags'] as const;
export type Ask = (typeof asks)[number];

/**
 * How people come in. `open`: nobody has to sign in, and nothing is stored. `visitor`: nothing is stored, and a token server gives everyone
 * a token. `password`: user name and password go to the registry itself. `token`: they go to the token server, and its token to the registry.
 */
export const doors = ['open', 'visitor', 'password', 'token'] as const;
export type Door = (typeof doors)[number];

/** Who makes the requests: Node, as on the command line, or a `fetch`, as in VS Code. */
export const hops = {
  node: () => createNodeTransport({ env: {} }),
  fetch: () => createFetchTransport(),
};
export type Hop = keyof typeof hops;

/** The servers, by the origins that the client sees. Any other name leads nowhere. */
export const places = {
  registry: 'https://registry.example',
  /** The registry over plain http. */
  plain: 'http://registry.example',
  tokens: 'https://auth.example',
  storage: 'https://storage.example',
} as const;
export type Place = keyof typeof places;

/** Plays a server: it may answer wrongly, slowly, or never. */
export type Part = (request: HostileRequest, response: ServerResponse, stage: Stage) => void;

/** How the servers behave: as they should, where nothing is said. */
export interface Scene {
  /** The registry, to those who have been let in. */
  readonly registry?: Part;
  readonly tokens?: Part;
  /** Has what the registry has, for everyone. */
  readonly storage?: Part;
  /** What the registry's `www-authenticate` says. */
  readonly challenge?: string | readonly string[];
  /** The tag or digest that is asked for: 1.0 where absent. */
  readonly version?: string;
  /** Origin → the name of the fault that meets whoever connects to it, or `silence`. */
  readonly lost?: Readonly<Record<string, string>>;
  readonly registries?: RegistryTable;
  /** What is stored for the registry, behind the doors `password` and `token`. */
  readonly credential?: Credential;
  readonly client?: (getStuck: () => void) => TestClientOptions;
}

export type Outcome =
  | {
      readonly ok: true;
      readonly digest?: string;
      readonly tags?: readonly string[];
      readonly notice?: string;
    }
  | FailedLookup;

/** Milliseconds for one lookup. */
export const deadline = 30_000;

/** Milliseconds; no other time is as long. */
const retryDelay = 505;

/** What the registry has, as `team/app:1.0`. */
export const app = buildImage({ name: 'app' });

/** Stands in what misbehaving servers write, and belongs into no message. */
export const taunt = 'written-by-the-server';

const alice = `Basic ${Buffer.from(`alice:${secret}`).toString('base64')}`;
const aliceByToken = `Basic ${Buffer.from(`:${secret}`).toString('base64')}`;

/** What each token begins with: nobody but the registry may see one. */
const tokenStart = 'let-the-bearer-pass';

export interface Stage {
  readonly door: Door;
  readonly client: TestClient;
  readonly timers: HastyTimers;
  readonly servers: Readonly<Record<Place, HostileServer>>;
  /** Resolves once something waits for what will never come. */
  readonly stuck: Promise<void>;
  readonly getStuck: () => void;
  /** What opens the registry, behind the doors `visitor` and `token`. */
  token(): string;
  /** The token server gives others from now on, and those that it gave open nothing any more. */
  changeTokens(): void;
  ask(what: Ask, signal?: AbortSignal, repository?: string): Promise<Outcome>;
  stop(): Promise<void>;
}

/** Four servers on this machine, and one client that asks them. */
export async function startStage(door: Door, hop: Hop, scene: Scene): Promise<Stage> {
  let getStuck = () => {};
  const stuck = new Promise<void>((resolve) => {
    getStuck = resolve;
  });
  let tokens = 0;
  const token = () => `${tokenStart}-${tokens}`;

  const registry: Part = (request, response) => {
    const opens = door === 'password' ? alice : `Bearer ${token()}`;
    const { challenge = usualChallenge(door), registry: part = behave } = scene;
    if (door === 'open' || request.headers.authorization === opens) part(request, response, stage);
    else answer(response, 401, { 'www-authenticate': challenge }, taunt);
  };
  const tokenServer: Part = (request, response) => {
    const opens = door === 'visitor' || isAlice(request);
    giveToken(response, opens ? token() : 'of-nobody');
  };
  const start = (part: Part) => startHostile((request, response) => part(request, response, stage));
  const servers = {
    registry: await start(registry),
    plain: await start(registry),
    tokens: await start(scene.tokens ?? tokenServer),
    storage: await start(scene.storage ?? behave),
  };

  const timers = new HastyTimers();
  const { limits, routes, ...more } = scene.client?.(getStuck) ?? {};
  const stored = hasCredential(door) ? { 'registry.example': scene.credential ?? password } : {};
  const client = createTestClient({
    http: hops[hop](),
    timers,
    stored,
    ...more,
    limits: { deadline, retryDelay, ...limits },
    routes: { ...routesTo(servers), ...lost(scene.lost ?? {}, getStuck), ...routes },
  });
  timers.onPause = client.pass;
  const stage: Stage = {
    door,
    client,
    timers,
    servers,
    stuck,
    getStuck,
    token,
    changeTokens() {
      tokens++;
    },
    ask(what, signal, repository = 'team/app') {
      const image = { registry: 'registry.example', repository, version: scene.version ?? '1.0' };
      return client.registry[what](image, { registries: scene.registries ?? {}, ...(signal && { signal }) });
    },
    async stop() {
      await Promise.all(Object.values(servers).map((server) => server.stop()));
    },
  };
  return stage;
}

export const hasCredential = (door: Door): boolean => door === 'password' || door === 'token';

function usualChallenge(door: Door): string {
  if (door === 'password') return 'Basic realm="x"';
  return `Bearer realm="${places.tokens}/token",service="registry.example",scope="repository:team/app:pull"`;
}

/** Whether a token server gets the password, or the identity token by either way. */
const isAlice = ({ body, headers }: HostileRequest): boolean =>
  headers.authorization === alice ||
  headers.authorization === aliceByToken ||
  new URLSearchParams(body).get('refresh_token') === secret;

export function giveToken(response: ServerResponse, token: string, more = {}): void {
  answer(response, 200, {}, JSON.stringify({ token, note: taunt, ...more }));
}

function routesTo(servers: Stage['servers']): Record<string, string> {
  const { plain, registry, storage, tokens } = servers;
  return {
    [places.registry]: registry.url,
    [places.plain]: plain.url,
    [places.tokens]: tokens.url,
    [places.storage]: storage.url,
  };
}

function lost(faults: Readonly<Record<string, string>>, getStuck: () => void) {
  const meet = (fault: string) => (request: HttpRequest) =>
    fault === 'silence' ? silence(request, getStuck) : Promise.reject(new TransportError(fault));
  return Object.fromEntries(Object.entries(faults).map(([origin, fault]) => [origin, meet(fault)]));
}

/** A connection that does not come about, and does not fail. */
function silence({ signal }: HttpRequest, getStuck: () => void): Promise<never> {
  getStuck();
  return new Promise((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  });
}

export interface Served {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Uint8Array;
}

/** What a good registry answers. */
export function served(path: string): Served {
  const { pathname } = new URL(path, places.registry);
  const name = pathname.slice(pathname.lastIndexOf('/') + 1);
  if (name === 'list') {
    return { status: 200, headers: { 'content-type': 'application/json' }, body: '{"tags":["1.0"]}' };
  }
  const blob =
    name === '1.0' ? app.root : [...app.manifests, ...app.blobs].find((one) => one.digest === name);
  if (!blob) return { status: 404, headers: {}, body: '{"errors":[{"code":"MANIFEST_UNKNOWN"}]}' };
  const headers = { 'content-type': blob.mediaType, 'docker-content-digest': blob.digest };
  return { status: 200, headers, body: blob.bytes };
}

export function give(path: string, response: ServerResponse): void {
  const { body, headers, status } = served(path);
  answer(response, status, headers, body);
}

export const behave: Part = ({ path }, response) => give(path, response);

/** The pause before a retry is over at once, also where a server asked for a second. All else takes as long as the test says. */
export class HastyTimers extends ManualTimers {
  /** Told how long a pause was that is over. */
  onPause: (milliseconds: number) => void = () => {};

  override after(ms: number, run: () => void): () => void {
    if (ms !== retryDelay && ms !== 1_000) return super.after(ms, run);
    const pause = setImmediate(() => {
      this.onPause(ms);
      run();
    });
    return () => clearImmediate(pause);
  }
}

/** Lets everything that is ready to happen do so. */
export async function settle(): Promise<void> {
  for (let left = 50; left > 0; left--) await turn();
}

/** Neither password nor token came to anyone but whom it is for, and no message tells either, or what a server wrote. */
export function assertNothingLeaked(stage: Stage, outcome: Outcome): void {
  const { client, door, servers } = stage;
  const told = [...client.log, JSON.stringify(outcome)];
  for (const hidden of [secret, tokenStart, taunt]) assertNoSecret(told, hidden);
  const home = { open: '', visitor: '', password: places.registry, token: places.tokens }[door];
  const heard = placeNames.flatMap((name) =>
    servers[name].requests.map(({ body, headers, path }) => ({
      origin: places[name],
      url: path,
      headers,
      body,
    })),
  );
  const sent = client.sent.map((request) => ({ ...request, origin: new URL(request.url).origin }));
  for (const { body, headers, origin, url } of [...heard, ...sent]) {
    const rest = JSON.stringify([headers, body]);
    assertNoSecret(origin === home ? [url] : [url, rest]);
    assertNoSecret(origin === places.registry ? [url] : [url, rest], tokenStart);
  }
}

const placeNames: readonly Place[] = ['registry', 'plain', 'tokens', 'storage'];

/** Whether the password or identity token came to whom it is for. */
export function hasArrived({ door, servers }: Stage): boolean {
  const { requests } = servers[door === 'password' ? 'registry' : 'tokens'];
  return requests.some(isAlice);
}
