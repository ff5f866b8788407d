import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createSecureServer, type ServerOptions } from 'node:https';
import { connect, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { TestContext } from 'node:test';
import { portOf } from './hop.ts';

/** What the proxy was asked. */
export interface Passage {
  readonly method: string;
  /** `host:port`, or the whole URL. */
  readonly target: string;
  readonly headers: IncomingMessage['headers'];
}

export interface TestProxy {
  readonly port: number;
  readonly passages: readonly Passage[];
  /** Of whoever connected to it. */
  readonly sockets: readonly Duplex[];
}

export interface TestProxyOptions {
  /** Port of the server on this machine that every host is taken for. */
  readonly upstream?: number;
  /** Does with a request for a way through what the test wants, in place of giving one. */
  readonly onConnect?: (socket: Duplex, passage: Passage) => unknown;
  /** Answers a plain request, in place of passing it on. */
  readonly onRequest?: (response: ServerResponse, passage: Passage) => unknown;
  /** Who has to be signed in. */
  readonly authorization?: string;
  /** TLS is spoken to the proxy itself. */
  readonly tls?: Pick<ServerOptions, 'cert' | 'key'>;
}

const signIn = { 'proxy-authenticate': 'Basic realm="proxy"', connection: 'close' };

/** A forward proxy on 127.0.0.1 whose behaviour is the test's own. Stops at the end of the test. */
export async function startProxy(t: TestContext, options: TestProxyOptions = {}): Promise<TestProxy> {
  const { authorization, onConnect, onRequest, upstream = 0 } = options;
  const passages: Passage[] = [];
  const sockets: Duplex[] = [];
  const isStranger = ({ headers }: Passage): boolean =>
    authorization !== undefined && headers['proxy-authorization'] !== authorization;
  const note = ({ headers, method = '', url = '' }: IncomingMessage): Passage => {
    const passage = { method, target: url, headers };
    passages.push(passage);
    return passage;
  };
  const server = options.tls ? createSecureServer(options.tls) : createServer();
  server.on('connection', (socket) => sockets.push(socket));
  server.on('connect', (request, socket) => {
    const passage = note(request);
    socket.on('error', () => {});
    // Servers of Node leave it half open.
    socket.on('end', () => socket.end());
    if (onConnect) onConnect(socket.resume(), passage);
    else if (isStranger(passage)) socket.end(head(407, signIn));
    else join(socket, connect(upstream, '127.0.0.1'));
  });
  server.on('request', async (request, response) => {
    const passage = note(request);
    if (onRequest) onRequest(response, passage);
    else if (isStranger(passage)) response.writeHead(407, signIn).end('Who are you?');
    else {
      const { host, pathname, search } = new URL(passage.target);
      const answer = await fetch(`http://127.0.0.1:${upstream}${pathname}${search}`, {
        headers: { 'x-host': host },
      });
      response.writeHead(answer.status).end(await answer.text());
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(async () => {
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
  });
  return { port: portOf(server), passages, sockets };
}

export function head(status: number, headers: Readonly<Record<string, string>> = {}): string {
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  return `HTTP/1.1 ${status} As the test wants\r\n${lines.join('')}\r\n`;
}

function join(near: Duplex, far: Socket): void {
  far.on('error', () => near.destroy());
  near.on('close', () => far.destroy());
  far.on('close', () => near.destroy());
  far.once('connect', () => {
    near.write(head(200));
    near.pipe(far);
    far.pipe(near);
  });
}
