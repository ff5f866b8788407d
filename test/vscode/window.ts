import { spawn } from 'node:child_process';
import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { runTests } from '@vscode/test-electron';
import { build as esbuild } from 'esbuild';
import { quietSettings } from '../../scripts/lib/workbench.ts';
import { temporaryFolder } from '../../scripts/lib/workbench-run.ts';
import { ownEnvironment } from './environment.ts';
import type { Digests } from './fixtures.ts';
import type { Network } from './network.ts';
import type { Result } from './suite/harness.ts';
import { mirrorSettings, writeFiles, writeWorkspace } from './workspace.ts';

/** The folder of the project. */
export const root = fileURLToPath(new URL('../..', import.meta.url));

export interface SuiteOptions {
  readonly suite: 'trusted' | 'related' | 'untrusted' | 'packaged' | 'network';
  /** VS Code, or what stands for it. */
  readonly executable: string;
  /** `127.0.0.1:port` of the recorder. */
  readonly registry: string;
  readonly digests: Digests;
  /** Folder of installed extensions. With one, the extension does not run from its sources. */
  readonly extensionsDir?: string;
  /** What the suite `network` finds around it. */
  readonly network?: Network;
}

/** Opens a window on a fresh copy of the fixtures, runs one suite in its extension host, and answers a result for each test. */
export async function runSuite(options: SuiteOptions): Promise<readonly Result[]> {
  await using folder = await temporaryFolder(options.suite);
  await layOut(folder.path, options);
  return await openWindow(folder.path, options);
}

async function layOut(folder: string, { registry, suite }: SuiteOptions): Promise<void> {
  const asked = mirrorSettings(`http://${registry}`);
  // What a folder says counts once it is trusted. Until then the machine's own setting shows every request.
  const trusted = suite !== 'untrusted';
  await writeWorkspace(
    join(folder, 'workspace'),
    suite === 'related' ? 'related' : 'images',
    trusted ? asked : mirrorSettings('http://127.0.0.1:9'),
  );
  const user = {
    ...quietSettings,
    ...(!trusted && asked),
    'security.workspace.trust.startupPrompt': 'never',
  };
  const stub = { name: 'stub', publisher: 'test', version: '1.0.0', engines: { vscode: '*' } };
  await writeFiles(folder, {
    'user/User/settings.json': JSON.stringify(user),
    'stub/package.json': JSON.stringify(stub),
  });
  await mkdir(join(folder, 'extensions'));
  await esbuild({
    entryPoints: [join(root, 'test/vscode/suite/index.ts')],
    outfile: join(folder, 'suite.js'),
    bundle: true,
    platform: 'node',
    format: 'cjs',
    external: ['vscode'],
    sourcemap: 'inline',
    logLevel: 'warning',
  });
}

async function openWindow(folder: string, options: SuiteOptions): Promise<readonly Result[]> {
  const { digests, executable, extensionsDir, network, registry, suite } = options;
  const results = join(folder, 'results.jsonl');
  const env = {
    HOLDFAST_TEST_SUITE: suite,
    HOLDFAST_TEST_RESULTS: results,
    HOLDFAST_TEST_REGISTRY: registry,
    HOLDFAST_TEST_DIGESTS: JSON.stringify(digests),
    HOLDFAST_TEST_REPOSITORY: root,
    HOLDFAST_TEST_NETWORK: JSON.stringify(network?.around ?? null),
    ...ownEnvironment(folder),
    // Where OpenSSL looks for the certificates of the system.
    ...(network && { SSL_CERT_FILE: network.authority }),
  };
  const output = new Kept();
  const launchArgs = [
    join(folder, 'workspace'),
    `--extensions-dir=${extensionsDir ?? join(folder, 'extensions')}`,
    `--user-data-dir=${join(folder, 'user')}`,
  ];
  // Without an extension under development there would be no test run: a stub stands in for it.
  const extensionDevelopmentPath = extensionsDir === undefined ? root : join(folder, 'stub');
  const extensionTestsPath = join(folder, 'suite.js');
  const failure = await (suite === 'untrusted'
    ? runUntrusted(executable, { launchArgs, extensionDevelopmentPath, extensionTestsPath, env, output })
    : runTests({
        vscodeExecutablePath: executable,
        extensionDevelopmentPath,
        extensionTestsPath,
        launchArgs,
        extensionTestsEnv: env,
        stdout: output,
        stderr: output,
      })
  ).then(
    () => null,
    (error: unknown) => (error instanceof Error ? error.message : String(error)),
  );
  const read = await readResults(results);
  if (failure === null || read.some(({ error }) => error !== undefined)) return read;
  return [...read, { name: 'the window runs to its end', error: `${failure}\n${output.text}` }];
}

interface Launch {
  readonly launchArgs: readonly string[];
  readonly extensionDevelopmentPath: string;
  readonly extensionTestsPath: string;
  readonly env: Readonly<Record<string, string>>;
  readonly output: Writable;
}

/** As `runTests` does it, which always passes `--disable-workspace-trust`. */
async function runUntrusted(executable: string, launch: Launch): Promise<void> {
  const child = spawn(
    executable,
    [
      ...launch.launchArgs,
      ...['--no-sandbox', '--disable-updates', '--skip-welcome', '--skip-release-notes'],
      `--extensionDevelopmentPath=${launch.extensionDevelopmentPath}`,
      `--extensionTestsPath=${launch.extensionTestsPath}`,
    ],
    { env: { ...process.env, ...launch.env } },
  );
  child.stdout.pipe(launch.output, { end: false });
  child.stderr.pipe(launch.output, { end: false });
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject).once('close', resolve);
  });
  if (code !== 0) throw new Error(`The window ended with ${code}.`);
}

/** The last of what a window printed, for when it fails. */
class Kept extends Writable {
  text = '';

  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.text = (this.text + chunk.toString()).slice(-10_000);
    done();
  }
}

async function readResults(path: string): Promise<readonly Result[]> {
  const text = await readFile(path, 'utf8').catch(() => '');
  const lines = text.split('\n').filter((line) => line !== '');
  return lines.map((line): Result => JSON.parse(line));
}
