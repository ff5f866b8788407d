import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, type TestContext, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { build } from '../../scripts/build.ts';
import { type ServingListener, Supervisor } from '../../server/src/lsp/supervisor/supervisor.ts';
import type { WorkerListener } from '../../server/src/workers/messages.ts';
import { Pool } from '../../server/src/workers/pool.ts';
import { Debugger, debuggerUrl, lineOf } from '../support/debugger.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
const source = (path: string): string => join(root, path);

/** The bundles as `npm run dev` writes them. */
const bundles = mkdtempSync(join(tmpdir(), 'holdfast-debug-'));
before(() => build('development', bundles));
after(() => rmSync(bundles, { recursive: true, force: true }));

interface Launch {
  readonly name: string;
  readonly program?: string;
  readonly runtimeExecutable?: string;
  readonly runtimeArgs?: readonly string[];
  readonly args?: readonly string[];
  readonly port?: number;
  readonly preLaunchTask?: string;
}

interface Task {
  readonly type: string;
  readonly script: string;
  readonly problemMatcher: { readonly background: { beginsPattern: string; endsPattern: string } };
}

const read = (path: string) => JSON.parse(readFileSync(source(path), 'utf8'));
const readLaunch = (): { configurations: readonly Launch[] } => read('.vscode/launch.json');

/** The command that VS Code runs for a launch configuration while this file is open in the editor. */
function launched(name: string, file = ''): readonly string[] {
  const launch = readLaunch().configurations.find((one) => one.name === name);
  assert.ok(launch, `launch.json has no configuration "${name}"`);
  const { args = [], program = '', runtimeArgs = [], runtimeExecutable = '' } = launch;
  return [runtimeExecutable, '--inspect-brk=0', ...runtimeArgs, program, ...args].map((word) =>
    word.replaceAll('${workspaceFolder}', root.slice(0, -1)).replaceAll('${file}', file),
  );
}

/** Starts a program, sets a breakpoint at the line of a source file that holds `text`, and sees the program stop there. */
async function stopsAt(
  t: TestContext,
  [program = '', ...args]: readonly string[],
  path: string,
  text: string,
  outFiles?: string,
): Promise<void> {
  const child = spawn(program, args, { cwd: root, env: { ...process.env, HOLDFAST_CACHE_DIR: 'off' } });
  t.after(() => child.kill('SIGKILL'));
  child.stdout.resume();
  const line = lineOf(source(path), text);
  const attached = await Debugger.attach(await debuggerUrl(child), line, outFiles);
  t.after(() => attached.close());
  assert.deepEqual(await attached.reached(), line);
}

const bundled = (name: string, ...args: string[]): readonly string[] => [
  process.execPath,
  '--inspect-brk=0',
  join(bundles, name),
  ...args,
];

test('a breakpoint in a .ts file of the language server is hit', (t) =>
  stopsAt(
    t,
    bundled('server.cjs', '--stdio'),
    'server/src/lsp/server.ts',
    'let client = readClient(',
    bundles,
  ));

test('a breakpoint in a .ts file that a thread of the command line runs is hit', (t) =>
  stopsAt(
    t,
    bundled('cli.cjs', 'audit', 'examples/shop'),
    'server/src/cli/reader.ts',
    'const input = await inputOf(',
    bundles,
  ));

test('the launch configuration "CLI" stops at a breakpoint', (t) =>
  stopsAt(t, launched('CLI'), 'server/src/cli/main.ts', 'let ahead: WorkerThread'));

test('the launch configuration "This test file" stops at a breakpoint', (t) => {
  const file = 'test/rules/trust.test.ts';
  return stopsAt(t, launched('This test file', source(file)), file, "const slash = name.indexOf('/');");
});

test('what the client starts to be debugged is what "Attach to server" looks for', () => {
  const { configurations } = readLaunch();
  const { port } = configurations.find(({ name }) => name === 'Attach to server') ?? {};
  assert.match(readFileSync(source('client/src/client.ts'), 'utf8'), new RegExp(`debugPort = ${port};`));
});

test('what has to run before a launch is a task, and the task a script that says when it is ready', () => {
  const tasks: readonly Task[] = read('.vscode/tasks.json').tasks;
  for (const { preLaunchTask } of readLaunch().configurations) {
    if (preLaunchTask === undefined) continue;
    const task = tasks.find(({ script, type }) => `${type}: ${script}` === preLaunchTask);
    assert.ok(task, `${preLaunchTask} is no task`);
    assert.ok(task.script in read('package.json').scripts);
    const background = task.problemMatcher.background;
    const text = readFileSync(source(`scripts/${task.script}.ts`), 'utf8');
    for (const pattern of [background.beginsPattern, background.endsPattern]) {
      const [, words = ''] = /\](.*)\$/.exec(pattern) ?? [];
      assert.ok(words !== '' && text.includes(words), pattern);
    }
  }
});

test('a thread of the language server that a debugger has stopped is not replaced', (t) => {
  t.mock.timers.enable({ apis: ['setInterval'] });
  for (const [isDebugged, threads] of [
    [true, 1],
    [false, 2],
  ] as const) {
    let started = 0;
    let listener: ServingListener | undefined;
    new Supervisor({
      start(_, told) {
        started++;
        listener = told;
        return { post() {}, end() {} };
      },
      send() {},
      exit() {},
      isDebugged: () => isDebugged,
    });
    listener?.told({ does: 'ready' });
    listener?.told({ does: 'reads', uri: 'file:///Dockerfile', length: 12 });
    t.mock.timers.tick(60_000);
    assert.equal(started, threads);
  }
});

test('a thread of the command line that a debugger has stopped is not given up', async (t) => {
  t.mock.timers.enable({ apis: ['setInterval'] });
  for (const isDebugged of [true, false]) {
    let answer = (): void => {};
    const posted = new Promise<void>((resolve) => {
      answer = resolve;
    });
    let listener: WorkerListener | undefined;
    const end = new AbortController();
    const pool = new Pool<string, string>({
      start: () => ({
        post: () => answer(),
        listen: (one) => {
          listener = one;
        },
        end() {},
      }),
      most: 1,
      sizeOf: (task) => task.length,
      signal: end.signal,
      isDebugged: () => isDebugged,
    });
    const outcome = pool.run(async () => 'FROM node');
    await posted;
    t.mock.timers.tick(600_000);
    listener?.answered({ ok: true, json: '"read"' });
    assert.equal((await outcome)?.ok, isDebugged);
    end.abort();
  }
});
