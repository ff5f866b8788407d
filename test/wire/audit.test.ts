import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DiagnosticSeverity } from 'vscode-languageserver/node';
import type { AuditSummary } from '../../server/src/lsp/protocol/protocol.ts';
import { pushOnly, start, tokenOf } from './harness.ts';

const web = 'file:///shop/web/Dockerfile';
const compose = 'file:///shop/compose.yaml';
const clean = 'file:///shop/clean/Dockerfile';
const files = {
  [web]: 'FROM nginx\n',
  [compose]:
    'services:\n  db:\n    image: postgres:17.2.1\n    read_only: true\n    security_opt: [no-new-privileges:true]\n',
  [clean]: 'FROM scratch\n',
  'file:///shop/README.md': 'FROM nginx\n',
};

const audit = 'holdfast.server.audit';

test('the findings of files that are not open are published, and counted', async (t) => {
  const client = await start(t, { files });
  const summary = await client.execute<AuditSummary>(audit);
  assert.deepEqual(
    { ...summary, report: undefined },
    {
      cancelled: false,
      files: 3,
      images: 2,
      findings: { error: 0, warning: 1, information: 1, hint: 0 },
      skipped: [],
      report: undefined,
    },
  );
  assert.match(summary.report, /web\/Dockerfile:1:6/);
  assert.deepEqual(client.published.map(({ uri }) => uri).sort(), [compose, web]);
  const [diagnostic] = client.lastPublished(web) ?? [];
  assert.equal(diagnostic?.code, 'implicit-latest');
  assert.equal(diagnostic?.severity, DiagnosticSeverity.Warning);
  assert.deepEqual(client.registry.calls, []);
});

test('open documents are audited with their unsaved text and keep their own diagnostics', async (t) => {
  const client = await start(t, { files });
  await client.open(web, 'FROM nginx\nFROM redis\n');
  const summary = await client.execute<AuditSummary>(audit);
  assert.equal(summary.findings.warning, 2);
  assert.deepEqual(
    client.published.map(({ uri }) => uri),
    [compose],
  );
});

for (const [mode, capabilities] of [
  ['pull', undefined],
  ['push', pushOnly],
] as const) {
  test(`opening a file takes its audited findings back, closing it shows the disk again (${mode})`, async (t) => {
    const client = await start(t, { files, ...(capabilities && { capabilities }) });
    await client.execute(audit);
    assert.equal(client.lastPublished(web)?.length, 1);
    await client.open(web, 'FROM nginx\nFROM redis\n');
    if (mode === 'push') await client.until('live findings', () => client.lastPublished(web)?.length === 2);
    else await client.until('the clearing', () => client.lastPublished(web)?.length === 0);
    client.files.texts.set(web, 'FROM nginx AS a\nFROM redis AS b\nFROM httpd\n');
    await client.close(web);
    await client.until('what the disk has', () => client.lastPublished(web)?.length === 3);
  });
}

test('a file that was not audited stays cleared when it is closed', async (t) => {
  const client = await start(t, { files, capabilities: pushOnly });
  await client.open(web, 'FROM nginx\n');
  await client.until('the findings', () => client.lastPublished(web)?.length === 1);
  await client.close(web);
  await client.until('the clearing', () => client.lastPublished(web)?.length === 0);
  await client.settle();
  assert.equal(client.published.length, 2);
});

test('an audit replaces the one before', async (t) => {
  const client = await start(t, { files });
  await client.execute(audit);
  client.files.texts.delete(web);
  client.files.texts.set(compose, 'services: {}\n');
  const summary = await client.execute<AuditSummary>(audit);
  assert.equal(summary.images, 0);
  assert.deepEqual(client.lastPublished(web), []);
  assert.deepEqual(client.lastPublished(compose), []);
});

test('progress can be cancelled and ends', async (t) => {
  const client = await start(t, { files });
  await client.execute(audit);
  await client.until('the end', () => client.progress.at(-1)?.value.kind === 'end');
  const [begin] = client.progress;
  assert.equal(begin?.value.kind, 'begin');
  assert.equal(begin?.value.cancellable, true);
});

test('a client may bring its own progress, and gets a count', async (t) => {
  const client = await start(t, { files });
  await client.request('workspace/executeCommand', { command: audit, workDoneToken: 'mine' });
  assert.deepEqual([...new Set(client.progress.map(({ token }) => token))], ['mine']);
  assert.deepEqual(
    client.progress.map(({ value: { kind, message, percentage } }) => [kind, percentage, message]),
    [
      ['begin', 0, undefined],
      ['report', 33, '1/3'],
      ['report', 66, '2/3'],
      ['report', 100, '3/3'],
      ['end', undefined, undefined],
    ],
  );
});

for (const how of ['request', 'progress'] as const) {
  test(`an audit can be cancelled by its ${how} and tells what it saw`, async (t) => {
    const many = Object.fromEntries(
      Array.from({ length: 300 }, (_, number) => [`file:///shop/${number}/Dockerfile`, 'FROM nginx\n']),
    );
    const client = await start(t, { files: many });
    const stop = new AbortController();
    const running = client.connection.sendRequest<AuditSummary>(
      'workspace/executeCommand',
      { command: audit },
      tokenOf(stop.signal),
    );
    await client.until('the first count', () => client.progress.some(({ value }) => value.kind === 'report'));
    if (how === 'request') stop.abort();
    else await client.notify('window/workDoneProgress/cancel', { token: client.progress[0]?.token });
    const summary = await running;
    assert.equal(summary.cancelled, true);
    assert.ok(summary.files > 0 && summary.files < 300, `${summary.files}`);
    assert.equal(client.published.length, summary.files);
  });
}

test('what cannot be read is told, and the rest goes on', async (t) => {
  const client = await start(t, { files });
  const read = client.files.read.bind(client.files);
  client.files.read = async (uri) => {
    if (uri === web) return null;
    if (uri === clean) throw new Error('the disk is on fire');
    return read(uri);
  };
  const summary = await client.execute<AuditSummary>(audit);
  assert.deepEqual(summary.skipped.map(({ reason, uri }) => [uri, reason]).sort(), [
    [clean, 'its analysis failed, see the Holdfast output'],
    [web, 'it cannot be read as text'],
  ]);
  assert.equal(summary.images, 1);
  assert.ok(client.logged.some((line) => line.includes('the disk is on fire')));
});

test('what the configuration ignores is not audited', async (t) => {
  const client = await start(t, {
    files: {
      ...files,
      'file:///shop/.holdfast.yaml': 'ignore:\n  - web/\nrules:\n  unpinned-image: error\n',
    },
  });
  const summary = await client.execute<AuditSummary>(audit);
  assert.deepEqual(summary.findings, { error: 1, warning: 0, information: 0, hint: 0 });
  assert.deepEqual(
    client.published.map(({ uri }) => uri),
    [compose],
  );
});

test('folders that overlap are audited once, and files are named by their folder', async (t) => {
  const client = await start(t, { files, folders: ['file:///shop', 'file:///shop/web', 'file:///none'] });
  const summary = await client.execute<AuditSummary>(audit);
  assert.equal(summary.files, 3);
  assert.match(summary.report, /shop\/compose\.yaml/);
});

test('folders may come and go', async (t) => {
  const client = await start(t, { files, folders: [] });
  assert.equal((await client.execute<AuditSummary>(audit)).files, 0);
  await client.notify('workspace/didChangeWorkspaceFolders', {
    event: { added: [{ uri: 'file:///shop/web', name: 'web' }], removed: [] },
  });
  assert.equal((await client.execute<AuditSummary>(audit)).files, 1);
});
