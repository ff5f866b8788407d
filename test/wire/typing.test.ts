import assert from 'node:assert/strict';
import { test } from 'node:test';
import { pushOnly, start } from './harness.ts';

const uri = 'file:///shop/Dockerfile';
const compose = 'file:///shop/compose.yaml';
const invalid = 'invalid-image-reference';

type Client = Awaited<ReturnType<typeof start>>;

const rules = async (client: Client, of = uri): Promise<readonly unknown[]> =>
  (await client.diagnostics(of)).map(({ code }) => code);

const save = (client: Client, of = uri): Promise<void> =>
  client.notify('textDocument/didSave', { textDocument: { uri: of } });

test('a reference that is being typed is told of when the next line is', async (t) => {
  const client = await start(t);
  await client.open(uri, 'FROM \n');
  await client.edit(uri, 'FROM ', 'FROM redis:');
  assert.deepEqual(await rules(client), []);
  await client.edit(uri, 'redis:', 'redis:7.2.4@sha256:5f');
  assert.deepEqual(await rules(client), []);
  await client.edit(uri, '5f\n', '5f\nR');
  assert.deepEqual(await rules(client), [invalid]);
  await client.edit(uri, '\nR', '\nRUN true');
  assert.deepEqual(await rules(client), [invalid]);
  await client.edit(uri, '@sha256:5f', '');
  assert.deepEqual(await rules(client), ['unpinned-image']);
});

test('a line break alone ends the line', async (t) => {
  const client = await start(t);
  await client.open(uri, 'FROM redis');
  await client.edit(uri, 'redis', 'redis:');
  assert.deepEqual(await rules(client), []);
  await client.edit(uri, 'redis:', 'redis:\n');
  assert.deepEqual(await rules(client), [invalid]);
});

test('saving ends it too, and the client is told to ask again', async (t) => {
  const client = await start(t);
  await client.open(uri, 'FROM redis');
  await client.edit(uri, 'redis', 'redis:');
  assert.deepEqual(await rules(client), []);
  const before = client.refreshes;
  await save(client);
  await client.until('the refresh', () => client.refreshes > before);
  assert.deepEqual(await rules(client), [invalid]);
});

test('saving pushes what was held back', async (t) => {
  const client = await start(t, { capabilities: pushOnly });
  await client.open(uri, 'FROM redis');
  await client.until('the first diagnostics', () => client.published.length === 1);
  await client.edit(uri, 'redis', 'redis:');
  await client.until('the second diagnostics', () => client.published.length === 2);
  assert.deepEqual(client.lastPublished(uri), []);
  await save(client);
  await client.until('the third diagnostics', () => client.published.length === 3);
  assert.deepEqual(
    client.lastPublished(uri)?.map(({ code }) => code),
    [invalid],
  );
});

test('an opened file hides nothing', async (t) => {
  const client = await start(t);
  await client.open(uri, 'FROM redis:');
  assert.deepEqual(await rules(client), [invalid]);
});

test('what more typing cannot mend, or what stands in another line or within one, is told at once', async (t) => {
  const client = await start(t);
  await client.open(uri, 'FROM a\nFROM b\n');
  await client.edit(uri, 'FROM a', 'FROM redis:a:b');
  assert.deepEqual(await rules(client), [invalid, 'implicit-latest']);
  await client.edit(uri, 'redis:a:b', 'redis: AS c');
  assert.deepEqual(await rules(client), [invalid, 'implicit-latest']);
  await client.edit(uri, 'redis: AS c', 'redis:');
  assert.deepEqual(await rules(client), ['implicit-latest']);
  await client.edit(uri, 'FROM b', 'FROM b:');
  assert.deepEqual(await rules(client), [invalid]);
});

test('quotes and brackets that an editor closes do not end the line', async (t) => {
  const client = await start(t);
  const text = 'services:\n  a: { image: "b", read_only: true }\n  c: { read_only: true, image: "d" }\n';
  await client.open(compose, text);
  await client.edit(compose, '"d" }', '"redis:" }');
  assert.ok(!(await rules(client, compose)).includes(invalid));
  await client.edit(compose, '"b"', '"b:"');
  assert.deepEqual(
    (await rules(client, compose)).filter((rule) => rule === invalid),
    [invalid, invalid],
  );
});

test('edits at several cursors are all being typed, and shift each other', async (t) => {
  const client = await start(t);
  await client.open(uri, 'FROM a\nFROM b\nFROM c:\n');
  const insert = (line: number, newText: string) => ({
    range: { start: { line, character: 6 }, end: { line, character: 6 } },
    newText,
  });
  await client.change(uri, [insert(1, ':'), insert(0, ':')]);
  assert.deepEqual(await rules(client), [invalid]);
  const [diagnostic] = await client.diagnostics(uri);
  assert.equal(diagnostic?.range.start.line, 2);
});

test('a client that sends the whole text is followed by what differs', async (t) => {
  const client = await start(t);
  await client.open(uri, 'FROM redis\nRUN true\n');
  const whole = (text: string, version: number): Promise<void> =>
    client.notify('textDocument/didChange', { textDocument: { uri, version }, contentChanges: [{ text }] });
  await whole('FROM redis:\nRUN true\n', 2);
  assert.deepEqual(await rules(client), []);
  await whole('FROM redis:\nRUN false\n', 3);
  assert.deepEqual(await rules(client), [invalid]);
});
