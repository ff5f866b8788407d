import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DiagnosticSeverity, LSPErrorCodes, ResponseError } from 'vscode-languageserver/node';
import { pageUrl } from '../../server/src/engine/index.ts';
import { start } from './harness.ts';

const uri = 'file:///shop/Dockerfile';

test('a document is read when its diagnostics are asked for', async (t) => {
  const client = await start(t);
  await client.open(uri, 'FROM nginx\n');
  const [diagnostic, ...more] = await client.diagnostics(uri);
  assert.deepEqual(more, []);
  assert.deepEqual(diagnostic?.range, { start: { line: 0, character: 5 }, end: { line: 0, character: 10 } });
  assert.equal(diagnostic?.severity, DiagnosticSeverity.Warning);
  assert.equal(diagnostic?.code, 'implicit-latest');
  assert.deepEqual(diagnostic?.codeDescription, { href: pageUrl('implicit-latest') });
  assert.equal(diagnostic?.source, 'holdfast');
  assert.equal(typeof diagnostic?.data?.key, 'string');
  assert.deepEqual(client.registry.calls, []);
  assert.deepEqual(client.published, []);
});

test('incremental edits are followed, and the key of a finding outlives edits elsewhere', async (t) => {
  const client = await start(t);
  await client.open(uri, 'FROM nginx\n');
  const [before] = await client.diagnostics(uri);
  await client.edit(uri, 'FROM', '# a comment\n\nFROM');
  const [after] = await client.diagnostics(uri);
  assert.equal(after?.range.start.line, 2);
  assert.deepEqual(after?.data, before?.data);
  await client.edit(uri, 'nginx', 'nginx:1.27.3');
  assert.deepEqual(
    (await client.diagnostics(uri)).map(({ code }) => code),
    ['unpinned-image'],
  );
  await client.edit(uri, 'FROM nginx:1.27.3', 'FROM scratch');
  assert.deepEqual(await client.diagnostics(uri), []);
});

test('CRLF, a lone CR and characters outside the BMP do not shift positions', async (t) => {
  const client = await start(t);
  await client.open(uri, '# 😀 sailing\r# 😀\r\nFROM nginx\r\n');
  const [diagnostic] = await client.diagnostics(uri);
  assert.equal(diagnostic?.range.start.line, 2);
  await client.edit(uri, 'sailing', '😀😀');
  await client.edit(uri, 'FROM nginx', 'FROM --platform=linux/amd64 nginx');
  const [moved] = await client.diagnostics(uri);
  assert.deepEqual(moved?.range.start, { line: 2, character: 28 });
});

test('nothing is sent again when nothing that is shown has changed', async (t) => {
  const client = await start(t);
  await client.open(uri, 'FROM nginx\n# end\n');
  const first = await client.pull(uri);
  assert.ok(first.kind === 'full' && first.resultId);
  assert.deepEqual(await client.pull(uri, first.resultId), { kind: 'unchanged', resultId: first.resultId });
  await client.edit(uri, '# end', '# the end');
  assert.equal((await client.pull(uri, first.resultId)).kind, 'unchanged');
  await client.edit(uri, 'nginx', 'nginx:1.27.3');
  assert.equal((await client.pull(uri, first.resultId)).kind, 'full');
});

test('a result id is not mistaken for that of another text with the same version', async (t) => {
  const client = await start(t);
  await client.open(uri, 'FROM nginx\n');
  const first = await client.pull(uri);
  await client.close(uri);
  await client.open(uri, 'FROM nginx:1.27.3\n');
  const second = await client.pull(uri, first.resultId);
  assert.ok(second.kind === 'full');
  assert.equal(second.items[0]?.code, 'unpinned-image');
});

test('a document that is not open, or is closed again, has no diagnostics', async (t) => {
  const client = await start(t, { files: { [uri]: 'FROM nginx\n' } });
  assert.deepEqual(await client.diagnostics(uri), []);
  await client.open(uri, 'FROM nginx\n');
  assert.equal((await client.diagnostics(uri)).length, 1);
  await client.close(uri);
  assert.deepEqual(await client.diagnostics(uri), []);
});

test('after an edit the server waits for the next keystroke, and a cancelled request ends at once', async (t) => {
  const client = await start(t);
  client.timer.passing = -1;
  await client.open(uri, 'FROM nginx\n');
  assert.equal((await client.diagnostics(uri)).length, 1);
  assert.deepEqual(client.timer.waits, []);

  await client.edit(uri, 'nginx', 'nginx:1');
  const stop = new AbortController();
  const pull = client.pullCancellable(uri, stop.signal);
  await client.until('the wait', () => client.timer.pending === 1);
  stop.abort();
  await assert.rejects(
    pull,
    (error) => error instanceof ResponseError && error.code === LSPErrorCodes.RequestCancelled,
  );
  assert.equal(client.timer.pending, 0);

  await client.edit(uri, 'nginx:1', 'nginx:1.27.3');
  const last = client.diagnostics(uri);
  await client.until('the wait', () => client.timer.pending === 1);
  client.timer.elapse();
  assert.deepEqual(
    (await last).map(({ code }) => code),
    ['unpinned-image'],
  );
});

test('one document has one set of diagnostics, however its URI is spelled', async (t) => {
  const client = await start(t);
  await client.open('file:///c:/shop/Dockerfile', 'FROM nginx\n');
  assert.equal((await client.diagnostics('file:///c%3A/shop/Dockerfile')).length, 1);
  assert.equal((await client.diagnostics('file:///C:/shop/Dockerfile')).length, 1);
});

test('an unsaved document is known by its language', async (t) => {
  const client = await start(t);
  await client.open('untitled:Untitled-1', 'FROM nginx\n', 'dockerfile');
  assert.equal((await client.diagnostics('untitled:Untitled-1')).length, 1);
});
