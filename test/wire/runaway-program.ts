import { isMainThread, parentPort, workerData } from 'node:worker_threads';
import { serveThread } from '../../server/src/lsp/serve.ts';
import { supervise } from '../../server/src/lsp/supervisor/supervise.ts';
import { limits } from '../../server/src/lsp/supervisor/supervisor.ts';
import type { Watch } from '../../server/src/lsp/supervisor/thread.ts';

// The language server, but that texts whose path says so take for ever to read, bring their thread down, or have it fill its memory.

const runaway = (watch: Watch): Watch => ({
  ...watch,
  get isAnyGivenUp() {
    return watch.isAnyGivenUp;
  },
  isGivenUp: (uri) => watch.isGivenUp(uri),
  onRelease: (listener) => watch.onRelease(listener),
  reads(uri, length) {
    watch.reads(uri, length);
    // `bad` is as long as a text that runs away.
    if (uri.includes('spin') && length === badLength) for (;;);
    if (uri.includes('crash') && length === badLength) process.exit(3);
  },
});

/** Length of the text that takes for ever. */
const badLength = 'FROM nginx:bad\n'.length;

if (isMainThread) {
  const args = process.argv.slice(2);
  const restarts = args.includes('--few-restarts') ? 1 : limits.restarts;
  supervise({
    program: import.meta.filename,
    args,
    limits: { ...limits, look: 50, deaf: 1_000, rest: 50, quiet: 50, restarts },
  });
} else if (parentPort) serveThread(parentPort, workerData.givenUp, runaway);
