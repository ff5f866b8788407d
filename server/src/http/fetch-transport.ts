import type { Http, HttpRequest, HttpResponse } from '../engine/ports.ts';
import { writtenClass } from './address.ts';
import { faultIn } from './answers.ts';
import { chainOf, codeOf, faults, TransportError } from './network-errors.ts';
import { refusalOf } from './proxies.ts';
import { parseUrl } from './url.ts';

/**
 * The hop over `fetch`, as VS Code's own, which goes through its proxies. Nobody here sees the addresses that it connects to, so `reach` does
 * not count, but for what is never within it. Rejects with {@link TransportError}, or with the signal's reason on abort.
 */
export function createFetchTransport(fetcher: typeof fetch = globalThis.fetch): Http {
  return {
    send: (request) => told(request, send(fetcher, request)),
  };
}

async function send(fetcher: typeof fetch, request: HttpRequest): Promise<HttpResponse> {
  const { body: content, headers: sent, method, signal, url } = request;
  if (writtenClass(new URL(url).hostname) === 'special') throw new TransportError(faults.address);
  const response = await fetcher(url, {
    method,
    headers: sent,
    redirect: 'manual',
    signal,
    ...(content === undefined ? {} : { body: content }),
  });
  const { status } = response;
  const headers = Object.fromEntries(response.headers);
  const fault = faultIn(method, status, headers);
  // Whoever follows redirects unasked may have taken the credentials along; what came back is not used.
  if (fault === undefined && status !== 0 && !response.redirected) {
    return { status, headers, body: read(response, request) };
  }
  await response.body?.cancel().catch(() => {});
  throw new TransportError(fault ?? '');
}

async function* read({ body }: Response, request: HttpRequest): AsyncGenerator<Uint8Array> {
  const reader: ReadableStreamDefaultReader<Uint8Array> | undefined = body?.getReader();
  if (!reader) return;
  try {
    for (;;) {
      const { done, value } = await told(request, reader.read());
      if (done) return;
      yield value;
    }
  } finally {
    await reader.cancel().catch(() => {});
  }
}

async function told<T>({ signal, url }: HttpRequest, work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    if (signal.aborted) throw signal.reason;
    throw error instanceof TransportError ? error : new TransportError(faultOf(error, url));
  }
}

/** `fetch` does not say what was the proxy's doing: that has to be read from what it does say. */
function faultOf(error: unknown, url: string): string {
  const asked = parseUrl(url);
  for (const one of chainOf(error)) {
    // The words of undici, and with other signs of VS Code, where a proxy grants no way through.
    const status = /^Proxy response \((\d{3})\)/.exec(one.message)?.[1];
    if (status !== undefined) return refusalOf(Number(status));
    if ('code' in one && one.code === 'UND_ERR_PRX_TLS') return faults.proxyCertificate;
    if (asked && isOfProxy(one, asked)) return faults.proxyLost;
  }
  const code = codeOf(error);
  // Names of llhttp, which reads HTTP for Node.
  return code.startsWith('HPE_') ? faults.garbled : code;
}

/** It was another host or port than the URL's that could not be found or reached: nothing but a proxy is. */
function isOfProxy(error: Error, { hostname, port, protocol }: URL): boolean {
  if (!('syscall' in error)) return false;
  if (error.syscall === 'getaddrinfo') {
    return 'hostname' in error && error.hostname !== hostname;
  }
  const own = Number(port) || (protocol === 'https:' ? 443 : 80);
  return error.syscall === 'connect' && 'port' in error && error.port !== own;
}
