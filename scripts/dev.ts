// Bundles into dist/ with source maps, and again after each change, until Ctrl-C: npm run dev
import { context, type Plugin } from 'esbuild';
import { bundles } from './build.ts';

const all = bundles('development', 'dist');
const built = new Set<string>();
let running = 0;

/** Prints one line when bundling starts and one when all is written. `.vscode/tasks.json` waits for the second. */
const announce = (name: string): Plugin => ({
  name: 'announce',
  setup({ onEnd, onStart }) {
    onStart(() => {
      if (running++ === 0) console.log('[watch] build started');
    });
    onEnd(() => {
      built.add(name);
      if (--running === 0 && built.size === all.length) console.log('[watch] build finished');
    });
  },
});

for (const options of all) {
  const plugins = [...(options.plugins ?? []), announce(options.outfile ?? '')];
  await (await context({ ...options, plugins })).watch();
}
