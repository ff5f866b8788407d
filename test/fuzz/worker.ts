import { parentPort, workerData } from 'node:worker_threads';
import { judge } from './judge.ts';
import { Oracle } from './oracle.ts';
import { sampleOf } from './texts.ts';

/** Seeds that follow each other, and the watch: the seed that is looked at, or -1 while nothing is. */
export interface Task {
  readonly from: number;
  readonly count: number;
  readonly watch: Int32Array<SharedArrayBuffer>;
}

/** What a worker tells: something that is wrong with a seed, or how many texts it has looked at and how many of them some program reads. */
export type Told =
  | { readonly seed: number; readonly fault: string }
  | { readonly done: number; readonly readable: number };

const batch = 200;

async function work({ count, from, watch }: Task): Promise<void> {
  const oracle = new Oracle();
  const tell = (told: Told): void => parentPort?.postMessage(told);
  for (let start = 0; start < count; start += batch) {
    const samples = Array.from({ length: Math.min(batch, count - start) }, (_, at) =>
      sampleOf(from + start + at),
    );
    const readings = await oracle.ask(samples.map(({ text }) => text));
    for (const [at, reading] of readings.entries()) {
      const seed = from + start + at;
      const sample = samples[at];
      Atomics.store(watch, 0, seed);
      try {
        const difference = sample && judge(sample, reading);
        if (difference) tell({ seed, fault: `${difference.reading} sees ${difference.unseen.join(', ')}` });
      } catch (error) {
        tell({ seed, fault: error instanceof Error ? (error.stack ?? error.message) : String(error) });
      }
    }
    Atomics.store(watch, 0, -1);
    const readable = readings.filter((one) => Object.values(one).some(({ length }) => length > 0)).length;
    tell({ done: samples.length, readable });
  }
  oracle.stop();
}

if (parentPort) await work(workerData);
