import { Worker } from 'node:worker_threads';
import { sampleOf } from './texts.ts';
import type { Task, Told } from './worker.ts';

/** A text whose audit is wrong, by the seed that makes it. */
export interface Fault {
  readonly seed: number;
  readonly fault: string;
  readonly path: string;
  readonly text: string;
}

export interface Outcome {
  readonly texts: number;
  /** Texts that at least one program reads. */
  readonly readable: number;
  readonly faults: readonly Fault[];
}

interface Options {
  readonly from: number;
  readonly count: number;
  readonly workers: number;
  /** Told of what was looked at until now. */
  readonly onProgress?: (outcome: Outcome) => void;
}

/** A text that takes longer, in milliseconds, never ends. */
const patience = 60_000;

/** Audits the texts of `count` seeds in threads that are ended when a text hangs them, and compares each with what the oracles read. */
export async function fuzz({ count, from, onProgress, workers }: Options): Promise<Outcome> {
  const faults: Fault[] = [];
  let texts = 0;
  let readable = 0;
  const add = (seed: number, fault: string): void => {
    const { path, text } = sampleOf(seed);
    faults.push({ seed, fault, path, text });
  };
  const share = Math.ceil(count / workers);
  const run = async (start: number, end: number): Promise<void> => {
    let at = start;
    while (at < end) {
      const hung = await watched({ from: at, count: end - at }, (told) => {
        if ('fault' in told) return add(told.seed, told.fault);
        texts += told.done;
        readable += told.readable;
        onProgress?.({ texts, readable, faults });
      });
      if (hung === null) return;
      add(hung, 'hangs');
      texts += hung + 1 - at;
      at = hung + 1;
    }
  };
  await Promise.all(
    Array.from({ length: workers }, (_, index) =>
      run(from + index * share, Math.min(from + count, from + (index + 1) * share)),
    ),
  );
  return { texts, readable, faults };
}

/** The seed of a text that hangs the worker; null when it came to its end. */
function watched(range: Omit<Task, 'watch'>, onTold: (told: Told) => void): Promise<number | null> {
  const watch = new Int32Array(new SharedArrayBuffer(4)).fill(-1);
  const worker = new Worker(new URL('worker.ts', import.meta.url), { workerData: { ...range, watch } });
  return new Promise((resolve, reject) => {
    let last = -1;
    const timer = setInterval(() => {
      const seed = Atomics.load(watch, 0);
      if (seed === -1 || seed !== last) {
        last = seed;
        return;
      }
      clearInterval(timer);
      void worker.terminate().then(() => resolve(seed));
    }, patience);
    worker.on('message', onTold);
    worker.once('error', (error) => {
      clearInterval(timer);
      reject(error);
    });
    worker.once('exit', () => {
      clearInterval(timer);
      resolve(null);
    });
  });
}

/** A fault as people read it, with the seed to try it again. */
export const shown = ({ fault, path, seed, text }: Fault): string =>
  `seed ${seed}, ${path}: ${fault}\n${JSON.stringify(text)}`;
