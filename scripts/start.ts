import { build } from './build.ts';
import { heading, say, showDemo } from './lib/demo.ts';

await build();
const worked = await showDemo([process.execPath, 'dist/cli.cjs']);

heading('Next');
say('  npm run code                open examples/ in VS Code in your browser, with Holdfast in it');
say('  F5 in VS Code               the same in your own VS Code, from this folder');
say('  node dist/cli.cjs --help    the command line');

if (!worked) {
  say('\nThe demo did not go as it should: what went wrong stands above.');
  process.exitCode = 1;
}
