import type { Socket } from 'node:net';
import { Readable } from 'node:stream';
import Client from 'undici/lib/dispatcher/client.js';
import type { HttpRequest, HttpResponse } from '../engine/ports.ts';
import { onAbort } from './abort.ts';
import { codeOf, faults, TransportError } from './network-errors.ts';

/** One way to one server. */
export interface Destination {
  /** Requests with the same key may share connections. */
  readonly key: string;
  /** Origin of the server that the connection leads to: the host itself, or a proxy that is told the whole URL. */
  readonly origin: string;
  /** Rejects with a TransportError, or with the signal's reason. */
  readonly open: (signal: AbortSignal) => Promise<Socket>;
}

export interface Message extends Pick<HttpRequest, 'method' | 'headers' | 'body' | 'signal'> {
  /** As it stands in the first line of the request. */
  readonly target: string;
}

export interface Received extends Omit<HttpResponse, 'body'> {
  /** Has to be read or destroyed. Errors are TransportErrors. */
  readonly body: Readable;
}

/** Connections that are kept for a while, for one request at a time. */
export class Connections {
  readonly #idle = new Map<string, Connection[]>();

  /** Rejects with a TransportError, or with the signal's reason. */
  send(destination: Destination, message: Message): Promise<Received> {
    const connection = this.#take(destination.key) ?? this.#connect(destination);
    return connection.send(message, () => this.#keep(destination.key, connection));
  }

  #connect({ key, open, origin }: Destination): Connection {
    const connection = new Connection(origin, open, () => this.#drop(key, connection));
    return connection;
  }

  #take(key: string): Connection | undefined {
    const idle = this.#idle.get(key);
    const connection = idle?.pop();
    if (idle?.length === 0) this.#idle.delete(key);
    return connection;
  }

  #keep(key: string, connection: Connection): void {
    const idle = this.#idle.get(key);
    if (idle) idle.push(connection);
    else this.#idle.set(key, [connection]);
  }

  /** Its server, or the time without requests, has closed it. */
  #drop(key: string, connection: Connection): void {
    const rest = this.#idle.get(key)?.filter((one) => one !== connection) ?? [];
    if (rest.length > 0) this.#idle.set(key, rest);
    else this.#idle.delete(key);
  }
}

/** A connection may be lost between two requests, so that one request may have to connect again. More than that is a server that hangs up. */
const maxConnects = 2;

/** Answers that only announce the one that counts (RFC 9110, section 15.2). A server that pours them keeps this process busy. */
const maxInterim = 100;

class Connection {
  readonly #client: Client;
  #signal: AbortSignal | null = null;
  #connects = 0;

  constructor(origin: string, open: Destination['open'], onLost: () => void) {
    this.#client = new Client(origin, {
      connect: (_, done) => {
        const signal = this.#signal;
        if (!signal || ++this.#connects > maxConnects) {
          done(new TransportError('ECONNRESET'), null);
          return;
        }
        open(signal).then(
          (socket) => done(null, socket),
          (error) => done(error, null),
        );
      },
      // Whoever asks sets the time for all of it.
      headersTimeout: 0,
      bodyTimeout: 0,
    });
    this.#client.on('disconnect', onLost);
  }

  /** `onFree`: the answer has come as a whole, and another request may be sent. */
  send({ body: content, headers, method, signal, target }: Message, onFree: () => void): Promise<Received> {
    this.#signal = signal;
    this.#connects = 0;
    return new Promise((resolve, reject) => {
      let body: Readable | undefined;
      let hasEnded = false;
      let interim = 0;
      const leave = (error: unknown) => {
        stay();
        const told = signal.aborted ? signal.reason : toldOf(error);
        this.#client.destroy(toldOf(error));
        reject(told);
        body?.destroy(told);
      };
      const stay = onAbort(signal, () => leave(signal.reason));
      this.#client.dispatch(
        {
          method,
          path: target,
          headers,
          ...(content === undefined ? {} : { body: content }),
          // undici closes the connection after each HEAD where nothing is said.
          reset: false,
        },
        {
          onRequestStart() {},
          onResponseStart(controller, status, received) {
            if (status < 200) {
              if (++interim > maxInterim) leave(new TransportError(faults.garbled));
              return;
            }
            body = new Readable({
              read: () => controller.resume(),
              destroy: (error, done) => {
                if (!hasEnded) leave(error);
                done(error);
              },
            });
            // It may break before anybody reads it; whoever reads it is told then.
            body.on('error', () => {});
            resolve({ status, headers: flat(received), body });
          },
          onResponseData(controller, chunk) {
            if (body && !body.push(chunk)) controller.pause();
          },
          onResponseEnd() {
            hasEnded = true;
            stay();
            onFree();
            body?.push(null);
          },
          onResponseError: (_, error) => leave(error),
        },
      );
    });
  }
}

function toldOf(error: unknown): TransportError {
  if (error instanceof TransportError) return error;
  const isGarbled = error instanceof Error && error.name === 'HTTPParserError';
  return new TransportError(isGarbled ? faults.garbled : codeOf(error));
}

function flat(
  headers: Readonly<Record<string, string | readonly string[] | undefined>>,
): Record<string, string> {
  const entries = Object.entries(headers).map(([name, value]) => [name, [value ?? ''].flat().join(', ')]);
  return Object.fromEntries(entries);
}
