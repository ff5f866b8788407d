import { type CancellationToken, LSPErrorCodes, ResponseError } from 'vscode-languageserver/node';
import type { Log } from '../../engine/index.ts';

/** Runs one handler. Whatever goes wrong is logged and `fallback` answers: no document takes the server down. */
export async function guarded<T>(
  log: Log,
  what: string,
  fallback: () => T,
  work: () => T | Promise<T>,
): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof ResponseError) throw error;
    log.warn(`${what} failed: ${described(error)}`);
    return fallback();
  }
}

/** For work that nobody waits for. A client that refuses its part, or has gone, is no reason to say anything. */
export const inBackground = (log: Log, what: string, work: () => Promise<void>): void =>
  void guarded(log, what, () => {}, work).catch(() => {});

export const described = (error: unknown): string =>
  error instanceof Error ? (error.stack ?? error.message) : String(error);

/** The answer to a request that the client has given up. */
export const cancelled = (): ResponseError<void> =>
  new ResponseError(LSPErrorCodes.RequestCancelled, 'The request was cancelled.');

export const throwIfAborted = (signal: AbortSignal): void => {
  if (signal.aborted) throw cancelled();
};

/** Runs `work` with a signal that the client's cancellation aborts. */
export async function withSignal<T>(
  token: CancellationToken,
  work: (signal: AbortSignal) => T | Promise<T>,
): Promise<T> {
  const controller = new AbortController();
  const listening = token.onCancellationRequested(() => controller.abort());
  if (token.isCancellationRequested) controller.abort();
  try {
    return await work(controller.signal);
  } finally {
    listening.dispose();
  }
}
