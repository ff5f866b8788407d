import { Session } from 'node:inspector';

/**
 * Counts the work that a call takes, in a way that no machine, load or clock changes: how often the blocks of code run, as the engine of
 * JavaScript counts them for coverage. What built-in functions do within one call counts as one.
 */
export class WorkCounter {
  readonly #session = new Session();

  constructor() {
    this.#session.connect();
    this.#post('Profiler.enable');
    this.#post('Profiler.startPreciseCoverage', { callCount: true, detailed: true });
  }

  count(run: () => unknown): number {
    this.#take();
    run();
    return this.#take();
  }

  stop(): void {
    this.#post('Profiler.stopPreciseCoverage');
    this.#session.disconnect();
  }

  /** Since it was last asked. */
  #take(): number {
    const { result } = this.#post('Profiler.takePreciseCoverage') as Coverage;
    const own = result.filter(({ url }) => url.startsWith('file:'));
    return own
      .flatMap(({ functions }) => functions.flatMap(({ ranges }) => ranges))
      .reduce((sum, { count }) => sum + count, 0);
  }

  /** The answer is there when this returns: the session is on this very thread. */
  #post(method: string, params: object = {}): unknown {
    let answer: unknown;
    this.#session.post(method, params, (error, result) => {
      if (error) throw error;
      answer = result;
    });
    return answer;
  }
}

interface Coverage {
  readonly result: readonly {
    readonly url: string;
    readonly functions: readonly { readonly ranges: readonly { readonly count: number }[] }[];
  }[];
}
