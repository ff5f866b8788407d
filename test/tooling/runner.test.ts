import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { utimesSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../', import.meta.url));
const suite = 'test/rules/trust.test.ts';

/** Runs `npm test -- ARGUMENTS`. */
function start(t: TestContext, ...args: readonly string[]): ChildProcess {
  // A runner inside a runner runs nothing.
  const { NODE_TEST_CONTEXT, ...env } = process.env;
  const child = spawn(process.execPath, ['scripts/test.ts', ...args], { cwd: root, env });
  t.after(() => child.kill('SIGKILL'));
  return child;
}

async function outcome(child: ChildProcess): Promise<{ code: number | null; counts: string | undefined }> {
  let text = '';
  child.stdout?.on('data', (chunk: Buffer) => {
    text += chunk.toString();
  });
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
  return { code, counts: text.trim().split('\n').at(-1) };
}

/** Resolves once the program has printed a line that matches, after what it was waited for before. */
function printed(child: ChildProcess, pattern: RegExp): Promise<void> {
  let text = '';
  return new Promise((resolve, reject) => {
    child.once('close', () => reject(new Error(`It ended after printing:\n${text}`)));
    child.stdout?.on('data', (chunk: Buffer) => {
      text += chunk.toString();
      if (pattern.test(text)) resolve();
    });
  });
}

test('a path selects suites, a name selects tests', async (t) => {
  assert.deepEqual(await outcome(start(t, suite)), { code: 0, counts: '3 passed, 0 failed' });
  const named = start(t, suite, '--name', 'a pattern speaks for nothing');
  assert.deepEqual(await outcome(named), { code: 0, counts: '1 passed, 0 failed' });
});

test('a run without a test is no success', async (t) => {
  const none = { code: 1, counts: '0 passed, 0 failed' };
  assert.deepEqual(await outcome(start(t, suite, '--name', 'nobody wrote this test')), none);
  assert.deepEqual(await outcome(start(t, 'test/nowhere')), none);
});

test('--portable leaves out what runs programs of the system', async (t) => {
  const { code, counts } = await outcome(start(t, 'test/cli/online.test.ts', suite, '--portable'));
  assert.deepEqual({ code, counts }, { code: 0, counts: '3 passed, 0 failed' });
});

test('--watch runs again when a file changes', async (t) => {
  const child = start(t, suite, '--watch');
  await printed(child, /3 passed, 0 failed\s+Waiting/);
  const again = printed(child, /3 passed, 0 failed\s+Waiting/);
  const now = new Date();
  utimesSync(join(root, suite), now, now);
  await again;
});
