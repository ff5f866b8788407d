import { spawn, spawnSync } from 'node:child_process';
import { globSync } from 'node:fs';
import { run } from 'node:test';
import { spec } from 'node:test/reporters';
import { fileURLToPath } from 'node:url';
import { build } from './build.ts';
import { ensurePrerequisites } from './prerequisites.ts';

interface Tally {
  passed: number;
  failed: number;
  skipped: number;
}

const root = fileURLToPath(new URL('..', import.meta.url));
process.chdir(root);

/** `npm test` runs everything; `npm test -- engine registry` only the suites whose path holds one of these words. */
const words = process.argv.slice(2);
const wanted = (path: string): boolean => words.length === 0 || words.some((word) => path.includes(word));

const tally: Tally = { passed: 0, failed: 0, skipped: 0 };

function check(title: string, command: string, ...args: string[]): void {
  const { status } = spawnSync(command, args, { stdio: 'inherit' });
  console.log(`${status === 0 ? '✔' : '✖'} ${title}`);
  if (status === 0) tally.passed++;
  else tally.failed++;
}

async function nodeTests(files: string[]): Promise<void> {
  if (files.length === 0) return;
  const execArgv = ['--import', new URL('../test/support/properties.ts', import.meta.url).href];
  const stream = run({ files, execArgv, concurrency: 2, timeout: 300_000 });
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

ensurePrerequisites();
if (words.length === 0) {
  check('format and lint', 'biome', 'check', '--error-on-warnings', '.');
  check('types', 'tsc', '--build');
  check('documentation matches rules and settings', process.execPath, 'scripts/docs.ts', '--check');
}
await build();
await nodeTests(globSync('test/**/*.test.ts').filter(wanted).sort());
if (wanted('test/vscode')) await countingSuite('test/vscode/run.ts');

console.log(
  `\n${tally.passed} passed, ${tally.failed} failed${tally.skipped > 0 ? `, ${tally.skipped} skipped` : ''}`,
);
if (tally.skipped > 0) console.log('A skipped test counts as a failure.');
process.exit(tally.failed + tally.skipped > 0 || tally.passed === 0 ? 1 : 0);
