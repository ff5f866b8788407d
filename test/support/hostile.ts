import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import { listen, stopServer } from './registry-server.ts';

export interface HostileRequest {
  readonly method: string;
  /** With the query. */
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
  /** How many requests came before this one. */
  readonly index: number;
}

/** What to do with a request: it may answer wrongly, slowly, or never. */
export type Misbehave = (request: HostileRequest, response: ServerResponse) => void | Promise<void>;

export interface HostileServer {
  /** `127.0.0.1:port` */
  readonly host: string;
  /** `http://127.0.0.1:port` */
  readonly url: string;
  readonly requests: readonly HostileRequest[];
  /** Resolves when that many requests have come. */
  arrived(count: number): Promise<void>;
  /** Resolves when that many connections were closed before their answer was complete. */
  dropped(count: number): Promise<void>;
  stop(): Promise<void>;
}

/** A server on 127.0.0.1 whose behaviour is the test's own. */
export async function startHostile(misbehave: Misbehave): Promise<HostileServer> {
  const requests: HostileRequest[] = [];
  const arrivals = new Counter();
  const drops = new Counter();

  const server = createServer(async (incoming, response) => {
    response.on('close', () => {
      if (!response.writableFinished) drops.add();
    });
    const chunks: Buffer[] = [];
    for await (const chunk of incoming) chunks.push(chunk);
    const { method = 'GET', url: path = '/', headers } = incoming;
    const body = Buffer.concat(chunks).toString('utf8');
    const request = { method, path, headers, body, index: requests.length };
    requests.push(request);
    arrivals.add();
    await misbehave(request, response);
  });
  const { host, url } = await listen(server);

  return {
    host,
    url,
    requests,
    arrived: (count) => arrivals.reach(count),
    dropped: (count) => drops.reach(count),
    stop: () => stopServer(server),
  };
}

/** Answers in full. */
export function answer(
  response: ServerResponse,
  status: number,
  headers: Readonly<Record<string, string | readonly string[]>> = {},
  body: string | Uint8Array = '',
): void {
  for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
  response.statusCode = status;
  response.end(body);
}

/** Counts, and tells those who wait for a number. */
class Counter {
  #count = 0;
  #waiting: { count: number; resolve: () => void }[] = [];

  add(): void {
    this.#count++;
    for (const { resolve } of this.#waiting.filter(({ count }) => count <= this.#count)) resolve();
    this.#waiting = this.#waiting.filter(({ count }) => count > this.#count);
  }

  reach(count: number): Promise<void> {
    if (this.#count >= count) return Promise.resolve();
    return new Promise((resolve) => this.#waiting.push({ count, resolve }));
  }
}
