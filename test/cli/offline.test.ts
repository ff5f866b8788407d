import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, type TestContext, test } from 'node:test';
import type { Boundary } from '../../server/src/cli/environment.ts';
import { createNodeRegistry } from '../../server/src/registry/index.ts';
import { startDockerRegistry } from '../support/docker-registry.ts';
import { buildImage } from '../support/oci.ts';
import { startRegistry } from '../support/registry.ts';
import {
  digest,
  ended,
  fakeRegistry,
  invoke,
  main,
  makeFolder,
  type Outcome,
  silentClient,
  start,
} from './support.ts';

const asOf = / as of \d{1,2} [A-Z][a-z]+ \d{4}, \d\d:\d\d UTC$/;

interface User {
  readonly folder: string;
  readonly cache: string;
  run(...args: readonly string[]): Promise<Outcome>;
}

/** Whose answers are kept in a folder of their own. */
async function makeUser(t: TestContext, files: Readonly<Record<string, string>> = {}): Promise<User> {
  const folder = await makeFolder(t, files);
  const cache = join(folder, '..', 'cache');
  return {
    folder,
    cache,
    run: (...args) => ended(start(t, folder, [main, ...args], { HOLDFAST_CACHE_DIR: cache })),
  };
}

/** The lines that `holdfast cache` prints, by their first word. */
const told = ({ out }: Outcome): Readonly<Record<string, string>> =>
  Object.fromEntries(
    out
      .trimEnd()
      .split('\n')
      .map((line) => [line.split(/ +/, 1)[0], line.replace(/^\S+ +/, '')]),
  );

test('what a registry has told is told again once it is gone', async (t) => {
  const server = await startDockerRegistry();
  let isRunning = true;
  const stop = async (): Promise<void> => {
    if (isRunning) await server.stop();
    isRunning = false;
  };
  t.after(stop);
  const [first, second] = [buildImage({ name: 'first' }), buildImage({ name: 'second' })];
  await server.push(first, 'team/shop', '1.0');
  await server.push(second, 'team/shop', '2.0');
  const at = `${server.host}/team/shop`;
  const pinnedText = `FROM ${at}:1.0@${second.root.digest}\n`;
  const user = await makeUser(t, { 'a/Dockerfile': `FROM ${at}:2.0\n`, 'b/Dockerfile': pinnedText });

  const nothing = { folder: user.cache, answers: '0', bytes: '0', newest: '-' };
  assert.deepEqual(told(await user.run('cache')), nothing);
  const online = await user.run('resolve', `${at}:1.0`, `${at}:2.0`);
  assert.deepEqual(online, {
    status: 0,
    out: `${at}:1.0@${first.root.digest}\n${at}:2.0@${second.root.digest}\n`,
    err: '',
  });
  const auditing = ['audit', '--format', 'json', '--fail-on', 'never'] as const;
  const audited = await user.run(...auditing, '--online');
  assert.deepEqual([audited.status, audited.err], [0, '']);
  assert.match(audited.out, /"drifted-pin"/);
  const kept = told(await user.run('cache'));
  assert.equal(kept.folder, user.cache);
  // Two tags, and the digest that one of them is pinned to.
  assert.equal(kept.answers, '3');
  assert.ok(Number(kept.bytes) > 0);
  assert.ok(Math.abs(Date.parse(kept.newest ?? '') - Date.now()) < 600_000);
  await stop();

  const unreachable = await user.run('resolve', `${at}:1.0`);
  assert.deepEqual([unreachable.status, unreachable.out], [1, '']);
  assert.match(unreachable.err, /refuses the connection/);
  assert.match(unreachable.err, new RegExp(`${first.root.digest.slice(0, 19)}.*offline`));

  const offline = await user.run('resolve', '--offline', `${at}:1.0`, `${at}:2.0`);
  assert.deepEqual([offline.status, offline.out], [0, online.out]);
  const [one, two, ...rest] = offline.err.trimEnd().split('\n');
  assert.match(one ?? '', new RegExp(`^holdfast: ${at}:1\\.0${asOf.source}`));
  assert.match(two ?? '', new RegExp(`^holdfast: ${at}:2\\.0${asOf.source}`));
  assert.deepEqual(rest, []);

  const unknown = await user.run('resolve', '--offline', `${at}:3.0`, `${at}:1.0`);
  assert.deepEqual([unknown.status, unknown.out], [1, `${at}:1.0@${first.root.digest}\n`]);
  assert.match(unknown.err, /^holdfast: \S+\/team\/shop:3\.0: .*\. .*--offline.*\.\n/);

  const again = await user.run(...auditing, '--offline');
  assert.equal(again.status, 0);
  assert.equal(again.out, audited.out);
  assert.match(again.err, /^holdfast: [23] earlier answers of registries count, (as of|from) .* UTC\.\n$/);

  const pinned = await user.run('pin', '--offline', '--write');
  assert.deepEqual([pinned.status, pinned.out], [0, 'Pinned 1 image in a/Dockerfile\n']);
  assert.match(pinned.err, new RegExp(`^holdfast: ${at}:2\\.0${asOf.source}`, 'm'));
  assert.equal(
    await readFile(join(user.folder, 'a/Dockerfile'), 'utf8'),
    `FROM ${at}:2.0@${second.root.digest}\n`,
  );
  assert.equal(await readFile(join(user.folder, 'b/Dockerfile'), 'utf8'), pinnedText);

  const cleared = await user.run('cache', '--clear');
  assert.deepEqual(cleared, { status: 0, out: `Deleted 3 answers in ${user.cache}\n`, err: '' });
  assert.deepEqual(told(await user.run('cache')), nothing);
  const forgotten = await user.run('resolve', '--offline', `${at}:1.0`);
  assert.deepEqual([forgotten.status, forgotten.out], [1, '']);
  const unasked = await user.run(...auditing, '--offline');
  assert.equal(unasked.status, 0);
  assert.doesNotMatch(unasked.out, /"drifted-pin"/);
  assert.match(
    unasked.err,
    /^holdfast: \S+ and 1 more image could not be checked in full: .*--online.*\.\n$/,
  );
});

test('what a failed lookup tells is told once', async (t) => {
  const folder = await makeFolder(t, {});
  const notice = 'The credential helper x is not installed.';
  const { err } = await invoke(folder, ['resolve', 'a/b:1', 'a/c:1'], {
    connect: async ({ warn }) => {
      warn(notice);
      const failed = { ok: false, code: 'no-access', message: `It is private. ${notice}` } as const;
      return { ...silentClient, ...fakeRegistry(() => null), resolve: async () => failed };
    },
  });
  assert.equal(err, `holdfast: a/b:1: It is private. ${notice}\nholdfast: a/c:1: It is private. ${notice}\n`);
});

test('two at once keep what both of them are told', async (t) => {
  const server = await startRegistry({ anyName: true });
  t.after(() => server.stop());
  const user = await makeUser(t);
  const named = (of: string) =>
    Array.from({ length: 40 }, (_, index) => `${server.host}/team/${of}:${index}`);
  const [left, right] = [named('left'), named('right')];
  const [one, two] = await Promise.all([user.run('resolve', ...left), user.run('resolve', ...right)]);
  assert.deepEqual([one.status, one.err, two.status, two.err], [0, '', 0, '']);
  const asked = server.requests.length;
  const again = await user.run('resolve', '--offline', ...left, ...right);
  assert.deepEqual([again.status, again.out], [0, one.out + two.out]);
  assert.equal(server.requests.length, asked);
  assert.equal(told(await user.run('cache')).answers, '80');
});

test('where nothing is kept, nothing is known', async (t) => {
  const server = await startRegistry({ anyName: true });
  t.after(() => server.stop());
  const folder = await makeFolder(t, {});
  const run = (...args: readonly string[]) => ended(start(t, folder, [main, ...args]));
  const image = `${server.host}/team/shop:1.0`;
  assert.equal((await run('resolve', image)).status, 0);
  const asked = server.requests.length;
  const { err, out, status } = await run('resolve', '--offline', image);
  assert.deepEqual([status, out], [1, '']);
  assert.match(err, /--offline/);
  assert.equal(server.requests.length, asked);
  for (const args of [['cache'], ['cache', '--clear']]) {
    const cache = await run(...args);
    assert.deepEqual([cache.status, cache.out], [0, '']);
    assert.match(cache.err, /^holdfast: .*HOLDFAST_CACHE_DIR.*\.\n$/);
  }
});

test('a cache that cannot be used is said so, and stops nothing', async (t) => {
  const server = await startRegistry({ anyName: true });
  t.after(() => server.stop());
  const folder = await makeFolder(t, { file: '' });
  const run = (...args: readonly string[]) =>
    ended(start(t, folder, [main, ...args], { HOLDFAST_CACHE_DIR: join(folder, 'file') }));
  const { out, status } = await run('resolve', `${server.host}/team/shop:1.0`);
  assert.deepEqual(
    [status, out],
    [0, `${server.host}/team/shop:1.0@${server.digestOf('team/shop', '1.0')}\n`],
  );
  for (const args of [['cache'], ['cache', '--clear']]) {
    const cache = await run(...args);
    assert.equal(cache.status, 1);
    assert.match(cache.err, /^holdfast: .*\/work\/file.*\.\n/);
  }
});

describe('what the user should know of answers', () => {
  const at = Date.UTC(2026, 10, 20, 10, 2, 59);
  const found = { ok: true, digest: digest('a'), mediaType: '', at, isOld: true } as const;
  const connecting = (
    asked: boolean[],
    notice: string | undefined,
  ): Pick<{ connect: Boundary['connect'] }, 'connect'> => ({
    async connect({ isOffline, warn }) {
      asked.push(isOffline);
      warn('The helper hangs.');
      const client = createNodeRegistry({ env: {}, cacheFolder: null });
      const answer = notice === undefined ? found : { ...found, notice };
      return { ...client, ...fakeRegistry(() => null), resolve: async () => answer };
    },
  });

  test('is told once, after the digests', async (t) => {
    const folder = await makeFolder(t, { Dockerfile: 'FROM nginx:1.27\nFROM redis:8\n' });
    for (const argv of [['resolve', 'nginx:1.27', 'redis:8'], ['pin']]) {
      const asked: boolean[] = [];
      const { err } = await invoke(folder, argv, connecting(asked, 'The helper hangs.'));
      assert.equal(err.split('\n').filter((line) => line === 'holdfast: The helper hangs.').length, 1, err);
      assert.deepEqual(asked, [false]);
    }
  });

  test('is the time of each, offline', async (t) => {
    const folder = await makeFolder(t, { Dockerfile: 'FROM nginx:1.27\nFROM redis:8\nFROM nginx:1.27\n' });
    const times =
      'holdfast: docker.io/library/nginx:1.27 as of 20 November 2026, 10:02 UTC\nholdfast: docker.io/library/redis:8 as of 20 November 2026, 10:02 UTC\n';
    for (const argv of [
      ['resolve', '--offline', 'redis:8', 'nginx:1.27'],
      ['pin', '--offline'],
    ]) {
      const asked: boolean[] = [];
      const { err } = await invoke(folder, argv, connecting(asked, undefined));
      assert.ok(err.startsWith(times), err);
      assert.deepEqual(asked, [true]);
    }
  });
});
