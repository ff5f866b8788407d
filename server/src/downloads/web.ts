import { codeOf, TransportError } from '../registry/transport.ts';

/** An answer whose body is read piece by piece. */
export interface Answer {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  /** Leaving it early closes the connection. */
  readonly body: AsyncIterable<Uint8Array>;
}

/** The hop to a server. Never follows a redirect. Rejects with a {@link TransportError}, or with the signal's reason on abort. */
export interface Web {
  get(url: string, headers: Readonly<Record<string, string>>, signal: AbortSignal): Promise<Answer>;
}

export function createFetchWeb(fetcher: typeof fetch = globalThis.fetch): Web {
  return {
    async get(url, headers, signal) {
      const response = await told(signal, fetcher(url, { headers, redirect: 'manual', signal }));
      const body = read(response, signal);
      return { status: response.status, headers: Object.fromEntries(response.headers), body };
    },
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
    throw new TransportError(codeOf(error));
  }
}
