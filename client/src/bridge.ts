import type { CancellationToken, Disposable } from 'vscode-languageclient';
import type { Http } from '../../server/src/engine/ports.ts';
import { TransportError } from '../../server/src/http/network-errors.ts';
import {
  type HopAnswer,
  type HopFault,
  type HopPart,
  type HopRequest,
  httpEndNotification,
  httpNextRequest,
  httpRequest,
  type Sealed,
} from '../../server/src/lsp/protocol/protocol.ts';
import type { Seal } from '../../server/src/lsp/protocol/seal.ts';

/** The connection to the server, as far as requests of the server are concerned. */
export interface FromServer {
  onRequest(
    method: string,
    handler: (params: unknown, token: CancellationToken) => Promise<unknown>,
  ): Disposable;
  onNotification(method: string, handler: (params: unknown) => void): Disposable;
}

export interface BridgeOptions {
  /** Makes the hop. */
  readonly http: Http;
  /** Of the server that runs now. */
  readonly seal: () => Seal;
  readonly isTrusted: () => boolean;
  /** Given no secret. */
  readonly warn: (message: string) => void;
}

/** Bytes of a body that cross at once. */
export const partSize = 1024 * 1024;

/** A body that is read part by part. */
interface Body {
  readonly pieces: AsyncIterator<Uint8Array>;
  /** Read, and not handed over yet. */
  held: Uint8Array;
  readonly hop: AbortController;
}

/** Makes the requests of the language server to other machines, so that they take the way that the editor's own requests take. */
export class Bridge {
  readonly #options: BridgeOptions;
  readonly #bodies = new Map<number, Body>();
  readonly #hops = new Set<AbortController>();
  #last = 0;

  constructor(options: BridgeOptions) {
    this.#options = options;
  }

  serve(server: FromServer): readonly Disposable[] {
    return [
      server.onRequest(httpRequest, (params, token) => this.#hop(params, token)),
      server.onRequest(httpNextRequest, (params, token) => this.#next(params, token)),
      server.onNotification(httpEndNotification, (params) => this.#end(restIn(params))),
    ];
  }

  /** The server has gone: what it asked for is given up. */
  hangUp(): void {
    for (const hop of this.#hops) this.#hangUp(hop);
    this.#bodies.clear();
  }

  async #hop(params: unknown, token: CancellationToken): Promise<Sealed> {
    const { http, isTrusted, seal: current, warn } = this.#options;
    const seal = current();
    const answer = async (): Promise<HopAnswer> => {
      const request = readRequest(seal.open(params));
      if (!request) {
        warn('A request of the language server could not be opened, or makes no sense. It was not made.');
        return { fault: '' };
      }
      if (!isTrusted()) {
        warn('The language server asked to connect in a workspace that is not trusted. No request was made.');
        return { fault: 'NOT_TRUSTED' };
      }
      const hop = new AbortController();
      this.#hops.add(hop);
      return this.#unlessCancelled(hop, token, async () => {
        const { body, headers, status } = await http.send({
          ...request,
          signal: hop.signal,
          reach: anywhere,
        });
        const pieces = body[Symbol.asyncIterator]();
        return { status, headers, ...(await this.#part({ pieces, held: new Uint8Array(), hop })) };
      });
    };
    return seal.close(await answer());
  }

  async #next(params: unknown, token: CancellationToken): Promise<Sealed> {
    const seal = this.#options.seal();
    const rest = restIn(params);
    const body = this.#bodies.get(rest);
    if (!body) return seal.close({ fault: '' } satisfies HopFault);
    this.#bodies.delete(rest);
    return seal.close(await this.#unlessCancelled(body.hop, token, () => this.#part(body)));
  }

  #end(rest: number): void {
    const body = this.#bodies.get(rest);
    if (body) this.#hangUp(body.hop);
    this.#bodies.delete(rest);
  }

  /** Reads until there is a whole part, or no more. */
  async #part(body: Body): Promise<HopPart> {
    const pieces = [body.held];
    let length = body.held.byteLength;
    while (length <= partSize) {
      const { done, value } = await body.pieces.next();
      if (done) {
        this.#hops.delete(body.hop);
        return { bytes: base64(pieces) };
      }
      pieces.push(value);
      length += value.byteLength;
    }
    const all = Buffer.concat(pieces);
    body.held = all.subarray(partSize);
    const rest = ++this.#last;
    this.#bodies.set(rest, body);
    return { bytes: base64([all.subarray(0, partSize)]), rest };
  }

  /** Whatever goes wrong is told by its code alone: the rest may quote what was sent. */
  async #unlessCancelled<T>(
    hop: AbortController,
    token: CancellationToken,
    work: () => Promise<T>,
  ): Promise<T | HopFault> {
    const listening = token.onCancellationRequested(() => this.#hangUp(hop));
    try {
      if (token.isCancellationRequested) this.#hangUp(hop);
      return await work();
    } catch (error) {
      this.#hangUp(hop);
      return { fault: error instanceof TransportError ? error.code : '' };
    } finally {
      listening.dispose();
    }
  }

  #hangUp(hop: AbortController): void {
    hop.abort();
    this.#hops.delete(hop);
  }
}

/** The server has looked at where it goes; what connects here cannot look again. */
const anywhere: ReadonlySet<never> = new Set();

const base64 = (pieces: readonly Uint8Array[]): string => Buffer.concat(pieces).toString('base64');

/** Null for what is no request, or for another place than the web. */
function readRequest(opened: unknown): HopRequest | null {
  if (typeof opened !== 'object' || opened === null) return null;
  const { body, headers, method, url }: { [Name in keyof HopRequest]?: unknown } = opened;
  if (method !== 'HEAD' && method !== 'GET' && method !== 'POST') return null;
  if (typeof url !== 'string' || !URL.canParse(url) || !/^https?:$/.test(new URL(url).protocol)) return null;
  if (!isHeaders(headers) || (body !== undefined && typeof body !== 'string')) return null;
  return { method, url, headers, ...(body !== undefined && { body }) };
}

function isHeaders(value: unknown): value is HopRequest['headers'] {
  return (
    typeof value === 'object' &&
    value !== null &&
    Object.values(value).every((text) => typeof text === 'string')
  );
}

function restIn(params: unknown): number {
  if (typeof params !== 'object' || params === null || !('rest' in params)) return Number.NaN;
  return typeof params.rest === 'number' ? params.rest : Number.NaN;
}
