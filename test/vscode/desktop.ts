// Runs the suites on desktop VS Code, which is downloaded: npm run test:desktop [-- VERSION]. The registry is a small one of the tests' own.
import { downloadAndUnzipVSCode } from '@vscode/test-electron';
import { build } from '../../scripts/build.ts';
import { prepareProcess } from '../../scripts/lib/workbench-run.ts';
import { startRecorder } from './recorder.ts';
import { startSmallHub } from './registry.ts';
import { Report } from './report.ts';
import { runSuite } from './window.ts';

async function main(): Promise<number> {
  const report = new Report();
  await build();
  const executable = await downloadAndUnzipVSCode(process.argv[2] ?? 'stable');
  await using hub = await startSmallHub();
  for (const suite of ['trusted', 'related', 'untrusted'] as const) {
    await using recorder = await startRecorder(hub.url);
    const { digests } = hub;
    report.add(suite, await runSuite({ suite, executable, digests, registry: recorder.host }));
  }
  return report.close();
}

prepareProcess();
process.exit(await main());
