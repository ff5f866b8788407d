import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { chmod, chown, link, mkdir, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, type TestContext, test } from 'node:test';
import { type Disk, nodeDisk } from '../../server/src/registry/cache/store/disk.ts';
import { toLine } from '../../server/src/registry/cache/store/line.ts';
import type { StoredAnswer } from '../../server/src/registry/cache/store/store.ts';
import { addAll, faultyDisk, found, setUpStore, type TestStore } from '../support/stored-answers.ts';

const me = process.geteuid?.() ?? 0;

/** Nothing is read from it and nothing kept in it, and one line of the log says why. */
async function assertUnused({ log, store }: TestStore, why: RegExp): Promise<void> {
  assert.deepEqual((await store.read()).answers, []);
  await addAll(store, [found('2.0')]);
  await addAll(store, [found('3.0')]);
  assert.deepEqual((await store.read()).answers, []);
  assert.equal(log.length, 1, log.join('\n'));
  assert.match(log[0] ?? '', /^What registries answer is not kept on disk: .*\. Set HOLDFAST_CACHE_DIR to/);
  assert.match(log[0] ?? '', why);
}

const linesOf = (...answers: readonly StoredAnswer[]): Buffer =>
  Buffer.concat(answers.map((answer) => toLine(answer) ?? Buffer.alloc(0)));

describe('nobody else can read or write what is kept', () => {
  test('folder and file are made for the user alone', async (t) => {
    const { file, folder, store } = await setUpStore(t);
    await addAll(store, [found('1.0')]);
    assert.equal((await stat(folder)).mode & 0o777, 0o700);
    assert.equal((await stat(file)).mode & 0o777, 0o600);
  });

  test('the file that takes its place, too', async (t) => {
    const { file, store } = await setUpStore(t, { bounds: { maxBytes: 5_000, maxAnswers: 100 } });
    const answers = Array.from({ length: 40 }, (_, at) => found(`${at}`, at));
    for (const answer of answers) await addAll(store, [answer]);
    const { mode, size } = await stat(file);
    assert.ok(size < linesOf(...answers).length);
    assert.equal(mode & 0o777, 0o600);
  });
});

describe('is not used, and the log says why', () => {
  async function setUpKept(t: TestContext, options: Parameters<typeof setUpStore>[1] = {}) {
    const kept = await setUpStore(t, options);
    await mkdir(kept.folder, { mode: 0o700 });
    await writeFile(kept.file, linesOf(found('1.0')), { mode: 0o600 });
    return kept;
  }

  test('a folder that others can write to', async (t) => {
    const kept = await setUpKept(t);
    for (const mode of [0o777, 0o1777, 0o770, 0o702]) {
      await chmod(kept.folder, mode);
      kept.log.length = 0;
      await assertUnused({ ...kept, store: kept.another() }, /others can write to `[^`]*holdfast`/);
    }
    await chmod(kept.folder, 0o755);
    assert.deepEqual(await kept.readAll(), [found('1.0')]);
  });

  test('a file that others can write to', async (t) => {
    const kept = await setUpKept(t);
    for (const mode of [0o666, 0o620, 0o602]) {
      await chmod(kept.file, mode);
      kept.log.length = 0;
      await assertUnused({ ...kept, store: kept.another() }, /others can write to `[^`]*registry-v1\.log`/);
    }
    await chmod(kept.file, 0o644);
    assert.deepEqual(await kept.readAll(), [found('1.0')]);
  });

  test('a folder of another user', async (t) => {
    await assertUnused(await setUpKept(t, { user: me + 1 }), /`[^`]*holdfast` belongs to another user/);
  });

  test('a file of another user', async (t) => {
    const kept = await setUpKept(t, {
      disk: { ...nodeDisk, stat: foreignFolder(me + 1) },
      user: me + 1,
    });
    await assertUnused(kept, /`[^`]*registry-v1\.log` belongs to another user/);
  });

  test('a folder that would have to be made in that of another user', async (t) => {
    const disk: Disk = { ...nodeDisk, stat: foreignFolder(me + 1) };
    const kept = await setUpStore(t, { disk });
    await assertUnused(kept, /`[^`]*holdfast-store-[^`]*` belongs to another user/);
    await assert.rejects(stat(kept.folder));
  });

  test('a file that is a link', async (t) => {
    const kept = await setUpKept(t);
    const target = join(kept.folder, 'target');
    const before = linesOf(found('other'));
    await writeFile(target, before, { mode: 0o600 });
    await rm(kept.file);
    await symlink(target, kept.file);
    await assertUnused(kept, /`[^`]*registry-v1\.log` is a link/);
    assert.match((await kept.store.clear()) ?? '', /is a link/);
    assert.deepEqual(await readFile(target), before);
    await rm(kept.file);
    await link(target, kept.file);
    kept.log.length = 0;
    await assertUnused({ ...kept, store: kept.another() }, /`[^`]*registry-v1\.log` is a link/);
    assert.deepEqual(await readFile(target), before);
  });

  test('a link that leads nowhere', async (t) => {
    const kept = await setUpKept(t);
    const target = join(kept.folder, 'target');
    await rm(kept.file);
    await symlink(target, kept.file);
    await assertUnused(kept, /is a link/);
    await assert.rejects(stat(target));
  });

  test('a pipe, which nobody waits for', async (t) => {
    const kept = await setUpKept(t);
    await rm(kept.file);
    execFileSync('mkfifo', ['-m', '600', kept.file]);
    await assertUnused(kept, /registry-v1\.log` is no file/);
  });

  test('a folder that is a file', async (t) => {
    const kept = await setUpStore(t);
    await writeFile(kept.folder, '');
    await assertUnused(kept, /`[^`]*holdfast` cannot be used \(ENOTDIR\)/);
  });
});

test("a folder may be a link to one that is the user's own", async (t) => {
  const { folder, log, readAll, store } = await setUpStore(t);
  await mkdir(`${folder}-elsewhere`, { mode: 0o700 });
  await symlink(`${folder}-elsewhere`, folder);
  await addAll(store, [found('1.0')]);
  assert.deepEqual(await readAll(), [found('1.0')]);
  assert.deepEqual(log, []);
});

/** Everything exists as it does, and belongs to this user. */
function foreignFolder(owner: number): Disk['stat'] {
  const stat = async (...args: Parameters<Disk['stat']>) => {
    const stats = await nodeDisk.stat(...args);
    return Object.assign(stats, { uid: typeof stats.uid === 'bigint' ? BigInt(owner) : owner });
  };
  return stat as Disk['stat'];
}

describe('a disk that does not take it', () => {
  for (const [name, code, why] of [
    ['that is full', 'ENOSPC', /the disk of `[^`]*` is full/],
    ['with a quota that is used up', 'EDQUOT', /the disk of `[^`]*` is full/],
    ['that can only be read', 'EROFS', /the disk of `[^`]*` can only be read/],
    ['that may not be written to', 'EACCES', /`[^`]*` may not be written to/],
    ['that is broken', 'EIO', /`[^`]*` cannot be used \(EIO\)/],
  ] as const) {
    test(`${name}: nothing is kept, and one line of the log says so`, async (t) => {
      await assertUnused(await setUpStore(t, { disk: faultyDisk({ mkdir: code }) }), why);
      await assertUnused(await setUpStore(t, { disk: faultyDisk({ open: code }) }), why);
    });
  }

  test('for real: a folder that may not be written to', async (t) => {
    const nobody = 65_534;
    const user = me === 0 ? nobody : me;
    const kept = await setUpStore(t, { user });
    await mkdir(kept.folder, { mode: 0o700 });
    if (me === 0) {
      await chown(kept.folder, user, user);
      await chmod(join(kept.folder, '..'), 0o755);
      process.seteuid?.(user);
    }
    try {
      await chmod(kept.folder, 0o500);
      await assertUnused(kept, /`[^`]*holdfast` may not be written to/);
      await chmod(kept.folder, 0o700);
      await addAll(kept.store, [found('4.0')]);
      assert.deepEqual(await kept.readAll(), [found('4.0')]);
    } finally {
      if (me === 0) process.seteuid?.(0);
    }
  });

  test('but a part of a line: the rest goes on as before when there is room again', async (t) => {
    const { another, file, log, readAll, store } = await setUpStore(t);
    await addAll(store, [found('1.0')]);
    await addAll(another({ disk: shortOf(100) }), [found('2.0'), found('3.0')]);
    assert.equal((await stat(file)).size, linesOf(found('1.0')).length + 100);
    await addAll(store, [found('4.0')]);
    assert.deepEqual(await readAll(), [found('1.0'), found('4.0')]);
    assert.equal(log.length, 1);
    assert.match(log[0] ?? '', /is full/);
  });

  test('at the moment when it is made smaller leaves it as it was', async (t) => {
    const bounds = { maxBytes: 5_000, maxAnswers: 100 };
    const { another, folder, readAll, store } = await setUpStore(t, { bounds });
    const answers = Array.from({ length: 40 }, (_, at) => found(`${at}`, at));
    await addAll(another({ bounds: { maxBytes: 1e6, maxAnswers: 1000 } }), answers.slice(0, -1));
    const full = new Proxy(nodeDisk, {
      get: (disk, name: keyof Disk) =>
        name !== 'open'
          ? disk[name]
          : async (path: string, ...rest: [string, number]) => {
              const handle = await disk.open(path, ...rest);
              if (path.endsWith('.tmp')) {
                handle.writeFile = () => Promise.reject(Object.assign(new Error(), { code: 'ENOSPC' }));
              }
              return handle;
            },
    });
    await addAll(another({ disk: full, bounds: { maxBytes: 8_000, maxAnswers: 100 } }), answers.slice(-1));
    await addAll(store, []);
    assert.deepEqual((await readAll()).at(-1), answers.at(-1));
    assert.deepEqual(await readdir(folder), ['registry-v1.log']);
  });
});

/** A disk that takes this many bytes more. */
function shortOf(room: number): Disk {
  let left = room;
  return new Proxy(nodeDisk, {
    get: (disk, name: keyof Disk) =>
      name !== 'open'
        ? disk[name]
        : async (path: string, ...rest: [number, number]) => {
            const handle = await disk.open(path, ...rest);
            const write = handle.write.bind(handle);
            handle.write = (async (line: Buffer) => {
              const taken = line.subarray(0, left);
              left -= taken.length;
              if (taken.length === 0) throw Object.assign(new Error(), { code: 'ENOSPC' });
              return write(taken);
            }) as typeof handle.write;
            return handle;
          },
  });
}
