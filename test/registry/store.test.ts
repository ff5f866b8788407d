import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { appendFile, mkdir, readdir, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { maxLine, toLine } from '../../server/src/registry/cache/store/line.ts';
import '../support/properties.ts';
import { addAll, atOnce, contents, faultyDisk, found, gone, setUpStore } from '../support/stored-answers.ts';

test('what is kept is read again, in order, by the next process', async (t) => {
  const { readAll, store } = await setUpStore(t);
  const answers = [found('1.0'), gone('2.0'), contents('x'), found('1.0', 2)];
  await addAll(store, answers);
  assert.deepEqual(await readAll(), answers);
});

test('what was kept before anybody waited for it is kept, too', async (t) => {
  const { readAll, store } = await setUpStore(t);
  const answers = Array.from({ length: 200 }, (_, index) => found(`${index}`));
  for (const answer of answers) store.add(answer);
  await store.flush();
  assert.deepEqual(await readAll(), answers);
});

test('where nothing is kept there is nothing, and nothing is made', async (t) => {
  const { folder, log, store } = await setUpStore(t);
  assert.deepEqual(await store.read(), { areAll: true, answers: [] });
  assert.equal(await store.clear(), null);
  await assert.rejects(stat(folder));
  assert.deepEqual(log, []);
});

describe('a process reads on', () => {
  test('only what is new', async (t) => {
    const { another, store } = await setUpStore(t);
    const other = another();
    await addAll(other, [found('1.0')]);
    assert.deepEqual(await store.read(), { areAll: true, answers: [found('1.0')] });
    assert.deepEqual(await store.read(), { areAll: false, answers: [] });
    await addAll(other, [found('2.0')]);
    await addAll(store, [found('3.0')]);
    assert.deepEqual(await store.read(), { areAll: false, answers: [found('2.0'), found('3.0')] });
  });

  test('all over again, where the file was deleted and made anew', async (t) => {
    const { another, file, store } = await setUpStore(t);
    await addAll(store, [found('1.0')]);
    await store.read();
    await rm(file);
    assert.deepEqual(await store.read(), { areAll: true, answers: [] });
    await addAll(another(), [found('2.0')]);
    assert.deepEqual(await store.read(), { areAll: true, answers: [found('2.0')] });
  });

  test('all over again, where another file of the same length or more took its place', async (t) => {
    const { another, file, store } = await setUpStore(t);
    await addAll(store, [found('1.0')]);
    await store.read();
    // The same file by its number, as one that takes the number of a deleted one.
    await truncate(file);
    await addAll(another(), [found('2.0'), found('3.0')]);
    assert.deepEqual(await store.read(), { areAll: true, answers: [found('2.0'), found('3.0')] });
  });

  test('all over again, where its end was cut off', async (t) => {
    const { file, store } = await setUpStore(t);
    await addAll(store, [found('1.0'), found('2.0')]);
    await store.read();
    await truncate(file, (await stat(file)).size - 10);
    assert.deepEqual(await store.read(), { areAll: true, answers: [found('1.0')] });
    await addAll(store, [found('3.0')]);
    assert.deepEqual(await store.read(), { areAll: false, answers: [found('3.0')] });
  });

  test('all over again, where there was nothing to know the file by', async (t) => {
    const { file, folder, store } = await setUpStore(t);
    await mkdir(folder, { mode: 0o700 });
    await writeFile(file, 'nothing that counts\n', { mode: 0o600 });
    assert.deepEqual(await store.read(), { areAll: true, answers: [] });
    await addAll(store, [found('1.0')]);
    assert.deepEqual((await store.read()).answers, [found('1.0')]);
  });

  test('a line when it has ended', async (t) => {
    const { file, store } = await setUpStore(t);
    await addAll(store, [found('1.0')]);
    const line = toLine(found('2.0')) ?? Buffer.alloc(0);
    await store.read();
    await appendFile(file, line.subarray(0, 50));
    assert.deepEqual((await store.read()).answers, []);
    await appendFile(file, line.subarray(50));
    assert.deepEqual(await store.read(), { areAll: false, answers: [found('2.0')] });
  });

  test('lines of which many do not fit into one piece that is read', async (t) => {
    const { another, readAll, store } = await setUpStore(t);
    const answers = Array.from({ length: 3000 }, (_, index) => found(`${index}`, index));
    for (let start = 0; start < answers.length; start += 500) {
      await addAll(store, answers.slice(start, start + 500));
    }
    assert.deepEqual(await readAll(), answers);
    const reader = another();
    await reader.read();
    await addAll(store, [found('new')]);
    assert.deepEqual((await reader.read()).answers, [found('new')]);
  });
});

describe('a file that was damaged', () => {
  test('loses no more than the line that a crash has left half written', async (t) => {
    const { file, readAll, store } = await setUpStore(t);
    const [before, torn, after] = [found('1.0'), contents('x'), found('3.0')];
    await addAll(store, [before]);
    const intact = await readFile(file);
    const line = toLine(torn) ?? Buffer.alloc(0);
    for (let end = 0; end <= line.length; end++) {
      await writeFile(file, Buffer.concat([intact, line.subarray(0, end)]));
      await addAll(store, [after]);
      // Without its line end it is whole all the same: the next one begins with one.
      const expected = end >= line.length - 1 ? [before, torn, after] : [before, after];
      assert.deepEqual(await readAll(), expected, `after ${end} bytes`);
    }
  });

  test('gives nothing that was not kept, whatever was done to it', async (t) => {
    const { file, readAll, store } = await setUpStore(t);
    const answers = [found('1.0'), contents('x'), gone('2.0'), found('1.0', 2), contents('y'), found('3.0')];
    await addAll(store, answers);
    const intact = await readFile(file);
    const known = new Set(answers.map((answer) => JSON.stringify(answer)));
    const place = fc.integer({ min: 0, max: intact.length - 1 });
    const damage = fc.array(
      fc.oneof(
        fc.record({ kind: fc.constant('flip' as const), at: place, bit: fc.integer({ min: 0, max: 7 }) }),
        fc.record({ kind: fc.constant('cut' as const), at: place, length: fc.integer({ min: 1, max: 400 }) }),
        fc.record({ kind: fc.constant('put' as const), at: place, bytes: fc.uint8Array({ maxLength: 50 }) }),
        fc.record({ kind: fc.constant('move' as const), at: place, to: place }),
      ),
      { minLength: 1, maxLength: 8 },
    );
    await fc.assert(
      fc.asyncProperty(damage, async (damages) => {
        let text = Buffer.from(intact);
        for (const one of damages) {
          const [head, tail] = [text.subarray(0, one.at), text.subarray(one.at)];
          if (one.kind === 'put') text = Buffer.concat([head, one.bytes, tail]);
          else if (one.kind === 'cut') text = Buffer.concat([head, tail.subarray(one.length)]);
          else if (one.kind === 'move') text = Buffer.concat([tail, head.subarray(0, one.to)]);
          else if (one.at < text.length) text[one.at] = (text[one.at] ?? 0) ^ (1 << one.bit);
        }
        await writeFile(file, text);
        for (const answer of await readAll()) assert.ok(known.has(JSON.stringify(answer)));
      }),
      { numRuns: 500 },
    );
  });

  test('does not count where it is something else altogether', async (t) => {
    const { file, folder, log, readAll, store } = await setUpStore(t);
    await mkdir(folder, { mode: 0o700 });
    for (const text of [randomBytes(1024 * 1024), 'x'.repeat(3 * maxLine), '\0'.repeat(100_000), '\n\n\n']) {
      await writeFile(file, text, { mode: 0o600 });
      assert.deepEqual(await readAll(), []);
      await addAll(store, [found('1.0')]);
      assert.deepEqual(await readAll(), [found('1.0')]);
    }
    assert.deepEqual(log, []);
  });
});

describe('clearing', () => {
  test('takes what this process and others have kept', async (t) => {
    const { another, readAll, store } = await setUpStore(t);
    const other = another();
    await addAll(other, [found('1.0')]);
    await other.read();
    await addAll(store, [found('2.0')]);
    assert.equal(await store.clear(), null);
    assert.deepEqual(await readAll(), []);
    assert.deepEqual(await other.read(), { areAll: true, answers: [] });
    await addAll(other, [found('3.0')]);
    assert.deepEqual(await readAll(), [found('3.0')]);
  });

  test('takes what waits to be kept, and nothing that comes later', async (t) => {
    const { readAll, store } = await setUpStore(t);
    store.add(found('1.0'));
    const cleared = store.clear();
    store.add(found('2.0'));
    assert.equal(await cleared, null);
    await store.flush();
    assert.deepEqual(await readAll(), [found('2.0')]);
  });

  test('is noticed by a process that reads on when the file has grown again', async (t) => {
    const { another, store } = await setUpStore(t);
    const other = another();
    await addAll(store, [found('1.0')]);
    await other.read();
    await store.clear();
    await addAll(store, [found('2.0'), found('3.0')]);
    assert.deepEqual(await other.read(), { areAll: true, answers: [found('2.0'), found('3.0')] });
  });

  test('takes what a crashed process left behind', async (t) => {
    const { file, folder, store } = await setUpStore(t);
    await addAll(store, [found('1.0')]);
    await writeFile(`${file}.0123456789abcdef.tmp`, toLine(found('2.0')) ?? '');
    assert.equal(await store.clear(), null);
    assert.deepEqual(await readdir(folder), ['registry-v1.log']);
  });

  test('does not wait for ever for another process', async (t) => {
    const { file, readAll, store } = await setUpStore(t, { timers: atOnce });
    await addAll(store, [found('1.0')]);
    await writeFile(`${file}.lock`, 'another');
    assert.equal(await store.clear(), null);
    assert.deepEqual(await readAll(), []);
  });

  test('says why it could not', async (t) => {
    const { another, file, folder, log, store } = await setUpStore(t);
    await addAll(store, [found('1.0')]);
    const fails = faultyDisk({ open: 'EROFS', readdir: 'EROFS' });
    const problem = await another({ disk: fails }).clear();
    assert.equal(
      problem,
      `The answers kept in \`${file}\` could not be deleted: the disk of \`${folder}\` can only be read.`,
    );
    assert.equal(log.length, 1);
  });
});
