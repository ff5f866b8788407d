import {
  type CancellationToken,
  type Connection,
  WorkDoneProgressReporter,
} from 'vscode-languageserver/node';
import type { Ports } from '../ports.ts';
import { described, withSignal } from '../protocol/guard.ts';

export interface ProgressOptions {
  readonly connection: Connection;
  readonly ports: Pick<Ports, 'timer' | 'log'>;
  /** Whether the client shows progress that the server starts. */
  readonly supported: boolean;
  readonly title: string;
  /** Milliseconds of work after which the progress is shown; 0 shows it at once. */
  readonly after: number;
  /** Cancels the work, as the user's click on the progress does. */
  readonly token: CancellationToken;
  /** Progress that the client has started with its request; else the server starts one. */
  readonly given?: WorkDoneProgressReporter | undefined;
}

export type Report = (done: number, total: number, message?: string) => void;

/** Runs cancellable work and shows its progress once it takes long. */
export function withProgress<T>(
  options: ProgressOptions,
  work: (signal: AbortSignal, report: Report) => Promise<T>,
): Promise<T> {
  return withSignal(options.token, async (cancelled) => {
    const controller = new AbortController();
    const ended = new AbortController();
    const shown = new ShownProgress(options, () => controller.abort());
    void shown.start(ended.signal);
    try {
      const signal = AbortSignal.any([cancelled, controller.signal]);
      return await work(signal, (done, total, message) => shown.report(done, total, message));
    } finally {
      ended.abort();
      shown.end();
    }
  });
}

class ShownProgress {
  readonly #options: ProgressOptions;
  readonly #onCancel: () => void;
  #reporter: WorkDoneProgressReporter | null = null;
  #latest: { readonly percentage: number; readonly message: string } | null = null;

  constructor(options: ProgressOptions, onCancel: () => void) {
    this.#options = options;
    this.#onCancel = onCancel;
  }

  async start(ended: AbortSignal): Promise<void> {
    const { after, given, ports, title } = this.#options;
    try {
      if (after > 0) await ports.timer.wait(after, ended);
      if (ended.aborted) return;
      const reporter =
        given && !WorkDoneProgressReporter.isNullInstance(given) ? given : await this.#create();
      if (!reporter) return;
      const percentage = this.#latest?.percentage ?? (after === 0 ? 0 : undefined);
      reporter.begin(title, percentage, this.#latest?.message, true);
      if (ended.aborted) reporter.done();
      else this.#reporter = reporter;
    } catch (error) {
      ports.log.warn(`Progress could not be shown: ${described(error)}`);
    }
  }

  report(done: number, total: number, message = `${done}/${total}`): void {
    const percentage = total === 0 ? 100 : Math.floor((100 * done) / total);
    if (this.#latest?.percentage === percentage && this.#latest.message === message) return;
    this.#latest = { percentage, message };
    this.#reporter?.report(percentage, message);
  }

  end(): void {
    this.#reporter?.done();
    this.#reporter = null;
  }

  async #create(): Promise<WorkDoneProgressReporter | null> {
    const { connection, supported } = this.#options;
    if (!supported) return null;
    const reporter = await connection.window.createWorkDoneProgress();
    reporter.token.onCancellationRequested(this.#onCancel);
    return reporter;
  }
}
