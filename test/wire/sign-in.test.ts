import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { SecretStorage } from 'vscode';
import { Keychain } from '../../client/src/sign-in/keychain.ts';
import { registryFault, spelled } from '../../client/src/sign-in/registry-names.ts';
import { Sealing } from '../../client/src/sign-in/session-key.ts';
import {
  credentialRequest,
  type KnownRegistries,
  registriesRequest,
  type SignInAnswer,
  type SignInRequest,
  sealKeyVariable,
  serverCommands,
  signInNotification,
} from '../../server/src/lsp/protocol/protocol.ts';
import { newSeal, takeSeal } from '../../server/src/lsp/protocol/seal.ts';
import { createKeychain, patience } from '../../server/src/lsp/registry/keychain.ts';
import { assertNoSecret, secret } from '../support/registry-client.ts';
import { createWire, FakeTimer, failed, start, tokenOf } from './harness.ts';

const alice: SignInRequest = { registry: 'ghcr.io', username: 'alice', password: secret };

const trusted = { initializationOptions: { trusted: true } };

test('the registry is asked whether it accepts a sign-in, and what it says comes back', async (t) => {
  const seal = newSeal();
  const settings = () => ({ registries: { 'ghcr.io': { mirror: 'mirror.example' } } });
  const client = await start(t, { ...trusted, seal, settings });
  const check = (request: SignInRequest) =>
    client.execute<SignInAnswer>(serverCommands.checkSignIn, seal.close(request));

  assert.deepEqual(await check(alice), { verdict: 'accepted', message: 'ghcr.io accepts the sign-in.' });
  assert.deepEqual(client.registry.signIns, [
    {
      registry: 'ghcr.io',
      credential: { kind: 'password', username: 'alice', password: secret },
      registries: { 'ghcr.io': { mirror: 'mirror.example' } },
    },
  ]);

  client.registry.signInCheck = { ok: true, isOpen: true };
  const open = await check(alice);
  assert.equal(open.verdict, 'unknown');
  assert.match(open.message, /^ghcr\.io lets anybody in/);

  client.registry.signInCheck = failed('no-access', 'ghcr.io does not accept this user name and password.');
  const message = 'ghcr.io does not accept this user name and password.';
  assert.deepEqual(await check(alice), { verdict: 'rejected', message });

  client.registry.signInCheck = failed('unreachable', 'ghcr.io cannot be reached.');
  assert.deepEqual(await check(alice), { verdict: 'unknown', message: 'ghcr.io cannot be reached.' });
  assert.deepEqual(client.shown, []);
  assertNoSecret([client.crossed(), ...client.logged]);
});

test('a sign-in that was not sealed with the key of this start is not looked at', async (t) => {
  const client = await start(t, { ...trusted, seal: newSeal() });
  for (const argument of [alice, newSeal().close(alice), { sealed: 'AAAA' }, undefined]) {
    assert.equal(await client.execute(serverCommands.checkSignIn, argument), null);
  }
  assert.deepEqual(client.registry.signIns, []);
  assertNoSecret(client.logged);
});

test('a sign-in that makes no sense is not sent to anybody', async (t) => {
  const seal = newSeal();
  const client = await start(t, { ...trusted, seal });
  const odd: unknown[] = [
    { ...alice, registry: 'https://ghcr.io' },
    { ...alice, registry: 'ghcr.io/team' },
    { ...alice, registry: 'ghcr.io@evil.example' },
    { ...alice, registry: '' },
    { ...alice, username: '' },
    { ...alice, username: 'a:b' },
    { ...alice, password: '' },
    { registry: 'ghcr.io' },
    null,
  ];
  for (const one of odd) {
    assert.equal(await client.execute(serverCommands.checkSignIn, seal.close(one)), null);
  }
  assert.deepEqual(client.registry.signIns, []);
});

test('without a key no sign-in crosses at all', async (t) => {
  const client = await start(t, trusted);
  assert.equal(await client.execute(serverCommands.checkSignIn, newSeal().close(alice)), null);
  assert.deepEqual(client.registry.signIns, []);
});

test('nobody is asked about a sign-in while the workspace is not trusted', async (t) => {
  const seal = newSeal();
  const client = await start(t, { initializationOptions: { trusted: false }, seal });
  const answer = await client.execute<SignInAnswer>(serverCommands.checkSignIn, seal.close(alice));
  assert.equal(answer.verdict, 'unknown');
  assert.match(answer.message, /not trusted/);
  assert.deepEqual(client.registry.signIns, []);
});

test('giving up on a sign-in gives up on the request', async (t) => {
  const seal = newSeal();
  const client = await start(t, { ...trusted, seal });
  let letGo = (): void => {};
  client.registry.signInCheck = new Promise((resolve) => {
    letGo = () => resolve({ ok: true, isOpen: false });
  });
  const controller = new AbortController();
  const params = { command: serverCommands.checkSignIn, arguments: [seal.close(alice)] };
  const answer = client.connection.sendRequest(
    'workspace/executeCommand',
    params,
    tokenOf(controller.signal),
  );
  await client.until('the registry to be asked', () => client.registry.signIns.length === 1);
  controller.abort();
  await client.until('the request to be given up', () => client.registry.signals[0]?.aborted === true);
  letGo();
  await answer;
});

test('who signs in or out is forgotten as who they were', async (t) => {
  const client = await start(t, trusted);
  await client.notify(signInNotification, { registry: 'ghcr.io' });
  for (const params of [{}, null, { registry: 7 }]) await client.notify(signInNotification, params);
  await client.settle();
  assert.deepEqual(client.registry.forgotten, ['ghcr.io']);
});

test('the registries of a file and of the settings are known', async (t) => {
  const settings = () => ({
    registries: {
      'docker.io': { mirror: 'https://harbor.example:8443/hub' },
      'registry.test:5000': {},
      '$(alert) no name': {},
    },
  });
  const client = await start(t, { ...trusted, settings });
  const uri = 'file:///shop/Dockerfile';
  const text =
    'FROM ghcr.io/team/base:1 AS base\nFROM node:22\nFROM ghcr.io/team/other:2\nFROM base\nFROM localhost:5000/$NAME:1\n';
  await client.open(uri, text);
  client.registry.logins.push({ host: 'quay.io', place: '/home/alice/.docker/config.json' });
  const known = await client.request<KnownRegistries>(registriesRequest, { uri });
  assert.deepEqual(known, {
    inFile: ['ghcr.io', 'docker.io'],
    inSettings: ['docker.io', 'harbor.example:8443', 'registry.test:5000'],
    stored: [{ registry: 'quay.io', place: '/home/alice/.docker/config.json' }],
  });
  const { inFile, inSettings } = await client.request<KnownRegistries>(registriesRequest, {});
  assert.deepEqual(inFile, []);
  assert.deepEqual(inSettings, known.inSettings);
  const gone = await client.request<KnownRegistries>(registriesRequest, { uri: 'file:///nowhere' });
  assert.deepEqual(gone.inFile, []);
});

test('the server asks the client who is signed in, in a trusted workspace alone', async (t) => {
  const { client, crossed, server } = createWire();
  const seal = newSeal();
  const asked: string[] = [];
  const answers: Record<string, unknown> = {
    'ghcr.io': seal.close({ username: 'alice', password: secret }),
    'quay.io': seal.close(null),
    'other.test': newSeal().close({ username: 'alice', password: secret }),
    'plain.test': { username: 'alice', password: secret },
    'odd.test': seal.close({ username: 'a:b', password: secret }),
    'bare.test': seal.close({ username: 'alice' }),
  };
  client.onRequest(credentialRequest, ({ registry }: { registry: string }) => {
    asked.push(registry);
    if (registry === 'silent.test') return new Promise(() => {});
    if (registry === 'broken.test') throw new Error(`It broke on ${secret}.`);
    return answers[registry];
  });
  client.listen();
  server.listen();
  t.after(() => {
    client.dispose();
    server.dispose();
  });
  const logged: string[] = [];
  const log = (message: string): void => void logged.push(message);
  const switches = { trusted: false, offline: false };
  const timer = new FakeTimer();
  const keychain = createKeychain({
    connection: server,
    seal,
    switches,
    timer,
    log: { info: log, warn: log },
  });

  assert.equal(await keychain.get('ghcr.io'), null);
  assert.deepEqual(asked, []);
  switches.trusted = true;
  assert.deepEqual(await keychain.get('ghcr.io'), { kind: 'password', username: 'alice', password: secret });
  assert.equal(await keychain.get('quay.io'), null);
  assert.deepEqual(logged, []);
  for (const registry of ['other.test', 'plain.test', 'odd.test', 'bare.test', 'broken.test']) {
    assert.equal(await keychain.get(registry), null, registry);
    assert.match(logged.pop() ?? '', new RegExp(registry));
  }
  const silent = keychain.get('silent.test');
  assert.equal(timer.waits.at(-1), patience);
  timer.elapse();
  assert.equal(await silent, null);
  assert.match(logged.pop() ?? '', /silent\.test/);
  const said = crossed().replaceAll(JSON.stringify(answers['plain.test']), '');
  assertNoSecret([said.replaceAll(`It broke on ${secret}.`, '')]);
});

test('the key is taken out of the environment, and one that is none counts as none', () => {
  const { key } = newSeal();
  const env: NodeJS.ProcessEnv = { HOLDFAST_SEAL_KEY: key, PATH: '/bin' };
  const seal = takeSeal(env);
  assert.deepEqual(env, { PATH: '/bin' });
  assert.deepEqual(seal?.open(seal.close({ a: ['ä', null] })), { a: ['ä', null] });
  assert.equal(takeSeal(env), null);
  for (const odd of ['', 'short', key.slice(4)]) assert.equal(takeSeal({ HOLDFAST_SEAL_KEY: odd }), null);
});

test('every server that is started gets another key', () => {
  const sealing = new Sealing();
  const { [sealKeyVariable]: first } = sealing.env;
  const before = sealing.seal().close(alice);
  assert.deepEqual(takeSeal({ ...sealing.env })?.open(before), alice);
  sealing.renew();
  assert.notEqual(sealing.env[sealKeyVariable], first);
  assert.equal(sealing.seal().open(before), undefined);
  assert.deepEqual(takeSeal({ ...sealing.env })?.open(sealing.seal().close(alice)), alice);
});

test('the same sealed twice looks different, and what was changed on the way does not open', () => {
  const seal = newSeal();
  const one = seal.close(alice);
  assert.notEqual(one.sealed, seal.close(alice).sealed);
  const bytes = Buffer.from(one.sealed, 'base64');
  for (let index = 0; index < bytes.length; index++) {
    const changed = Buffer.from(bytes);
    changed[index] = (changed[index] ?? 0) ^ 1;
    assert.equal(seal.open({ sealed: changed.toString('base64') }), undefined);
  }
  for (let length = 0; length < bytes.length; length++) {
    assert.equal(seal.open({ sealed: bytes.subarray(0, length).toString('base64') }), undefined);
  }
});

/** The secret storage of an editor with several windows. */
function secretStorage() {
  const stored = new Map<string, string>();
  const listeners = new Set<(event: { key: string }) => unknown>();
  const changed = (key: string): void => {
    for (const listener of listeners) listener({ key });
  };
  const window = (): SecretStorage => ({
    get: async (key) => stored.get(key),
    async store(key, value) {
      stored.set(key, value);
      changed(key);
    },
    async delete(key) {
      stored.delete(key);
      changed(key);
    },
    onDidChange(listener) {
      listeners.add(listener);
      return { dispose: () => listeners.delete(listener) };
    },
  });
  return { stored, window };
}

test('windows share what is stored, and none overwrites what another has stored', async () => {
  const { stored, window } = secretStorage();
  const [one, two] = [new Keychain(window()), new Keychain(window())];
  const changes: string[] = [];
  two.onDidChange((registry) => changes.push(registry));
  await one.store('ghcr.io', { username: 'alice', password: 'a' });
  await two.store('quay.io', { username: 'bob', password: 'b' });
  await Promise.all([
    one.store('docker.io', { username: 'carol', password: 'c' }),
    one.store('ghcr.io', { username: 'alice', password: 'd' }),
  ]);
  assert.deepEqual(
    [...(await two.all())],
    [
      ['docker.io', { username: 'carol', password: 'c' }],
      ['ghcr.io', { username: 'alice', password: 'd' }],
      ['quay.io', { username: 'bob', password: 'b' }],
    ],
  );
  assert.equal(stored.size, 1);
  changes.length = 0;
  await one.remove('ghcr.io');
  assert.equal(await two.get('ghcr.io'), null);
  assert.ok(changes.includes('ghcr.io'));
  await one.remove('docker.io');
  await two.remove('quay.io');
  assert.equal(stored.size, 0);
});

test('what is stored and makes no sense counts as not there', async () => {
  const odd = [
    '{',
    '7',
    'null',
    '[]',
    '{"ghcr.io":{}}',
    '{"ghcr.io":{"username":"a","password":1}}',
    '{"ghcr.io":null}',
  ];
  for (const text of odd) {
    const { stored, window } = secretStorage();
    stored.set('holdfast.signIns', text);
    const keychain = new Keychain(window());
    assert.equal(await keychain.get('ghcr.io'), null);
    await keychain.store('quay.io', { username: 'bob', password: 'b' });
    assert.deepEqual(await keychain.get('quay.io'), { username: 'bob', password: 'b' });
  }
});

test('a registry is written as in references', () => {
  for (const good of ['ghcr.io', 'registry.example.com:5000', 'localhost', 'localhost:5000', '[::1]:5000'])
    assert.equal(registryFault(good), undefined, good);
  for (const bad of [
    '',
    'https://ghcr.io',
    'ghcr.io/team',
    'ghcr',
    'a b.example',
    '-x.example',
    'x.example:',
  ])
    assert.match(registryFault(bad) ?? '', /\.$/, bad);
  assert.equal(spelled(' GHCR.io '), 'ghcr.io');
  for (const hub of ['index.docker.io', 'registry-1.docker.io', 'hub.docker.com', 'docker.io'])
    assert.equal(spelled(hub), 'docker.io');
});
