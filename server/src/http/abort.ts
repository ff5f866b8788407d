/** Who waits for the end of a signal. Kept by the signal itself. */
const waiters = new WeakMap<AbortSignal, Set<() => void>>();

/**
 * Calls `run` once when a signal aborts, unless the returned function is called before. Does nothing for a signal that has aborted already.
 * One signal may stand for thousands of lookups: `addEventListener` compares a new listener with all that are there, this does not.
 */
export function onAbort(signal: AbortSignal, run: () => void): () => void {
  if (signal.aborted) return () => {};
  const all = waiters.get(signal) ?? listen(signal);
  const waiter = (): void => run();
  all.add(waiter);
  return () => {
    all.delete(waiter);
  };
}

function listen(signal: AbortSignal): Set<() => void> {
  const all = new Set<() => void>();
  waiters.set(signal, all);
  const end = (): void => {
    for (const waiter of all) {
      all.delete(waiter);
      waiter();
    }
  };
  signal.addEventListener('abort', end, { once: true });
  return all;
}
