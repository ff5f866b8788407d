import { createFileStore } from '../../server/src/registry/cache/store/file.ts';
import { found } from './stored-answers.ts';

/**
 * Another process that keeps answers: `folder`, a `name` that its keys begin with, how many `keys` it goes through, in how many `rounds`
 * (0: without end), and the most bytes and answers of the file. Begins at the first line of its input, and prints one for each answer
 * that is kept.
 */
const [folder = '', name = '', keys = '1', rounds = '1', maxBytes = '0', maxAnswers = '0'] =
  process.argv.slice(2);
const store = createFileStore(folder, {
  clock: { now: () => Date.now() },
  log: { info: console.error, warn: console.error },
  bounds: { maxBytes: Number(maxBytes), maxAnswers: Number(maxAnswers) },
});

console.log('ready');
process.stdin.once('data', async () => {
  process.stdin.destroy();
  for (let round = 1; rounds === '0' || round <= Number(rounds); round++) {
    for (let key = 0; key < Number(keys); key++) {
      store.add(found(`${name}-${key}`, round));
      await store.flush();
      console.log(round);
    }
  }
});
