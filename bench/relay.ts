import { createServer, type Socket, connect as toServer } from 'node:net';

/** What came through a relay since it was last asked. */
export interface Traffic {
  readonly connections: number;
  /** In the order of arrival: method and path, and whether an `authorization` header was sent. */
  readonly requests: readonly { readonly line: string; readonly authorized: boolean }[];
}

export interface Relay {
  /** `127.0.0.1:port` */
  readonly host: string;
  /** What came through; every connection is closed and counting starts again. */
  take(): Traffic;
  stop(): Promise<void>;
}

export interface RelayOptions {
  /** `127.0.0.1:port` of the server behind it. */
  readonly server: string;
  /** Milliseconds to the server and back. */
  readonly roundTrip: number;
  /** A text in what the server sends, and what arrives in its place: the address of another relay. */
  readonly rename?: readonly [from: string, to: string];
}

/**
 * A TCP relay on this machine that is as slow as a distant server: each chunk is held back half a round trip on its way, in order. A
 * connection to this machine opens at once, so the first that a client sends waits for the round trip in which a distant server would have
 * answered its SYN. Nothing is lost, and bandwidth is not limited.
 */
export function startRelay({ rename, roundTrip, server }: RelayOptions): Promise<Relay> {
  const [hostname, port] = server.split(':');
  const open = new Set<Socket>();
  let connections = 0;
  let requests: { line: string; authorized: boolean }[] = [];
  const replaced = (chunk: Buffer): Buffer => {
    if (!rename || !chunk.includes(rename[0])) return chunk;
    return Buffer.from(chunk.toString('latin1').replaceAll(...rename), 'latin1');
  };

  const listener = createServer({ allowHalfOpen: true, noDelay: true }, (client) => {
    connections++;
    const upstream = toServer({ host: hostname, port: Number(port), allowHalfOpen: true, noDelay: true });
    const established = performance.now() + roundTrip;
    const up = delay(roundTrip / 2, upstream);
    const down = delay(roundTrip / 2, client);
    const read = requestReader((request) => requests.push(request));
    client.on('data', (chunk: Buffer) => {
      read(chunk);
      up.send(chunk, established);
    });
    client.on('end', () => up.send(null, established));
    upstream.on('data', (chunk: Buffer) => down.send(replaced(chunk), 0));
    upstream.on('end', () => down.send(null, 0));
    for (const [one, other] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      open.add(one);
      one.on('error', () => other.destroy());
      one.on('close', () => {
        open.delete(one);
        if (one === client) upstream.destroy();
      });
    }
  });

  return new Promise((resolve, reject) => {
    listener.once('error', reject);
    listener.listen(0, '127.0.0.1', () => {
      const address = listener.address();
      if (address === null || typeof address === 'string') return reject(new Error('The relay has no port.'));
      const closeAll = () => {
        for (const socket of open) socket.destroy();
      };
      resolve({
        host: `127.0.0.1:${address.port}`,
        take() {
          const traffic = { connections, requests };
          connections = 0;
          requests = [];
          closeAll();
          return traffic;
        },
        stop: () =>
          new Promise((done) => {
            listener.close(() => done());
            closeAll();
          }),
      });
    });
  });
}

/** Hands chunks on a while after they came, in the order they came. Null is the end. */
function delay(milliseconds: number, to: Socket) {
  const waiting: { readonly chunk: Buffer | null; readonly due: number }[] = [];
  let timer: NodeJS.Timeout | undefined;
  const deliver = () => {
    timer = undefined;
    for (let next = waiting[0]; next; next = waiting[0]) {
      const left = next.due - performance.now();
      if (left > 0) {
        timer = setTimeout(deliver, left);
        return;
      }
      waiting.shift();
      if (to.destroyed) continue;
      if (next.chunk) to.write(next.chunk);
      else to.end();
    }
  };
  return {
    /** `notBefore`: when it can set out. */
    send(chunk: Buffer | null, notBefore: number) {
      waiting.push({ chunk, due: Math.max(performance.now(), notBefore) + milliseconds });
      if (!timer) deliver();
    },
  };
}

/** Reads the heads of HTTP/1.1 requests without bodies. What is no HTTP, as TLS is not, counts as nothing. */
function requestReader(found: (request: { line: string; authorized: boolean }) => void) {
  let text = '';
  return (chunk: Buffer) => {
    text += chunk.toString('latin1');
    const heads = text.split('\r\n\r\n');
    text = heads.pop() ?? '';
    for (const head of heads) {
      const line = /^([A-Z]+ \S+) HTTP\/1\.1\r\n/.exec(head)?.[1];
      if (line) found({ line, authorized: /^authorization:/im.test(head) });
    }
  };
}
