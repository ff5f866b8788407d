import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MessageType } from 'vscode-languageserver/node';
import type { ImageName } from '../../server/src/engine/index.ts';
import { type Looked, serverCommands } from '../../server/src/lsp/protocol/protocol.ts';
import { type Client, digestFor, failed, found, start, tokenOf } from './harness.ts';

const uri = 'file:///shop/Dockerfile';
const pinned = `sha256:${'a'.repeat(64)}`;
const nginx = (version: string): ImageName => ({
  registry: 'docker.io',
  repository: 'library/nginx',
  version,
});
const inVsCode = { initializationOptions: { hoverCommands: true } };

const inspect = (client: Client, line = 0, character = 8) =>
  client.execute<Looked | null>(serverCommands.inspectImage, { uri, position: { line, character } });

test('an image is looked into when somebody asks for it, and again when they ask again', async (t) => {
  let now = Date.UTC(2026, 0, 2);
  const client = await start(t, { ...inVsCode, now: () => now });
  const since: (number | undefined)[] = [];
  client.registry.answer = (image, options) => {
    since.push(options.since);
    return { ok: true, digest: digestFor(image), mediaType: '', at: now };
  };
  await client.open(uri, 'FROM nginx:1.27.3\n');
  const first = await inspect(client);
  assert.deepEqual(first, { found: true, message: 'A hover on nginx:1.27.3 tells what docker.io said.' });
  now += 1_000;
  await inspect(client);
  assert.deepEqual(client.registry.inspections, [nginx('1.27.3'), nginx('1.27.3')]);
  assert.deepEqual(since, [now - 1_000, now], 'what is known does not stand in for an answer');
  assert.deepEqual(client.shown, [], 'the client shows the hover');
});

test('in a client that shows no hover by itself the user is told where to look', async (t) => {
  const client = await start(t);
  await client.open(uri, 'FROM nginx:1.27.3\n');
  const looked = await inspect(client);
  assert.deepEqual(client.shown, [{ type: MessageType.Info, message: looked?.message }]);
});

test('of a pin its tag is asked about too, without counting as another pull', async (t) => {
  const client = await start(t, inVsCode);
  client.registry.contents = { platforms: [], config: null };
  await client.open(uri, `FROM nginx:1.27.3@${pinned}\n`);
  await inspect(client);
  assert.deepEqual(client.registry.inspections, [nginx(pinned)]);
  assert.deepEqual(client.registry.calls, [nginx(pinned), nginx('1.27.3')]);
});

test('only a pin that may be a part of an index has the index read', async (t) => {
  const client = await start(t, inVsCode);
  await client.open(uri, `FROM nginx:1.27.3@${pinned}\n`);
  client.registry.answer = (image) => ({
    ok: true,
    digest: image.version.includes(':') ? image.version : pinned,
    mediaType: '',
    at: 0,
  });
  await inspect(client);
  assert.deepEqual(client.registry.inspections, [nginx(pinned)], 'the tag names the same');
  client.registry.answer = (image) => ({ ok: true, digest: digestFor(image), mediaType: '', at: 0 });
  await inspect(client);
  assert.deepEqual(client.registry.inspections.slice(1), [nginx(pinned), nginx('1.27.3')]);
});

test('that the tag could not be asked about is no reason to tell nothing', async (t) => {
  const client = await start(t, inVsCode);
  client.registry.answer = (image) =>
    image.version === pinned
      ? { ok: true, digest: pinned, mediaType: '', at: 0 }
      : failed('not-found', 'The tag is gone.');
  await client.open(uri, `FROM nginx:1.27.3@${pinned}\n`);
  assert.equal((await inspect(client))?.found, true);
  assert.deepEqual(client.shown, []);
  assert.ok(client.logged.some((line) => line.includes('The tag is gone.')));
});

test('what the registry says against it is shown', async (t) => {
  const client = await start(t, inVsCode);
  const message = 'docker.io takes no more requests for now. Try again in 20 minutes.';
  client.registry.answer = () => failed('rate-limited', message);
  await client.open(uri, 'FROM nginx:1.27.3\n');
  assert.deepEqual(await inspect(client), { found: false, message });
  assert.deepEqual(client.shown, [{ type: MessageType.Error, message }]);
});

test('what the user should know though it worked is shown once', async (t) => {
  const client = await start(t, inVsCode);
  const notice = 'docker.io names another digest than its content has. The digest of the content is used.';
  client.registry.answer = (image) => ({ ...found(image), notice });
  await client.open(uri, 'FROM nginx:1.27.3\n');
  assert.equal((await inspect(client))?.found, true);
  assert.equal(client.shown.length, 1);
  assert.equal(client.shown[0]?.type, MessageType.Warning);
  assert.ok(client.shown[0]?.message.endsWith(notice));
});

test('where there is no image, or none that can be told, it says so and asks nobody', async (t) => {
  const client = await start(t, inVsCode);
  await client.open(uri, 'FROM $X\nFROM scratch\nRUN true\nFROM nginx:\n');
  for (const [line, expected] of [
    [0, /^This file does not tell which image \$X stands for/],
    [1, /^There is no image at the cursor\./],
    [2, /^There is no image at the cursor\./],
    [99, /^There is no image at the cursor\./],
  ] as const) {
    const looked = await inspect(client, line, 6);
    assert.equal(looked?.found, false);
    assert.match(looked?.message ?? '', expected);
    assert.equal(client.shown.at(-1)?.message, looked?.message);
  }
  const compose = 'file:///shop/compose.yaml';
  await client.open(compose, 'services:\n  a:\n    build: .\n    image: shop:1.2.3\n');
  const built = await client.execute<Looked>(serverCommands.inspectImage, {
    uri: compose,
    position: { line: 3, character: 12 },
  });
  assert.match(built.message, /^shop:1\.2\.3 is the name that a build gives its result/);
  await client.close(uri);
  assert.match((await inspect(client))?.message ?? '', /^The file is not open/);
  for (const argument of [
    undefined,
    null,
    7,
    { uri },
    { uri, position: {} },
    { uri: 7, position: { line: 0, character: 0 } },
    { uri, position: { line: -1, character: 0.5 } },
    { uri, position: { line: '0', character: '0' } },
  ]) {
    assert.equal(await client.execute(serverCommands.inspectImage, argument), null);
  }
  assert.deepEqual(client.registry.calls, []);
});

test('without trust nobody is asked', async (t) => {
  const client = await start(t, { initializationOptions: { hoverCommands: true, trusted: false } });
  await client.open(uri, 'FROM nginx:1.27.3\n');
  const looked = await inspect(client);
  assert.equal(looked?.found, false);
  assert.match(looked?.message ?? '', /Trust this workspace/);
  assert.deepEqual(client.registry.calls, []);
});

test('it shows its progress, and cancelling it reaches the registry', async (t) => {
  const client = await start(t, inVsCode);
  await client.open(uri, 'FROM nginx:1.27.3\n');
  client.registry.hold();
  const stop = new AbortController();
  const looking = client.connection.sendRequest<Looked>(
    'workspace/executeCommand',
    {
      command: serverCommands.inspectImage,
      arguments: [{ uri, position: { line: 0, character: 8 } }],
    },
    tokenOf(stop.signal),
  );
  await client.until('the lookup', () => client.registry.calls.length === 1);
  client.timer.elapse();
  await client.until('the progress', () => client.progress.length === 1);
  assert.equal(client.progress[0]?.value.title, 'Looking into nginx:1.27.3');
  assert.equal(client.progress[0]?.value.cancellable, true);
  stop.abort();
  assert.equal((await looking).found, false);
  assert.equal(client.registry.signals[0]?.aborted, true);
  assert.deepEqual(client.shown, []);
});
