import type { FromWorker, StartWorker, WorkerThread } from './messages.ts';

export type Outcome<Answer> =
  | { readonly ok: true; readonly answer: Answer }
  /** `reason`: a few words without a full stop. */
  | { readonly ok: false; readonly reason: string };

export interface PoolOptions<Task> {
  readonly start: StartWorker;
  /** Threads at the same time, at most. */
  readonly most: number;
  /** Characters of text that a task holds. */
  readonly sizeOf: (task: Task) => number;
  /** Ends everything. */
  readonly signal: AbortSignal;
  /** Whether a debugger is attached. It stops threads for as long as somebody looks at them, so no time counts. */
  readonly isDebugged?: () => boolean;
  /** In the place of `limits`, for tests. */
  readonly limits?: Limits;
}

export interface Limits {
  /** Milliseconds between two looks at what the threads do. */
  readonly look: number;
  /** Milliseconds that a task may take, whatever its size. */
  readonly task: number;
  /** Milliseconds more for each million characters. */
  readonly million: number;
  /** Milliseconds that getting a task ready may take. */
  readonly preparation: number;
}

/**
 * A task is given up after 10 s and 10 s for each million characters: texts take 0.2 s for a million as a rule, and 2 s at worst, on a slow
 * machine some times that. What a disk does not give within 30 s lies on one that does not answer.
 */
export const limits: Limits = { look: 250, task: 10_000, million: 10_000, preparation: 30_000 };

/** Tasks that stand in line at a thread, so that it need not wait for the next one. */
const inLine = 2;

/** A thread takes about as long to start as this many small tasks take to perform. */
const tasksWorthAThread = 50;

export const tooLong = 'it takes too long to read';
const stopped = 'it was stopped';

/**
 * Performs tasks in threads. A task that takes too long, or brings its thread down, costs itself its answer and nobody else: the thread is
 * ended, and what stood in line behind that task is performed by another.
 */
export class Pool<Task, Answer> {
  readonly #options: PoolOptions<Task>;
  readonly #limits: Limits;
  /** All that have no outcome yet. */
  readonly #open = new Set<Request<Task, Answer>>();
  /** Those that go on with something, and those that begin. */
  readonly #urgent = new Set<Request<Task, Answer>>();
  readonly #waiting = new Set<Request<Task, Answer>>();
  readonly #preparing = new Set<Request<Task, Answer>>();
  #ready: Prepared<Task, Answer>[] = [];
  readonly #members = new Set<Member<Task, Answer>>();
  /** Threads that the work so far is worth. */
  #wanted = 1;
  #shared: unknown;
  #looks: NodeJS.Timeout | null = null;
  #isOver = false;

  constructor(options: PoolOptions<Task>) {
    this.#options = options;
    this.#limits = options.limits ?? limits;
    const { signal } = options;
    if (signal.aborted) this.end();
    else signal.addEventListener('abort', () => this.end(), { once: true });
  }

  /** Tells how many tasks are to come, so that as many threads can be started as they are worth. */
  expect(tasks: number): void {
    this.#want(Math.ceil(tasks / tasksWorthAThread));
    this.#dispatch();
  }

  /** Hands something to every thread, for the tasks that are run from now on. */
  share(shared: unknown): void {
    this.#shared = shared;
    for (const { thread } of this.#members) thread.post({ does: 'share', shared });
  }

  /**
   * Performs a task. `prepare` makes it when its turn comes, so that no more texts are in memory than are soon needed; null where there is
   * nothing to do after all. `isUrgent` comes before all others: what has begun is finished first. Rejects as `prepare` does.
   */
  run(prepare: () => Promise<Task | null>, isUrgent = false): Promise<Outcome<Answer> | null> {
    return new Promise((resolve, reject) => {
      const request: Request<Task, Answer> = { prepare, resolve, reject, looks: 0 };
      if (this.#isOver) {
        resolve({ ok: false, reason: stopped });
        return;
      }
      this.#open.add(request);
      (isUrgent ? this.#urgent : this.#waiting).add(request);
      this.#looks ??= setInterval(() => this.#look(), this.#limits.look);
      this.#dispatch();
    });
  }

  /** Ends all threads. What has no outcome yet gets none but that it was stopped. */
  end(): void {
    this.#isOver = true;
    if (this.#looks) clearInterval(this.#looks);
    for (const { thread } of this.#members) thread.end();
    this.#members.clear();
    this.#urgent.clear();
    this.#waiting.clear();
    this.#preparing.clear();
    this.#ready = [];
    for (const request of this.#open) request.resolve({ ok: false, reason: stopped });
    this.#open.clear();
  }

  #want(threads: number): void {
    this.#wanted = Math.min(this.#options.most, Math.max(this.#wanted, threads));
  }

  #dispatch(): void {
    if (this.#isOver) return;
    for (let member = this.#free(); member && this.#ready.length > 0; member = this.#free()) {
      const [next] = this.#ready.splice(0, 1);
      if (next) this.#post(member, next);
    }
    if (this.#ready.length + this.#preparing.size >= inLine * this.#wanted) return;
    const [waiting] = this.#waiting;
    const [next = waiting] = this.#urgent;
    if (next) this.#prepare(next);
  }

  /** The thread with the least to do; a new one before any has to wait. */
  #free(): Member<Task, Answer> | null {
    let free: Member<Task, Answer> | null = null;
    for (const member of this.#members) {
      if (member.line.length < (free?.line.length ?? inLine)) free = member;
    }
    if (free?.line.length === 0 || this.#members.size >= this.#wanted || this.#ready.length === 0)
      return free;
    return this.#start();
  }

  #start(): Member<Task, Answer> {
    const thread = this.#options.start();
    const member: Member<Task, Answer> = { thread, line: [], looks: 0 };
    this.#members.add(member);
    thread.listen({
      answered: (answer) => this.#answered(member, answer),
      died: (reason) => this.#lost(member, reason),
    });
    if (this.#shared !== undefined) thread.post({ does: 'share', shared: this.#shared });
    return member;
  }

  #prepare(request: Request<Task, Answer>): void {
    this.#urgent.delete(request);
    this.#waiting.delete(request);
    this.#preparing.add(request);
    const over = (): boolean => this.#preparing.delete(request);
    request.prepare().then(
      (task) => {
        // It may have been given up.
        if (!over()) return;
        if (task === null) this.#settle(request, null);
        else this.#ready.push({ request, task });
        this.#dispatch();
      },
      (error: unknown) => {
        if (!over()) return;
        this.#open.delete(request);
        request.reject(error);
        this.#dispatch();
      },
    );
    this.#dispatch();
  }

  #post(member: Member<Task, Answer>, next: Prepared<Task, Answer>): void {
    if (member.line.length === 0) member.looks = 0;
    member.line.push(next);
    member.thread.post({ does: 'task', task: next.task });
  }

  #answered(member: Member<Task, Answer>, told: FromWorker): void {
    const done = member.line.shift();
    member.looks = 0;
    // What comes back is what the service gives for such a task.
    if (done) this.#settle(done.request, told.ok ? { ok: true, answer: JSON.parse(told.json) } : told);
    this.#dispatch();
  }

  #lost(member: Member<Task, Answer>, reason: string): void {
    this.#members.delete(member);
    const [guilty, ...rest] = member.line;
    this.#ready.unshift(...rest);
    if (guilty) this.#settle(guilty.request, { ok: false, reason });
    this.#dispatch();
  }

  #settle(request: Request<Task, Answer>, outcome: Outcome<Answer> | null): void {
    this.#open.delete(request);
    request.resolve(outcome);
    if (this.#open.size > 0 || !this.#looks) return;
    clearInterval(this.#looks);
    this.#looks = null;
  }

  /** Looks are counted, not the time: while the process is suspended nothing takes too long. */
  #look(): void {
    if (this.#options.isDebugged?.()) return;
    const { look, million, preparation, task } = this.#limits;
    for (const member of this.#members) {
      const [first] = member.line;
      if (!first) continue;
      const limit = task + (million * this.#options.sizeOf(first.task)) / 1e6;
      if (++member.looks * look <= limit) continue;
      member.thread.end();
      this.#lost(member, tooLong);
    }
    for (const request of this.#preparing) {
      if (++request.looks * look <= preparation) continue;
      this.#preparing.delete(request);
      this.#settle(request, { ok: false, reason: tooLong });
    }
    // There is more to do than it looked.
    if (this.#ready.length > 0) this.#want(this.#members.size + 1);
    this.#dispatch();
  }
}

interface Request<Task, Answer> {
  readonly prepare: () => Promise<Task | null>;
  readonly resolve: (outcome: Outcome<Answer> | null) => void;
  readonly reject: (error: unknown) => void;
  /** Since it is being prepared. */
  looks: number;
}

interface Prepared<Task, Answer> {
  readonly request: Request<Task, Answer>;
  readonly task: Task;
}

interface Member<Task, Answer> {
  readonly thread: WorkerThread;
  /** The first one is performed. */
  readonly line: Prepared<Task, Answer>[];
  /** Since it is performed. */
  looks: number;
}
