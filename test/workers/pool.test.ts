import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { Worker } from 'node:worker_threads';
import type { StartWorker } from '../../server/src/workers/messages.ts';
import { type Limits, Pool } from '../../server/src/workers/pool.ts';
import { workerThread } from '../../server/src/workers/start.ts';
import type { Errand } from './program.ts';

/** Real threads, with little memory so that one runs out of it soon. Counts those that were started. */
function threads(): { readonly start: StartWorker; readonly started: number } {
  let started = 0;
  return {
    start() {
      started++;
      const resourceLimits = { maxOldGenerationSizeMb: 64 };
      return workerThread(new Worker(new URL('./program.ts', import.meta.url), { resourceLimits }));
    },
    get started() {
      return started;
    },
  };
}

/** Gives up soon, though never a thread that is only starting: that is told by the limit of a million characters. */
const impatient: Limits = { look: 5, task: 5, million: 1_000_000_000, preparation: 5 };

/** Large enough to have all the time of the world beside `impatient`. */
const patient = 1_000;

interface Made {
  readonly pool: Pool<Errand, unknown>;
  readonly made: { readonly started: number };
}

function makePool(
  t: TestContext,
  {
    limits,
    most = 1,
    signal = new AbortController().signal,
  }: {
    limits?: Limits;
    most?: number;
    signal?: AbortSignal;
  } = {},
): Made {
  const made = threads();
  const pool = new Pool<Errand, unknown>({
    start: made.start,
    most,
    signal,
    sizeOf: (task) => ('crash' in task ? 0 : patient),
    ...(limits && { limits }),
  });
  t.after(() => pool.end());
  return { pool, made };
}

const say = (pool: Pool<Errand, unknown>, ...words: string[]) =>
  Promise.all(words.map((word) => pool.run(async () => ({ say: word }))));

const crash = (pool: Pool<Errand, unknown>, how: Extract<Errand, { crash: string }>['crash']) =>
  pool.run(async () => ({ crash: how }));

const said = (...words: string[]) => words.map((answer) => ({ ok: true, answer }));

describe('a task that runs away', () => {
  for (const how of ['loop', 'pattern'] as const) {
    it(`is given up, and the rest goes on: ${how}`, async (t) => {
      const { made, pool } = makePool(t, { limits: impatient });
      const before = say(pool, 'a', 'b');
      const away = crash(pool, how);
      const after = say(pool, 'c', 'd', 'e');
      assert.deepEqual(await before, said('a', 'b'));
      assert.deepEqual(await away, { ok: false, reason: 'it takes too long to read' });
      assert.deepEqual(await after, said('c', 'd', 'e'));
      assert.equal(made.started, 2);
    });
  }

  it('costs nobody else, however many there are', async (t) => {
    const { pool } = makePool(t, { limits: impatient, most: 3 });
    pool.expect(1_000);
    const names = Array.from({ length: 40 }, (_, at) => `${at}`);
    const outcomes = await Promise.all(
      names.map((name, at) => pool.run(async () => (at % 10 === 3 ? { crash: 'loop' } : { say: name }))),
    );
    assert.deepEqual(
      outcomes.map((outcome) => (outcome?.ok ? outcome.answer : outcome?.reason)),
      names.map((name, at) => (at % 10 === 3 ? 'it takes too long to read' : name)),
    );
  });

  it('has a limit that grows with its size', async (t) => {
    const { pool } = makePool(t, { limits: { ...impatient, task: 0 } });
    assert.deepEqual(await say(pool, 'long'), said('long'));
  });
});

describe('a thread that comes down', () => {
  for (const [how, reason] of [
    ['memory', /^it takes too much memory to read$/],
    ['exit', /^its analysis failed: the thread ended with 7$/],
  ] as const) {
    it(`costs the task its answer, and nobody else: ${how}`, async (t) => {
      const { made, pool } = makePool(t);
      const down = crash(pool, how);
      const after = say(pool, 'a', 'b', 'c');
      const outcome = await down;
      assert.match(outcome?.ok === false ? outcome.reason : '', reason);
      assert.deepEqual(await after, said('a', 'b', 'c'));
      assert.equal(made.started, 2);
    });
  }

  for (const [how, reason] of [
    ['throw', /^its analysis failed: no such luck$/],
    ['recursion', /^its analysis failed: Maximum call stack size exceeded$/],
  ] as const) {
    it(`stays where the task fails only: ${how}`, async (t) => {
      const { made, pool } = makePool(t);
      const outcome = await crash(pool, how);
      assert.match(outcome?.ok === false ? outcome.reason : '', reason);
      assert.deepEqual(await say(pool, 'a'), said('a'));
      assert.equal(made.started, 1);
    });
  }

  it('is no endless matter where none can be started', async (t) => {
    const pool = new Pool<Errand, unknown>({
      start: () => workerThread(new Worker(new URL('./none.ts', import.meta.url))),
      most: 2,
      signal: new AbortController().signal,
      sizeOf: () => 0,
    });
    t.after(() => pool.end());
    for (const outcome of await say(pool, 'a', 'b', 'c')) {
      assert.match(outcome?.ok === false ? outcome.reason : '', /^its analysis failed: Cannot find module/);
    }
  });
});

describe('a pool', () => {
  it('has no more tasks in memory than its threads soon need', async (t) => {
    const { pool } = makePool(t, { most: 2 });
    pool.expect(1_000);
    let open = 0;
    let most = 0;
    await Promise.all(
      Array.from({ length: 200 }, async (_, at) => {
        await pool.run(async () => {
          most = Math.max(most, ++open);
          return { say: `${at}` };
        });
        open--;
      }),
    );
    // Per thread two that stand in line and two that are about to, and those whose answer has not been taken yet.
    assert.ok(most <= 2 * 4 + 2, `${most}`);
  });

  it('starts as many threads as the work is worth', async (t) => {
    const { made, pool } = makePool(t, { limits: { ...impatient, look: 2 ** 30 }, most: 3 });
    pool.expect(20);
    await say(pool, ...Array.from({ length: 20 }, () => 'a'));
    assert.equal(made.started, 1);
    pool.expect(1_000);
    await say(pool, ...Array.from({ length: 20 }, () => 'a'));
    assert.equal(made.started, 3);
  });

  it('starts another thread where a few tasks take long', async (t) => {
    const { made, pool } = makePool(t, { limits: { ...impatient, task: 1e9 }, most: 2 });
    // The one behind it stands in line at its thread.
    void crash(pool, 'loop');
    void say(pool, 'a');
    assert.deepEqual(await say(pool, 'b', 'c'), said('b', 'c'));
    assert.equal(made.started, 2);
  });

  it('does what has begun before what begins', async (t) => {
    const { pool } = makePool(t);
    const order: string[] = [];
    const run = (word: string, isUrgent: boolean) =>
      pool.run(async () => ({ say: word }), isUrgent).then(() => order.push(word));
    await Promise.all([run('a', false), run('b', false), run('c', false), run('d', false), run('e', true)]);
    assert.deepEqual(order, ['a', 'b', 'e', 'c', 'd']);
  });

  it('shares with every thread, those that come later too', async (t) => {
    const { pool } = makePool(t);
    pool.share(['one']);
    assert.deepEqual(await say(pool, 'shared'), [{ ok: true, answer: ['one'] }]);
    pool.share(['two']);
    await crash(pool, 'exit');
    assert.deepEqual(await say(pool, 'shared'), [{ ok: true, answer: ['two'] }]);
  });

  it('gives nothing where there is nothing to do, and what preparing it threw', async (t) => {
    const { pool } = makePool(t);
    assert.equal(await pool.run(async () => null), null);
    await assert.rejects(
      pool.run(async () => {
        throw new Error('gone');
      }),
      /gone/,
    );
    assert.deepEqual(await say(pool, 'a'), said('a'));
  });

  it('waits for no disk that does not answer', async (t) => {
    const { pool } = makePool(t, { limits: impatient });
    const never = () => new Promise<Errand>(() => {});
    const outcomes = await Promise.all([pool.run(never), pool.run(never), pool.run(never)]);
    const given = { ok: false, reason: 'it takes too long to read' };
    assert.deepEqual(outcomes, [given, given, given]);
    assert.deepEqual(await say(pool, 'a'), said('a'));
  });

  it('ends at once when it is told to, whatever its threads do', async (t) => {
    const stop = new AbortController();
    const { pool } = makePool(t, { signal: stop.signal });
    const running = Promise.all([crash(pool, 'loop'), ...['a', 'b', 'c'].map((word) => say(pool, word))]);
    stop.abort();
    for (const outcome of (await running).flat()) assert.equal(outcome?.ok, false);
    assert.equal((await pool.run(async () => ({ say: 'late' })))?.ok, false);
  });
});
