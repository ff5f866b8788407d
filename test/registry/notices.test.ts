import assert from 'node:assert/strict';
import { join } from 'node:path';
import { describe, type TestContext, test } from 'node:test';
import { createCredentials, type RunResult } from '../../server/src/registry/index.ts';
import { answer, type Misbehave, startHostile } from '../support/hostile.ts';
import { buildImage } from '../support/oci.ts';
import {
  assertFailed,
  assertFound,
  assertNoSecret,
  createTestClient,
  imageOf,
  password,
  secret,
} from '../support/registry-client.ts';

const app = buildImage({ name: 'app', shape: 'single' });
const good = { 'content-type': app.root.mediaType, 'docker-content-digest': app.root.digest };
const image = 'registry.example/team/app:1.0';
const registries = {};

describe('a registry that names another digest than its content has', () => {
  const lie = `sha256:${'0'.repeat(64)}`;

  async function setUp(t: TestContext) {
    const server = await startHostile(({ method, path }, response) => {
      const part = [...app.manifests, ...app.blobs].find(({ digest }) => path.endsWith(digest)) ?? app.root;
      const headers = { 'content-type': part.mediaType, 'docker-content-digest': lie };
      if (method === 'HEAD') answer(response, 405);
      else answer(response, 200, headers, part.bytes);
    });
    t.after(() => server.stop());
    return { server, client: createTestClient({ routes: { 'https://registry.example': server.url } }) };
  }

  test('is overruled by its content, and the lookup says so', async (t) => {
    const { client, server } = await setUp(t);
    const lookup = await client.look(image);
    assertFound(lookup, app.root.digest);
    const notice =
      'registry.example names another digest for team/app:1.0 than its content has. The digest of the content is used.';
    assert.equal(lookup.ok && lookup.notice, notice);
    assert.ok(client.log.includes(notice));
    assert.deepEqual(await client.look(image), lookup, 'the same answer told again says it too');
    assert.equal(server.requests.length, 2);
  });

  test('the same for an inspection, and for lookups after it', async (t) => {
    const { client } = await setUp(t);
    const inspection = await client.registry.inspect(imageOf(image), { registries });
    assert.ok(inspection.ok);
    assert.equal(inspection.digest, app.root.digest);
    assert.match(inspection.notice ?? '', /names another digest/);
    const sent = client.sent.length;
    const lookup = await client.look(image);
    assert.match((lookup.ok && lookup.notice) || '', /names another digest/);
    assert.equal(client.sent.length, sent);
  });
});

describe('a credential that cannot be used', () => {
  /** Gives tokens to everyone, and images to whoever has one. */
  const forAll: Misbehave = ({ headers, path }, response) => {
    if (path.startsWith('/token')) answer(response, 200, {}, '{"token":"for-all"}');
    else if (headers.authorization === 'Bearer for-all') answer(response, 200, good);
    else answer(response, 401, { 'www-authenticate': `Bearer realm="http://${headers.host}/token"` });
  };

  function credentialsWith(result: RunResult, mayRunHelpers = true) {
    const home = join('/', 'home', 'alice');
    return createCredentials({
      clock: { now: () => 0 },
      mayRunHelpers: () => mayRunHelpers,
      machine: {
        env: {},
        home,
        readText: async (path) =>
          path === join(home, '.docker', 'config.json') ? '{"credsStore":"desktop"}' : null,
        run: async () => result,
      },
    });
  }

  const ended = (output: string): RunResult => ({ kind: 'ended', ok: true, output });

  for (const [name, result, words] of [
    ['is missing', { kind: 'missing' }, /docker-credential-desktop .* is not installed/],
    ['hangs', { kind: 'timed-out' }, /did not answer within 5 seconds/],
    ['prints garbage', ended(`?${secret}?`), /no user name and password/],
  ] as const satisfies readonly (readonly [string, RunResult, RegExp])[]) {
    test(`since its helper ${name}: the lookup that worked without says so, each time`, async (t) => {
      const server = await startHostile(forAll);
      t.after(() => server.stop());
      const client = createTestClient({ credentials: credentialsWith(result) });
      // The second has the token of the first at hand, the third its answer.
      for (const tag of ['1.0', '2.0', '2.0']) {
        const lookup = await client.look(`${server.host}/team/app:${tag}`);
        assertFound(lookup, app.root.digest);
        const notice = (lookup.ok && lookup.notice) || '';
        assert.match(notice, words);
        assert.match(notice, /asked without signing in\.$/);
        assertNoSecret([notice, ...client.log]);
      }
      assert.equal(client.log.filter((line) => words.test(line)).length, 1);
    });
  }

  test('since helpers are not started here', async (t) => {
    const server = await startHostile(forAll);
    t.after(() => server.stop());
    const output = JSON.stringify({ Username: 'alice', Secret: secret });
    const client = createTestClient({ credentials: credentialsWith(ended(output), false) });
    const lookup = await client.look(`${server.host}/team/app:1.0`);
    assert.match((lookup.ok && lookup.notice) || '', /not started in a workspace that is not trusted/);
  });

  test('since it would go over plain http', async (t) => {
    const server = await startHostile(({ headers, path }, response) => {
      if (path.startsWith('/token')) answer(response, 200, {}, '{"token":"for-all"}');
      else if (headers.authorization === 'Bearer for-all') answer(response, 200, good);
      else {
        answer(response, 401, { 'www-authenticate': 'Bearer realm="http://registry.example/token"' });
      }
    });
    t.after(() => server.stop());
    const client = createTestClient({
      routes: { 'http://registry.example': server.url },
      stored: { 'registry.example': password },
    });
    const lookup = await client.look(image, { registries: { 'registry.example': { insecure: true } } });
    assertFound(lookup, app.root.digest);
    assert.equal(
      lookup.ok && lookup.notice,
      'The user name and password stored for registry.example are not sent over plain http.',
    );
    assertNoSecret(client.sent.flatMap(({ authorization = '', url }) => [authorization, url]));
  });

  test('is no matter where nobody has to sign in', async (t) => {
    const server = await startHostile((_, response) => answer(response, 200, good));
    t.after(() => server.stop());
    const client = createTestClient({ credentials: credentialsWith({ kind: 'missing' }) });
    const lookup = await client.look(`${server.host}/team/app:1.0`);
    assertFound(lookup, app.root.digest);
    assert.ok(lookup.ok && lookup.notice === undefined);
  });

  test('is told where nobody is let in without', async (t) => {
    const server = await startHostile(({ path }, response) => {
      if (path.startsWith('/token')) answer(response, 403);
      else answer(response, 401, { 'www-authenticate': 'Bearer realm="http://127.0.0.1:1/token"' });
    });
    t.after(() => server.stop());
    const client = createTestClient({
      credentials: credentialsWith({ kind: 'missing' }),
      routes: { 'http://127.0.0.1:1': server.url },
    });
    const lookup = await client.look(`${server.host}/team/app:1.0`);
    assertFailed(lookup, 'no-access', /or it is private/, /is not installed/);
  });
});
