#!/usr/bin/env node
// Stands where `@vscode/test-electron` expects VS Code's executable, and runs the suite it is asked for in VS Code's
// server and a headless browser instead: the extension host is the real one, only the window is a page.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { openPage, startBrowser, startServer } from '../../scripts/lib/workbench.ts';
import { prepareProcess } from '../../scripts/lib/workbench-run.ts';

const { values, positionals } = parseArgs({
  strict: false,
  allowPositionals: true,
  options: {
    'extensions-dir': { type: 'string' },
    'user-data-dir': { type: 'string' },
    extensionDevelopmentPath: { type: 'string', multiple: true },
    extensionTestsPath: { type: 'string' },
    'disable-workspace-trust': { type: 'boolean' },
  },
});

const text = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);

async function main(): Promise<number> {
  const folder = positionals[0];
  const tests = text(values.extensionTestsPath);
  const userData = text(values['user-data-dir']);
  if (folder === undefined || tests === undefined || userData === undefined) {
    throw new Error('Usage: code-shim WORKSPACE --extensionTestsPath=… --user-data-dir=…');
  }
  const extensionsDir = text(values['extensions-dir']);
  await using server = await startServer({
    driven: true,
    trusted: values['disable-workspace-trust'] === true,
    settings: JSON.parse(await readFile(join(userData, 'User', 'settings.json'), 'utf8')),
    ...(extensionsDir !== undefined && { extensionsDir }),
  });
  await using browser = await startBrowser();
  const context = await browser.newContext();
  let exit: (code: number) => void = () => {};
  const exited = new Promise<number>((resolve) => {
    exit = resolve;
  });
  await context.exposeFunction('codeAutomationExit', (code: number) => exit(code));
  await context.exposeFunction('codeAutomationLog', (_type: string, args: unknown[]) => console.log(...args));
  const developed = values.extensionDevelopmentPath;
  const page = await openPage(context, {
    port: server.port,
    folder,
    tests,
    extensions: Array.isArray(developed) ? developed.filter((path) => typeof path === 'string') : [],
  });
  page.once('crash', () => exit(1));
  // Awaited here: what runs until then is disposed of on return.
  return await exited;
}

// Whoever started this holds the other end of stdin: when it is gone, nobody waits for the result any more.
process.stdin.resume().once('end', () => process.exit(1));
prepareProcess();
process.exit(await main());
