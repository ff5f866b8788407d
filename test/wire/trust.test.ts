import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { CodeAction } from 'vscode-languageserver/node';
import type { PinOutcome } from '../../server/src/lsp/protocol/protocol.ts';
import { digestFor, start } from './harness.ts';

const uri = 'file:///shop/compose.yaml';
const text = 'services:\n  a:\n    image: nginx:1.27.3\n    tmpfs: /tmp\n  b:\n    image: redis\n';
const untrusted = { initializationOptions: { trusted: false }, files: { [uri]: text } };

test('in an untrusted workspace everything is shown and nobody is asked, whatever is clicked', async (t) => {
  const client = await start(t, untrusted);
  await client.open(uri, text);
  const diagnostics = await client.diagnostics(uri);
  const actions = await client.actions(uri, diagnostics);
  const pins = actions.filter(({ title }) => title.startsWith('Pin'));
  assert.equal(pins.length, 3);
  for (const pin of pins) {
    const resolved = await client.resolve(pin);
    assert.equal(resolved.edit, undefined);
    assert.match(client.shown.at(-1)?.message ?? '', /Trust this workspace/);
  }
  assert.equal(client.shown.length, pins.length);
  for (const command of ['holdfast.server.pinFile', 'holdfast.server.pinWorkspace']) {
    const outcome = await client.execute<PinOutcome>(command, { uri });
    assert.equal(outcome.applied, false);
    assert.match(outcome.message, /Trust this workspace/);
  }
  assert.match(client.shown.at(-1)?.message ?? '', /Trust this workspace/);
  await client.execute('holdfast.server.audit');
  assert.deepEqual(client.registry.calls, []);
  assert.equal(client.text(uri), text);
});

test('safe fixes need no trust', async (t) => {
  const client = await start(t, untrusted);
  await client.open(uri, `# holdfast-disable-file unpinned-image -- mirrored\n${text}`);
  const [action] = await client.actions(uri, [], ['source.fixAll']);
  const resolved = await client.resolve(action as CodeAction);
  await client.apply(resolved.edit);
  assert.equal(client.text(uri), `# holdfast-ignore-file unpinned-image -- mirrored\n${text}`);
  assert.deepEqual(client.registry.calls, []);
  assert.deepEqual(client.shown, []);
});

test('trust may be given and taken while the server runs', async (t) => {
  const client = await start(t, untrusted);
  await client.open(uri, text);
  await client.notify('holdfast/trust', { trusted: true });
  const pin = await client.action(uri, 'unpinned-image', /^Pin nginx/);
  await client.apply((await client.resolve(pin)).edit);
  assert.ok(
    client
      .text(uri)
      .includes(digestFor({ registry: 'docker.io', repository: 'library/nginx', version: '1.27.3' })),
  );
  assert.equal(client.registry.calls.length, 1);
  for (const params of [{ trusted: false }, { trusted: 'yes' }, null]) {
    await client.notify('holdfast/trust', params);
    const outcome = await client.execute<PinOutcome>('holdfast.server.pinFile', { uri });
    assert.equal(outcome.applied, false);
  }
  assert.equal(client.registry.calls.length, 1);
});

test('an editor that says nothing of trust is trusted, and still nothing is asked without a click', async (t) => {
  const client = await start(t, { files: { [uri]: text } });
  await client.open(uri, text);
  const diagnostics = await client.diagnostics(uri);
  await client.actions(uri, diagnostics);
  await client.actions(uri, diagnostics, ['source']);
  for (let line = 0; line < 6; line++) {
    for (const character of [8, 14]) {
      await client.request('textDocument/hover', { textDocument: { uri }, position: { line, character } });
    }
  }
  await client.edit(uri, 'redis', 'redis:8');
  await client.diagnostics(uri);
  await client.execute('holdfast.server.audit');
  await client.close(uri);
  await client.settle();
  assert.deepEqual(client.registry.calls, []);
  await client.execute('holdfast.server.pinFile', { uri });
  assert.equal(client.registry.calls.length, 2);
});

test('until the workspace is trusted its registries are of no use, and then the settings are read anew', async (t) => {
  let registries: unknown = {};
  const client = await start(t, {
    ...untrusted,
    files: {
      [uri]: text,
      'file:///shop/.holdfast.yaml': 'registries:\n  docker.io: {mirror: evil.example}\n',
    },
    settings: () => ({ registries, automaticChecks: true }),
    initializationOptions: { trusted: false, hoverCommands: true },
  });
  const used: unknown[] = [];
  client.registry.answer = (image, options) => {
    used.push(options.registries);
    return { ok: true, digest: digestFor(image), mediaType: '', at: 0 };
  };
  await client.open(uri, text);
  const diagnostics = await client.diagnostics(uri);
  for (const action of await client.actions(uri, diagnostics)) {
    if (action.data) await client.resolve(action);
  }
  const place = { uri, position: { line: 2, character: 14 } };
  const commands = ['pinFile', 'pinWorkspace', 'checkPins', 'inspectImage', 'audit'];
  for (const command of commands) await client.execute(`holdfast.server.${command}`, place);
  await client.execute('holdfast.server.listTags', { uri, name: 'nginx' });
  await client.request('textDocument/hover', { textDocument: { uri }, ...place });
  await client.notify('textDocument/didSave', { textDocument: { uri } });
  await client.settle();
  assert.deepEqual([client.registry.calls, client.registry.listed, client.downloads.asked], [[], [], []]);

  // Held back by the editor until now.
  registries = { 'ghcr.io': { mirror: 'mirror.example' } };
  await client.notify('holdfast/trust', { trusted: true });
  await client.until('the automatic checks', () => used.length === 2);
  assert.deepEqual(used[0], {
    'docker.io': { mirror: 'evil.example' },
    'ghcr.io': { mirror: 'mirror.example' },
  });
});
