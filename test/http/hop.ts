import { createServer, type Server, type Socket } from 'node:net';
import type { TestContext } from 'node:test';
import type { AddressPolicy, Http, HttpRequest, HttpResponse } from '../../server/src/engine/ports.ts';
import { createNodeTransport, type NodeTransportOptions } from '../../server/src/http/node-transport.ts';

/** As far as a request may go that starts at a server of these tests. */
export const anywhere: AddressPolicy = new Set(['public', 'private', 'loopback']);

/** No name may be looked up outside. */
export const noNames = (name: string): Promise<never> => Promise.reject(new Error(`${name} was looked up`));

/** Neither proxies nor certificates of whoever runs the tests count. */
export function createHop(options: Partial<NodeTransportOptions> = {}): Http {
  return createNodeTransport({
    resolveName: noNames,
    ...options,
    env: { HOME: '/nonexistent', ...options.env },
  });
}

export type Ask = Partial<HttpRequest> & Pick<HttpRequest, 'url'>;

export const ask = (hop: Http, request: Ask): Promise<HttpResponse> =>
  hop.send({ method: 'GET', headers: {}, signal: new AbortController().signal, reach: anywhere, ...request });

export async function textOf({ body }: Pick<HttpResponse, 'body'>): Promise<string> {
  const pieces: Uint8Array[] = [];
  for await (const piece of body) pieces.push(piece);
  return Buffer.concat(pieces).toString('utf8');
}

/** Asks, and reads to the end. */
export async function read(hop: Http, request: Ask): Promise<string> {
  return textOf(await ask(hop, request));
}

/** Server of plain connections. */
export interface Wire {
  readonly port: number;
  /** `http://127.0.0.1:port` */
  readonly url: string;
  /** Every connection that was ever made. */
  readonly sockets: readonly Socket[];
}

/** Does with connections what the test wants. Stops at the end of the test. */
export async function startWire(t: TestContext, connected: (socket: Socket) => void): Promise<Wire> {
  const sockets: Socket[] = [];
  const server: Server = createServer((socket) => {
    sockets.push(socket);
    // The other side hangs up whenever it likes.
    socket.on('error', () => {});
    connected(socket);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(async () => {
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
  });
  const port = portOf(server);
  return { port, url: `http://127.0.0.1:${port}`, sockets };
}

export function portOf(server: Server): number {
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The server has no port.');
  return address.port;
}

export const closed = (socket: Socket): Promise<void> =>
  new Promise((resolve) => {
    if (socket.closed) resolve();
    else socket.once('close', () => resolve());
  });

/** A promise that others keep. */
export function promised(): { readonly promise: Promise<void>; readonly resolve: () => void } {
  let resolve = () => {};
  const promise = new Promise<void>((settle) => {
    resolve = settle;
  });
  return { promise, resolve };
}
