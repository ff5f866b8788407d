import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ErrorCodes } from 'vscode-languageserver/node';
import { serverCommands } from '../../server/src/lsp/protocol/protocol.ts';
import { type Client, start } from './harness.ts';

const uri = 'file:///shop/Dockerfile';

async function assertAlive(client: Client): Promise<void> {
  const alive = 'file:///shop/alive.Dockerfile';
  await client.open(alive, 'FROM nginx\n');
  assert.equal((await client.diagnostics(alive)).length, 1);
  await client.close(alive);
}

test('requests without sense are answered and the server goes on', async (t) => {
  const client = await start(t);
  const nonsense = [undefined, null, [], 7, {}, { textDocument: null }, { textDocument: { uri: 7 } }];
  const methods = [
    'textDocument/diagnostic',
    'textDocument/codeAction',
    'codeAction/resolve',
    'textDocument/hover',
    'workspace/executeCommand',
    'holdfast/suppress',
  ];
  for (const method of methods) {
    await Promise.allSettled(nonsense.map((params) => client.request(method, params)));
  }
  await assertAlive(client);
  await assert.rejects(client.request('textDocument/rename', {}), { code: ErrorCodes.MethodNotFound });
});

test('notifications without sense are passed over', async (t) => {
  const client = await start(t);
  const methods = [
    'textDocument/didOpen',
    'textDocument/didChange',
    'textDocument/didSave',
    'textDocument/didClose',
    'workspace/didChangeConfiguration',
    'workspace/didChangeWatchedFiles',
    'workspace/didChangeWorkspaceFolders',
    'holdfast/trust',
  ];
  for (const method of methods) {
    for (const params of [undefined, null, {}, { textDocument: null }, { event: 7, changes: 7 }]) {
      await client.notify(method, params);
    }
  }
  await assertAlive(client);
});

test('positions and ranges outside the text do no harm', async (t) => {
  const client = await start(t);
  await client.open(uri, 'FROM nginx\n');
  for (const position of [
    { line: 99, character: 0 },
    { line: 0, character: 9999 },
    { line: -1, character: -1 },
  ]) {
    await client.request('textDocument/hover', { textDocument: { uri }, position });
    await client.actionsAt(uri, { start: position, end: position }, { diagnostics: [] });
  }
  await assertAlive(client);
});

test('an edit without a valid range is left out and logged', async (t) => {
  const client = await start(t);
  await client.open(uri, 'FROM nginx\n');
  for (const contentChanges of [
    [{ range: { start: { line: 'a', character: 0 }, end: { line: 0, character: 0 } }, text: 'x' }],
    [{ range: null, text: 'x' }],
    [{ text: 7 }],
    7,
  ]) {
    await client.notify('textDocument/didChange', { textDocument: { uri, version: 2 }, contentChanges });
  }
  assert.equal((await client.diagnostics(uri))[0]?.code, 'implicit-latest');
  assert.ok(client.logged.length >= 4);
  await client.notify('textDocument/didChange', {
    textDocument: { uri, version: 3 },
    contentChanges: [{ text: 'FROM scratch\n' }],
  });
  assert.deepEqual(await client.diagnostics(uri), []);
});

test('edits of documents that are not open, and closing twice, do no harm', async (t) => {
  const client = await start(t);
  const change = { textDocument: { uri, version: 2 }, contentChanges: [{ text: 'FROM nginx\n' }] };
  await client.notify('textDocument/didChange', change);
  await client.notify('textDocument/didClose', { textDocument: { uri } });
  await client.open(uri, 'FROM nginx\n');
  await client.close(uri);
  await client.close(uri);
  await client.notify('textDocument/didChange', change);
  assert.deepEqual(await client.diagnostics(uri), []);
  await assertAlive(client);
});

test('URIs of any shape are taken', async (t) => {
  const client = await start(t);
  for (const odd of [
    '',
    'Dockerfile',
    'file:',
    '///',
    'http://[bad',
    'git:/shop/Dockerfile?{"ref":"HEAD"}',
    '%%%',
  ]) {
    await client.open(odd, 'FROM nginx\n', 'dockerfile');
    assert.equal((await client.diagnostics(odd)).length, 1, odd);
    await client.actions(odd, await client.diagnostics(odd));
    await client.close(odd);
  }
  await assertAlive(client);
});

const junk =
  '\u0000{[("\'`$%&*!|>-: #\ud800\udc00\ud800 \t\r\n\ufeff@sha256:FROM image: - kind: Pod services:';

for (const [name, language] of [
  ['Dockerfile', 'dockerfile'],
  ['compose.yaml', 'yaml'],
  ['pod.json', 'json'],
  ['pod.yaml', 'yaml'],
] as const) {
  test(`a large document of garbage is read to its end: ${name}`, async (t) => {
    const client = await start(t);
    const file = `file:///shop/${name}`;
    await client.open(file, junk.repeat(5000), language);
    const diagnostics = await client.diagnostics(file);
    await client.actions(file, diagnostics.slice(0, 2));
    await client.edit(file, 'FROM', 'FROM nginx\n');
    await client.diagnostics(file);
    await assertAlive(client);
  });
}

test('a registry that breaks its promise is logged, and the user is told', async (t) => {
  const client = await start(t);
  client.registry.answer = () => {
    throw new Error('out of cheese');
  };
  await client.open(uri, 'FROM nginx\n');
  const pin = await client.action(uri, 'implicit-latest', /^Pin/);
  assert.equal((await client.resolve(pin)).edit, undefined);
  assert.match(client.shown[0]?.message ?? '', /see the Holdfast output/);
  assert.equal(await client.execute(serverCommands.pinFile, { uri }), null);
  assert.ok(client.logged.some((line) => line.includes('out of cheese')));
  await assertAlive(client);
});

test('the server says what it can do', async (t) => {
  const { initialized } = await start(t);
  const { capabilities, serverInfo } = initialized;
  assert.equal(serverInfo?.name, 'holdfast-language-server');
  assert.match(serverInfo?.version ?? '', /^\d+\.\d+\.\d+/);
  assert.equal(capabilities.positionEncoding, 'utf-16');
  assert.deepEqual(capabilities.textDocumentSync, { openClose: true, change: 2, save: true });
  assert.deepEqual(capabilities.executeCommandProvider?.commands, Object.values(serverCommands));
  assert.deepEqual(capabilities.codeActionProvider, {
    codeActionKinds: ['quickfix', 'source.fixAll.holdfast', 'source.fixAll.holdfast.pin'],
    resolveProvider: true,
  });
});
