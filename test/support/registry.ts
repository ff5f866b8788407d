import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { type Blob, buildImage, type ImageFormat, type ImageShape } from './oci.ts';
import { listen, stopServer } from './registry-server.ts';

/** An image the registry offers. Its contents are made up from these words, so they are the same each time. */
export interface OfferedImage {
  readonly repository: string;
  /** All of them name the same image. */
  readonly tags: readonly string[];
  /** An index with one manifest per platform, or one manifest alone. Index where absent. */
  readonly shape?: ImageShape;
  /** Media types: OCI's where absent. */
  readonly format?: ImageFormat;
  /** Other contents under the same name: any text. */
  readonly revision?: string;
}

export type RegistryAuth =
  | { readonly kind: 'none' }
  | { readonly kind: 'basic'; readonly username: string; readonly password: string }
  /** Tokens come from `/token` of the same server; without the password they open nothing. */
  | { readonly kind: 'token'; readonly username: string; readonly password: string };

export interface RecordedRequest {
  readonly method: string;
  /** With the query. */
  readonly path: string;
  /** An `authorization` header was sent. Its value is not kept. */
  readonly authorized: boolean;
}

export interface RegistryOptions {
  readonly images?: readonly OfferedImage[];
  /** Any repository and tag that is not in `images` is made up on the spot, always with the same digest. */
  readonly anyName?: boolean;
  readonly auth?: RegistryAuth;
  /** Called before each answer, which waits for it. */
  readonly onRequest?: (request: RecordedRequest) => void | Promise<void>;
}

export interface RunningRegistry {
  /** `http://127.0.0.1:port` */
  readonly url: string;
  /** `127.0.0.1:port` */
  readonly host: string;
  /** In the order of arrival; grows while the registry runs. */
  readonly requests: readonly RecordedRequest[];
  /** Adds an image, or moves tags that exist. Returns the digest the tags now name. */
  put(image: OfferedImage): string;
  /** The digest a tag names, or undefined. */
  digestOf(repository: string, tag: string): string | undefined;
  stop(): Promise<void>;
}

/**
 * A small registry in this process: the pull side of the OCI distribution specification over plain http on
 * 127.0.0.1. Digests are the true ones of what it serves.
 */
export async function startRegistry(options: RegistryOptions = {}): Promise<RunningRegistry> {
  const shelf = new Shelf(options.anyName ?? false);
  for (const image of options.images ?? []) shelf.put(image);
  const door = new Door(options.auth ?? { kind: 'none' });
  const requests: RecordedRequest[] = [];

  const server = createServer((request, response) => {
    void answer(request, response);
  });
  const { host, url } = await listen(server);

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = 'GET', url: path = '/' } = request;
    const { authorization } = request.headers;
    const recorded = { method, path, authorized: authorization !== undefined };
    requests.push(recorded);
    await options.onRequest?.(recorded);
    const reply = replyTo(new URL(path, url), authorization);
    response.writeHead(reply.status, { 'content-length': reply.body.length, ...reply.headers });
    response.end(method === 'HEAD' ? undefined : reply.body);
  }

  function replyTo(target: URL, authorization: string | undefined): Reply {
    if (target.pathname === '/token') return door.token(authorization);
    const refusal = door.check(target, authorization, url);
    return refusal ?? shelf.reply(target.pathname);
  }

  return {
    url,
    host,
    requests,
    put: (image) => shelf.put(image),
    digestOf: (repository, tag) => shelf.digestOf(repository, tag),
    stop: () => stopServer(server),
  };
}

interface Reply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

function jsonReply(status: number, value: unknown, headers: Record<string, string> = {}): Reply {
  const body = Buffer.from(JSON.stringify(value));
  return { status, headers: { 'content-type': 'application/json', ...headers }, body };
}

function errorReply(status: number, code: string, headers: Record<string, string> = {}): Reply {
  return jsonReply(status, { errors: [{ code, message: code.toLowerCase().replaceAll('_', ' ') }] }, headers);
}

/** Who is let in. */
class Door {
  readonly #auth: RegistryAuth;
  readonly #tokens = new Set<string>();

  constructor(auth: RegistryAuth) {
    this.#auth = auth;
  }

  check(target: URL, authorization: string | undefined, url: string): Reply | undefined {
    const auth = this.#auth;
    if (auth.kind === 'none') return undefined;
    if (auth.kind === 'basic') {
      return this.#knows(authorization) ? undefined : challenge('Basic realm="Registry"');
    }
    if (authorization?.startsWith('Bearer ') && this.#tokens.has(authorization.slice(7))) return undefined;
    const repository = /^\/v2\/(.+)\/(?:manifests|blobs|tags)\//.exec(target.pathname)?.[1];
    const scope = repository ? `,scope="repository:${repository}:pull"` : '';
    return challenge(`Bearer realm="${url}/token",service="registry"${scope}`);
  }

  /** Everyone gets a token; only one got with the password opens anything. */
  token(authorization: string | undefined): Reply {
    if (authorization !== undefined && !this.#knows(authorization)) return errorReply(401, 'UNAUTHORIZED');
    const token = randomUUID();
    if (authorization !== undefined) this.#tokens.add(token);
    return jsonReply(200, { token, expires_in: 300 });
  }

  #knows(authorization: string | undefined): boolean {
    if (this.#auth.kind === 'none') return false;
    const { username, password } = this.#auth;
    return authorization === `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
  }
}

function challenge(text: string): Reply {
  return errorReply(401, 'UNAUTHORIZED', { 'www-authenticate': text });
}

/** What there is to be had. */
class Shelf {
  readonly #anyName: boolean;
  readonly #manifests = new Map<string, Blob>();
  readonly #blobs = new Map<string, Blob>();
  /** Repository → tag → digest. */
  readonly #tags = new Map<string, Map<string, string>>();

  constructor(anyName: boolean) {
    this.#anyName = anyName;
  }

  put(image: OfferedImage): string {
    const { repository, tags, revision = '', shape = 'index', format = 'oci' } = image;
    const built = buildImage({ name: `${repository}:${tags[0] ?? ''} ${revision}`.trim(), shape, format });
    for (const manifest of built.manifests) this.#manifests.set(manifest.digest, manifest);
    for (const blob of built.blobs) this.#blobs.set(blob.digest, blob);
    const named = this.#tags.get(repository) ?? new Map<string, string>();
    for (const tag of tags) named.set(tag, built.root.digest);
    this.#tags.set(repository, named);
    return built.root.digest;
  }

  digestOf(repository: string, tag: string): string | undefined {
    const known = this.#tags.get(repository)?.get(tag);
    return known ?? (this.#anyName ? this.put({ repository, tags: [tag] }) : undefined);
  }

  reply(path: string): Reply {
    if (path === '/v2/' || path === '/v2') return jsonReply(200, {});
    const [, repository, kind, name] = /^\/v2\/(.+)\/(manifests|blobs|tags)\/([^/]+)$/.exec(path) ?? [];
    if (repository === undefined || name === undefined) return errorReply(404, 'UNSUPPORTED');
    if (kind === 'tags') return this.#listOf(repository);
    const found = kind === 'blobs' ? this.#blobs.get(name) : this.#manifest(repository, name);
    if (found) return replyWith(found);
    if (kind === 'blobs') return errorReply(404, 'BLOB_UNKNOWN');
    return errorReply(404, this.#tags.has(repository) ? 'MANIFEST_UNKNOWN' : 'NAME_UNKNOWN');
  }

  #manifest(repository: string, version: string): Blob | undefined {
    const digest = version.includes(':') ? version : this.digestOf(repository, version);
    return digest === undefined ? undefined : this.#manifests.get(digest);
  }

  #listOf(repository: string): Reply {
    const tags = this.#tags.get(repository);
    return tags
      ? jsonReply(200, { name: repository, tags: [...tags.keys()] })
      : errorReply(404, 'NAME_UNKNOWN');
  }
}

function replyWith({ mediaType, digest, bytes }: Blob): Reply {
  return {
    status: 200,
    headers: { 'content-type': mediaType, 'docker-content-digest': digest },
    body: bytes,
  };
}
