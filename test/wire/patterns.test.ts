import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { AuditSummary, PinOutcome } from '../../server/src/lsp/protocol/protocol.ts';
import { type Client, start } from './harness.ts';

const dockerfile = 'FROM nginx:1.27.3\n';
const pod = 'apiVersion: v1\nkind: Pod\nspec:\n  containers:\n    - name: a\n      image: nginx:1.27.3\n';
const base = 'file:///shop/build/base.txt';
const config = 'file:///shop/.holdfast.yaml';

const rules = async (client: Client, uri: string): Promise<readonly unknown[]> =>
  (await client.diagnostics(uri)).map(({ code }) => code).filter((code) => code === 'unpinned-image');

const changed = (client: Client): Promise<void> =>
  client.notify('workspace/didChangeWatchedFiles', { changes: [{ uri: config, type: 2 }] });

test('the editor says of what kind files are', async (t) => {
  let files: unknown = { '*.txt': 'dockerfile' };
  const client = await start(t, { settings: () => ({ files }) });
  await client.open(base, dockerfile, 'plaintext');
  assert.deepEqual(await rules(client, base), ['unpinned-image']);
  for (files of [
    { 'build/*.txt': 'dockerfile' },
    { '/build/': 'dockerfile' },
    { '*.txt': 'compose', 'b*.txt': 'dockerfile' },
  ]) {
    await client.notify('workspace/didChangeConfiguration', { settings: null });
    assert.deepEqual(await rules(client, base), ['unpinned-image'], JSON.stringify(files));
  }
  for (files of [
    { '/base.txt': 'dockerfile' },
    { '*.txt': 'dockerfil' },
    { '*.txt': 3 },
    'dockerfile',
    null,
    undefined,
  ]) {
    await client.notify('workspace/didChangeConfiguration', { settings: null });
    assert.deepEqual(await rules(client, base), [], JSON.stringify(files));
  }
});

test('.holdfast.yaml says it too, before the editor', async (t) => {
  const client = await start(t, {
    files: { [config]: 'files:\n  build/*.txt: dockerfile\n' },
    settings: () => ({ files: { '*.txt': 'compose', '*.other': 'kubernetes' } }),
  });
  const other = 'file:///shop/build/pod.other';
  await client.open(base, dockerfile, 'plaintext');
  await client.open(other, pod, 'plaintext');
  assert.deepEqual(await rules(client, base), ['unpinned-image']);
  assert.deepEqual(await rules(client, other), ['unpinned-image']);
  client.files.texts.set(config, 'files:\n  "*.txt": kubernetes\n');
  await changed(client);
  assert.deepEqual(await rules(client, base), []);
});

test('patterns of each folder are relative to it', async (t) => {
  const client = await start(t, {
    folders: ['file:///one', 'file:///two'],
    files: { 'file:///two/deep/.holdfast.yaml': 'files: {/a.txt: dockerfile}\n' },
    settings: () => ({ files: { '/top.txt': 'dockerfile' } }),
  });
  const expected: readonly (readonly [uri: string, count: number])[] = [
    ['file:///one/top.txt', 1],
    ['file:///two/top.txt', 1],
    ['file:///one/deep/top.txt', 0],
    ['file:///two/deep/a.txt', 1],
    ['file:///two/a.txt', 0],
    ['file:///elsewhere/top.txt', 1],
  ];
  for (const [uri, count] of expected) {
    await client.open(uri, dockerfile, 'plaintext');
    assert.equal((await rules(client, uri)).length, count, uri);
  }
});

test('an unsaved document has no patterns', async (t) => {
  const client = await start(t, { settings: () => ({ files: { '*': 'dockerfile' } }) });
  await client.open('untitled:Untitled-1', dockerfile, 'plaintext');
  assert.deepEqual(await rules(client, 'untitled:Untitled-1'), []);
});

test('the audit and the pinning of the workspace find these files', async (t) => {
  const client = await start(t, {
    files: {
      [config]: 'files: {"*.tpl": kubernetes}\n',
      [base]: dockerfile,
      'file:///shop/deploy/pod.tpl': pod,
      'file:///shop/deploy/notes.md': dockerfile,
    },
    settings: () => ({ files: { 'build/*.txt': 'dockerfile' } }),
  });
  const summary = await client.execute<AuditSummary>('holdfast.server.audit');
  assert.equal(summary.files, 2);
  assert.equal(summary.images, 2);
  const outcome = await client.execute<PinOutcome>('holdfast.server.pinWorkspace');
  assert.equal(outcome.pinned, 2);
  assert.match(client.text(base), /@sha256:/);
  assert.match(client.text('file:///shop/deploy/pod.tpl'), /@sha256:/);
});

test('a mistake in the patterns is told where it is', async (t) => {
  const text = 'files:\n  "*.tpl": kubernets\n';
  const client = await start(t, { files: { [config]: text } });
  await client.open(config, text);
  const [problem, ...others] = await client.diagnostics(config);
  assert.deepEqual(others, []);
  assert.match(String(problem?.message), /Did you mean kubernetes\?/);
});
