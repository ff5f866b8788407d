import assert from 'node:assert/strict';
import { test } from 'node:test';
import { start } from './harness.ts';

const uri = 'file:///shop/Dockerfile';
const title = /^Suppress/;

test('without a client that asks, the comment is written with a placeholder', async (t) => {
  const client = await start(t);
  await client.open(uri, 'FROM nginx:1.27.3\r\n');
  const action = await client.action(uri, 'unpinned-image', title);
  await client.apply(action.edit);
  assert.equal(client.text(uri), '# holdfast-ignore unpinned-image -- say why\r\nFROM nginx:1.27.3\r\n');
  assert.deepEqual(await client.diagnostics(uri), []);
});

test('a client that asks for the reason sends it back', async (t) => {
  const client = await start(t, { initializationOptions: { promptForReason: true } });
  await client.open(uri, 'FROM nginx:1.27.3\n');
  const diagnostic = await client.diagnostic(uri, 'unpinned-image');
  const action = await client.action(uri, 'unpinned-image', title);
  assert.equal(action.edit, undefined);
  assert.equal(action.command?.command, 'holdfast.suppress');
  assert.deepEqual(action.command?.arguments, [{ uri, key: diagnostic.data.key, rule: 'unpinned-image' }]);
  const [target] = action.command?.arguments ?? [];
  const reason = 'built by\nus --  nightly';
  const answer = await client.request('holdfast/suppress', { uri, key: target?.key, reason });
  assert.deepEqual(answer, { applied: true, message: 'The fix was made.' });
  assert.equal(
    client.text(uri),
    '# holdfast-ignore unpinned-image -- built by us -- nightly\nFROM nginx:1.27.3\n',
  );
  assert.deepEqual(await client.diagnostics(uri), []);
});

test('an empty reason silences nothing, and the user is told', async (t) => {
  const client = await start(t);
  await client.open(uri, 'FROM nginx:1.27.3\n');
  const { data } = await client.diagnostic(uri, 'unpinned-image');
  const answer = await client.request<{ applied: boolean }>('holdfast/suppress', {
    uri,
    key: data.key,
    reason: ' ',
  });
  assert.equal(answer.applied, false);
  assert.match(client.shown[0]?.message ?? '', /needs a reason/);
  assert.equal(client.text(uri), 'FROM nginx:1.27.3\n');
});

test('a request without its parts is answered, not dropped', async (t) => {
  const client = await start(t);
  for (const params of [undefined, {}, { uri }, { uri, key: 1, reason: 'x' }]) {
    const answer = await client.request<{ applied: boolean }>('holdfast/suppress', params);
    assert.equal(answer.applied, false);
  }
});

test('where a file can hold no comment, none is offered', async (t) => {
  const client = await start(t);
  const json = 'file:///shop/pod.json';
  await client.open(
    json,
    '{"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "a"},\n "spec": {"containers": [{"name": "web",\n  "image": "nginx:1.27.3"}]}}\n',
  );
  const diagnostics = await client.diagnostics(json);
  assert.ok(diagnostics.length > 0);
  const actions = await client.actions(json, diagnostics);
  assert.ok(actions.length > 0);
  assert.deepEqual(
    actions.filter((action) => title.test(action.title)),
    [],
  );
});
