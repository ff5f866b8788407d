import { ProgressLocation, window } from 'vscode';
import type { Middleware, ProgressToken } from 'vscode-languageclient/node';

type Handle = NonNullable<Middleware['handleWorkDoneProgress']>;
type Params = Parameters<Handle>[1];
type Begin = Extract<Params, { kind: 'begin' }>;
type Step = Extract<Params, { kind: 'report' }>;

interface Shown {
  report(step: Step): void;
  end(): void;
}

/** Shows the server's cancellable work as notifications with a Cancel button; left alone, the client library shows it in the status bar, where nobody can stop it. */
export class NotifiedProgress {
  readonly #shown = new Map<ProgressToken, Shown>();
  readonly #cancel: (token: ProgressToken) => void;

  constructor(cancel: (token: ProgressToken) => void) {
    this.#cancel = cancel;
  }

  readonly handle: Handle = (token, params, next) => {
    if (params.kind === 'begin' && params.cancellable) {
      this.#shown.set(
        token,
        show(params, () => this.#cancel(token)),
      );
      return;
    }
    const shown = this.#shown.get(token);
    if (params.kind === 'report' && shown) return shown.report(params);
    if (params.kind === 'end') {
      shown?.end();
      this.#shown.delete(token);
    }
    next(token, params);
  };

  /** The server has gone, and its work with it. */
  endAll(): void {
    for (const shown of this.#shown.values()) shown.end();
    this.#shown.clear();
  }
}

/** Milliseconds: what is done sooner would only flicker. */
const patience = 300;

function show({ title, message, percentage = 0 }: Begin, cancel: () => void): Shown {
  let latest: Step = { kind: 'report', percentage, ...(message !== undefined && { message }) };
  let report: Shown['report'] = (step) => {
    latest = step;
  };
  let finish = (): void => {};
  const finished = new Promise<void>((resolve) => {
    finish = resolve;
  });
  const options = { location: ProgressLocation.Notification, cancellable: true, title: `Holdfast: ${title}` };
  const timer = setTimeout(() => {
    void window.withProgress(options, (progress, token) => {
      token.onCancellationRequested(cancel);
      let reached = 0;
      report = (step) => {
        const increment = Math.max(0, (step.percentage ?? 0) - reached);
        reached += increment;
        progress.report({ increment, ...(step.message !== undefined && { message: step.message }) });
      };
      report(latest);
      return finished;
    });
  }, patience);
  return {
    report: (step) => report(step),
    end() {
      clearTimeout(timer);
      finish();
    },
  };
}
