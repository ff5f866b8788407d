import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { buildCommandLine } from '../../scripts/build.ts';
import { startRegistry } from '../support/registry.ts';
import { digest, ended, fakeRegistry, invoke, main, makeFolder, start, writeFiles } from './support.ts';

let shelf = '';
/** The command line as it is handed out: one file, by itself in a folder. */
let bundle = '';

before(async () => {
  shelf = await mkdtemp(join(tmpdir(), 'holdfast-bundle-'));
  bundle = join(shelf, 'alone', 'cli.cjs');
  await buildCommandLine(bundle);
});

after(() => rm(shelf, { recursive: true, force: true }));

/**
 * Makes the thread that reads a text with `runaway` in it spin for good, and then tells so on the error output. `flag`: a file that it makes
 * instead; from then on, the time that the thread may take runs out.
 */
const runaway = (flag: string | null = null): Promise<readonly string[]> =>
  inEachThread(`
    const { isMainThread } = require('node:worker_threads');
    const { existsSync, rmSync, writeFileSync, writeSync } = require('node:fs');
    const flag = ${JSON.stringify(flag)};
    if (isMainThread) {
      const set = globalThis.setInterval;
      globalThis.setInterval = (call, ...rest) => set(() => {
        const isOver = flag !== null && existsSync(flag);
        if (isOver) rmSync(flag);
        for (let times = isOver ? 50 : 1; times > 0; times--) call();
      }, ...rest);
    } else {
      const { stringify } = JSON;
      JSON.stringify = (...given) => {
        const text = stringify(...given);
        if (!text?.includes('runaway')) return text;
        if (flag === null) writeSync(2, 'spinning\\n');
        else writeFileSync(flag, '');
        for (;;);
      };
    }`);

let programs = 0;

/** Options by which Node runs a program in each of its threads before anything else. */
async function inEachThread(program: string): Promise<readonly string[]> {
  const path = join(shelf, 'preloads', `${++programs}.cjs`);
  await writeFiles(shelf, { [join('preloads', `${programs}.cjs`)]: program });
  return ['--require', path];
}

describe('while a text runs away', () => {
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    for (const args of [['audit'], ['audit', '--output', 'report.txt'], ['pin', '--write']]) {
      it(`${signal} ends ${args.join(' ')}, and nothing is half written`, async (t) => {
        const files = { 'a.Dockerfile': 'FROM a\n', 'b.Dockerfile': 'FROM runaway\n' };
        const folder = await makeFolder(t, files);
        const child = start(t, folder, [...(await runaway()), bundle, ...args, '--jobs', '1']);
        const outcome = ended(child);
        if (child.stderr) await once(child.stderr, 'data');
        child.kill(signal);
        const { err, out, status } = await outcome;
        assert.deepEqual([status, out], [130, '']);
        assert.match(err, /^holdfast: stopped/m);
        assert.deepEqual((await readdir(folder)).sort(), Object.keys(files));
        assert.equal(await readFile(join(folder, 'a.Dockerfile'), 'utf8'), 'FROM a\n');
      });
    }
  }

  for (const program of ['the bundle', 'the sources'] as const) {
    it(`the audit gives it up, says so, and reads all the others: ${program}`, async (t) => {
      const folder = await makeFolder(t, {
        'a/Dockerfile': 'FROM a\n',
        'b/Dockerfile': 'FROM runaway\n',
        'c/Dockerfile': 'FROM c\n',
        'd/Dockerfile': 'FROM d\n',
      });
      const flags = await runaway(join(folder, 'spinning'));
      const file = program === 'the bundle' ? bundle : main;
      const child = start(t, folder, [...flags, file, 'audit', '--format', 'json', '--jobs', '1']);
      const { err, out, status } = await ended(child);
      const reason = 'it takes too long to read';
      assert.deepEqual([status, err], [2, `holdfast: b/Dockerfile: ${reason}\n`]);
      const report: {
        findings: { file: string; rule: string }[];
        skipped: unknown[];
      } = JSON.parse(out);
      assert.deepEqual(report.skipped, [{ file: 'b/Dockerfile', line: 1, reason, unread: true }]);
      const found = report.findings.filter(({ rule }) => rule === 'implicit-latest');
      assert.deepEqual(
        found.map(({ file: name }) => name),
        ['a/Dockerfile', 'c/Dockerfile', 'd/Dockerfile'],
      );
    });
  }

  it('pin gives it up, says so, and pins all the others', async (t) => {
    const registry = await startRegistry({ anyName: true });
    t.after(() => registry.stop());
    const folder = await makeFolder(t, {
      '.holdfast.yaml': `registries:\n  docker.io:\n    mirror: ${registry.url}\n`,
      'a.Dockerfile': 'FROM a:1\n',
      'b.Dockerfile': 'FROM runaway:1\n',
      'c.Dockerfile': 'FROM c:1\n',
    });
    const flags = await runaway(join(folder, 'spinning'));
    const { err, out, status } = await ended(
      start(t, folder, [...flags, bundle, 'pin', '--write', '--jobs', '1']),
    );
    assert.equal(status, 2, err);
    assert.equal(out, 'Pinned 1 image in a.Dockerfile\nPinned 1 image in c.Dockerfile\n');
    assert.match(err, /^holdfast: b\.Dockerfile: it takes too long to read$/m);
    assert.equal(await readFile(join(folder, 'b.Dockerfile'), 'utf8'), 'FROM runaway:1\n');
  });

  it('a file around those that were named is left out alone', async (t) => {
    const folder = await makeFolder(t, {
      'a/Dockerfile': `FROM nginx:1.27.3@${digest('a')}\n`,
      'b/Dockerfile': `FROM runaway:1.27.3@${digest('a')}\n`,
      'c/Dockerfile': `FROM nginx:1.27.3@${digest('b')}\n`,
    });
    const flags = await runaway(join(folder, 'spinning'));
    const { err, out, status } = await ended(
      start(t, folder, [...flags, bundle, 'audit', 'a', '--jobs', '1']),
    );
    assert.deepEqual([status, err], [1, '']);
    assert.match(out, /mismatched-digests/);
  });
});

describe('a thread that comes down', () => {
  it('costs the audit the one text it read, with the reason', async (t) => {
    const folder = await makeFolder(t, { 'a.Dockerfile': 'FROM a\n', 'b.Dockerfile': 'FROM down\n' });
    const flags = await inEachThread(`
      const { isMainThread } = require('node:worker_threads');
      const { stringify } = JSON;
      JSON.stringify = (...given) => {
        const text = stringify(...given);
        if (!isMainThread && text?.includes('down')) process.exit(9);
        return text;
      };`);
    const { err, out, status } = await ended(start(t, folder, [...flags, bundle, 'audit']));
    assert.equal(status, 2);
    assert.match(err, /^holdfast: b\.Dockerfile: its analysis failed: the thread ended with 9$/m);
    assert.match(out, /^a\.Dockerfile:1:6 +warning +implicit-latest/m);
  });
});

/** Files of many kinds that speak about each other, so that some are read again. */
function manyFiles(): Readonly<Record<string, string>> {
  const files: Record<string, string> = {
    '.holdfast.yaml':
      'rules: {digest-without-tag: warning}\nwaivers:\n  - rules: floating-tag\n    image: docker.io/library/node\n    reason: Vendor\n    approved-by: me\n',
    'skaffold.yaml':
      'apiVersion: skaffold/v4beta6\nkind: Config\nbuild:\n  artifacts:\n    - image: app3\n    - image: app7\n',
    'broken/compose.yaml': 'services: {web: {image: "nginx\n',
    'none.yaml': 'a: 1\n',
  };
  for (let at = 0; at < 120; at++) {
    const pin = `@${digest(String(at % 3))}`;
    files[`${at % 9}/${at}.Dockerfile`] =
      `FROM nginx:1.27.${at % 4}${pin}\nFROM node\nRUN apt-get install x${at}\n`;
    files[`${at % 9}/${at}/compose.yaml`] =
      `services:\n  web:\n    image: app${at}\n    build: {dockerfile: ../${at}.Dockerfile}\n    read_only: true\n`;
    files[`${at % 5}/${at}.yaml`] = `${[
      `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: c${at}}\n`,
      `apiVersion: v1\nkind: Pod\nmetadata: {name: p${at}}\nspec:\n  containers:\n    - name: a\n      image: app${at}:1.0.0 # holdfast-ignore unpinned-image -- built here\n      envFrom: [{configMapRef: {name: c${at + 1}}}]\n`,
    ].join('---\n')}`;
  }
  return files;
}

describe('several threads', () => {
  it('report what one does, byte for byte, and what none does', async (t) => {
    const folder = await makeFolder(t, manyFiles());
    for (const format of ['json', 'text']) {
      const args = ['audit', '--format', format];
      const [one, many, here] = await Promise.all([
        ended(start(t, folder, [bundle, ...args, '--jobs', '1'])),
        ended(start(t, folder, [bundle, ...args, '--jobs', '5'])),
        invoke(folder, args),
      ]);
      assert.ok(one.out.length > 20_000);
      assert.deepEqual(many, one);
      assert.deepEqual(here, one);
    }
  });

  it('pin what none does', async (t) => {
    const folder = await makeFolder(t, manyFiles());
    const registry = await startRegistry({ anyName: true });
    t.after(() => registry.stop());
    const config = join(folder, 'registry.yaml');
    await writeFile(config, `registries:\n  docker.io:\n    mirror: ${registry.url}\n`);
    const args = ['pin', '--config', config];
    const answers = fakeRegistry((name) => {
      const [, repository = '', tag = ''] = /^docker\.io\/(.*):([^:]*)$/.exec(name) ?? [];
      return registry.digestOf(repository, tag) ?? null;
    });
    const many = await ended(start(t, folder, [bundle, ...args, '--jobs', '5']));
    assert.ok(many.out.length > 10_000, many.err);
    assert.deepEqual(await invoke(folder, args, { registry: answers }), many);
  });
});

it('the bundle is one file, that works through a link from anywhere', async (t) => {
  const folder = await makeFolder(t, { Dockerfile: 'FROM a\n' });
  assert.deepEqual(await readdir(join(shelf, 'alone')), ['cli.cjs']);
  const link = join(folder, 'holdfast');
  await symlink(bundle, link);
  const { err, status } = await ended(start(t, folder, [link, 'audit']));
  assert.deepEqual([status, err], [1, '']);
});

it('the number of threads is one', async (t) => {
  const folder = await makeFolder(t, { Dockerfile: 'FROM a\n' });
  for (const jobs of ['0', '-1', 'many', '1.5', '100']) {
    const { err, status } = await invoke(folder, ['audit', `--jobs=${jobs}`]);
    assert.equal(status, 2);
    assert.match(err, /^holdfast: --jobs is a number of threads from 1 to 99, not /);
  }
  assert.equal((await invoke(folder, ['audit', '--jobs', '2'])).status, 1);
});
