import type { ResourceLimits, Worker } from 'node:worker_threads';
import type { FromWorker, WorkerListener, WorkerThread } from './messages.ts';
import { failure } from './serve.ts';

/** A text of 16 MiB, the longest that is read unasked, takes 3 GiB at worst. What takes more would take all there is. */
export const resourceLimits: ResourceLimits = { maxOldGenerationSizeMb: 4096 };

/** The face of a thread that was started with `resourceLimits`. It does not keep the process. */
export function workerThread(worker: Worker): WorkerThread {
  let listener: WorkerListener | null = null;
  let reason: string | null = null;
  let isOver = false;
  const die = (why: string): void => {
    if (isOver) return;
    isOver = true;
    reason = why;
    listener?.died(why);
  };
  worker.unref();
  worker.on('message', (answer: FromWorker) => {
    if (!isOver) listener?.answered(answer);
  });
  worker.on('messageerror', (error) => die(failure(error)));
  worker.on('error', (error) => die(isOutOfMemory(error) ? tooLarge : failure(error)));
  worker.on('exit', (code) => die(`its analysis failed: the thread ended with ${code}`));
  return {
    post: (message) => worker.postMessage(message),
    listen(one) {
      listener = one;
      if (reason !== null) one.died(reason);
    },
    end() {
      isOver = true;
      void worker.terminate();
    },
  };
}

const tooLarge = 'it takes too much memory to read';

const isOutOfMemory = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && error.code === 'ERR_WORKER_OUT_OF_MEMORY';
