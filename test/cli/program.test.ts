import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { it, type TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';
import { type RegistryOptions, type RunningRegistry, startRegistry } from '../support/registry.ts';
import { ended, main, makeFolder, start } from './support.ts';

const demo = new URL('../../scripts/lib/demo.ts', import.meta.url);

/** A registry that stands for docker.io, and a folder whose configuration says so. */
async function makeShop(
  t: TestContext,
  files: Readonly<Record<string, string>>,
  options: RegistryOptions = {},
): Promise<{ readonly folder: string; readonly registry: RunningRegistry }> {
  const registry = await startRegistry(options);
  t.after(() => registry.stop());
  const config = `registries:\n  docker.io:\n    mirror: ${registry.url}\n`;
  return { folder: await makeFolder(t, { '.holdfast.yaml': config, ...files }), registry };
}

it('audits, pins and resolves against a registry', async (t) => {
  const { folder, registry } = await makeShop(
    t,
    { Dockerfile: 'FROM nginx:1.27\nFROM gone:1\n' },
    { images: [{ repository: 'library/nginx', tags: ['1.27', 'latest'] }] },
  );
  const digest = registry.digestOf('library/nginx', '1.27');
  assert.match(digest ?? '', /^sha256:[0-9a-f]{64}$/);

  const audited = await ended(start(t, folder, [main, 'audit']));
  assert.deepEqual([audited.status, audited.err], [1, '']);
  assert.deepEqual(registry.requests, []);

  const resolved = await ended(start(t, folder, [main, 'resolve', 'nginx']));
  assert.deepEqual(resolved, { status: 0, out: `nginx@${digest}\n`, err: '' });

  const pinned = await ended(start(t, folder, [main, 'pin', '--write']));
  assert.deepEqual([pinned.status, pinned.out], [1, 'Pinned 1 image in Dockerfile\n']);
  assert.match(pinned.err, /^holdfast: Dockerfile:2:6: gone:1 was not pinned: /);
  assert.equal(
    await readFile(join(folder, 'Dockerfile'), 'utf8'),
    `FROM nginx:1.27@${digest}\nFROM gone:1\n`,
  );
});

it('writes nothing when it is interrupted', async (t) => {
  let asked = (): void => {};
  const firstRequest = new Promise<void>((resolve) => {
    asked = resolve;
  });
  let release = (): void => {};
  const never = new Promise<void>((resolve) => {
    release = resolve;
  });
  t.after(() => release());
  const { folder } = await makeShop(
    t,
    { Dockerfile: 'FROM nginx:1.27\n' },
    {
      anyName: true,
      onRequest: () => {
        asked();
        return never;
      },
    },
  );
  const child = start(t, folder, [main, 'pin', '--write']);
  const outcome = ended(child);
  await firstRequest;
  child.kill('SIGINT');
  assert.deepEqual(await outcome, { status: 130, out: '', err: 'holdfast: stopped: nothing was pinned.\n' });
  assert.equal(await readFile(join(folder, 'Dockerfile'), 'utf8'), 'FROM nginx:1.27\n');
  assert.deepEqual(await readdir(folder), ['.holdfast.yaml', 'Dockerfile']);
});

it('keeps its exit status when nobody reads on', async (t) => {
  const folder = await makeFolder(t, { Dockerfile: 'FROM nginx\n'.repeat(5000) });
  const child = start(t, folder, [main, 'audit']);
  child.stdout?.destroy();
  const [err, [status]] = await Promise.all([child.stderr ? text(child.stderr) : '', once(child, 'exit')]);
  assert.deepEqual([status, err], [1, '']);
});

it('gives a long report whole to a pipe', async (t) => {
  const folder = await makeFolder(t, { Dockerfile: 'FROM nginx\n'.repeat(5000) });
  const { out, status } = await ended(start(t, folder, [main, 'audit', '--format', 'json']));
  assert.equal(status, 1);
  assert.equal(JSON.parse(out).findings.length, 5000);
});

it('the demo shows findings and a diff of the examples, and changes nothing', async (t) => {
  const folder = await makeFolder(t, {});
  const examples = fileURLToPath(new URL('../../examples/shop/', import.meta.url));
  const before = await contents(examples);
  const program = `import { showDemo } from ${JSON.stringify(demo.href)};
    process.exitCode = (await showDemo([process.execPath, ${JSON.stringify(main)}])) ? 0 : 1;`;
  const { err, out, status } = await ended(start(t, folder, ['--input-type=module', '--eval', program]));
  assert.equal(status, 0, err);
  for (const rule of [
    'implicit-latest',
    'floating-tag',
    'unpinned-image',
    'unpinned-frontend',
    'writable-root-filesystem',
    'writable-host-mount',
    'container-socket-mount',
    'privileged-container',
    'stale-pull-policy',
  ]) {
    assert.match(out, new RegExp(`^examples/shop/.*:\\d+:\\d+ +\\w+ +${rule} `, 'm'));
  }
  assert.match(out, /^\+ {4}image: postgres:16\.8@sha256:[0-9a-f]{64}$/m);
  assert.match(err, /images in 5 files can be pinned/);
  assert.deepEqual(await contents(examples), before);
});

/** Every file below a folder, with its text. */
async function contents(folder: string): Promise<readonly (readonly [name: string, text: string])[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const names = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  return Promise.all(names.sort().map(async (name) => [name, await readFile(name, 'utf8')] as const));
}

it('ends though something is left that would keep it', async (t) => {
  const { folder, registry } = await makeShop(t, {}, { anyName: true });
  const keeper = 'data:text/javascript,setInterval(() => {}, 2 ** 30)';
  const { out, status } = await ended(start(t, folder, ['--import', keeper, main, 'resolve', 'nginx:1']));
  assert.deepEqual([status, out], [0, `nginx:1@${registry.digestOf('library/nginx', '1')}\n`]);
});
