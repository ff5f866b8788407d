import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Hover, MarkupContent } from 'vscode-languageserver/node';
import type { ImageName, Lookup } from '../../server/src/engine/index.ts';
import { type Client, digestFor, failed, pushOnly, type StartOptions, start } from './harness.ts';

const uri = 'file:///shop/Dockerfile';
const other = 'file:///shop/compose.yaml';
const pinned = `sha256:${'a'.repeat(64)}`;
const text = `FROM nginx:1.27.3 AS a\nFROM redis AS b\nFROM nginx:1.27.3 AS c\nFROM scratch\nFROM ghcr.io/a/b@${pinned}\n`;
const images = ['docker.io/library/nginx:1.27.3', 'docker.io/library/redis:latest', `ghcr.io/a/b:${pinned}`];
const on: StartOptions = { settings: () => ({ automaticChecks: true }) };

const nameOf = ({ registry, repository, version }: ImageName): string =>
  `${registry}/${repository}:${version}`;

const asked = (client: Client): readonly string[] => client.registry.calls.map(nameOf);

const askedFor = (client: Client, count: number): Promise<void> =>
  client.until(`${count} lookups`, () => client.registry.calls.length === count);

const save = (client: Client, saved = uri): Promise<void> =>
  client.notify('textDocument/didSave', { textDocument: { uri: saved } });

/** Everything that a user does without choosing something that asks. */
async function use(client: Client): Promise<void> {
  const diagnostics = await client.diagnostics(uri);
  await client.actions(uri, diagnostics);
  for (const line of [0, 1, 4]) {
    await client.request('textDocument/hover', { textDocument: { uri }, position: { line, character: 8 } });
  }
  await client.settle();
}

test('on, each image is looked up once when the file is opened, and nothing is looked into', async (t) => {
  const client = await start(t, on);
  await client.open(uri, text);
  await askedFor(client, 3);
  assert.deepEqual(asked(client), images);
  await use(client);
  await save(client);
  await use(client);
  assert.equal(client.registry.calls.length, 3);
  assert.deepEqual(client.registry.inspections, []);
  assert.deepEqual(client.registry.listed, []);
  assert.deepEqual(client.downloads.asked, []);
  assert.deepEqual(client.shown, []);
});

test('what comes of it shows by itself', async (t) => {
  const client = await start(t, { ...on, capabilities: pushOnly });
  await client.open(uri, `FROM nginx:1.27.3@${pinned}\nFROM redis:8.0.1\n`);
  await askedFor(client, 3);
  const itself = `docker.io/library/nginx:${pinned}`;
  assert.deepEqual(asked(client).toSorted(), [images[0], 'docker.io/library/redis:8.0.1', itself].sort());
  await client.until('the wait', () => client.timer.pending === 1);
  client.timer.elapse();
  await client.until(
    'the finding',
    () => client.lastPublished(uri)?.some(({ code }) => code === 'drifted-pin') === true,
  );
  const hover = await client.request<Hover>('textDocument/hover', {
    textDocument: { uri },
    position: { line: 1, character: 8 },
  });
  const digest = digestFor({ registry: 'docker.io', repository: 'library/redis', version: '8.0.1' });
  assert.ok((hover.contents as MarkupContent).value.includes(`Points to \`${digest}\``));
});

test('what stands in .env is sent nowhere, and the log says so', async (t) => {
  const client = await start(t, on);
  client.files.texts.set('file:///shop/.env', 'TAG=8.0.1\n');
  await client.open(other, 'services:\n  a:\n    image: redis:$TAG\n  b:\n    image: nginx:1.27.3\n');
  await askedFor(client, 1);
  await use(client);
  assert.deepEqual(asked(client), [images[0]]);
  assert.ok(
    client.logged.some((line) => line.startsWith('1 image of file:///shop/compose.yaml not checked')),
  );
});

test('off, nothing is asked', async (t) => {
  for (const settings of [{}, { automaticChecks: false }, { automaticChecks: 'true' }, null]) {
    const client = await start(t, { settings: () => settings });
    await client.open(uri, text);
    await use(client);
    await client.edit(uri, 'redis', 'redis:8');
    await save(client);
    await use(client);
    assert.deepEqual(client.registry.calls, []);
  }
});

test('on, but without trust or offline, nothing is asked', async (t) => {
  const options: StartOptions[] = [
    { ...on, initializationOptions: { trusted: false } },
    { settings: () => ({ automaticChecks: true, offline: true }) },
  ];
  for (const each of options) {
    const client = await start(t, each);
    await client.open(uri, text);
    await save(client);
    await use(client);
    assert.deepEqual(client.registry.calls, []);
  }
});

test('editing asks nobody, saving asks about what is new', async (t) => {
  const client = await start(t, on);
  await client.open(uri, text);
  await askedFor(client, 3);
  await client.edit(uri, 'redis', 'redis:8');
  await use(client);
  assert.equal(client.registry.calls.length, 3);
  await save(client);
  await askedFor(client, 4);
  assert.equal(asked(client).at(-1), 'docker.io/library/redis:8');
});

test('after an hour an image is looked up again, in whatever file', async (t) => {
  let now = Date.UTC(2026, 10, 20);
  const client = await start(t, { ...on, now: () => now });
  await client.open(uri, 'FROM redis\n');
  await askedFor(client, 1);
  await client.open(other, 'services:\n  a:\n    image: redis:latest\n');
  now += 3_599_000;
  await save(client);
  await save(client, other);
  await client.settle();
  assert.equal(client.registry.calls.length, 1);
  now += 1_000;
  await save(client);
  await askedFor(client, 2);
  await save(client, other);
  await client.settle();
  assert.equal(client.registry.calls.length, 2);
});

test('a clock that is set back does not stop them for good', async (t) => {
  let now = Date.UTC(2026, 10, 20);
  const client = await start(t, { ...on, now: () => now });
  await client.open(uri, 'FROM redis\n');
  await askedFor(client, 1);
  now -= 86_400_000;
  await save(client);
  await askedFor(client, 2);
});

test('a few at a time, and none after the file is closed', async (t) => {
  const client = await start(t, on);
  client.registry.hold();
  await client.open(uri, Array.from({ length: 20 }, (_, at) => `FROM a/b:1.0.${at}\n`).join(''));
  await askedFor(client, 4);
  await client.settle();
  assert.equal(client.registry.calls.length, 4);
  await client.close(uri);
  await client.until('the end', () => client.registry.signals.every((signal) => signal?.aborted));
  await client.settle();
  assert.equal(client.registry.calls.length, 4);
  assert.deepEqual(
    client.logged.filter((line) => line.includes('automatically')),
    [],
  );
});

test('what was cancelled is asked when the file is opened again', async (t) => {
  const client = await start(t, on);
  client.registry.hold();
  await client.open(uri, 'FROM redis\n');
  await askedFor(client, 1);
  await client.close(uri);
  await client.settle();
  await client.open(uri, 'FROM redis\n');
  await askedFor(client, 2);
});

test('failures are for the log alone', async (t) => {
  const client = await start(t, on);
  client.registry.answer = () => failed('unreachable', 'The host cannot be found.');
  await client.open(uri, text);
  await client.until(
    'the log',
    () => client.logged.filter((line) => line.includes('was not checked automatically')).length === 3,
  );
  await save(client);
  await client.settle();
  assert.equal(client.registry.calls.length, 3);
  assert.deepEqual(client.shown, []);
});

test('a registry that wants no more requests gets none for an hour, others do', async (t) => {
  let now = Date.UTC(2026, 10, 20);
  const client = await start(t, { ...on, now: () => now });
  const answer = (image: ImageName): Lookup =>
    image.registry === 'docker.io'
      ? failed('rate-limited', 'docker.io takes no more requests for now.')
      : { ok: true, digest: digestFor(image), mediaType: '', at: now };
  client.registry.answer = answer;
  const many = Array.from({ length: 20 }, (_, at) => `FROM a/b:1.0.${at}\n`).join('');
  await client.open(uri, `${many}FROM ghcr.io/a/b:1.2.3\n`);
  await client.until('the other registry', () => asked(client).includes('ghcr.io/a/b:1.2.3'));
  await client.settle();
  const atHub = () => client.registry.calls.filter(({ registry }) => registry === 'docker.io').length;
  assert.ok(atHub() <= 4, `${atHub()}`);
  const before = atHub();
  await save(client);
  await client.settle();
  assert.equal(atHub(), before);
  client.registry.answer = (image) => ({ ok: true, digest: digestFor(image), mediaType: '', at: now });
  now += 3_600_000;
  await save(client);
  await client.until('the rest', () => atHub() === before + 20);
  assert.deepEqual(client.shown, []);
});

test('once they are switched on, or the workspace is trusted, what is open is checked', async (t) => {
  let automaticChecks = false;
  const client = await start(t, {
    settings: () => ({ automaticChecks }),
    initializationOptions: { trusted: false },
  });
  await client.open(uri, 'FROM redis\n');
  await client.settle();
  automaticChecks = true;
  await client.notify('workspace/didChangeConfiguration', { settings: null });
  await client.settle();
  assert.deepEqual(client.registry.calls, []);
  await client.notify('holdfast/trust', { trusted: true });
  await askedFor(client, 1);
  automaticChecks = false;
  await client.notify('workspace/didChangeConfiguration', { settings: null });
  await client.open(other, 'services:\n  a:\n    image: nginx:1.27.3\n');
  await client.settle();
  assert.equal(client.registry.calls.length, 1);
});

test('what a user hears of an answer that came by itself is nothing', async (t) => {
  const client = await start(t, on);
  client.registry.answer = (image) => ({
    ok: true,
    digest: digestFor(image),
    mediaType: '',
    at: 0,
    notice: 'The stored sign-in was not used.',
  });
  await client.open(uri, 'FROM redis\n');
  await askedFor(client, 1);
  await client.settle();
  assert.deepEqual(client.shown, []);
});
