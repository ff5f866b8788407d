import type { Http, HttpRequest, HttpResponse } from '../engine/ports.ts';
import { TransportError } from './faults.ts';

/** The hop over `fetch`. Rejects with {@link TransportError}, or with the signal's reason on abort. */
export function createFetchTransport(fetcher: typeof fetch = globalThis.fetch): Http {
  return {
    send: (request) => told(request.signal, send(fetcher, request)),
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
    body: read(response, request.signal),
  };
}

async function* read({ body }: Response, signal: AbortSignal): AsyncGenerator<Uint8Array> {
  const reader: ReadableStreamDefaultReader<Uint8Array> | undefined = body?.getReader();
  if (!reader) return;
  try {
    for (;;) {
      const { done, value } = await told(signal, reader.read());
      if (done) return;
      yield value;
    }
  } finally {
    await reader.cancel().catch(() => {});
  }
}

async function told<T>(signal: AbortSignal, work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    if (signal.aborted) throw signal.reason;
    throw error instanceof TransportError ? error : new TransportError(codeOf(error));
  }
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
