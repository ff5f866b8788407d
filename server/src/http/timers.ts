import { onAbort } from './abort.ts';

/** Waiting. A port, so that a test decides when time is up. */
export interface Timers {
  /** Calls `run` once after `ms` milliseconds, unless the returned function is called before. */
  after(ms: number, run: () => void): () => void;
}

export const nodeTimers: Timers = {
  after(ms, run) {
    let last: NodeJS.Immediate | undefined;
    // Where the process was busy for longer than that, what has come meanwhile is heard first.
    const timer = setTimeout(() => {
      last = setImmediate(run);
    }, ms);
    return () => {
      clearTimeout(timer);
      clearImmediate(last);
    };
  },
};

/** Resolves after `ms` milliseconds; rejects with the signal's reason when that aborts first. */
export function pause(ms: number, timers: Timers, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) {
      reject(signal.reason);
      return;
    }
    const stop = timers.after(ms, () => {
      stay();
      resolve();
    });
    const stay = onAbort(signal, () => {
      stop();
      reject(signal.reason);
    });
  });
}
