import assert from 'node:assert/strict';
import { appendFile, readdir, readFile, rename, stat, truncate, utimes, writeFile } from 'node:fs/promises';
import { describe, test } from 'node:test';
import { type Disk, nodeDisk } from '../../server/src/registry/cache/store/disk.ts';
import { maxLine, toLine } from '../../server/src/registry/cache/store/line.ts';
import {
  addAll,
  assertHonest,
  atOnce,
  contents,
  found,
  gone,
  setUpStore,
} from '../support/stored-answers.ts';

const hour = 3_600_000;

describe('the file stays small', () => {
  const bounds = { maxBytes: 40_000, maxAnswers: 1_000 };

  test('by its bytes: what is oldest goes', async (t) => {
    const { file, log, readAll, store } = await setUpStore(t, { bounds });
    for (let at = 1; at <= 1000; at++) {
      await addAll(store, [found(`${at}`, at)]);
      assert.ok((await stat(file)).size <= bounds.maxBytes + maxLine);
    }
    const answers = await readAll();
    assertHonest(answers);
    assert.deepEqual(
      answers.map(({ at }) => at),
      Array.from({ length: answers.length }, (_, index) => 1001 - answers.length + index),
    );
    assert.ok(answers.length > 50);
    assert.deepEqual(log, []);
  });

  test('by the number of answers', async (t) => {
    const { readAll, store } = await setUpStore(t, { bounds: { maxBytes: 1_000_000, maxAnswers: 40 } });
    for (let at = 1; at <= 200; at++) {
      await addAll(store, [found(`${at}`, at)]);
      await store.read();
    }
    const answers = await readAll();
    assert.ok(answers.length <= 41 && answers.length >= 30, `${answers.length}`);
    assert.equal(answers.at(-1)?.at, 200);
  });

  test('and keeps the newest answer of every key', async (t) => {
    const { readAll, store } = await setUpStore(t, { bounds });
    for (let at = 1; at <= 50; at++) {
      await addAll(store, [found('1.0', at), at % 2 ? gone('2.0', at) : found('2.0', at), contents('x', at)]);
    }
    for (let at = 1; at <= 400; at++) await addAll(store, [found('3.0', at)]);
    const newest = new Map((await readAll()).map((one) => [`${one.kind === 'contents'} ${one.key}`, one]));
    assert.deepEqual(
      [...newest.values()],
      [found('1.0', 50), found('2.0', 50), contents('x', 50), found('3.0', 400)],
    );
  });

  test('and its other file is gone afterwards', async (t) => {
    const { folder, store } = await setUpStore(t, { bounds });
    for (let at = 1; at <= 300; at++) await addAll(store, [found(`${at}`, at)]);
    assert.deepEqual(await readdir(folder), ['registry-v1.log']);
  });

  test('and what crashed processes left behind goes', async (t) => {
    const { file, folder, store } = await setUpStore(t, { bounds });
    await addAll(store, [found('1.0')]);
    await writeFile(`${file}.0123456789abcdef.tmp`, 'half');
    for (let at = 1; at <= 300; at++) await addAll(store, [found(`${at}`, at)]);
    assert.deepEqual(await readdir(folder), ['registry-v1.log']);
  });

  test('unless another process is at it', async (t) => {
    const { file, readAll, store } = await setUpStore(t, { bounds });
    await addAll(store, [found('1.0')]);
    await writeFile(`${file}.lock`, 'another');
    for (let at = 1; at <= 200; at++) await addAll(store, [found(`${at}`, at)]);
    assert.equal((await readAll()).length, 201);
    assert.equal(await readFile(`${file}.lock`, 'utf8'), 'another');
  });

  test('and never gets more than twice as long', async (t) => {
    const { file, store } = await setUpStore(t, { bounds, timers: atOnce });
    await addAll(store, [found('1.0')]);
    await writeFile(`${file}.lock`, 'another');
    for (let at = 1; at <= 1000; at++) await addAll(store, [found(`${at}`, at)]);
    assert.ok((await stat(file)).size <= 2 * bounds.maxBytes + maxLine);
  });

  test('when the process that was at it has crashed long ago', async (t) => {
    const { file, folder, store } = await setUpStore(t, { bounds });
    await addAll(store, [found('1.0')]);
    for (const age of [hour, -hour]) {
      await writeFile(`${file}.lock`, 'crashed');
      const then = (Date.now() - age) / 1000;
      await utimes(`${file}.lock`, then, then);
      for (let at = 1; at <= 300; at++) await addAll(store, [found(`${at}`, at)]);
      assert.ok((await stat(file)).size <= bounds.maxBytes + maxLine);
      assert.deepEqual(await readdir(folder), ['registry-v1.log']);
    }
  });

  test('and of a file that is far too long the end is read', async (t) => {
    const { another, file, store } = await setUpStore(t);
    for (let at = 1; at <= 1000; at++) store.add(found(`${at}`, at));
    await store.flush();
    assert.ok((await stat(file)).size > 2 * bounds.maxBytes);
    const { answers } = await another({ bounds }).read();
    assert.ok(answers.length < 600);
    assert.deepEqual(answers.at(-1), found('1000', 1000));
  });

  test('an answer from the future does not stay the newest for ever', async (t) => {
    const { readAll, store } = await setUpStore(t, { bounds, clock: { now: () => 10_000 } });
    await addAll(store, [found('1.0', 99_999), found('2.0', 99_999), found('1.0', 5_000)]);
    for (let at = 1; at <= 500; at++) await addAll(store, [gone('3.0', at)]);
    const answers = await readAll();
    const { digest } = found('2.0', 99_999);
    assert.deepEqual(
      answers.filter(({ kind }) => kind === 'found'),
      [found('1.0', 5_000), { ...found('2.0', 10_000), digest }],
    );
  });
});

describe('an exchange of the file at the same moment', () => {
  const bounds = { maxBytes: 10_000, maxAnswers: 1_000 };

  test('loses nothing of those who append before it, during it and after it', async (t) => {
    const { another, readAll, store } = await setUpStore(t, { bounds });
    for (let at = 1; at <= 20; at++) await addAll(store, [found(`${at}`, at)]);
    const other = another();
    const [early, between, late] = [found('early', 100), found('between', 101), found('late', 102)];
    let isDone = false;
    // Between what is done to exchange the file, another process appends to it.
    const disk: Disk = {
      ...nodeDisk,
      async rename(from, to) {
        if (isDone || !String(from).endsWith('.tmp')) return nodeDisk.rename(from, to);
        isDone = true;
        await addAll(other, [early]);
        await appendFile(to, toLine(between) ?? '');
        await nodeDisk.rename(from, to);
        await addAll(other, [late]);
      },
    };
    const shrinking = another({ disk });
    for (let at = 21; !isDone; at++) await addAll(shrinking, [found(`${at}`, at)]);
    const keys = new Set((await readAll()).map(({ key }) => key));
    for (const { key } of [early, between, late]) assert.ok(keys.has(key), key);
  });

  test('is seen by whoever has appended to the old file, and made good', async (t) => {
    const { another, file, readAll, store } = await setUpStore(t);
    await addAll(store, [found('1.0')]);
    let times = 0;
    const disk: Disk = {
      ...nodeDisk,
      async lstat(...args: Parameters<Disk['lstat']>) {
        if (args[0] === file && times++ === 0) {
          await writeFile(`${file}.new`, toLine(found('2.0')) ?? '', { mode: 0o600 });
          await rename(`${file}.new`, file);
        }
        return nodeDisk.lstat(...args);
      },
    } as Disk;
    await addAll(another({ disk }), [found('3.0')]);
    assert.deepEqual(await readAll(), [found('2.0'), found('3.0')]);
  });

  test('is not made where somebody has emptied the file meanwhile', async (t) => {
    const { another, file, readAll, store } = await setUpStore(t, { bounds });
    for (let at = 1; at <= 20; at++) await addAll(store, [found(`${at}`, at)]);
    let isCleared = false;
    const disk: Disk = {
      ...nodeDisk,
      async open(path, ...rest) {
        if (String(path).endsWith('.tmp') && !isCleared) {
          isCleared = true;
          await truncate(file);
        }
        return nodeDisk.open(path, ...rest);
      },
    };
    const shrinking = another({ disk });
    for (let at = 21; !isCleared; at++) await addAll(shrinking, [found(`${at}`, at)]);
    assert.deepEqual(await readAll(), []);
  });

  test('is not made by a process that slept until its lock was taken from it', async (t) => {
    const { another, file, folder, readAll, store } = await setUpStore(t, { bounds });
    for (let at = 1; at <= 20; at++) await addAll(store, [found(`${at}`, at)]);
    let isStolen = false;
    const disk: Disk = {
      ...nodeDisk,
      async open(path, ...rest) {
        if (String(path).endsWith('.tmp')) {
          isStolen = true;
          await writeFile(`${file}.lock`, 'another');
        }
        return nodeDisk.open(path, ...rest);
      },
    };
    const before = [...(await readAll())];
    const shrinking = another({ disk });
    for (let at = 21; !isStolen; at++) {
      await addAll(shrinking, [found(`${at}`, at)]);
      before.push(found(`${at}`, at));
    }
    assert.deepEqual(await readAll(), before);
    assert.deepEqual((await readdir(folder)).sort(), ['registry-v1.log', 'registry-v1.log.lock']);
  });

  test('is tried again where the system lets no open file be replaced', async (t) => {
    let refusals = 0;
    const disk: Disk = {
      ...nodeDisk,
      async open(path, ...rest) {
        if (String(path).endsWith('.tmp')) await appendFile(file, toLine(found('other', 1000)) ?? '');
        return nodeDisk.open(path, ...rest);
      },
      async rename(from, to) {
        if (refusals++ % 3 < 2) throw Object.assign(new Error('busy'), { code: 'EPERM' });
        return nodeDisk.rename(from, to);
      },
    };
    const { file, log, readAll, store } = await setUpStore(t, { bounds, disk, timers: atOnce });
    for (let at = 1; at <= 100; at++) await addAll(store, [found(`${at}`, at)]);
    assert.ok((await stat(file)).size <= bounds.maxBytes + maxLine);
    const answers = await readAll();
    assert.ok(answers.some(({ at }) => at === 1000));
    assert.equal(answers.at(-1)?.at, 100);
    assert.deepEqual(log, []);
  });
});
