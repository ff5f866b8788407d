import assert from 'node:assert/strict';
import { cp } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { build } from '../../scripts/build.ts';
import { openPage, quietSettings, startServer } from '../../scripts/lib/workbench.ts';
import { temporaryFolder } from '../../scripts/lib/workbench-run.ts';
import { Debugger, debuggerUrlAt, lineOf, type SourceLine } from '../support/debugger.ts';
import { ownEnvironment } from './environment.ts';
import type { Result } from './suite/harness.ts';
import { root } from './window.ts';
import { WorkbenchPage } from './workbench-page.ts';
import { writeFiles } from './workspace.ts';

/** As in `client/src/client.ts`. */
const serverPort = 6009;

/** Debugs the extension as F5 does: it runs from what `npm run dev` writes, and its extension host waits for a debugger. */
export async function runDebugging(browser: Browser): Promise<readonly Result[]> {
  await using folder = await temporaryFolder('debugging');
  const extension = join(folder.path, 'extension');
  const dist = join(extension, 'dist');
  await build('development', dist);
  for (const part of ['package.json', 'schemas', 'syntaxes'])
    await cp(join(root, part), join(extension, part), { recursive: true });
  const workspace = join(folder.path, 'workspace');
  // The policy starts the extension with the window.
  await writeFiles(workspace, { '.holdfast.yaml': 'profile: recommended\n', Dockerfile: 'FROM node:lts\n' });
  await using server = await startServer({
    trusted: true,
    driven: true,
    settings: quietSettings,
    env: ownEnvironment(folder.path),
  });
  const debugPort = await freePort();
  const opening = openPage(browser, {
    port: server.port,
    folder: workspace,
    extensions: [extension],
    debugPort,
  });
  const stops = async (port: number, line: SourceLine, act?: () => Promise<void>): Promise<void> => {
    const attached = await Debugger.attach(await debuggerUrlAt(port), line, dist);
    try {
      await act?.();
      assert.deepEqual(await attached.reached(), line);
    } finally {
      attached.close();
    }
  };
  const inClient = lineOf(join(root, 'client/src/extension.ts'), 'const sealing = new Sealing()');
  const inServer = lineOf(
    join(root, 'server/src/lsp/handlers/diagnostics.ts'),
    'const document = documents.snapshot(uri);',
  );
  return [
    await result('a breakpoint in a .ts file of the extension is hit', () => stops(debugPort, inClient)),
    await result('a breakpoint in a .ts file of its language server is hit', async () => {
      const workbench = new WorkbenchPage(await opening);
      await stops(serverPort, inServer, () => workbench.open('Dockerfile'));
    }),
  ];
}

async function result(name: string, body: () => Promise<void>): Promise<Result> {
  try {
    await body();
    return { name };
  } catch (error) {
    return { name, error: error instanceof Error ? (error.stack ?? error.message) : String(error) };
  }
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer().once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address ? address.port : 0));
    });
  });
}
