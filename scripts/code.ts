// Opens the example shop in VS Code's own server, with the extension in it, for your browser: npm run code [-- --port 8080]
import { parseArgs } from 'node:util';
import { build } from './build.ts';
import { workbenchUrl } from './lib/workbench.ts';
import { startDemo } from './lib/workbench-demo.ts';
import { prepareProcess } from './lib/workbench-run.ts';

async function main(): Promise<void> {
  const { values } = parseArgs({ options: { port: { type: 'string' } } });
  console.log('Preparing VS Code (the first time it is installed into .cache/, which takes half a minute) …');
  await build();
  await using demo = await startDemo(values.port === undefined ? undefined : Number(values.port));
  console.log(`
Open this in your browser:

  ${workbenchUrl(demo)}

Holdfast is installed and the example shop is open, in a copy: change what you like. Digests come from a registry
that runs here too, so nothing leaves this computer. Ctrl-C ends it all.`);
  // Until Ctrl-C.
  await new Promise(() => {});
}

prepareProcess(0);
await main();
