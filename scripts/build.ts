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

/** The program of the threads that read goes into the bundle as a text, so that the command line stays one file. */
const threads: Plugin = {
  name: 'threads',
  setup({ onLoad }) {
    onLoad({ filter: /[\\/]server[\\/]src[\\/]cli[\\/]start-reader\.ts$/ }, async () => {
      const { outputFiles } = await esbuild({
        ...common,
        entryPoints: ['server/src/cli/reader-thread.ts'],
        write: false,
      });
      const contents = `import { Worker } from 'node:worker_threads';
        import { resourceLimits, workerThread } from '../workers/start.ts';
        const program = ${JSON.stringify(`(function (require) {${outputFiles[0]?.text}})`)};
        // What is evaluated is compiled twice, to find out what it is written in: so that is but a line.
        const start = "new (require('node:vm').Script)(require('node:worker_threads').workerData).runInThisContext()(require)";
        export const startReader = () =>
          workerThread(new Worker(start, { eval: true, workerData: program, resourceLimits }));`;
      return { contents, loader: 'ts', resolveDir: `${root}server/src/cli` };
    });
  },
};

const common = {
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
} satisfies BuildOptions;

/** Bundles the command line into one file. */
export const buildCommandLine = (outfile: string) =>
  esbuild({
    ...common,
    entryPoints: ['server/src/cli/main.ts'],
    outfile,
    plugins: [...common.plugins, threads],
  });

/** Bundles the language server into one file, which is the program of its thread, too. */
export const buildLanguageServer = (outfile: string) =>
  esbuild({
    ...common,
    entryPoints: ['server/src/lsp/main.ts'],
    outfile,
    define: { 'import.meta.filename': '__filename' },
  });

/** Bundles the extension, the language server and the command line into `dist/`. */
export async function build(): Promise<void> {
  await Promise.all([
    esbuild({
      ...common,
      entryPoints: ['client/src/extension.ts'],
      outfile: 'dist/extension.cjs',
      external: ['vscode'],
    }),
    buildLanguageServer('dist/server.cjs'),
    buildCommandLine('dist/cli.cjs'),
  ]);
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) await build();
