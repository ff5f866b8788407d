import type { MessagePort } from 'node:worker_threads';
import type { FromWorker, ToWorker } from './messages.ts';

/** What a worker does. */
export interface Service {
  share(shared: unknown): void;
  /** May reject. */
  perform(task: unknown): Promise<unknown>;
}

/** Lets a thread perform what it is sent, one after the other. */
export function serve(port: Pick<MessagePort, 'on' | 'postMessage'>, service: Service): void {
  let last: Promise<void> = Promise.resolve();
  port.on('message', (message: ToWorker) => {
    last = last.then(async () => {
      if (message.does === 'share') service.share(message.shared);
      else port.postMessage(await performed(service, message.task));
    });
  });
}

/** What comes of a task. Never rejects. */
export async function performed(service: Service, task: unknown): Promise<FromWorker> {
  try {
    return { ok: true, json: JSON.stringify(await service.perform(task)) };
  } catch (error) {
    return { ok: false, reason: failure(error) };
  }
}

export const failure = (error: unknown): string =>
  `its analysis failed: ${error instanceof Error ? error.message : String(error)}`;
