import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir, stat } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import type { Bounds } from '../../server/src/registry/cache/store/compact.ts';
import { maxLine } from '../../server/src/registry/cache/store/line.ts';
import type { StoredAnswer } from '../../server/src/registry/cache/store/store.ts';
import { storeBounds } from '../../server/src/registry/cache/store/store.ts';
import { addAll, assertHonest, found, keyOf, setUpStore, type TestStore } from '../support/stored-answers.ts';

const program = fileURLToPath(new URL('../support/store-program.ts', import.meta.url));

interface Ending {
  readonly code: number | null;
  readonly complaints: string;
}

interface Keeper {
  readonly ended: Promise<Ending>;
  kill(): Promise<Ending>;
  /** Lets it begin. */
  start(): void;
  /** Resolves when it has kept so many answers. */
  hasKept(count: number): Promise<void>;
}

/** Another process that keeps answers, and waits to be started. */
async function startKeeper(
  { folder, stopAtEnd }: TestStore,
  work: { readonly name: string; readonly keys: number; readonly rounds: number },
  { maxAnswers, maxBytes }: Bounds = storeBounds,
): Promise<Keeper> {
  const args = [folder, work.name, work.keys, work.rounds, maxBytes, maxAnswers].map(String);
  const child = spawn(process.execPath, [program, ...args], { stdio: ['pipe', 'pipe', 'pipe'] });
  let complaints = '';
  child.stderr.on('data', (chunk: Buffer) => {
    complaints += chunk;
  });
  const lines = createInterface({ input: child.stdout });
  const ended = once(child, 'close').then(([code]) => ({ code, complaints }));
  const kill = () => {
    child.kill('SIGKILL');
    return ended;
  };
  stopAtEnd(kill);
  await Promise.race([once(lines, 'line'), ended]);
  let kept = 0;
  const waiting = new Set<{ readonly count: number; readonly resolve: () => void }>();
  lines.on('line', () => {
    kept++;
    for (const one of waiting) if (kept >= one.count) one.resolve();
  });
  return {
    ended,
    kill,
    start: () => child.stdin.end('\n'),
    hasKept: (count) =>
      Promise.race([
        new Promise<void>((resolve) => {
          if (kept >= count) resolve();
          else waiting.add({ count, resolve });
        }),
        ended.then(({ complaints: why }) => {
          if (kept < count) throw new Error(`it ended after ${kept}: ${why}`);
        }),
      ]),
  };
}

const newestOf = (answers: readonly StoredAnswer[]): ReadonlyMap<string, number> => {
  const newest = new Map<string, number>();
  for (const { at, key } of answers) newest.set(key, Math.max(at, newest.get(key) ?? 0));
  return newest;
};

describe('a process that is killed while it keeps answers', () => {
  test('leaves what it has kept, and others go on', async (t) => {
    const kept = await setUpStore(t);
    const { log, readAll, store } = kept;
    for (let crash = 1; crash <= 4; crash++) {
      const keeper = await startKeeper(kept, { name: `run${crash}`, keys: 10_000, rounds: 0 });
      keeper.start();
      await keeper.hasKept(crash * 25);
      await keeper.kill();
      const answers = await readAll();
      assertHonest(answers);
      const keys = new Set(answers.map(({ key }) => key));
      for (let index = 0; index < crash * 25; index++) assert.ok(keys.has(keyOf(`run${crash}-${index}`)));
      await addAll(store, [found(`after${crash}`)]);
      assert.deepEqual((await readAll()).at(-1), found(`after${crash}`));
    }
    assert.deepEqual(log, []);
  });

  test('or makes the file smaller', async (t) => {
    const bounds = { maxBytes: 6_000, maxAnswers: 1000 };
    let now = Date.now();
    const kept = await setUpStore(t, { bounds, clock: { now: () => now } });
    const { file, folder, log, readAll, store } = kept;
    for (let crash = 1; crash <= 8; crash++) {
      const keeper = await startKeeper(kept, { name: `run${crash}`, keys: 10_000, rounds: 0 }, bounds);
      keeper.start();
      await keeper.hasKept(crash * 10);
      await keeper.kill();
      assertHonest(await readAll());
      // A lock that it has left counts no more after a while.
      now += 60_000;
      await addAll(store, [found(`after${crash}`, 100 * crash)]);
      assert.ok((await readAll()).some(({ key }) => key === keyOf(`after${crash}`)));
      for (let more = 1; more <= 30; more++) await addAll(store, [found(`more${more}`, 100 * crash + more)]);
      assert.ok((await stat(file)).size <= bounds.maxBytes + maxLine);
      assert.deepEqual(await readdir(folder), ['registry-v1.log']);
    }
    assert.deepEqual(log, []);
  });
});

describe('processes that keep answers at once', () => {
  for (const count of [2, 4]) {
    test(`${count} of them, while the file is made smaller: nothing is lost or wrong`, async (t) => {
      const [keys, rounds] = [20, 30];
      // The newest answers of all of them fit, so that none of them may be missing in the end.
      const bounds = { maxBytes: count * keys * 300 * 2, maxAnswers: 10_000 };
      const kept = await setUpStore(t, { bounds });
      const { another, file, folder, readAll } = kept;
      const names = Array.from({ length: count }, (_, index) => `process${index}`);
      const keepers = await Promise.all(
        names.map((name) => startKeeper(kept, { name, keys, rounds }, bounds)),
      );
      for (const keeper of keepers) keeper.start();
      let running = count;
      for (const keeper of keepers) keeper.ended.then(() => running--);
      const reader = another();
      let seen: readonly StoredAnswer[] = [];
      while (running > 0) {
        const { answers, areAll } = await reader.read();
        assertHonest(answers);
        seen = areAll ? answers : [...seen, ...answers];
      }
      for (const { ended } of keepers) assert.deepEqual(await ended, { code: 0, complaints: '' });
      const all = await readAll();
      assertHonest(all);
      const newest = newestOf(all);
      for (const name of names) {
        for (let key = 0; key < keys; key++) assert.equal(newest.get(keyOf(`${name}-${key}`)), rounds);
      }
      const { answers, areAll } = await reader.read();
      assert.deepEqual(newestOf(areAll ? answers : [...seen, ...answers]), newest);
      assert.ok((await stat(file)).size <= 2 * bounds.maxBytes);
      assert.deepEqual(await readdir(folder), ['registry-v1.log']);
    });
  }

  test('one clears: what was there does not come back', async (t) => {
    const kept = await setUpStore(t);
    const { another, readAll, store } = kept;
    const keeper = await startKeeper(kept, { name: 'other', keys: 100_000, rounds: 0 });
    await addAll(store, [found('before')]);
    keeper.start();
    await keeper.hasKept(50);
    const before = (await readAll()).length;
    assert.ok(before > 50);
    assert.equal(await another().clear(), null);
    await keeper.hasKept(before + 50);
    const answers = await readAll();
    assertHonest(answers);
    assert.ok(answers.length > 0);
    assert.ok(answers.every(({ key }) => key !== keyOf('before') && key !== keyOf('other-0')));
  });
});

test('a disk that gets full in the middle of a line spoils that line alone', async (t) => {
  const { file, folder, readAll, store } = await setUpStore(t);
  const line = `ulimit -f 8; trap '' XFSZ; exec "$@"`;
  const args = [folder, 'full', 100, 1, storeBounds.maxBytes, storeBounds.maxAnswers].map(String);
  const child = spawn('sh', ['-c', line, 'sh', process.execPath, program, ...args], {
    stdio: ['pipe', 'ignore', 'pipe'],
  });
  t.after(() => child.kill('SIGKILL'));
  child.stdin.end('\n');
  let complaints = '';
  child.stderr.on('data', (chunk: Buffer) => {
    complaints += chunk;
  });
  const [code] = await once(child, 'close');
  assert.equal(code, 0, complaints);
  assert.equal(complaints.split('is full').length, 2, complaints);
  assert.equal((await stat(file)).size % 512, 0);
  const kept = await readAll();
  assertHonest(kept);
  assert.ok(kept.length > 5 && kept.length < 100);
  await addAll(store, [found('after')]);
  assert.deepEqual(await readAll(), [...kept, found('after')]);
});
