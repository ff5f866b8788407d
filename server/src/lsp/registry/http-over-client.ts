import { CancellationTokenSource, type Connection } from 'vscode-languageserver/node';
import type { Http, HttpRequest, Log } from '../../engine/index.ts';
import { TransportError } from '../../http/network-errors.ts';
import {
  type HopPart,
  type HopRequest,
  type HopRest,
  httpEndNotification,
  httpNextRequest,
  httpRequest,
  type Sealed,
} from '../protocol/protocol.ts';
import type { Seal } from '../protocol/seal.ts';
import { property } from '../workspace/editor-settings.ts';

export interface BridgeOptions {
  readonly connection: Pick<Connection, 'sendRequest' | 'sendNotification'>;
  readonly seal: Seal;
  readonly log: Log;
}

/** A part of a body, and what came with it. */
interface Told {
  readonly part: HopPart;
  /** Null for a part that is not the first. */
  readonly head: { readonly status: number; readonly headers: Readonly<Record<string, string>> } | null;
}

/** The hop, made by the client: see `httpRequest`. */
export function createBridgedHttp({ connection, log, seal }: BridgeOptions): Http {
  /** Rejects with what the client says went wrong, or with the signal's reason. */
  async function ask(method: string, params: Sealed | HopRest, signal: AbortSignal): Promise<Told> {
    signal.throwIfAborted();
    const source = new CancellationTokenSource();
    const answered = connection.sendRequest<unknown>(method, params, source.token).then((sealed) => {
      const answer = seal.open(sealed);
      const told = readAnswer(answer);
      // It comes too late: nobody will ask for the rest.
      if (signal.aborted) end(told?.part.rest);
      if (told) return told;
      const fault = faultIn(answer);
      if (fault === null) log.warn('The editor was asked to connect, and its answer makes no sense.');
      throw new TransportError(fault ?? '');
    });
    try {
      return await unlessAborted(signal, answered);
    } catch (error) {
      if (signal.aborted) source.cancel();
      signal.throwIfAborted();
      throw error instanceof TransportError ? error : new TransportError('');
    } finally {
      source.dispose();
    }
  }

  function end(rest: number | undefined): void {
    if (rest === undefined) return;
    const params: HopRest = { rest };
    // A connection that is gone has nothing left to end.
    connection.sendNotification(httpEndNotification, params).catch(() => {});
  }

  /** Further parts are asked for as they are read. The client is told when there are some that nobody wants. */
  function bodyOf(first: HopPart, signal: AbortSignal): AsyncIterable<Uint8Array> {
    let { rest } = first;
    const leave = (): void => {
      end(rest);
      rest = undefined;
    };
    // Nobody may ever begin to read.
    signal.addEventListener('abort', leave, { once: true });
    return (async function* () {
      try {
        yield Buffer.from(first.bytes, 'base64');
        while (rest !== undefined) {
          const { part } = await ask(httpNextRequest, { rest }, signal);
          rest = part.rest;
          yield Buffer.from(part.bytes, 'base64');
        }
        signal.throwIfAborted();
      } finally {
        signal.removeEventListener('abort', leave);
        leave();
      }
    })();
  }

  return {
    async send({ body, headers, method, signal, url }: HttpRequest) {
      const hop: HopRequest = { method, url, headers, ...(body !== undefined && { body }) };
      const { head, part } = await ask(httpRequest, seal.close(hop), signal);
      if (head) return { ...head, body: bodyOf(part, signal) };
      end(part.rest);
      throw new TransportError('');
    },
  };
}

/** Settles as the work does, or rejects at once when the signal is aborted. */
function unlessAborted<T>(signal: AbortSignal, work: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const leave = (): void => reject(signal.reason);
    signal.addEventListener('abort', leave, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', leave));
  });
}

/** Null for what is no part of a body. */
function readAnswer(answer: unknown): Told | null {
  const bytes = property(answer, 'bytes');
  const rest = property(answer, 'rest');
  if (typeof bytes !== 'string' || (rest !== undefined && typeof rest !== 'number')) return null;
  const status = property(answer, 'status');
  return {
    part: { bytes, ...(rest !== undefined && { rest }) },
    head: typeof status === 'number' ? { status, headers: readHeaders(property(answer, 'headers')) } : null,
  };
}

function readHeaders(value: unknown): Readonly<Record<string, string>> {
  if (typeof value !== 'object' || value === null) return {};
  return Object.fromEntries(Object.entries(value).filter(([, text]) => typeof text === 'string'));
}

/** Null where the answer names none. Only a name in capitals is passed on: anything else may quote what was sent. */
function faultIn(answer: unknown): string | null {
  const fault = property(answer, 'fault');
  if (typeof fault !== 'string') return null;
  return /^[A-Z][A-Z0-9_]{1,60}$/.test(fault) ? fault : '';
}
