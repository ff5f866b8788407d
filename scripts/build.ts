import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { type BuildOptions, build as esbuild, type Plugin } from 'esbuild';

const root = fileURLToPath(new URL('..', import.meta.url));

/** The pages of the rules, which plain Node reads from their files, go into the bundle. */
export const pages: Plugin = {
  name: 'pages',
  setup({ onLoad }) {
    onLoad({ filter: /[\\/]server[\\/]src[\\/]pages\.ts$/ }, async () => {
      const folder = `${root}server/src/engine/rules`;
      const names = readdirSync(folder).filter((name) => name.endsWith('.md'));
      const texts = names.map((name) => [name.slice(0, -3), readFileSync(`${folder}/${name}`, 'utf8')]);
      const contents = `const texts = ${JSON.stringify(Object.fromEntries(texts))};\nexport const pageText = (rule) => texts[rule] ?? '';`;
      return { contents, loader: 'js' };
    });
  },
};

const common: BuildOptions = {
  absWorkingDir: root,
  bundle: true,
  platform: 'node',
  format: 'cjs',
  target: 'node20',
  minify: true,
  sourcemap: false,
  legalComments: 'none',
  plugins: [pages],
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
