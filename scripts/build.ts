import { copyFileSync, readdirSync, readFileSync } from 'node:fs';
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
      return { contents, loader: 'js', watchFiles: names.map((name) => `${folder}/${name}`) };
    });
  },
};

/** `release` is small and one file a program; `development` can be debugged, and bundled again when a file changes. */
export type Mode = 'release' | 'development';

const common = (mode: Mode) =>
  ({
    absWorkingDir: root,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node20',
    minify: mode === 'release',
    sourcemap: mode === 'development',
    legalComments: 'none',
    plugins: [pages],
    logLevel: 'warning',
    // Some dependencies carry a UMD build whose require calls a bundler cannot follow: take their ES modules.
    mainFields: ['module', 'main'],
  }) satisfies BuildOptions;

const readerThread = (mode: Mode): BuildOptions => ({
  ...common(mode),
  entryPoints: ['server/src/cli/reader-thread.ts'],
});

const startReader = /[\\/]server[\\/]src[\\/]cli[\\/]start-reader\.ts$/;

/** The program of the threads that read goes into the bundle as a text, so that the command line stays one file. */
const threads: Plugin = {
  name: 'threads',
  setup({ onLoad }) {
    onLoad({ filter: startReader }, async () => {
      const { outputFiles } = await esbuild({ ...readerThread('release'), write: false });
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

/** A debugger finds the program of the threads that read, and its source map, in a file of its own. */
const threadFiles: Plugin = {
  name: 'thread-files',
  setup({ onLoad }) {
    onLoad({ filter: startReader }, () => ({
      contents: `import { join } from 'node:path';
        import { Worker } from 'node:worker_threads';
        import { resourceLimits, workerThread } from '../workers/start.ts';
        export const startReader = () =>
          workerThread(new Worker(join(__dirname, 'reader-thread.cjs'), { resourceLimits }));`,
      loader: 'ts',
      resolveDir: `${root}server/src/cli`,
    }));
  },
};

const commandLine = (outfile: string, mode: Mode): BuildOptions => ({
  ...common(mode),
  entryPoints: ['server/src/cli/main.ts'],
  outfile,
  plugins: [pages, mode === 'release' ? threads : threadFiles],
});

const languageServer = (outfile: string, mode: Mode): BuildOptions => ({
  ...common(mode),
  entryPoints: ['server/src/lsp/main.ts'],
  outfile,
  define: { 'import.meta.filename': '__filename' },
});

/** The extension, the language server and the command line, with what the latter two start; `folder` is where they are written. */
export const bundles = (mode: Mode, folder: string): readonly BuildOptions[] => [
  {
    ...common(mode),
    entryPoints: ['client/src/extension.ts'],
    outfile: `${folder}/extension.cjs`,
    external: ['vscode'],
  },
  languageServer(`${folder}/server.cjs`, mode),
  commandLine(`${folder}/cli.cjs`, mode),
  ...(mode === 'development' ? [{ ...readerThread(mode), outfile: `${folder}/reader-thread.cjs` }] : []),
];

/** Bundles the command line into one file. */
export const buildCommandLine = (outfile: string) => esbuild(commandLine(outfile, 'release'));

/** Bundles the language server into one file, which is the program of its thread, too. */
export const buildLanguageServer = (outfile: string) => esbuild(languageServer(outfile, 'release'));

/** Bundles the extension, the language server and the command line into `folder`. */
export async function build(mode: Mode = 'release', folder = 'dist'): Promise<void> {
  await Promise.all(bundles(mode, folder).map((options) => esbuild(options)));
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  await build();
  // Whoever takes the command line from here takes the terms of what it contains along.
  copyFileSync(`${root}THIRD-PARTY-NOTICES.txt`, `${root}dist/THIRD-PARTY-NOTICES.txt`);
}
