import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';
import { collect, run, temporaryFolder } from './workbench-run.ts';

/** The npm package that carries VS Code's own server and web workbench; its version is VS Code's with a `4.` in front. */
const release = 'code-server@4.139.1';

const cache = fileURLToPath(new URL('../../.cache/', import.meta.url));
const anHour = 3_600_000;

/**
 * The folder of VS Code's server, installed from the npm registry on first use (about 20 s) and kept in `.cache/`.
 * The folder appears under its final name only when it is whole, so an interrupted install is simply done again.
 */
export async function installWorkbench(): Promise<string> {
  const home = join(cache, release);
  const server = join(home, 'node_modules', 'code-server', 'lib', 'vscode');
  if (existsSync(home)) return server;
  await mkdir(cache, { recursive: true });
  await sweepAbandoned();
  const building = await mkdtemp(join(cache, 'incomplete-'));
  try {
    await writeFile(join(building, 'package.json'), '{ "private": true }\n');
    const flags = ['--ignore-scripts', '--omit=dev', '--no-audit', '--no-fund', '--no-update-notifier'];
    await npm(['install', release, '--no-package-lock', ...flags], building);
    await npm(['install', ...flags], join(building, 'node_modules', 'code-server', 'lib', 'vscode'));
    // Another run may have been quicker: its folder is as good as this one.
    await rename(building, home).catch((error: unknown) => {
      if (!existsSync(home)) throw error;
    });
  } finally {
    await rm(building, { recursive: true, force: true });
  }
  return server;
}

const serverMain = async (): Promise<string> => join(await installWorkbench(), 'out', 'server-main.js');

async function sweepAbandoned(): Promise<void> {
  for (const name of await readdir(cache)) {
    const path = join(cache, name);
    if (!name.startsWith('incomplete-') || Date.now() - (await stat(path)).mtimeMs < anHour) continue;
    await rm(path, { recursive: true, force: true });
  }
}

async function npm(args: readonly string[], cwd: string): Promise<void> {
  await run('npm', args, {
    cwd,
    failed: `VS Code's server could not be installed from the npm registry. Check the network, then run this again.`,
  });
}

/** Installs a package into a folder of extensions, as `code --install-extension` does. */
export async function installExtension(vsix: string, extensionsDir: string): Promise<void> {
  await using state = await temporaryFolder('install');
  const args = [
    '--install-extension',
    vsix,
    '--extensions-dir',
    extensionsDir,
    '--server-data-dir',
    state.path,
  ];
  await run(process.execPath, [await serverMain(), '--accept-server-license-terms', ...args], {
    failed: `${vsix} could not be installed.`,
  });
}

export interface ServerOptions {
  /** Where installed extensions are; an empty folder of the run's own when left out. */
  readonly extensionsDir?: string;
  /** False opens folders as untrusted until somebody trusts them. */
  readonly trusted: boolean;
  /** Settings of the machine, below those of the workspace; `quietSettings` when left out. */
  readonly settings?: Readonly<Record<string, unknown>>;
  /** Pages may bring extensions and tests in their address (see `OpenOptions`). VS Code then shows no notifications. */
  readonly driven: boolean;
  /** The port to listen on; a free one when left out. */
  readonly port?: number;
  /** On top of the environment of this process. */
  readonly env?: Readonly<Record<string, string>>;
}

export interface Server extends AsyncDisposable {
  readonly port: number;
  /** Folder of what the windows write down. */
  readonly logs: string;
  /** What the server has printed of late. */
  readonly output: () => string;
}

/** Starts VS Code's server on loopback with a state folder of its own; disposing ends it and every process it started. */
export async function startServer(options: ServerOptions): Promise<Server> {
  const main = await serverMain();
  const state = await temporaryFolder('vscode');
  const machine = join(state.path, 'data', 'Machine');
  await mkdir(machine, { recursive: true });
  await writeFile(join(machine, 'settings.json'), JSON.stringify(options.settings ?? quietSettings));
  const extensions = options.extensionsDir ?? join(state.path, 'extensions');
  await mkdir(extensions, { recursive: true });
  const child = spawn(
    process.execPath,
    [
      main,
      ...['--host', '127.0.0.1', '--port', String(options.port ?? 0), '--without-connection-token'],
      ...['--accept-server-license-terms', '--telemetry-level', 'off'],
      ...(options.driven ? ['--enable-smoke-test-driver'] : []),
      ...(options.trusted ? ['--disable-workspace-trust'] : []),
      ...['--server-data-dir', state.path, '--extensions-dir', extensions],
    ],
    // A process group of its own, so that one signal reaches the extension host and whatever it started.
    { detached: true, stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, ...options.env } },
  );
  const output = collect(child);
  const kill = (): void => killGroup(child);
  // Before its folder is removed.
  process.prependOnceListener('exit', kill);
  const stop = async (): Promise<void> => {
    process.removeListener('exit', kill);
    kill();
    if (child.exitCode === null && child.signalCode === null) {
      await new Promise((resolve) => child.once('exit', resolve));
    }
    await state[Symbol.asyncDispose]();
  };
  try {
    const port = await boundPort(child, output);
    return { port, output, logs: join(state.path, 'data', 'logs'), [Symbol.asyncDispose]: stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** No pop-ups, no background work that has nothing to do with the extension. */
export const quietSettings = {
  'chat.disableAIFeatures': true,
  'git.enabled': false,
  'telemetry.telemetryLevel': 'off',
  'workbench.startupEditor': 'none',
  'workbench.tips.enabled': false,
  'extensions.ignoreRecommendations': true,
  'workbench.secondarySideBar.defaultVisibility': 'hidden',
  'editor.minimap.enabled': false,
  'typescript.disableAutomaticTypeAcquisition': true,
};

function killGroup(child: ChildProcess): void {
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, 'SIGKILL');
  } catch {
    // It has ended already.
  }
}

function boundPort(child: ChildProcess, output: () => string): Promise<number> {
  return new Promise((resolve, reject) => {
    const look = (): void => {
      const port = /Extension host agent listening on (\d+)/.exec(output())?.[1];
      if (port) resolve(Number(port));
    };
    child.stdout?.on('data', look);
    child.once('error', reject);
    child.once('exit', (code) => reject(new Error(`VS Code's server ended with ${code}:\n${output()}`)));
  });
}

export interface OpenOptions {
  readonly port: number;
  /** The folder to open. */
  readonly folder: string;
  /** Folders of extensions that run from their sources. */
  readonly extensions?: readonly string[];
  /** Module whose `run()` the extension host calls once it has started. */
  readonly tests?: string;
  /** How much the window writes down: `trace` for everything. */
  readonly log?: 'trace';
  /** Port of this machine on which the extension host waits for a debugger before it does anything. */
  readonly debugPort?: number;
}

/** The address that opens a folder in the workbench of a running server. */
export function workbenchUrl({ debugPort, port, folder, extensions = [], log, tests }: OpenOptions): string {
  const remote = (path: string): string => `vscode-remote://127.0.0.1:${port}${path}`;
  const payload = [
    ...extensions.map((path) => ['extensionDevelopmentPath', remote(path)]),
    ...(tests === undefined ? [] : [['extensionTestsPath', remote(tests)]]),
    ...(log === undefined ? [] : [['logLevel', log]]),
    ...(debugPort === undefined ? [] : [['inspect-brk-extensions', String(debugPort)]]),
  ];
  // Slashes may stand in a query as they are, and read better.
  const query = `folder=${encodeURIComponent(folder).replaceAll('%2F', '/')}`;
  if (payload.length === 0) return `http://127.0.0.1:${port}/?${query}`;
  return `http://127.0.0.1:${port}/?${query}&payload=${encodeURIComponent(JSON.stringify(payload))}`;
}

/** Debian's Chromium, or the one `HOLDFAST_CHROMIUM` names. */
export async function startBrowser(): Promise<Browser> {
  const executablePath = process.env.HOLDFAST_CHROMIUM ?? '/usr/bin/chromium';
  if (!existsSync(executablePath)) {
    throw new Error(
      `No browser at ${executablePath}. Install Chromium (Debian: apt-get install chromium), or set HOLDFAST_CHROMIUM to one.`,
    );
  }
  return chromium.launch({
    executablePath,
    args: [
      ...['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run'],
      ...['--disable-background-networking', '--disable-component-update', '--disable-sync'],
    ],
  });
}

/** Opens the workbench and waits until it can be used. */
export async function openPage(browser: Browser | BrowserContext, options: OpenOptions): Promise<Page> {
  const page = await browser.newPage();
  await page.setViewportSize({ width: 1200, height: 720 });
  await page.goto(workbenchUrl(options));
  await page.locator('.monaco-workbench').waitFor({ timeout: 60_000 });
  return page;
}
