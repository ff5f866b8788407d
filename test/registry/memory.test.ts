import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Lookup } from '../../server/src/engine/ports.ts';
import { nodeTimers, type Timers } from '../../server/src/http/timers.ts';
import { Memory } from '../../server/src/registry/cache/memory.ts';
import {
  noStore,
  type Store,
  type StoredAnswer,
  type StoredAnswers,
} from '../../server/src/registry/cache/store/store.ts';
import { defaultLimits } from '../../server/src/registry/limits.ts';
import { ManualTimers } from '../support/registry-client.ts';
import {
  contents,
  contentsOf,
  digestOf,
  found,
  gone,
  keyOf,
  mediaType,
  setUpStore,
} from '../support/stored-answers.ts';

const noon = Date.UTC(2025, 0, 1, 12);
const second = 1_000;
const day = 86_400_000;

class FakeStore implements Store {
  readonly added: StoredAnswer[] = [];
  readonly told: StoredAnswers[] = [];
  reads = 0;
  problem: string | null = null;

  constructor(...answers: readonly StoredAnswer[]) {
    this.tell(answers, true);
  }

  /** What the next read gives. */
  tell(answers: readonly StoredAnswer[], areAll = false): void {
    this.told.push({ answers, areAll });
  }

  async read(): Promise<StoredAnswers> {
    this.reads++;
    return this.told.shift() ?? { answers: [], areAll: false };
  }

  add(answer: StoredAnswer): void {
    this.added.push(answer);
  }

  async clear(): Promise<string | null> {
    return this.problem;
  }

  async flush(): Promise<void> {}
}

function setUp(store: Store = new FakeStore(), timers: Timers = nodeTimers) {
  const clock = { at: noon, now: () => clock.at };
  return { clock, memory: new Memory(clock, defaultLimits, store, timers) };
}

const lookup = (digest: string, at = noon): Lookup => ({ ok: true, digest, mediaType, at });
const notFound: Lookup = { ok: false, code: 'not-found', message: 'It is not there.' };

const one = digestOf('one');
const tag = keyOf('1.0');
const whole = keyOf(one);

describe('the disk', () => {
  test('is read once, at the first question', async () => {
    const store = new FakeStore(found('1.0', noon - day));
    const { memory } = setUp(store);
    assert.equal(store.reads, 0);
    assert.equal(memory.known(tag), undefined);
    memory.known(tag);
    memory.contents(tag);
    await memory.ready();
    assert.equal(store.reads, 1);
    assert.deepEqual(memory.known(tag), { at: noon - day, digest: found('1.0', noon - day).digest });
  });

  test('is read on after a second, whatever the clock did', async () => {
    const store = new FakeStore();
    const { clock, memory } = setUp(store);
    await memory.ready();
    store.tell([found('1.0', noon)]);
    clock.at += second - 1;
    await memory.ready();
    assert.equal(memory.known(tag), undefined);
    clock.at += 1;
    await memory.ready();
    assert.equal(memory.known(tag)?.digest, found('1.0', noon).digest);
    store.tell([found('2.0', noon)]);
    clock.at -= day;
    await memory.ready();
    assert.equal(memory.known(keyOf('2.0'))?.digest, found('2.0', noon).digest);
  });

  test('is told what is found and what is gone', async () => {
    const store = new FakeStore();
    const { memory } = setUp(store);
    memory.keep(tag, lookup(one), false);
    memory.keep(keyOf('2.0'), notFound, false);
    memory.keep(keyOf('3.0'), { ok: false, code: 'no-access', message: 'It is closed.' }, false);
    memory.keep(keyOf('4.0'), { ok: false, code: 'unreachable', message: 'It is far away.' }, false);
    memory.keepContents(whole, contentsOf());
    memory.keepVerdict(whole, { ok: true, at: noon, verified: true, why: 'Signed.' });
    assert.deepEqual(store.added, [
      { kind: 'found', key: tag, at: noon, digest: one, mediaType },
      gone('2.0', noon),
      { kind: 'contents', key: whole, at: noon, contents: contentsOf() },
    ]);
  });

  test('is not told contents that it has, or of which a part was missing', async () => {
    const store = new FakeStore({ kind: 'contents', key: whole, at: noon - day, contents: contentsOf() });
    const { clock, memory } = setUp(store);
    await memory.ready();
    memory.keepContents(whole, contentsOf());
    memory.keepContents(keyOf(digestOf('two')), { platforms: null, config: null });
    assert.deepEqual(store.added, []);
    // Somebody has cleared it.
    store.tell([], true);
    clock.at += second;
    await memory.ready();
    memory.keepContents(whole, contentsOf());
    assert.equal(store.added.length, 1);
  });
});

describe('what is on disk', () => {
  test('is never given in place of a lookup of a tag', async () => {
    const { memory } = setUp(new FakeStore(found('1.0', noon)));
    await memory.ready();
    assert.equal(memory.fresh(tag), undefined);
    assert.equal(memory.fresh(tag, noon - day), undefined);
    assert.ok(memory.known(tag));
  });

  test('is given in place of a lookup of a digest, unless something new is wanted', async () => {
    const kept: StoredAnswer = { kind: 'found', key: whole, at: noon - day, digest: one, mediaType };
    const { memory } = setUp(new FakeStore(kept));
    await memory.ready();
    assert.deepEqual(memory.fresh(whole), lookup(one, noon - day));
    assert.equal(memory.fresh(whole, noon - 2 * day), undefined);
  });

  test('is not, where the digest turned out to be gone since', async () => {
    const kept: StoredAnswer = { kind: 'found', key: whole, at: noon - day, digest: one, mediaType };
    const { clock, memory } = setUp(new FakeStore(kept));
    await memory.ready();
    memory.keep(whole, notFound, true);
    clock.at += defaultLimits.keepFailed;
    assert.equal(memory.fresh(whole), undefined);
    assert.deepEqual(memory.known(whole), { at: noon, digest: null });
  });

  test('gives the contents of a digest', async () => {
    const { memory } = setUp(new FakeStore(contents('x')));
    await memory.ready();
    assert.deepEqual(memory.contents(keyOf(digestOf('x'))), contentsOf('/x'));
  });

  test('counts where it is newer than what this process knows, and only there', async () => {
    const store = new FakeStore(found('1.0', noon - 5), found('2.0', noon + 3));
    const { clock, memory } = setUp(store);
    memory.keep(tag, lookup(one), false);
    memory.keep(keyOf('2.0'), lookup(one), false);
    clock.at += 5;
    await memory.ready();
    assert.deepEqual(memory.known(tag), { at: noon, digest: one });
    assert.deepEqual(memory.known(keyOf('2.0')), { at: noon + 3, digest: found('2.0', noon + 3).digest });
  });

  test('is the newest of what was kept, in whatever order it was', async () => {
    const store = new FakeStore(
      found('1.0', noon - 5),
      gone('1.0', noon - 10),
      gone('2.0', 1),
      found('2.0', 2),
    );
    const { memory } = setUp(store);
    await memory.ready();
    assert.equal(memory.known(tag)?.digest, found('1.0', noon - 5).digest);
    assert.equal(memory.known(keyOf('2.0'))?.digest, found('2.0', 2).digest);
  });

  test('that an image was gone counts for a day, and what was there before it does not come back', async () => {
    const { clock, memory } = setUp(new FakeStore(found('1.0', noon - day), gone('1.0', noon)));
    await memory.ready();
    assert.deepEqual(memory.known(tag), { at: noon, digest: null });
    assert.equal(memory.old(tag), undefined);
    clock.at += day;
    assert.equal(memory.known(tag), undefined);
    assert.equal(memory.old(tag), undefined);
  });

  test('no longer counts when it is replaced by other answers', async () => {
    const store = new FakeStore(found('1.0', noon));
    const { clock, memory } = setUp(store);
    await memory.ready();
    store.tell([found('2.0', noon)], true);
    clock.at += second;
    await memory.ready();
    assert.equal(memory.known(tag), undefined);
    assert.ok(memory.known(keyOf('2.0')));
  });
});

describe('while requests are switched off', () => {
  test('what was found is told again, however old', async () => {
    const { memory } = setUp(new FakeStore(found('1.0', noon - 400 * day)));
    await memory.ready();
    const { at, digest } = found('1.0', noon - 400 * day);
    assert.deepEqual(memory.old(tag), { ok: true, digest, mediaType, at, isOld: true });
  });

  test('also what this process has found, with what the user should know of it', () => {
    const { clock, memory } = setUp();
    memory.keep(tag, { ok: true, digest: one, mediaType, at: noon, notice: 'It said two things.' }, false);
    clock.at += day;
    assert.deepEqual(memory.old(tag), {
      ok: true,
      digest: one,
      mediaType,
      at: noon,
      notice: 'It said two things.',
      isOld: true,
    });
  });

  test('but not where it was gone after that', () => {
    const { memory } = setUp();
    memory.keep(tag, lookup(one), false);
    memory.keep(tag, notFound, false);
    assert.equal(memory.old(tag), undefined);
  });
});

describe('a clock that was wrong', () => {
  test('what it kept is from now at most, and anything else is newer', async () => {
    const ahead = found('1.0', noon + 1000 * day);
    const store = new FakeStore(ahead);
    const { clock, memory } = setUp(store);
    await memory.ready();
    assert.deepEqual(memory.known(tag), { at: noon, digest: ahead.digest });
    assert.equal(memory.old(tag)?.at, noon);
    memory.keep(tag, lookup(one), false);
    clock.at += day;
    assert.deepEqual(memory.known(tag), { at: noon, digest: one });
  });

  test('what others kept after it is newer, too', async () => {
    const { memory } = setUp(new FakeStore(found('1.0', noon + day), found('1.0', noon - 5)));
    await memory.ready();
    assert.deepEqual(memory.known(tag), { at: noon - 5, digest: found('1.0', noon - 5).digest });
  });

  test('and is set back: what was found in the future is not fresh, nor is a failure', () => {
    const { clock, memory } = setUp();
    memory.keep(tag, lookup(one), false);
    memory.keep(keyOf('2.0'), notFound, false);
    assert.ok(memory.fresh(tag));
    assert.ok(memory.fresh(keyOf('2.0')));
    clock.at -= day;
    assert.equal(memory.fresh(tag), undefined);
    assert.equal(memory.fresh(tag, noon - 2 * day), undefined);
    assert.equal(memory.fresh(keyOf('2.0')), undefined);
    assert.deepEqual(memory.known(tag), { at: noon - day, digest: one });
  });
});

describe('forgetting everything', () => {
  test('counts what was known here and on disk, each once', async () => {
    const { memory } = setUp(new FakeStore(found('1.0', noon - 1), found('2.0', noon - 1), contents('x')));
    memory.keep(tag, lookup(one), false);
    memory.keep(whole, lookup(one), true);
    memory.keepContents(whole, contentsOf());
    memory.keepVerdict(`${whole} keys`, { ok: true, at: noon, verified: true, why: 'Signed.' });
    assert.deepEqual(await memory.clear(), { entries: 5 });
    for (const key of [tag, whole, keyOf('2.0')]) {
      assert.equal(memory.known(key), undefined);
      assert.equal(memory.fresh(key), undefined);
      assert.equal(memory.contents(key), undefined);
    }
    assert.equal(memory.verdict(`${whole} keys`), undefined);
    assert.deepEqual(await memory.clear(), { entries: 0 });
  });

  test('says why the disk could not be cleared', async () => {
    const store = new FakeStore(found('1.0', noon));
    store.problem = 'The answers could not be deleted.';
    const { memory } = setUp(store);
    assert.deepEqual(await memory.clear(), { entries: 1, problem: 'The answers could not be deleted.' });
    assert.equal(memory.known(tag), undefined);
  });

  test('also what is being read at that moment', async () => {
    let finish: (told: StoredAnswers) => void = () => {};
    const reading = new Promise<StoredAnswers>((resolve) => {
      finish = resolve;
    });
    const timers = new ManualTimers();
    const store: Store = { ...noStore, read: () => reading };
    const { memory } = setUp(store, timers);
    const cleared = memory.clear();
    timers.expire();
    assert.deepEqual(await cleared, { entries: 0 });
    finish({ areAll: true, answers: [found('1.0', noon)] });
    await reading;
    assert.equal(memory.known(tag), undefined);
  });

  test('for real: what this process and another have kept', async (t) => {
    const { another, readAll, store } = await setUpStore(t);
    const { memory } = setUp(store, new ManualTimers());
    const otherStore = another();
    const other = setUp(otherStore, new ManualTimers());
    other.memory.keep(keyOf('2.0'), lookup(one), false);
    await otherStore.flush();
    memory.keep(tag, lookup(one), false);
    await store.flush();
    await other.memory.ready();
    assert.deepEqual(await memory.clear(), { entries: 2 });
    assert.deepEqual(await readAll(), []);
    other.clock.at += second;
    await other.memory.ready();
    assert.equal(other.memory.known(tag), undefined);
    // Its own it still knows, but they stay away from the disk.
    assert.ok(other.memory.known(keyOf('2.0')));
    assert.deepEqual(await readAll(), []);
    other.memory.keep(keyOf('3.0'), lookup(one), false);
    await otherStore.flush();
    assert.deepEqual(
      (await readAll()).map(({ key }) => key),
      [keyOf('3.0')],
    );
  });
});

describe('a disk that hangs', () => {
  const never = new Promise<never>(() => {});
  const hanging: Store = { ...noStore, read: () => never, clear: () => never, flush: () => never };

  test('holds nobody up for longer than a moment, and only once', async () => {
    const timers = new ManualTimers();
    const { clock, memory } = setUp(hanging, timers);
    const ready = memory.ready();
    timers.expire();
    await ready;
    clock.at += day;
    await memory.ready();
    assert.equal(timers.waiting, 0);
    memory.keep(tag, lookup(one, clock.at), false);
    assert.ok(memory.fresh(tag));
  });

  test('is told of when everything is to be forgotten', async () => {
    const timers = new ManualTimers();
    const { memory } = setUp({ ...hanging, read: noStore.read }, timers);
    memory.keep(tag, lookup(one), false);
    await memory.ready();
    const cleared = memory.clear();
    // First it reads what there is, which takes a few turns.
    let isDone = false;
    cleared.then(() => {
      isDone = true;
    });
    while (!isDone) {
      timers.expire();
      await new Promise(setImmediate);
    }
    const { entries, problem } = await cleared;
    assert.equal(entries, 1);
    assert.match(problem ?? '', /does not respond/);
    assert.equal(memory.known(tag), undefined);
  });
});

test('twenty thousand answers are all known to the next process', async (t) => {
  const { another, store } = await setUpStore(t);
  const at = noon - day;
  for (let index = 0; index < 20_000; index++) {
    store.add(found(`${index}`, at + index));
    if (index % 1000 === 999) await store.flush();
  }
  const { memory } = setUp(another(), new ManualTimers());
  await memory.ready();
  for (let index = 0; index < 20_000; index++) {
    assert.equal(memory.known(keyOf(`${index}`))?.digest, found(`${index}`, at + index).digest);
  }
});
