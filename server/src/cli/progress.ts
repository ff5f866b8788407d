import type { Output } from './environment.ts';

/** One line that tells how far the work is, and is gone at the end. */
export interface Progress {
  show(text: string): void;
  clear(): void;
}

/** Milliseconds between two drawings: fast enough to look alive, slow enough to cost nothing. */
const interval = 80;

const clearLine = '\r\u001b[2K';

/** Draws on a terminal only; a log gets no progress. */
export function createProgress(output: Output, env: Readonly<Record<string, string | undefined>>): Progress {
  if (!output.isTTY || env.TERM === 'dumb') return { show: () => {}, clear: () => {} };
  let drawnAt = Number.NEGATIVE_INFINITY;
  let drawn = false;
  return {
    show(text) {
      const now = performance.now();
      if (now - drawnAt < interval) return;
      drawnAt = now;
      drawn = true;
      // A line that wraps could not be cleared.
      output.write(clearLine + text.slice(0, Math.max(0, (output.columns ?? 80) - 1)));
    },
    clear() {
      if (drawn) output.write(clearLine);
      drawn = false;
    },
  };
}
