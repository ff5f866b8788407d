import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MessageType } from 'vscode-languageserver/node';
import { type Client, pushOnly, start } from './harness.ts';

const uri = 'file:///shop/web/Dockerfile';
const config = 'file:///shop/.holdfast.yaml';
const unpinned = 'FROM nginx:1.27.3\n';

const severityOf = async (client: Client): Promise<number | undefined> =>
  (await client.diagnostics(uri))[0]?.severity;

const changed = (client: Client, file = config): Promise<void> =>
  client.notify('workspace/didChangeWatchedFiles', { changes: [{ uri: file, type: 2 }] });

test('the editor is asked for the settings of each resource', async (t) => {
  const asked: (string | undefined)[] = [];
  const client = await start(t, {
    settings(scopeUri) {
      asked.push(scopeUri);
      return {
        rules: { 'unpinned-image': scopeUri?.includes('/web/') ? 'error' : 'off', 'implicit-latest': 7 },
      };
    },
  });
  await client.open(uri, unpinned);
  assert.equal(await severityOf(client), 1);
  await client.open('file:///shop/other/Dockerfile', unpinned);
  assert.deepEqual(await client.diagnostics('file:///shop/other/Dockerfile'), []);
  assert.deepEqual(
    asked.filter((scope) => scope !== undefined),
    [uri, 'file:///shop/other/Dockerfile'],
  );
  assert.equal(asked.length, 3, 'once for the whole window');
});

test('a change of settings is asked for, read anew, and shown', async (t) => {
  let level = 'error';
  const client = await start(t, { settings: () => ({ rules: { 'unpinned-image': level } }) });
  await client.open(uri, unpinned);
  assert.equal(await severityOf(client), 1);
  await client.until('the registrations', () => client.registrations.length === 2);
  assert.deepEqual(client.registrations.map(({ method }) => method).sort(), [
    'workspace/didChangeConfiguration',
    'workspace/didChangeWatchedFiles',
  ]);
  level = 'hint';
  await client.notify('workspace/didChangeConfiguration', { settings: null });
  await client.until('the refresh', () => client.refreshes === 1);
  assert.equal(await severityOf(client), 4);
});

test('a client that sends its settings along is understood', async (t) => {
  const client = await start(t, {
    capabilities: (all) => {
      const { workspace, ...rest } = pushOnly(all);
      return { ...rest, workspace: { ...workspace, configuration: false, diagnostics: {} } };
    },
  });
  await client.open(uri, unpinned);
  await client.until('the diagnostics', () => client.lastPublished(uri)?.[0]?.severity === 3);
  await client.notify('workspace/didChangeConfiguration', {
    settings: { holdfast: { rules: { 'unpinned-image': 'warning' } } },
  });
  await client.until('the new severity', () => client.lastPublished(uri)?.[0]?.severity === 2);
  await client.notify('workspace/didChangeConfiguration', { settings: 'nonsense' });
  await client.until('the default again', () => client.lastPublished(uri)?.[0]?.severity === 3);
});

test('an editor that fails to answer does not stop the analysis', async (t) => {
  const client = await start(t, {
    settings() {
      throw new Error('no settings today');
    },
  });
  await client.open(uri, unpinned);
  assert.equal(await severityOf(client), 3);
  assert.ok(client.logged.some((line) => line.includes('the defaults count')));
});

test('the nearest configuration file upward counts, and the editor may be stricter', async (t) => {
  const client = await start(t, {
    files: { [config]: 'rules:\n  unpinned-image: hint\n' },
    settings: () => ({ rules: { 'unpinned-image': 'information', 'implicit-latest': 'error' } }),
  });
  await client.open(uri, 'FROM nginx:1.27.3 AS a\nFROM redis\n');
  assert.deepEqual(
    (await client.diagnostics(uri)).map(({ severity }) => severity),
    [3, 1],
  );
  client.files.texts.set('file:///shop/web/.holdfast.yaml', 'rules:\n  unpinned-image: warning\n');
  await changed(client, 'file:///shop/web/.holdfast.yaml');
  assert.equal(await severityOf(client), 2);
});

test('a configuration above the repository does not count', async (t) => {
  const client = await start(t, {
    files: { 'file:///.holdfast.yaml': 'rules:\n  unpinned-image: error\n', 'file:///shop/.git/HEAD': '' },
  });
  await client.open(uri, unpinned);
  assert.equal(await severityOf(client), 3);
});

test('registries of the configuration reach the lookup', async (t) => {
  const client = await start(t, {
    files: { [config]: 'registries:\n  docker.io: {mirror: mirror.example.com}\n' },
    settings: () => ({ registries: { 'ghcr.io': { insecure: true, mirror: 3 }, 'quay.io': null } }),
  });
  const registries: unknown[] = [];
  client.registry.answer = (_, options) => {
    registries.push(options.registries);
    return { ok: false, code: 'unreachable', message: 'down' };
  };
  await client.open(uri, unpinned);
  await client.resolve(await client.action(uri, 'unpinned-image', /^Pin/));
  assert.deepEqual(registries, [
    { 'docker.io': { mirror: 'mirror.example.com' }, 'ghcr.io': {}, 'quay.io': {} },
  ]);
});

test('the file is read once for all documents, and again when it changes', async (t) => {
  const client = await start(t, { files: { [config]: 'rules:\n  unpinned-image: error\n' } });
  await client.open(uri, unpinned);
  await client.open('file:///shop/web/two.Dockerfile', unpinned);
  assert.equal(await severityOf(client), 1);
  await client.diagnostics('file:///shop/web/two.Dockerfile');
  assert.equal(client.files.reads.filter((read) => read === config).length, 1);
  client.files.texts.set(config, 'rules:\n  unpinned-image: off\n');
  await changed(client);
  await client.until('the refresh', () => client.refreshes === 1);
  assert.deepEqual(await client.diagnostics(uri), []);
  client.files.texts.delete(config);
  await changed(client);
  assert.equal(await severityOf(client), 3);
});

test('a client that watches no files is understood when it saves', async (t) => {
  const client = await start(t);
  await client.open(uri, unpinned);
  assert.equal(await severityOf(client), 3);
  client.files.texts.set(config, 'rules:\n  unpinned-image: error\n');
  await client.notify('textDocument/didSave', { textDocument: { uri: config } });
  assert.equal(await severityOf(client), 1);
});

test('ignored files have no diagnostics, actions or hovers', async (t) => {
  const client = await start(t, { files: { [config]: 'ignore:\n  - web/\n' } });
  await client.open(uri, unpinned);
  assert.deepEqual(await client.diagnostics(uri), []);
  assert.deepEqual(await client.actions(uri, []), []);
  const position = { line: 0, character: 8 };
  assert.equal(await client.request('textDocument/hover', { textDocument: { uri }, position }), null);
  client.files.texts.set(config, 'ignore: []\n');
  await changed(client);
  assert.equal(await severityOf(client), 3);
});

test('a drive letter may be written in either case', async (t) => {
  const client = await start(t, {
    files: { 'file:///c%3A/shop/.holdfast.yaml': 'ignore:\n  - web/\n' },
    folders: ['file:///c%3A/shop'],
  });
  for (const spelled of ['file:///C:/shop/web/Dockerfile', 'file:///c%3A/shop/web/Dockerfile']) {
    await client.open(spelled, unpinned);
    assert.deepEqual(await client.diagnostics(spelled), []);
    await client.close(spelled);
  }
  await client.open('file:///C:/shop/Dockerfile', unpinned);
  assert.equal((await client.diagnostics('file:///C:/shop/Dockerfile')).length, 1);
});

test('a broken configuration is told once, shown where it is open, and the defaults count', async (t) => {
  const text = 'rules:\n  unpinned-imgae: error\n  implicit-latest: loud\n';
  const client = await start(t, { files: { [config]: text } });
  await client.open(uri, unpinned);
  await client.open('file:///shop/Dockerfile', unpinned);
  assert.equal(await severityOf(client), 3);
  await client.diagnostics('file:///shop/Dockerfile');
  await changed(client);
  await severityOf(client);
  assert.equal(client.shown.length, 1);
  assert.equal(client.shown[0]?.type, MessageType.Warning);
  assert.match(
    client.shown[0]?.message ?? '',
    /^\/shop\/\.holdfast\.yaml .*Line 2, column 3: .*unpinned-image/,
  );

  await client.open(config, text);
  const problems = await client.diagnostics(config);
  assert.deepEqual(
    problems.map(({ code, range, severity }) => [code, range.start, severity]),
    [
      ['invalid-configuration', { line: 1, character: 2 }, 1],
      ['invalid-configuration', { line: 2, character: 19 }, 1],
    ],
  );
  await client.edit(config, 'unpinned-imgae', 'unpinned-image');
  await client.edit(config, 'loud', 'error');
  assert.deepEqual(await client.diagnostics(config), []);
  // Typing in it changes nothing elsewhere until it is saved.
  assert.equal(await severityOf(client), 3);
  client.files.texts.set(config, client.text(config));
  await changed(client);
  assert.equal(await severityOf(client), 1);
  assert.equal(client.shown.length, 1);
});

test('audited files follow the configuration', async (t) => {
  const client = await start(t, { files: { [uri]: unpinned } });
  await client.execute('holdfast.server.audit');
  assert.equal(client.lastPublished(uri)?.[0]?.severity, 3);
  client.files.texts.set(config, 'rules:\n  unpinned-image: error\n');
  await changed(client);
  await client.until('the new severity', () => client.lastPublished(uri)?.[0]?.severity === 1);
  client.files.texts.set(config, 'ignore: [web]\n');
  await changed(client);
  await client.until('the clearing', () => client.lastPublished(uri)?.length === 0);
});
