import { parentPort } from 'node:worker_threads';
import { serve } from '../../server/src/workers/serve.ts';

/** What the thread of the tests is asked. */
export type Errand =
  | { readonly say: string }
  /** Answers with what was shared. */
  | { readonly say: 'shared' }
  | { readonly crash: 'loop' | 'pattern' | 'memory' | 'exit' | 'throw' | 'recursion' };

let shared: unknown = null;

if (parentPort) {
  serve(parentPort, {
    share(one) {
      shared = one;
    },
    async perform(task) {
      const errand = task as Errand;
      if (!('crash' in errand)) return errand.say === 'shared' ? shared : errand.say;
      const recurse = (): number => 1 + recurse();
      switch (errand.crash) {
        case 'loop':
          for (;;);
        case 'pattern':
          return /^(?:a+)+$/.test(`${'a'.repeat(100)}b`);
        case 'memory':
          for (const all: string[][] = []; ; ) all.push(Array.from({ length: 1e5 }, () => 'x'));
        case 'exit':
          return process.exit(7);
        case 'throw':
          throw new Error('no such luck');
        case 'recursion':
          return recurse();
      }
    },
  });
}
