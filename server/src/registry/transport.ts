import type { Http, HttpRequest, HttpResponse } from '../engine/ports.ts';

/** A body that is longer than the request allows. */
export const bodyTooLarge = 'BODY_TOO_LARGE';

/** Why a request got no answer. The message never quotes the request. */
export class TransportError extends Error {
  /** Node's name for the fault (`ECONNREFUSED`), {@link bodyTooLarge}, or empty. */
  readonly code: string;

  constructor(code: string) {
    super(`The request failed${code ? ` (${code})` : ''}.`);
    this.name = 'TransportError';
    this.code = code;
  }
}

/** The hop to a registry over `fetch`. Rejects with {@link TransportError}, or with the signal's reason on abort. */
export function createFetchTransport(fetcher: typeof fetch = globalThis.fetch): Http {
  return {
    async send(request) {
      try {
        return await send(fetcher, request);
      } catch (error) {
        if (request.signal.aborted) throw request.signal.reason;
        if (error instanceof TransportError) throw error;
        throw new TransportError(codeOf(error));
      }
    },
  };
}

async function send(fetcher: typeof fetch, request: HttpRequest): Promise<HttpResponse> {
  const response = await fetcher(request.url, {
    method: request.method,
    headers: request.headers,
    redirect: 'manual',
    signal: request.signal,
    ...(request.body === undefined ? {} : { body: request.body }),
  });
  return {
    status: response.status,
    headers: Object.fromEntries(response.headers),
    body: await readBody(response, request.maxBody),
  };
}

async function readBody(response: Response, max: number): Promise<Uint8Array> {
  if (!response.body) return new Uint8Array();
  const chunks: Uint8Array[] = [];
  let length = 0;
  // Leaving the loop early cancels the stream, which closes the socket.
  for await (const chunk of response.body) {
    length += chunk.byteLength;
    if (length > max) throw new TransportError(bodyTooLarge);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/** Node's name for a fault. `fetch` wraps the one that counts, once or more: the innermost code is the telling one. */
export function codeOf(error: unknown): string {
  let code = '';
  let current = error;
  for (let depth = 0; depth < 5 && current instanceof Error; depth++) {
    if ('code' in current && typeof current.code === 'string') code = current.code;
    current = current instanceof AggregateError ? current.errors[0] : current.cause;
  }
  return code;
}
