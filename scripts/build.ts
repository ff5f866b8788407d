import { fileURLToPath, pathToFileURL } from 'node:url';
import { type BuildOptions, build as esbuild } from 'esbuild';

const root = fileURLToPath(new URL('..', import.meta.url));

const common: BuildOptions = {
  absWorkingDir: root,
  bundle: true,
  platform: 'node',
  format: 'cjs',
  target: 'node20',
  minify: true,
  sourcemap: false,
  legalComments: 'none',
  logLevel: 'warning',
  // Some dependencies carry a UMD build whose require calls a bundler cannot follow: take their ES modules.
  mainFields: ['module', 'main'],
};

/** Bundles the extension, the language server and the command line into `dist/`. */
export async function build(): Promise<void> {
  await Promise.all([
    esbuild({
      ...common,
      entryPoints: ['client/src/extension.ts'],
      outfile: 'dist/extension.cjs',
      external: ['vscode'],
    }),
    esbuild({ ...common, entryPoints: ['server/src/lsp/main.ts'], outfile: 'dist/server.cjs' }),
    esbuild({ ...common, entryPoints: ['server/src/cli/main.ts'], outfile: 'dist/cli.cjs' }),
  ]);
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) await build();
