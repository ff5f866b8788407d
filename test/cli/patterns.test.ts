import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { digest, fakeRegistry, invoke, makeFolder } from './support.ts';

const dockerfile = 'FROM nginx:1.27.3\n';
const pod = 'apiVersion: v1\nkind: Pod\nspec:\n  containers:\n    - name: a\n      image: redis:8.0.1\n';

/** File and kind of the images that an audit of `operands` finds. */
async function auditedIn(folder: string, ...operands: readonly string[]): Promise<readonly string[]> {
  const { err, out } = await invoke(folder, ['audit', '--format', 'json', '--fail-on', 'never', ...operands]);
  assert.equal(err, '');
  const { images }: { images: readonly { file: string; kind: string }[] } = JSON.parse(out);
  return images.map(({ file, kind }) => `${file} ${kind}`);
}

test('files that the configuration names a kind of are found and read as that', async (t) => {
  const folder = await makeFolder(t, {
    '.holdfast.yaml':
      'files:\n  "*.docker.in": dockerfile\n  deploy/*.tpl: kubernetes\nignore: [left-out/]\n',
    'base.docker.in': dockerfile,
    'deep/base.docker.in': dockerfile,
    'deploy/pod.tpl': pod,
    'deploy/deep/pod.tpl': pod,
    'left-out/base.docker.in': dockerfile,
    'notes.in': dockerfile,
    letter: 'Dear all,\n',
  });
  const all = ['base.docker.in dockerfile', 'deep/base.docker.in dockerfile', 'deploy/pod.tpl kubernetes'];
  assert.deepEqual(await auditedIn(folder), all);
  assert.deepEqual(await auditedIn(join(folder, 'deploy')), ['pod.tpl kubernetes']);
  assert.deepEqual(await auditedIn(folder, 'deploy/pod.tpl', 'letter'), ['deploy/pod.tpl kubernetes']);
});

test('the patterns of the nearest configuration count, and those of one that is given', async (t) => {
  const folder = await makeFolder(t, {
    '.holdfast.yaml': 'files: {"*.in": dockerfile}\n',
    'deep/.git/HEAD': '',
    'deep/.holdfast.yaml': 'files: {"*.tpl": kubernetes}\n',
    'deep/a.in': dockerfile,
    'deep/a.tpl': pod,
    'a.tpl': pod,
    'other.yaml': 'files: {"a.tpl": kubernetes}\n',
  });
  assert.deepEqual(await auditedIn(folder), ['deep/a.tpl kubernetes']);
  assert.deepEqual(await auditedIn(folder, '--config', 'other.yaml'), [
    'a.tpl kubernetes',
    'deep/a.tpl kubernetes',
  ]);
});

test('a configuration is never a manifest itself', async (t) => {
  const folder = await makeFolder(t, { '.holdfast.yaml': 'files: {"*": kubernetes}\n', 'a.tpl': pod });
  assert.deepEqual(await auditedIn(folder), ['a.tpl kubernetes']);
});

test('such files are pinned', async (t) => {
  const folder = await makeFolder(t, {
    '.holdfast.yaml': 'files: {"*.in": dockerfile}\n',
    'a.in': dockerfile,
  });
  const registry = fakeRegistry(() => digest('a'));
  assert.equal((await invoke(folder, ['pin', '--write'], { registry })).status, 0);
  assert.equal(await readFile(join(folder, 'a.in'), 'utf8'), `FROM nginx:1.27.3@${digest('a')}\n`);
});

test('a pattern with a mistake is told, and nothing is guessed', async (t) => {
  const folder = await makeFolder(t, {
    '.holdfast.yaml': 'files: {"*.in": dockerfil}\n',
    Dockerfile: dockerfile,
  });
  const { err, status } = await invoke(folder, ['audit']);
  assert.equal(status, 2);
  assert.match(err, /\.holdfast\.yaml:1:17: "dockerfil" is no kind\. Did you mean dockerfile\?/);
});
