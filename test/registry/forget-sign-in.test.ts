import assert from 'node:assert/strict';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { createCredentials, type Keychain, type Machine } from '../../server/src/registry/index.ts';
import { answer, type Misbehave, startHostile } from '../support/hostile.ts';
import { buildImage } from '../support/oci.ts';
import {
  assertFailed,
  assertFound,
  assertNoSecret,
  createTestClient,
  secret,
} from '../support/registry-client.ts';

const { root } = buildImage({ name: 'app' });
const good = { 'content-type': root.mediaType, 'docker-content-digest': root.digest };
const image = 'registry.example/team/app:1.0';
const basic = (user: string) => `Basic ${btoa(`${user}:${secret}`)}`;

/** A registry whose tokens bear the name of whoever got them; bob alone may read. */
const forBob: Misbehave = ({ headers: { authorization = '' }, path }, response) => {
  if (path.startsWith('/token')) {
    const user = ['alice', 'bob'].find((name) => authorization === basic(name)) ?? 'nobody';
    answer(response, 200, {}, `{"token":"of-${user}","expires_in":300}`);
  } else if (authorization === 'Bearer of-bob') answer(response, 200, good);
  else {
    answer(response, 401, { 'www-authenticate': 'Bearer realm="https://registry.example/token"' });
  }
};

/** Somebody at a computer whose credential helper and keychain the test changes. */
async function setUp(t: TestContext, misbehave: Misbehave = forBob) {
  const server = await startHostile(misbehave);
  t.after(() => server.stop());
  const home = join('/', 'home', 'alice');
  const person = { helper: 'alice', keychain: '' };
  const keychain: Keychain = {
    get: async () =>
      person.keychain ? { kind: 'password', username: person.keychain, password: secret } : null,
  };
  const machine: Machine = {
    env: {},
    home,
    readText: async (path) =>
      path === join(home, '.docker', 'config.json') ? '{"credsStore":"desktop"}' : null,
    run: async () => ({
      kind: 'ended',
      ok: true,
      output: JSON.stringify({ Username: person.helper, Secret: secret }),
    }),
  };
  const client = createTestClient({
    routes: { 'https://registry.example': server.url },
    credentials: createCredentials({ machine, keychain, clock: { now: () => 0 } }),
  });
  t.after(() => assertNoSecret(client.log));
  return { client, person, server };
}

test('the next lookup uses what the credential helper says now', async (t) => {
  const { client, person } = await setUp(t);
  assertFailed(await client.look(image), 'no-access', /the account you are signed in with/);
  person.helper = 'bob';
  assertFailed(await client.look(image), 'no-access');
  client.registry.forgetSignIn('registry.example');
  assertFound(await client.look(image), root.digest);
});

test('what was given to Holdfast itself goes before the helper, and tokens got earlier are gone', async (t) => {
  const { client, person } = await setUp(t);
  person.helper = 'bob';
  assertFound(await client.look(image), root.digest);
  person.keychain = 'alice';
  client.registry.forgetSignIn('registry.example');
  assertFailed(await client.look('registry.example/team/app:2.0'), 'no-access');
  person.keychain = '';
  client.registry.forgetSignIn('registry.example');
  assertFound(await client.look('registry.example/team/app:2.0'), root.digest);
});

test('a digest that was got before is asked for anew', async (t) => {
  const { client, person } = await setUp(t);
  person.helper = 'bob';
  assertFound(await client.look(image), root.digest);
  assertFound(await client.look(image), root.digest);
  person.helper = 'alice';
  client.registry.forgetSignIn('registry.example');
  assertFailed(await client.look(image), 'no-access');
});

test('another host keeps its own', async (t) => {
  const { client, person, server } = await setUp(t);
  person.helper = 'bob';
  await client.look(image);
  client.registry.forgetSignIn('other.example');
  await client.look('registry.example/team/app:2.0');
  assert.equal(server.requests.filter(({ path }) => path.startsWith('/token')).length, 1);
});

test('a lookup under way neither answers for later ones nor leaves its token or failure behind', async (t) => {
  let release = () => {};
  const { client, person } = await setUp(t, (request, response) => {
    const isFirstToken =
      request.path.startsWith('/token') && request.headers.authorization === basic('alice');
    if (!isFirstToken) return forBob(request, response);
    release = () => void forBob(request, response);
    return undefined;
  });
  const early = client.look(image);
  while (!client.sent.some(({ authorization }) => authorization === basic('alice'))) {
    await new Promise(setImmediate);
  }
  person.helper = 'bob';
  client.registry.forgetSignIn('registry.example');
  const late = client.look(image);
  assertFound(await late, root.digest);
  client.pass(6_000);
  release();
  assertFailed(await early, 'no-access');
  assertFound(await client.look(image), root.digest);
  assertFound(await client.look('registry.example/team/app:2.0'), root.digest);
});

test('a limit for those who are not signed in does not hold up who has just signed in', async (t) => {
  let isOpen = false;
  const { client, server } = await setUp(t, (_, response) => {
    if (isOpen)
      answer(response, 200, { ...good, 'ratelimit-limit': '200;w=60', 'ratelimit-remaining': '9;w=60' });
    else answer(response, 429, { 'ratelimit-limit': '100;w=60', 'ratelimit-remaining': '0;w=60' });
  });
  const left = () => client.registry.allowance('registry.example', { registries: {} })?.remaining;
  assertFailed(await client.look(image), 'rate-limited', /Signing in with .* may raise the limit/);
  assertFailed(await client.look(image), 'rate-limited');
  assert.equal(server.requests.length, 1);
  assert.equal(left(), 0);
  isOpen = true;
  client.registry.forgetSignIn('registry.example');
  assert.equal(left(), undefined);
  assertFound(await client.look(image), root.digest);
  assert.equal(left(), 9);
});

test('a password from the keychain that is refused names the way to replace it', async (t) => {
  const { client, person } = await setUp(t, (_, response) =>
    answer(response, 401, { 'www-authenticate': 'Basic realm="x"' }),
  );
  person.keychain = 'alice';
  assertFailed(await client.look(image), 'no-access', /command "Holdfast: Sign In to Registry"/);
  person.keychain = '';
  client.registry.forgetSignIn('registry.example');
  assertFailed(await client.look(image), 'no-access', /Sign in again with `docker login registry\.example`/);
});

test('names that are no registry are nothing to forget', () => {
  for (const name of ['', 'a b', 'https://x/y']) createTestClient().registry.forgetSignIn(name);
});
