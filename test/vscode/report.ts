import type { Result } from './suite/harness.ts';

/** Prints a line for each test as it comes, and counts. */
export class Report {
  #passed = 0;
  #failed = 0;

  add(title: string, results: readonly Result[]): void {
    // No result at all is a failure too: a suite that ran nothing proves nothing.
    const told = results.length > 0 ? results : [{ name: 'runs its tests', error: 'There was no result.' }];
    for (const { error, name } of told) {
      console.log(`${error === undefined ? '✔' : '✖'} ${title}: ${name}`);
      if (error === undefined) this.#passed++;
      else {
        this.#failed++;
        console.log(error.replace(/^/gm, '    '));
      }
    }
  }

  /** Prints the sum and gives the exit code. */
  close(): number {
    console.log(`\n${this.#passed} passed, ${this.#failed} failed`);
    return this.#failed === 0 && this.#passed > 0 ? 0 : 1;
  }
}
