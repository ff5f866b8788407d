import { lookup } from 'node:dns/promises';
import type { Socket } from 'node:net';
import type { Http, HttpRequest, HttpResponse, Log } from '../engine/ports.ts';
import { bareHost, isWithin, type ResolveName, writtenClass } from './address.ts';
import { faultIn } from './answers.ts';
import { createTrust } from './certificates.ts';
import { openDirect, openProxy, openTls, openTunnel } from './connect.ts';
import type { Connections, Destination } from './connections.ts';
import { codeOf, faults, TransportError } from './network-errors.ts';
import { createRoutes, type ForwardProxy } from './proxies.ts';

export interface NodeTransportOptions {
  /** Where proxies and certificates are named: `process.env`. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The system's resolver where absent. May reject with an error that has Node's code. */
  readonly resolveName?: ResolveName;
  readonly log?: Log;
}

/** How one request goes out. */
interface Way extends Destination {
  /** As it stands in the first line of the request. */
  readonly target: string;
  /** Those that the way itself takes. */
  readonly headers: Readonly<Record<string, string>>;
  /** It is the proxy that reads the request and may answer it. */
  readonly readByProxy: boolean;
}

/**
 * The hop as Node makes it: through the proxies that the environment names, trusting the certificates of the system, and only to addresses
 * within the request's reach. Behind a proxy it is the proxy that resolves names. Rejects with {@link TransportError}, or with the signal's
 * reason on abort.
 */
export function createNodeTransport({ env, log, resolveName = resolveOrFail }: NodeTransportOptions): Http {
  const routeTo = createRoutes(env);
  const trust = createTrust({ env, ...(log ? { log } : {}) });
  let loading: Promise<Connections> | undefined;

  function wayTo(url: URL, { reach }: HttpRequest): Way {
    const route = routeTo(url);
    if (route.kind === 'none') throw new TransportError(route.fault);
    if (route.kind === 'proxy') return wayThrough(route.proxy, url);
    return {
      key: `${url.origin} ${[...reach].sort().join()}`,
      origin: url.origin,
      target: pathOf(url),
      headers: {},
      readByProxy: false,
      open(signal) {
        const opening = openDirect(placeOf(url), reach, resolveName, signal);
        return isSecure(url) ? secured(opening, url, signal) : opening;
      },
    };
  }

  function wayThrough(proxy: ForwardProxy, url: URL): Way {
    const host = `${proxy.hostname}:${proxy.port}`;
    const context = () => trust.contextFor(host);
    if (isSecure(url)) {
      return {
        key: url.origin,
        origin: url.origin,
        target: pathOf(url),
        headers: {},
        readByProxy: false,
        open: (signal) => secured(openTunnel(proxy, placeOf(url), context, signal), url, signal),
      };
    }
    const { authorization } = proxy;
    return {
      // A proxy may give the answers of one host for another, where it is not kept apart.
      key: url.origin,
      origin: url.origin,
      target: `${url.origin}${pathOf(url)}`,
      headers: authorization ? { 'proxy-authorization': authorization } : {},
      readByProxy: true,
      open: (signal) => openProxy(proxy, context, signal),
    };
  }

  async function secured(opening: Promise<Socket>, url: URL, signal: AbortSignal): Promise<Socket> {
    // The certificates are read while the connection is made.
    const [socket, context] = await Promise.all([opening, trust.contextFor(url.host)]);
    return openTls(socket, placeOf(url).hostname, context, signal);
  }

  async function send(request: HttpRequest): Promise<HttpResponse> {
    const { body: content, method, signal } = request;
    const url = new URL(request.url);
    const written = writtenClass(url.hostname);
    if (written !== undefined && !isWithin(request.reach, written)) throw new TransportError(faults.address);
    const way = wayTo(url, request);
    loading ??= import('./connections.ts').then((loaded) => new loaded.Connections());
    const connections = await loading;
    signal.throwIfAborted();
    const { body, headers, status } = await connections.send(way, {
      method,
      target: way.target,
      headers: { ...request.headers, ...way.headers },
      ...(content === undefined ? {} : { body: content }),
      signal,
    });
    const fault =
      (way.readByProxy ? faultOfProxy(status, headers) : undefined) ?? faultIn(method, status, headers);
    if (fault === undefined) return { status, headers, body: piecesOf(body, signal) };
    body.destroy();
    throw new TransportError(fault);
  }

  return {
    async send(request) {
      try {
        request.signal.throwIfAborted();
        return await send(request);
      } catch (error) {
        throw toldOf(error, request.signal);
      }
    },
  };
}

const isSecure = ({ protocol }: URL): boolean => protocol === 'https:';

const pathOf = ({ pathname, search }: URL): string => `${pathname}${search}`;

const placeOf = (url: URL) => ({
  hostname: bareHost(url.hostname),
  port: Number(url.port) || (isSecure(url) ? 443 : 80),
});

const resolveOrFail: ResolveName = async (hostname) =>
  (await lookup(hostname, { all: true })).map(({ address }) => address);

/** Squid says which answers are its own. */
function faultOfProxy(status: number, headers: HttpResponse['headers']): string | undefined {
  if (headers['x-squid-error'] === undefined || status === 407) return undefined;
  return status >= 500 ? faults.proxyFailed : faults.proxyRefused;
}

async function* piecesOf(body: AsyncIterable<Uint8Array>, signal: AbortSignal): AsyncGenerator<Uint8Array> {
  try {
    for await (const piece of body) {
      signal.throwIfAborted();
      yield piece;
    }
  } catch (error) {
    throw toldOf(error, signal);
  }
}

function toldOf(error: unknown, signal: AbortSignal): unknown {
  if (signal.aborted) return signal.reason;
  return error instanceof TransportError ? error : new TransportError(codeOf(error));
}
