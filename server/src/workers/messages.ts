/** What a worker is sent. All of it is plain data: it is copied on the way. */
export type ToWorker =
  /** Holds for the tasks that follow, in the place of what was shared before. */
  { readonly does: 'share'; readonly shared: unknown } | { readonly does: 'task'; readonly task: unknown };

/** What a worker answers to a task, in the order of the tasks. */
export type FromWorker =
  /** Plain data as JSON, which is written and read in half the time that a copy takes. */
  | { readonly ok: true; readonly json: string }
  /** `reason`: a few words without a full stop. */
  | { readonly ok: false; readonly reason: string };

/** A thread of its own that takes one task after the other. */
export interface WorkerThread {
  post(message: ToWorker): void;
  /** Called once, before anything is posted. What has happened by then is told too. */
  listen(listener: WorkerListener): void;
  /** Stops it at once, in the midst of whatever it does. Nothing is told after that. */
  end(): void;
}

export interface WorkerListener {
  answered(answer: FromWorker): void;
  /** It has stopped by itself and answers no more. `reason` as in a `FromWorker`. */
  died(reason: string): void;
}

/** Starts a thread. */
export type StartWorker = () => WorkerThread;
