import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LSPErrorCodes, MessageType, ResponseError } from 'vscode-languageserver/node';
import { digestFor, failed, start, tokenOf } from './harness.ts';

const uri = 'file:///shop/Dockerfile';
const nginx = digestFor({ registry: 'docker.io', repository: 'library/nginx', version: '1.27.3' });

test('the digest comes from the registry when the action is chosen', async (t) => {
  const client = await start(t);
  await client.open(uri, '# keep\nFROM nginx:1.27.3 AS web # not a comment\n');
  const action = await client.action(uri, 'unpinned-image', /^Pin/);
  assert.deepEqual(client.registry.calls, []);
  const resolved = await client.resolve(action);
  assert.deepEqual(client.registry.calls, [
    { registry: 'docker.io', repository: 'library/nginx', version: '1.27.3' },
  ]);
  await client.apply(resolved.edit);
  assert.equal(client.text(uri), `# keep\nFROM nginx:1.27.3@${nginx} AS web # not a comment\n`);
  assert.deepEqual(await client.diagnostics(uri), []);
  assert.deepEqual(client.shown, []);
});

test('the finding is found again after an edit elsewhere, and the edit is for the new version', async (t) => {
  const client = await start(t);
  await client.open(uri, 'FROM nginx:1.27.3\n');
  const action = await client.action(uri, 'unpinned-image', /^Pin/);
  await client.edit(uri, 'FROM', '# one\n# two\nFROM');
  const resolved = await client.resolve(action);
  const [change] = resolved.edit?.documentChanges ?? [];
  assert.deepEqual(change && 'textDocument' in change && change.textDocument, { uri, version: 2 });
  await client.apply(resolved.edit);
  assert.equal(client.text(uri), `# one\n# two\nFROM nginx:1.27.3@${nginx}\n`);
});

test('an edit while the registry is asked is taken into account', async (t) => {
  const client = await start(t);
  await client.open(uri, 'FROM nginx:1.27.3\n');
  const action = await client.action(uri, 'unpinned-image', /^Pin/);
  const held = client.registry.hold();
  const resolving = client.resolve(action);
  await client.until('the lookup', () => client.registry.calls.length === 1);
  await client.edit(uri, 'FROM', '# in between\nFROM');
  await client.settle();
  held.release();
  const resolved = await resolving;
  await client.apply(resolved.edit);
  assert.equal(client.text(uri), `# in between\nFROM nginx:1.27.3@${nginx}\n`);
});

test('when the edit took the finding away, nothing is changed and the user is told', async (t) => {
  const client = await start(t);
  await client.open(uri, 'FROM nginx:1.27.3\n');
  const action = await client.action(uri, 'unpinned-image', /^Pin/);
  const held = client.registry.hold();
  const resolving = client.resolve(action);
  await client.until('the lookup', () => client.registry.calls.length === 1);
  await client.edit(uri, 'nginx:1.27.3', 'scratch');
  await client.settle();
  held.release();
  assert.equal((await resolving).edit, undefined);
  assert.match(client.shown[0]?.message ?? '', /changed/);
});

test('a document that was closed meanwhile is not changed', async (t) => {
  const client = await start(t);
  await client.open(uri, 'FROM nginx:1.27.3\n');
  const action = await client.action(uri, 'unpinned-image', /^Pin/);
  await client.close(uri);
  assert.equal((await client.resolve(action)).edit, undefined);
  assert.match(client.shown[0]?.message ?? '', /not open/);
  assert.deepEqual(client.registry.calls, []);
});

test('a document that never stops changing is refused in the end', async (t) => {
  const client = await start(t);
  await client.open(uri, 'FROM nginx:1.27.3\n');
  const action = await client.action(uri, 'unpinned-image', /^Pin/);
  client.registry.answer = async (image) => {
    await client.edit(uri, 'FROM', '# again\nFROM');
    await client.settle();
    return { ok: true, digest: digestFor(image), mediaType: '', at: 0 };
  };
  assert.equal((await client.resolve(action)).edit, undefined);
  assert.equal(client.registry.calls.length, 3);
  assert.match(client.shown[0]?.message ?? '', /kept changing/);
});

test('cancelling reaches the registry', async (t) => {
  const client = await start(t);
  await client.open(uri, 'FROM nginx:1.27.3\n');
  const action = await client.action(uri, 'unpinned-image', /^Pin/);
  client.registry.hold();
  const stop = new AbortController();
  const resolving = client.connection.sendRequest('codeAction/resolve', action, tokenOf(stop.signal));
  await client.until('the lookup', () => client.registry.calls.length === 1);
  assert.equal(client.registry.signals[0]?.aborted, false);
  stop.abort();
  await assert.rejects(
    resolving,
    (error) => error instanceof ResponseError && error.code === LSPErrorCodes.RequestCancelled,
  );
  assert.equal(client.registry.signals[0]?.aborted, true);
  assert.deepEqual(client.shown, []);
});

test('progress is shown once a lookup takes long, and cancelling it reaches the registry', async (t) => {
  const client = await start(t);
  await client.open(uri, 'FROM nginx:1.27.3\n');
  const action = await client.action(uri, 'unpinned-image', /^Pin/);
  client.registry.hold();
  const resolving = client.resolve(action);
  await client.until('the lookup', () => client.registry.calls.length === 1);
  assert.equal(client.progress.length, 0);
  client.timer.elapse();
  await client.until('the progress', () => client.progress.length === 1);
  const [begin] = client.progress;
  assert.equal(begin?.value.kind, 'begin');
  assert.equal(begin?.value.title, action.title);
  assert.equal(begin?.value.cancellable, true);
  await client.notify('window/workDoneProgress/cancel', { token: begin?.token });
  await assert.rejects(resolving, { code: LSPErrorCodes.RequestCancelled });
  assert.equal(client.registry.signals[0]?.aborted, true);
  await client.until('its end', () => client.progress.some(({ value }) => value.kind === 'end'));
});

test('a quick lookup shows no progress', async (t) => {
  const client = await start(t);
  await client.open(uri, 'FROM nginx:1.27.3\n');
  await client.resolve(await client.action(uri, 'unpinned-image', /^Pin/));
  client.timer.elapse();
  await client.settle();
  assert.equal(client.progress.length, 0);
  assert.equal(client.timer.pending, 0);
});

test('when the registry is down the user reads the cause and the remedy, and the text stays', async (t) => {
  const client = await start(t);
  const message = 'docker.io did not answer within 10 s. Check the connection, then try again.';
  client.registry.answer = () => failed('timed-out', message);
  await client.open(uri, 'FROM nginx:1.27.3\n');
  const resolved = await client.resolve(await client.action(uri, 'unpinned-image', /^Pin/));
  assert.equal(resolved.edit, undefined);
  assert.deepEqual(client.shown, [{ type: MessageType.Error, message }]);
});

test('pinning every image keeps what worked and tells what did not', async (t) => {
  const client = await start(t);
  client.registry.answer = (image) =>
    image.repository === 'library/redis'
      ? failed('not-found', 'docker.io has no redis:nope. Check the tag.')
      : { ok: true, digest: digestFor(image), mediaType: '', at: 0 };
  await client.open(uri, 'FROM nginx:1.27.3 AS a\nFROM redis:nope AS b\nFROM nginx:1.27.3\n');
  const [first] = await client.diagnostics(uri);
  assert.ok(first);
  const all = (await client.actions(uri, [first])).find(({ title }) => title.startsWith('Pin every'));
  assert.ok(all);
  const resolved = await client.resolve(all);
  await client.apply(resolved.edit);
  assert.equal(
    client.text(uri),
    `FROM nginx:1.27.3@${nginx} AS a\nFROM redis:nope AS b\nFROM nginx:1.27.3@${nginx}\n`,
  );
  assert.equal(client.shown.length, 1);
  assert.match(
    client.shown[0]?.message ?? '',
    /^2 of 3 images pinned\. redis:nope: docker\.io has no redis:nope/,
  );
});

test('an action that is not ours comes back as it was', async (t) => {
  const client = await start(t);
  for (const data of [undefined, null, 7, {}, { act: 'fix' }, { act: 'fix', uri: 1, key: 2, fix: 3 }]) {
    const action = { title: 'Other', ...(data !== undefined && { data }) };
    assert.deepEqual(await client.resolve(action), action);
  }
  assert.deepEqual(client.registry.calls, []);
});

test('what the user should know of an answer is told, though the fix was made', async (t) => {
  const client = await start(t);
  const notice = 'The credential helper did not answer, so nobody was signed in.';
  client.registry.answer = (image) => ({ ok: true, digest: digestFor(image), mediaType: '', at: 0, notice });
  await client.open(uri, 'FROM nginx:1.27.3\n');
  const resolved = await client.resolve(await client.action(uri, 'unpinned-image', /^Pin/));
  assert.ok(resolved.edit);
  assert.deepEqual(client.shown, [{ type: MessageType.Info, message: notice }]);
});
