import assert from 'node:assert/strict';
import { describe, type TestContext, test } from 'node:test';
import { answer, type Misbehave, startHostile } from '../support/hostile.ts';
import { buildImage } from '../support/oci.ts';
import {
  assertFailed,
  assertFound,
  createTestClient,
  ManualTimers,
  password,
  type TestClientOptions,
} from '../support/registry-client.ts';

const { root } = buildImage({ name: 'app' });
const good = { 'content-type': root.mediaType, 'docker-content-digest': root.digest };

/** A registry that is well again when the test says so, and another that always is. */
async function setUp(t: TestContext, misbehave: Misbehave, options: TestClientOptions = {}) {
  let isWell = false;
  const server = await startHostile((request, response) =>
    isWell ? answer(response, 200, good, '{"token":"open"}') : misbehave(request, response),
  );
  const other = await startHostile((_, response) => answer(response, 200, good));
  t.after(() => Promise.all([server.stop(), other.stop()]));
  const client = createTestClient({
    ...options,
    routes: { 'https://registry.example': server.url, 'https://other.example': other.url },
  });
  return {
    client,
    server,
    look: (tag: string) => client.look(`registry.example/team/app:${tag}`),
    recover() {
      isWell = true;
    },
  };
}

for (const [name, status, code, words] of [
  ['429', 429, 'rate-limited', /takes no more requests for now/],
  ['503', 503, 'unreachable', /is overloaded or under repair/],
] as const) {
  for (const [form, header] of [
    ['seconds', '300'],
    ['a date', new Date(Date.UTC(2025, 0, 1, 0, 5)).toUTCString()],
  ] as const) {
    test(`${name} with a time in ${form}: the host is left alone until then, and others are not`, async (t) => {
      const { client, look, recover, server } = await setUp(t, (_, response) =>
        answer(response, status, { 'retry-after': header }),
      );
      assertFailed(await look('1'), code, words, /Try again in 5 minutes\./);
      recover();
      client.pass(269_000);
      assertFailed(await look('2'), code, words, /Try again in 31 seconds\./);
      assert.equal(server.requests.length, 1);
      assertFound(await client.look('other.example/team/app:1'), root.digest);
      client.pass(31_000);
      assertFound(await look('2'), root.digest);
    });
  }
}

test('429 that names no time is taken for a minute', async (t) => {
  const { client, look, recover, server } = await setUp(t, (_, response) => answer(response, 429));
  assertFailed(await look('1'), 'rate-limited', /Try again in 60 seconds\./);
  recover();
  client.pass(29_999);
  assertFailed(await look('2'), 'rate-limited', /Try again in 31 seconds\./);
  assert.equal(server.requests.length, 1);
  client.pass(30_001);
  assertFound(await look('2'), root.digest);
});

describe('a host that asks for a pause that ends before the deadline', () => {
  for (const status of [429, 503]) {
    test(`is waited for, and then asked again: ${status}`, async (t) => {
      const timers = new ManualTimers();
      const { client, look, recover, server } = await setUp(
        t,
        (_, response) => answer(response, status, { 'retry-after': '29' }),
        { timers },
      );
      const looking = look('1');
      await server.arrived(1);
      await timers.areSet(2);
      // One that comes meanwhile asks nothing either.
      const later = look('2');
      await timers.areSet(4);
      client.pass(28_999);
      timers.advance(28_999);
      await new Promise(setImmediate);
      assert.equal(server.requests.length, 1);
      recover();
      client.pass(1);
      timers.advance(1);
      assertFound(await looking, root.digest);
      assertFound(await later, root.digest);
      assert.equal(server.requests.length, 3);
    });

    test(`is given up where it asks for another that does not: ${status}`, async (t) => {
      const timers = new ManualTimers();
      const { client, look, server } = await setUp(
        t,
        (_, response) => answer(response, status, { 'retry-after': '20' }),
        { timers },
      );
      const looking = look('1');
      await server.arrived(1);
      await timers.areSet(2);
      client.pass(20_000);
      timers.advance(20_000);
      assertFailed(
        await looking,
        status === 429 ? 'rate-limited' : 'unreachable',
        /Try again in 20 seconds\./,
      );
      assert.equal(server.requests.length, 2);
    });
  }
});

test('a time without end is no reason to wait for longer than an hour', async (t) => {
  const { client, look, recover } = await setUp(t, (_, response) =>
    answer(response, 429, { 'retry-after': '999999999' }),
  );
  assertFailed(await look('1'), 'rate-limited', /Try again in 60 minutes\./);
  recover();
  client.pass(3_600_000);
  assertFound(await look('1'), root.digest);
});

describe('what raises the limit', () => {
  const limited: Misbehave = ({ headers }, response) => {
    if (headers.authorization) answer(response, 429);
    else answer(response, 401, { 'www-authenticate': 'Basic realm="x"' });
  };

  test('is named to those who are not signed in', async (t) => {
    const { look } = await setUp(t, (_, response) => answer(response, 429));
    assertFailed(
      await look('1'),
      'rate-limited',
      /Signing in with `docker login registry\.example` may raise/,
    );
  });

  test('is named to those who are', async (t) => {
    const { look } = await setUp(t, limited, { stored: { 'registry.example': password } });
    const lookup = await look('1');
    assertFailed(lookup, 'rate-limited', /Another plan of your account, or a mirror/);
    assert.doesNotMatch(lookup.ok ? '' : lookup.message, /docker login/);
  });
});

describe('a token server', () => {
  const challenge = { 'www-authenticate': 'Bearer realm="https://registry.example/token"' };

  for (const [status, code] of [
    [429, 'rate-limited'],
    [503, 'unreachable'],
  ] as const) {
    test(`that answers with ${status} and a time: its registry is left alone, and others are not`, async (t) => {
      const { client, look, recover, server } = await setUp(t, ({ path }, response) => {
        if (path.startsWith('/token')) answer(response, status, { 'retry-after': '120' });
        else answer(response, 401, challenge);
      });
      assertFailed(await look('1'), code, /Try again in 2 minutes\./);
      assertFailed(await look('2'), code);
      assert.equal(server.requests.length, 2);
      assertFound(await client.look('other.example/team/app:1'), root.digest);
      recover();
      client.pass(120_000);
      assertFound(await look('1'), root.digest);
    });
  }
});

test('lookups that are under way when a limit is met do not shorten it', async (t) => {
  const timers = new ManualTimers();
  const { client, look, recover, server } = await setUp(
    t,
    ({ path }, response) => {
      if (path.endsWith('/1')) answer(response, 429, { 'retry-after': '300' });
    },
    { timers },
  );
  const slow = look('2');
  await server.arrived(1);
  timers.advance(0);
  assertFailed(await look('1'), 'rate-limited');
  timers.expire();
  assertFailed(await slow, 'timed-out');
  recover();
  client.pass(60_000);
  assertFailed(await look('3'), 'rate-limited', /Try again in 4 minutes\./);
});

describe('a host that is out of reach', () => {
  const [ok, lost] = [200, 'lost'] as const;

  /** What becomes of lookups one after another, where the host answers or hangs up as told; `spared` where it was not asked. */
  async function outcomesOf(t: TestContext, ...plays: readonly (200 | 404 | 'lost')[]) {
    const { client, look, server } = await setUp(t, ({ path }, response) => {
      const play = plays[Number(path.split('/').at(-1)?.split('-')[1] ?? 0)];
      if (play === 'lost') response.destroy();
      else answer(response, play ?? 200, good);
    });
    const outcomes: string[] = [];
    for (const [at] of plays.entries()) {
      const before = server.requests.length;
      const lookup = await look(`at-${at}`);
      const outcome = lookup.ok ? 'found' : lookup.code;
      outcomes.push(server.requests.length === before ? 'spared' : outcome);
    }
    return { client, look, outcomes };
  }

  test('is left alone for a while after three failures, not after one', async (t) => {
    const { client, look, outcomes } = await outcomesOf(t, lost, lost, lost, ok, ok);
    assert.deepEqual(outcomes, ['unreachable', 'unreachable', 'unreachable', 'spared', 'spared']);
    client.pass(5_000);
    assertFound(await look('at-4'), root.digest);
  });

  test('is asked on where it answers in between, whatever it says', async (t) => {
    const { outcomes } = await outcomesOf(t, lost, lost, ok, lost, lost, 404, lost, lost, ok);
    assert.deepEqual(
      outcomes.map((one) => one === 'unreachable'),
      [true, true, false, true, true, false, true, true, false],
    );
  });
});

test('a fault with one image does not keep the others waiting', async (t) => {
  for (const status of [500, 504]) {
    const { look } = await setUp(t, ({ path }, response) => {
      if (path.endsWith('/broken')) answer(response, status);
      else answer(response, 200, good);
    });
    assertFailed(await look('broken'), 'unreachable', new RegExp(`status ${status}`));
    assertFound(await look('1'), root.digest);
  }
});
