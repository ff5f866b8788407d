import { Worker } from 'node:worker_threads';
import type { StartWorker } from '../workers/messages.ts';
import { resourceLimits, workerThread } from '../workers/start.ts';

/** Starts a thread that reads texts. The build puts the program of the thread in the place of its file: see `scripts/build.ts`. */
export const startReader: StartWorker = () =>
  workerThread(new Worker(new URL('./reader-thread.ts', import.meta.url), { resourceLimits }));
