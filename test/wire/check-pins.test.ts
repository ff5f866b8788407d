import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MessageType } from 'vscode-languageserver/node';
import type { ImageName, Lookup } from '../../server/src/engine/index.ts';
import type { PinCheckOutcome } from '../../server/src/lsp/protocol/protocol.ts';
import { type Client, digestFor, failed, pushOnly, start } from './harness.ts';

const web = 'file:///shop/web/Dockerfile';
const api = 'file:///shop/api/Dockerfile';
const old = `sha256:${'a'.repeat(64)}`;
const image = (version: string): ImageName => ({
  registry: 'docker.io',
  repository: 'library/nginx',
  version,
});
const today = digestFor(image('1.27.3'));
const drifted = `FROM nginx:1.27.3@${old}\n`;
const files = { [web]: drifted, [api]: `FROM nginx:1.27.3@${today}\n` };

/** Every digest is there, and each tag names one of its own. */
const honest = (one: ImageName): Lookup => ({
  ok: true,
  digest: one.version.includes(':') ? one.version : digestFor(one),
  mediaType: '',
  at: Date.UTC(2026, 0, 2),
});

const check = (client: Client, ...args: unknown[]) =>
  client.execute<PinCheckOutcome>('holdfast.server.checkPins', ...args);

const codes = async (client: Client, uri: string) =>
  (await client.diagnostics(uri)).map(({ code }) => code).filter((code) => /pin$|digest$/.test(`${code}`));

test('a check brings findings to the open file, and asks for it to be shown anew', async (t) => {
  const client = await start(t, { files });
  client.registry.answer = honest;
  await client.open(web, drifted);
  assert.deepEqual(await codes(client, web), []);
  assert.deepEqual(client.registry.calls, []);
  const before = client.refreshes;
  const outcome = await check(client, { uri: web });
  assert.deepEqual(outcome, {
    message: '1 image checked in 1 file: 1 new finding.',
    checked: 1,
    found: 1,
    failures: [],
  });
  assert.deepEqual(client.shown, [{ type: MessageType.Info, message: outcome.message }]);
  assert.deepEqual(await codes(client, web), ['drifted-pin']);
  client.timer.elapse();
  await client.until('the refresh', () => client.refreshes === before + 1);
  const calls = client.registry.calls.length;
  const again = await check(client, { uri: web });
  assert.equal(again.found, 0);
  assert.ok(client.registry.calls.length > calls);
  assert.equal(client.timer.pending, 0, 'nothing new, so nothing to show');
});

test('a name made with what stands in .env is not asked about, and that is said', async (t) => {
  const shop = 'file:///shop/compose.yaml';
  const text = `services: {a: {image: "nginx:$TAG@${old}"}, b: {image: "nginx:1.27.3@${today}"}}\n`;
  const client = await start(t, { files: { [shop]: text, 'file:///shop/.env': 'TAG=1.27.3\n' } });
  client.registry.answer = honest;
  const outcome = await check(client, { uri: shop });
  assert.equal(outcome.checked, 1);
  assert.deepEqual(
    outcome.failures.map(({ image: name, line, message }) => [name, line, message]),
    [
      [
        `nginx:$TAG@${old}`,
        0,
        'Its name is made with `TAG` from `.env`, which is sent nowhere unless you ask for this very image, or `variables` in the policy gives it too.',
      ],
    ],
  );
  assert.match(outcome.message, /1 image could not be asked about\./);
  assert.ok(client.registry.calls.every(({ version }) => version !== old));
});

test('clients that cannot pull are sent the new findings', async (t) => {
  const client = await start(t, { files, capabilities: pushOnly });
  client.registry.answer = honest;
  await client.open(web, drifted);
  await client.until('the first findings', () => client.lastPublished(web) !== undefined);
  await check(client, { uri: web });
  client.timer.elapse();
  await client.until(
    'the new finding',
    () => client.lastPublished(web)?.some(({ code }) => code === 'drifted-pin') === true,
  );
});

test('without a file the whole workspace is checked, and audited files are shown anew', async (t) => {
  const client = await start(t, { files });
  client.registry.answer = honest;
  await client.open(api, files[api] ?? '');
  await client.execute('holdfast.server.audit');
  const outcome = await check(client);
  assert.equal(
    outcome.message,
    '2 images checked in 2 files: 1 new finding. Audit the workspace to see those of files that are not open.',
  );
  await client.until(
    'the finding of the closed file',
    () => client.lastPublished(web)?.some(({ code }) => code === 'drifted-pin') === true,
  );
  assert.deepEqual(await codes(client, api), []);
});

test('a digest that is gone', async (t) => {
  const client = await start(t, { files });
  client.registry.answer = (one) => (one.version === old ? failed('not-found', 'It is gone.') : honest(one));
  await client.open(web, drifted);
  const outcome = await check(client, { uri: web });
  assert.deepEqual(outcome.failures, []);
  assert.deepEqual(await codes(client, web), ['missing-digest']);
});

test('what cannot be asked is told, and is no finding', async (t) => {
  const client = await start(t, { files });
  client.registry.answer = () => failed('rate-limited', 'docker.io takes no more requests for now.');
  const outcome = await check(client);
  assert.equal(outcome.found, 0);
  assert.deepEqual(
    outcome.failures.map(({ line, uri }) => [uri, line]),
    [
      [api, 0],
      [web, 0],
    ],
  );
  assert.equal(client.shown[0]?.type, MessageType.Warning);
  assert.match(
    client.shown[0]?.message ?? '',
    /2 images could not be asked about\. nginx.*: docker\.io takes/,
  );
});

test('nothing to check, and nonsense', async (t) => {
  const client = await start(t, { files: { [web]: 'FROM nginx\n' } });
  for (const argument of [{ uri: web }, { uri: 'file:///no/such/file' }, { uri: 'nonsense' }, 7, null]) {
    const outcome = await check(client, argument);
    assert.equal(outcome.checked, 0);
    assert.match(outcome.message, /no pinned image/);
  }
  assert.deepEqual(client.registry.calls, []);
});

test('in an untrusted workspace nobody is asked', async (t) => {
  const client = await start(t, { files, initializationOptions: { trusted: false } });
  await client.open(web, drifted);
  const outcome = await check(client, { uri: web });
  assert.match(outcome.message, /Trust this workspace/);
  assert.deepEqual(client.registry.calls, []);
  assert.deepEqual(await codes(client, web), []);
});

test('cancelling stops the lookups', async (t) => {
  const client = await start(t, { files });
  client.registry.hold();
  const running = check(client);
  await client.until('a lookup', () => client.registry.calls.length === 1);
  await client.until('the progress', () => client.progress.length > 0);
  await client.notify('window/workDoneProgress/cancel', { token: client.progress[0]?.token });
  const outcome = await running;
  assert.equal(outcome.message, 'Cancelled.');
  assert.equal(client.registry.calls.length, 1);
  assert.deepEqual(client.shown, []);
});

test('a pin tells what it learned, too', async (t) => {
  const client = await start(t);
  client.registry.answer = honest;
  await client.open(web, drifted);
  await client.open(api, 'FROM nginx:1.27.3\n');
  const pin = await client.action(api, 'unpinned-image', /^Pin/);
  await client.resolve(pin);
  assert.deepEqual(await codes(client, web), ['drifted-pin']);
});

test('a fix that has to ask is offered without asking, and asks when it is chosen', async (t) => {
  const client = await start(t);
  client.registry.answer = (one) =>
    one.version === '1.27.3' ? ({ ...honest(one), digest: old } as Lookup) : honest(one);
  client.registry.tagList = { ok: true, tags: ['latest', '1.27.3', '1.26.0'] };
  await client.open(web, `FROM nginx@${old}\n`);
  const action = await client.action(web, 'digest-without-tag', /^Write the tag/);
  assert.equal(action.edit, undefined);
  assert.deepEqual([client.registry.calls, client.registry.listed], [[], []]);
  await client.apply((await client.resolve(action)).edit);
  assert.equal(client.text(web), `FROM nginx:1.27.3@${old}\n`);
});

test('where it may not ask, it says why', async (t) => {
  const client = await start(t, { initializationOptions: { trusted: false } });
  await client.open(web, `FROM nginx@${old}\n`);
  const action = await client.action(web, 'digest-without-tag', /^Write the tag/);
  assert.equal((await client.resolve(action)).edit, undefined);
  assert.match(client.shown.at(-1)?.message ?? '', /Trust this workspace/);
  assert.deepEqual([client.registry.calls, client.registry.listed, client.downloads.asked], [[], [], []]);
});

test('what the user should know of an answer is told once, with the outcome', async (t) => {
  const client = await start(t, { files });
  const notice = 'The credential helper did not answer, so nobody was signed in.';
  client.registry.answer = (one) => ({ ...honest(one), notice }) as Lookup;
  const outcome = await check(client);
  assert.match(
    outcome.message,
    /^2 images checked in 2 files: 1 new finding\. .* The credential helper did not/,
  );
  assert.equal(outcome.message.split(notice).length, 2);
});
