import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { MessageType } from 'vscode-languageserver/node';
import type { ImageName, Lookup } from '../../server/src/engine/index.ts';
import type {
  Looked,
  PinCheckOutcome,
  PinOutcome,
  TagListing,
} from '../../server/src/lsp/protocol/protocol.ts';
import { createNodeRegistry } from '../../server/src/registry/index.ts';
import { startRegistry } from '../support/registry.ts';
import { type Client, digestFor, failed, pushOnly, type StartOptions, start } from './harness.ts';

const uri = 'file:///shop/Dockerfile';
const offline: StartOptions = { settings: () => ({ offline: true }) };
const at = Date.UTC(2026, 10, 20, 10, 2);

/** As the registry client answers while requests are switched off. */
const old =
  (times: Readonly<Record<string, number>>) =>
  (image: ImageName): Lookup => {
    const time = times[image.repository];
    return time === undefined
      ? failed('offline', `Offline mode is on, and nothing is known about ${image.repository} from before.`)
      : { ok: true, digest: digestFor(image), mediaType: '', at: time, isOld: true };
  };

/** What registries told before the window went offline. */
function remember(client: Client, names: readonly string[]): void {
  for (const name of names) {
    const image = { registry: 'docker.io', repository: `library/${name}`, version: 'latest' };
    const lookup = { ok: true, digest: digestFor(image), mediaType: '', at } as const;
    client.registry.kept.push({ image, lookup, isInspected: false });
  }
}

const pinFile = (client: Client) => client.execute<PinOutcome>('holdfast.server.pinFile', { uri });

test('pins made from earlier answers say of when these are', async (t) => {
  const client = await start(t, offline);
  client.registry.answer = old({ 'library/nginx': at, 'library/redis': at + 86_400_000 });
  await client.open(uri, 'FROM nginx AS a\nFROM redis AS b\nFROM alpine\n');
  const outcome = await pinFile(client);
  assert.equal(outcome.pinned, 2);
  assert.equal(
    outcome.message,
    '2 images pinned in 1 file. Offline: this is what the registries said on 20 November 2026, 10:02 UTC or later. 1 image could not be pinned.',
  );
  assert.equal(client.shown.length, 1);
  assert.match(
    client.shown[0]?.message ?? '',
    / alpine: Offline mode is on, and nothing is known about library\/alpine/,
  );
});

test('a fix made from an earlier answer says it too, and its title does beforehand', async (t) => {
  const client = await start(t, offline);
  remember(client, ['nginx']);
  client.registry.answer = old({ 'library/nginx': at });
  await client.open(uri, 'FROM nginx AS a\nFROM redis\n');
  await client.diagnostics(uri);
  const pin = await client.action(uri, 'implicit-latest', /^Pin nginx/);
  assert.equal(pin.title, 'Pin nginx to its digest (offline: as of 20 November 2026)');
  const [, second] = await client.diagnostics(uri);
  const unknown = (await client.actions(uri, second ? [second] : [])).find(({ title }) =>
    title.startsWith('Pin'),
  );
  assert.equal(unknown?.title, 'Pin redis to its digest (offline: not known)');
  assert.deepEqual(client.registry.calls, []);
  await client.apply((await client.resolve(pin)).edit);
  assert.match(client.text(uri), /^FROM nginx:latest@sha256:/);
  assert.deepEqual(client.shown, [
    {
      type: MessageType.Info,
      message: 'Offline: this is what the registry said on 20 November 2026, 10:02 UTC.',
    },
  ]);
  assert.ok(unknown);
  assert.equal((await client.resolve(unknown)).edit, undefined);
  assert.match(client.shown.at(-1)?.message ?? '', /nothing is known about library\/redis from before/);
});

test('a title that says who is asked says of when the answer is in its place', async (t) => {
  const client = await start(t, offline);
  const pod = 'file:///shop/pod.yaml';
  await client.open(
    pod,
    'apiVersion: v1\nkind: Pod\nmetadata:\n  name: web\nspec:\n  containers:\n    - name: web\n      image: nginx:1.27.3\n',
  );
  const { title } = await client.action(pod, 'writable-root-filesystem', /of nginx/);
  assert.match(title, / of nginx:1\.27\.3 \(offline: not known, changes behaviour\)$/);
});

test('checks, lists of tags, looking into an image and downloads are refused in one sentence', async (t) => {
  const client = await start(t, offline);
  client.registry.answer = old({});
  const pinned = `FROM nginx:1.27.3@sha256:${'a'.repeat(64)}\n`;
  await client.open(uri, `${pinned}FROM redis:\nADD https://example.com/a.tgz /\n`);
  const refusal = /^Holdfast asks no server while the setting holdfast\.offline is on\./;
  const check = await client.execute<PinCheckOutcome>('holdfast.server.checkPins', { uri });
  assert.match(check.message, refusal);
  const position = { line: 0, character: 8 };
  const looked = await client.execute<Looked>('holdfast.server.inspectImage', { uri, position });
  assert.match(looked.message, refusal);
  const tags = await client.execute<TagListing>('holdfast.server.listTags', { uri, name: 'redis' });
  assert.equal(tags.listed, null);
  const checksum = await client.action(uri, 'unverified-download', /checksum/i);
  assert.match(checksum.title, /\(offline: not known\)$/);
  assert.equal((await client.resolve(checksum)).edit, undefined);
  assert.equal(client.shown.length, 4);
  for (const { message } of client.shown) assert.match(message, refusal);
  const items = await client.request('textDocument/completion', {
    textDocument: { uri },
    position: { line: 1, character: 11 },
    context: { triggerKind: 1 },
  });
  assert.doesNotMatch(JSON.stringify(items), /List the tags/);
  assert.deepEqual([client.registry.calls, client.registry.listed, client.downloads.asked], [[], [], []]);
});

test('the switch counts from the moment it is set, also for a client that sends its settings along', async (t) => {
  let isOffline = false;
  const asking = await start(t, { settings: () => ({ offline: isOffline }) });
  await asking.execute('holdfast.server.listTags', { uri, name: 'redis' });
  isOffline = true;
  await asking.notify('workspace/didChangeConfiguration', { settings: null });
  await asking.execute('holdfast.server.listTags', { uri, name: 'redis' });
  assert.equal(asking.registry.listed.length, 1);

  const sending = await start(t, {
    capabilities: (all) => {
      const { workspace, ...rest } = pushOnly(all);
      return { ...rest, workspace: { ...workspace, configuration: false, diagnostics: {} } };
    },
  });
  for (const value of [true, false]) {
    await sending.notify('workspace/didChangeConfiguration', { settings: { holdfast: { offline: value } } });
    await sending.execute('holdfast.server.listTags', { uri, name: 'redis' });
  }
  assert.equal(sending.registry.listed.length, 1);
});

test('a registry that was asked once is answered for by the disk, in a later session as well', async (t) => {
  const cacheFolder = await mkdtemp(join(tmpdir(), 'holdfast-offline-'));
  t.after(() => rm(cacheFolder, { recursive: true, force: true }));
  const registry = await startRegistry({ images: [{ repository: 'shop/web', tags: ['1.4.2'] }] });
  const env = { HOME: '/nonexistent', DOCKER_CONFIG: '/nonexistent' };
  const digest = registry.digestOf('shop/web', '1.4.2');
  const text = `FROM ${registry.host}/shop/web:1.4.2\n`;

  const before = await start(t, { registry: () => createNodeRegistry({ env, cacheFolder }) });
  await before.open(uri, text);
  assert.equal((await pinFile(before)).pinned, 1);
  await registry.stop();

  const after = await start(t, {
    ...offline,
    registry: (switches) => createNodeRegistry({ env, cacheFolder, isOffline: () => switches.offline }),
  });
  await after.open(uri, text);
  const outcome = await pinFile(after);
  assert.match(outcome.message, /^1 image pinned in 1 file\. Offline: this is what the registry said on \d/);
  assert.equal(after.text(uri), `FROM ${registry.host}/shop/web:1.4.2@${digest}\n`);
});
