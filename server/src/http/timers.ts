/** Waiting. A port, so that a test decides when time is up. */
export interface Timers {
  /** Calls `run` once after `ms` milliseconds, unless the returned function is called before. */
  after(ms: number, run: () => void): () => void;
}

export const nodeTimers: Timers = {
  after(ms, run) {
    const timer = setTimeout(run, ms);
    return () => clearTimeout(timer);
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
      signal.removeEventListener('abort', leave);
      resolve();
    });
    const leave = () => {
      stop();
      reject(signal.reason);
    };
    signal.addEventListener('abort', leave, { once: true });
  });
}
