import assert from 'node:assert/strict';
import { test } from 'node:test';
import { start } from './harness.ts';

const uri = 'file:///shop/Dockerfile';
const title = /^Suppress .* here/;

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
  const action = await client.action(uri, 'unpinned-image', /^Suppress/);
  assert.equal(action.title, 'Suppress unpinned-image…');
  assert.equal(action.edit, undefined);
  assert.equal(action.command?.command, 'holdfast.suppress');
  assert.deepEqual(action.command?.arguments, [
    { uri, key: diagnostic.data.key, rule: 'unpinned-image', scopes: ['line', 'file'] },
  ]);
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
    actions.filter((action) => /^Suppress/.test(action.title)),
    [],
  );
});

test('a rule can be suppressed in the whole file', async (t) => {
  const client = await start(t);
  const text = '# syntax=docker/dockerfile:1.7.0\nFROM nginx:1.27.3 AS a\nFROM redis:7.4.1\n';
  await client.open(uri, text);
  const { data } = await client.diagnostic(uri, 'unpinned-image');
  await client.request('holdfast/suppress', { uri, key: data.key, scope: 'file', reason: 'mirrored' });
  assert.equal(
    client.text(uri),
    text.replace('FROM', '# holdfast-ignore-file unpinned-image -- mirrored\nFROM'),
  );
  assert.deepEqual(
    (await client.diagnostics(uri)).map(({ code }) => code),
    ['unpinned-frontend'],
  );
});

test('above a parser directive nothing can stand, so only the file is offered', async (t) => {
  const client = await start(t);
  await client.open(uri, '# syntax=docker/dockerfile:1.7.0\nFROM scratch\n');
  const actions = await client.actions(uri, [await client.diagnostic(uri, 'unpinned-frontend')]);
  assert.deepEqual(
    actions.map(({ title: shown }) => shown).filter((shown) => shown.startsWith('Suppress')),
    ['Suppress unpinned-frontend in this file, with a reason'],
  );
  const asking = await start(t, { initializationOptions: { promptForReason: true } });
  await asking.open(uri, '# syntax=docker/dockerfile:1.7.0\nFROM scratch\n');
  const one = await asking.action(uri, 'unpinned-frontend', /^Suppress unpinned-frontend…$/);
  assert.deepEqual(one.command?.arguments?.[0].scopes, ['file']);
});

test('three findings in one place have a line each in the menu of a client that asks, at its end', async (t) => {
  const client = await start(t, { initializationOptions: { promptForReason: true } });
  const compose = 'file:///shop/compose.yaml';
  await client.open(
    compose,
    'services:\n  web:\n    image: nginx:1.27.3@sha256:0\n    build: .\n    stdin_open: true\n',
  );
  const diagnostics = await client.diagnostics(compose);
  const places = diagnostics.filter(({ range }) => range.start.line === 1);
  assert.ok(places.length > 1);
  const titles = (await client.actions(compose, places)).map((action) => action.title);
  const silencing = titles.filter((shown) => shown.startsWith('Suppress'));
  assert.deepEqual(
    silencing,
    places.map(({ code }) => `Suppress ${code}…`),
  );
  assert.deepEqual(titles.slice(-silencing.length), silencing);
});

test('the reason that a comment lacks is asked for, and what stands there is offered', async (t) => {
  const client = await start(t, { initializationOptions: { promptForReason: true } });
  await client.open(uri, '# holdfast-ignore unpinned-image: the mirror keeps it\nFROM nginx:1.27.3\n');
  const action = await client.action(uri, 'suppression-without-reason', /^Write the reason…$/);
  const [target] = action.command?.arguments ?? [];
  assert.equal(target.reason, 'the mirror keeps it');
  assert.deepEqual(target.scopes, ['line']);
  await client.request('holdfast/suppress', { uri, key: target.key, reason: 'the mirror keeps every tag' });
  assert.equal(
    client.text(uri),
    '# holdfast-ignore unpinned-image -- the mirror keeps every tag\nFROM nginx:1.27.3\n',
  );
  assert.deepEqual(await client.diagnostics(uri), []);
});

test('the finding that a comment would silence offers to write its reason too', async (t) => {
  const client = await start(t, { initializationOptions: { promptForReason: true } });
  for (const [comment, scope] of [
    ['# holdfast-ignore unpinned-image', 'line'],
    ['# holdfast-ignore-file unpinned-image', 'file'],
  ] as const) {
    await client.open(uri, `${comment}\nFROM nginx:1.27.3\n`);
    const both = await client.diagnostics(uri);
    assert.equal(both.length, 2);
    const actions = (await client.actions(uri, both)).filter(({ title: shown }) => !shown.startsWith('Pin'));
    assert.deepEqual(
      actions.map(({ diagnostics, title: shown }) => [shown, diagnostics?.length]),
      [['Write the reason…', 2]],
    );
    const written = await client.action(uri, 'unpinned-image', /^Write/);
    const [target] = written.command?.arguments ?? [];
    assert.deepEqual([target.scopes, target.reason], [[scope], '']);
    await client.request('holdfast/suppress', { uri, key: target.key, scope, reason: 'mirrored' });
    assert.equal(client.text(uri), `${comment} -- mirrored\nFROM nginx:1.27.3\n`);
    await client.close(uri);
  }
});

test('without a client that asks, a missing reason gets the placeholder', async (t) => {
  const client = await start(t);
  await client.open(uri, '# holdfast-ignore unpinned-image\nFROM nginx:1.27.3\n');
  const found = await client.diagnostics(uri);
  assert.deepEqual(found.map(({ code }) => code).sort(), ['suppression-without-reason', 'unpinned-image']);
  const actions = await client.actions(
    uri,
    found.filter(({ code }) => code === 'suppression-without-reason'),
  );
  assert.deepEqual(
    actions.map(({ title: shown }) => shown),
    ['Write the reason of this comment'],
  );
  await client.apply(actions[0]?.edit);
  assert.equal(client.text(uri), '# holdfast-ignore unpinned-image -- say why\nFROM nginx:1.27.3\n');
});

test('an unused comment is taken away by its quick fix alone, and cannot be suppressed', async (t) => {
  const client = await start(t);
  await client.open(uri, '# kept\n# holdfast-ignore floating-tag -- once\nFROM scratch\n');
  const actions = await client.actions(uri, await client.diagnostics(uri));
  assert.deepEqual(
    actions.map(({ title: shown }) => shown),
    ['Remove this comment'],
  );
  assert.deepEqual(await client.actions(uri, [], ['source.fixAll']), []);
  await client.apply(actions[0]?.edit);
  assert.equal(client.text(uri), '# kept\nFROM scratch\n');
});
