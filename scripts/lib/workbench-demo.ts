import { cp } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startRegistry } from '../../test/support/registry.ts';
import { registries } from './demo.ts';
import { quietSettings, startServer } from './workbench.ts';
import { packageAndInstall } from './workbench-package.ts';
import { temporaryFolder } from './workbench-run.ts';

/** VS Code on a copy of the example shop, with the extension installed and a registry that knows every image. */
export interface Demo extends AsyncDisposable {
  readonly port: number;
  readonly folder: string;
}

/** `port` of VS Code; a free one when left out. */
export async function startDemo(port?: number): Promise<Demo> {
  await using parts = new AsyncDisposableStack();
  const installed = parts.use(await packageAndInstall());
  const registry = await startRegistry({ anyName: true });
  parts.defer(() => registry.stop());
  const copy = parts.use(await temporaryFolder('demo'));
  const folder = join(copy.path, 'shop');
  await cp(fileURLToPath(new URL('../../examples/shop', import.meta.url)), folder, { recursive: true });
  const mirrors = registries.map((name) => [name, { mirror: registry.url }]);
  const server = parts.use(
    await startServer({
      trusted: true,
      driven: false,
      extensionsDir: installed.extensionsDir,
      settings: { ...quietSettings, 'holdfast.registries': Object.fromEntries(mirrors) },
      env: { HOLDFAST_CACHE_DIR: join(copy.path, 'cache') },
      ...(port !== undefined && { port }),
    }),
  );
  const all = parts.move();
  return { port: server.port, folder, [Symbol.asyncDispose]: () => all.disposeAsync() };
}
