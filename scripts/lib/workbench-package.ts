import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { installExtension } from './workbench.ts';
import { run, temporaryFolder } from './workbench-run.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** The extension as users get it, installed into a folder of its own. */
export interface Installed extends AsyncDisposable {
  readonly extensionsDir: string;
  /** Of the package, in bytes. */
  readonly size: number;
}

/** Packages what is in `dist/` and installs the package. */
export async function packageAndInstall(): Promise<Installed> {
  await using parts = new AsyncDisposableStack();
  const folder = parts.use(await temporaryFolder('package'));
  const vsix = join(folder.path, 'holdfast.vsix');
  const extensionsDir = join(folder.path, 'extensions');
  const vsce = join(root, 'node_modules', '@vscode', 'vsce', 'vsce');
  await run(process.execPath, [vsce, 'package', '--no-dependencies', '--out', vsix], {
    cwd: root,
    failed: 'The extension could not be packaged.',
  });
  await installExtension(vsix, extensionsDir);
  const { size } = await stat(vsix);
  const all = parts.move();
  return { extensionsDir, size, [Symbol.asyncDispose]: () => all.disposeAsync() };
}
