// Runs the suites in VS Code's own server and a headless browser, against a real registry: nothing is downloaded but npm packages.
// `node test/vscode/run.ts WORD…` runs those whose name holds one of the words.
import { fileURLToPath } from 'node:url';
import { installWorkbench, startBrowser } from '../../scripts/lib/workbench.ts';
import { packageAndInstall } from '../../scripts/lib/workbench-package.ts';
import { prepareProcess } from '../../scripts/lib/workbench-run.ts';
import { runDebugging } from './debugging.ts';
import { startNetwork } from './network.ts';
import { runPerson } from './person.ts';
import { startRecorder } from './recorder.ts';
import { type Hub, type RealHub, startRealHub } from './registry.ts';
import { Report } from './report.ts';
import { runSignIn } from './sign-in.ts';
import type { Result } from './suite/harness.ts';
import { runSuite, type SuiteOptions } from './window.ts';

const executable = fileURLToPath(new URL('code-shim.ts', import.meta.url));
const words = process.argv.slice(2);

/** Bytes. */
const largestPackage = 1_000_000;

async function main(): Promise<number> {
  const report = new Report();
  await installWorkbench();
  await using hub = await startRealHub();
  await using installed = await packageAndInstall();
  const { extensionsDir, size } = installed;
  const parts: Readonly<Record<string, () => Promise<readonly Result[]>>> = {
    trusted: () => inWindow(hub, 'trusted'),
    related: () => inWindow(hub, 'related'),
    untrusted: () => inWindow(hub, 'untrusted'),
    network: () => inNetwork(),
    packaged: async () => [sizeResult(size), ...(await inWindow(hub, 'packaged', extensionsDir))],
    'by hand': () => byHand(hub, extensionsDir, true),
    'by hand, untrusted': () => byHand(hub, extensionsDir, false),
    'signing in': () => signingIn(hub, extensionsDir),
    debugging: () => debugging(),
  };
  for (const [name, run] of Object.entries(parts)) {
    if (words.length === 0 || words.some((word) => name.includes(word))) report.add(name, await run());
  }
  return report.close();
}

async function inWindow({ digests, url }: Hub, suite: SuiteOptions['suite'], extensionsDir?: string) {
  await using recorder = await startRecorder(url);
  const registry = recorder.host;
  return await runSuite({ suite, executable, digests, registry, ...(extensionsDir && { extensionsDir }) });
}

async function inNetwork(): Promise<readonly Result[]> {
  await using network = await startNetwork();
  return await runSuite({ suite: 'network', executable, digests: {}, registry: '', network });
}

async function byHand(hub: RealHub, extensionsDir: string, trusted: boolean) {
  await using recorder = await startRecorder(hub.url);
  await using browser = await startBrowser();
  return await runPerson({ browser, hub, recorder, extensionsDir, trusted });
}

async function signingIn(hub: RealHub, extensionsDir: string): Promise<readonly Result[]> {
  await using browser = await startBrowser();
  return await runSignIn({ browser, hub, extensionsDir });
}

async function debugging(): Promise<readonly Result[]> {
  await using browser = await startBrowser();
  return await runDebugging(browser);
}

function sizeResult(size: number): Result {
  const name = `the package has ${Math.round(size / 1000)} kB`;
  return size < largestPackage ? { name } : { name, error: `It must stay below ${largestPackage} bytes.` };
}

prepareProcess();
process.exit(await main());
