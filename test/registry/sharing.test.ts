import assert from 'node:assert/strict';
import { getEventListeners } from 'node:events';
import { describe, type TestContext, test } from 'node:test';
import type { Http } from '../../server/src/engine/ports.ts';
import { createFetchTransport } from '../../server/src/http/fetch-transport.ts';
import { nodeAdvice } from '../../server/src/http/network-errors.ts';
import { createRegistry } from '../../server/src/registry/index.ts';
import { answer, type Misbehave, startHostile } from '../support/hostile.ts';
import { buildImage } from '../support/oci.ts';
import {
  assertFailed,
  assertFound,
  createTestClient,
  imageOf,
  ManualTimers,
  type TestClientOptions,
} from '../support/registry-client.ts';

const { root } = buildImage({ name: 'app' });
const good = { 'content-type': root.mediaType, 'docker-content-digest': root.digest };

async function setUp(t: TestContext, misbehave: Misbehave, options: TestClientOptions = {}) {
  const server = await startHostile(misbehave);
  t.after(() => server.stop());
  const client = createTestClient(options);
  return { server, client, image: `${server.host}/team/app:1.0` };
}

/** A server that answers when it is told to. */
function createDoor() {
  const waiting: (() => void)[] = [];
  const misbehave: Misbehave = (_, response) => {
    waiting.push(() => answer(response, 200, good));
  };
  return {
    misbehave,
    open() {
      for (const go of waiting.splice(0)) go();
    },
  };
}

describe('thousands of lookups with one signal', () => {
  const count = 5_000;

  test('add a few listeners to it, not one each', async (t) => {
    const door = createDoor();
    const { client, server } = await setUp(t, door.misbehave);
    const stop = new AbortController();
    const { signal } = stop;
    const looking = Array.from({ length: count }, (_, at) =>
      client.look(`${server.host}/team/app:${at}`, { signal }),
    );
    await server.arrived(100);
    assert.ok(getEventListeners(signal, 'abort').length < 10);
    stop.abort();
    for (const lookup of await Promise.all(looking)) assertFailed(lookup, 'cancelled');
    assert.equal(server.requests.length, 100);
  });

  test('leave nothing behind when they are done', async (t) => {
    const { client, server } = await setUp(t, (_, response) => answer(response, 200, good));
    const { signal } = new AbortController();
    for (let round = 0; round < 2; round++) {
      const looking = Array.from({ length: 150 }, (_, at) =>
        client.look(`${server.host}/team/app:${round}-${at}`, { signal }),
      );
      for (const lookup of await Promise.all(looking)) assertFound(lookup, root.digest);
    }
    assert.ok(getEventListeners(signal, 'abort').length < 10);
  });
});

describe('identical lookups at the same time', () => {
  test('share one request', async (t) => {
    const door = createDoor();
    const { client, server, image } = await setUp(t, door.misbehave);
    const looking = [client.look(image), client.look(image), client.look(image)];
    await server.arrived(1);
    door.open();
    for (const lookup of await Promise.all(looking)) assertFound(lookup, root.digest);
    assert.equal(server.requests.length, 1);
  });

  test('one that is cancelled does not cancel the others', async (t) => {
    const door = createDoor();
    const { client, server, image } = await setUp(t, door.misbehave);
    const first = new AbortController();
    const cancelled = client.look(image, { signal: first.signal });
    const kept = client.look(image);
    await server.arrived(1);
    first.abort();
    assertFailed(await cancelled, 'cancelled', /The lookup was cancelled\./);
    door.open();
    assertFound(await kept, root.digest);
    assert.equal(server.requests.length, 1);
  });

  test('when all are cancelled the connection is closed', async (t) => {
    const { client, server, image } = await setUp(t, () => {});
    const controllers = [new AbortController(), new AbortController()];
    const looking = controllers.map(({ signal }) => client.look(image, { signal }));
    await server.arrived(1);
    for (const controller of controllers) controller.abort();
    for (const lookup of await Promise.all(looking)) assertFailed(lookup, 'cancelled');
    await server.dropped(1);
  });

  test('one that is cancelled at once is not sent', async (t) => {
    const { client, image } = await setUp(t, (_, response) => answer(response, 200, good));
    const controller = new AbortController();
    const cancelled = client.look(image, { signal: controller.signal });
    controller.abort();
    assertFailed(await cancelled, 'cancelled');
    assertFound(await client.look(image.replace(/1\.0$/, '1.1')), root.digest);
    assert.deepEqual(
      client.sent.map(({ url }) => url.split('/').at(-1)),
      ['1.1'],
    );
  });

  test('one that comes after a cancelled one starts anew', async (t) => {
    const door = createDoor();
    const { client, server, image } = await setUp(t, door.misbehave);
    const controller = new AbortController();
    const cancelled = client.look(image, { signal: controller.signal });
    await server.arrived(1);
    controller.abort();
    const next = client.look(image);
    assertFailed(await cancelled, 'cancelled');
    await server.arrived(2);
    door.open();
    assertFound(await next, root.digest);
  });

  test('a lookup that is cancelled before it starts sends nothing', async (t) => {
    const { client, server, image } = await setUp(t, () => {});
    assertFailed(await client.look(image, { signal: AbortSignal.abort() }), 'cancelled');
    assert.equal(server.requests.length, 0);
  });

  test('the token they all wait for outlives the one that asked for it', async (t) => {
    let release = () => {};
    const { client, server } = await setUp(t, (request, response) => {
      if (request.path.startsWith('/token')) release = () => answer(response, 200, {}, '{"token":"open"}');
      else if (request.headers.authorization === 'Bearer open') answer(response, 200, good);
      else
        answer(response, 401, { 'www-authenticate': `Bearer realm="http://${request.headers.host}/token"` });
    });
    const controller = new AbortController();
    const cancelled = client.look(`${server.host}/team/app:1`, { signal: controller.signal });
    const kept = client.look(`${server.host}/team/app:2`);
    await server.arrived(3);
    controller.abort();
    assertFailed(await cancelled, 'cancelled');
    release();
    assertFound(await kept, root.digest);
    assert.equal(server.requests.filter(({ path }) => path.startsWith('/token')).length, 1);
  });

  test('a token that came meanwhile is used, and no other asked for', async (t) => {
    let release = () => {};
    const misbehave: Misbehave = (request, response) => {
      const challenge = { 'www-authenticate': `Bearer realm="http://${request.headers.host}/token"` };
      if (request.path.startsWith('/token')) answer(response, 200, {}, '{"token":"open"}');
      else if (request.headers.authorization === 'Bearer open') answer(response, 200, good);
      else if (request.path.endsWith('/late')) release = () => answer(response, 401, challenge);
      else answer(response, 401, challenge);
    };
    const { client, server } = await setUp(t, misbehave);
    const late = client.look(`${server.host}/team/app:late`);
    await server.arrived(1);
    assertFound(await client.look(`${server.host}/team/app:early`), root.digest);
    release();
    assertFound(await late, root.digest);
    assert.equal(server.requests.filter(({ path }) => path.startsWith('/token')).length, 1);
  });
});

describe('limits for one host', () => {
  test('no more lookups at a time than allowed, and all get their turn', async (t) => {
    let inside = 0;
    let most = 0;
    const { client, server } = await setUp(
      t,
      async (_, response) => {
        inside++;
        most = Math.max(most, inside);
        // Long enough for all the others to come in, were they let.
        await new Promise((resolve) => setTimeout(resolve, 20));
        inside--;
        answer(response, 200, good);
      },
      { limits: { perHost: 3 } },
    );
    const tags = Array.from({ length: 20 }, (_, index) => `${server.host}/team/app:${index}`);
    for (const lookup of await Promise.all(tags.map((tag) => client.look(tag))))
      assertFound(lookup, root.digest);
    assert.ok(most <= 3, `${most} at a time`);
    assert.equal(server.requests.length, 20);
  });

  test('one host does not wait for another', async (t) => {
    const { client, server, image } = await setUp(t, () => {}, { limits: { perHost: 1 } });
    const { server: other } = await setUp(t, (_, response) => answer(response, 200, good));
    const stuck = new AbortController();
    const waiting = client.look(image, { signal: stuck.signal });
    await server.arrived(1);
    assertFound(await client.look(`${other.host}/team/app:1.0`), root.digest);
    stuck.abort();
    assertFailed(await waiting, 'cancelled');
  });

  test('one that is cancelled while it waits gives its place away', async (t) => {
    const door = createDoor();
    const { client, server } = await setUp(t, door.misbehave, { limits: { perHost: 1 } });
    const [first, second, third] = ['1', '2', '3'].map((tag) => `${server.host}/team/app:${tag}`);
    const controller = new AbortController();
    const running = client.look(first ?? '');
    await server.arrived(1);
    const cancelled = client.look(second ?? '', { signal: controller.signal });
    const last = client.look(third ?? '');
    controller.abort();
    assertFailed(await cancelled, 'cancelled');
    door.open();
    assertFound(await running, root.digest);
    await server.arrived(2);
    door.open();
    assertFound(await last, root.digest);
    assert.ok(server.requests.every(({ path }) => !path.endsWith('/2')));
  });

  test('those that wait behind a host that hangs are told so, without a wait of their own', async (t) => {
    const timers = new ManualTimers();
    const { client, server, image } = await setUp(t, () => {}, { timers, limits: { perHost: 3 } });
    const looking = [image, ...[1, 2, 3, 4].map((tag) => `${server.host}/team/other:${tag}`)].map((one) =>
      client.look(one),
    );
    await server.arrived(3);
    timers.expire();
    for (const lookup of await Promise.all(looking)) assertFailed(lookup, 'timed-out');
    assert.equal(server.requests.length, 3);
  });
});

test('a host that cannot be reached is left alone for a moment, and no longer', async (t) => {
  let well = false;
  const { client, server, image } = await setUp(t, (_, response) => {
    if (well) answer(response, 200, good);
    else response.socket?.destroy();
  });
  for (const tag of [1, 2]) assertFailed(await client.look(`${server.host}/team/app:${tag}`), 'unreachable');
  assertFailed(await client.look(image), 'unreachable');
  const { length } = server.requests;
  well = true;
  client.pass(4_999);
  assertFailed(await client.look(`${server.host}/team/other:1.0`), 'unreachable', /broke/);
  assert.equal(server.requests.length, length);
  client.pass(1);
  assertFound(await client.look(image), root.digest);
});

describe('cache', () => {
  const minute = 60_000;

  test('a digest that was found is given again for a minute', async (t) => {
    const { client, server, image } = await setUp(t, (_, response) => answer(response, 200, good));
    const first = await client.look(image);
    client.pass(minute - 1);
    assert.deepEqual(await client.look(image), first);
    assert.equal(server.requests.length, 1);
    client.pass(1);
    const later = await client.look(image);
    assertFound(later, root.digest);
    assert.equal(later.ok && first.ok && later.at - first.at, minute);
    assert.equal(server.requests.length, 2);
  });

  test('what a digest names never changes', async (t) => {
    const { client, server } = await setUp(t, (_, response) => answer(response, 200, good));
    const image = `${server.host}/team/app@${root.digest}`;
    assertFound(await client.look(image), root.digest);
    client.pass(1000 * minute);
    assertFound(await client.look(image), root.digest);
    assert.equal(server.requests.length, 1);
  });

  test('what was not found is asked for again soon', async (t) => {
    let there = false;
    const { client, server, image } = await setUp(t, (_, response) =>
      answer(response, there ? 200 : 404, good),
    );
    assertFailed(await client.look(image), 'not-found');
    there = true;
    assertFailed(await client.look(image), 'not-found');
    assert.equal(server.requests.length, 2);
    client.pass(5_000);
    assertFound(await client.look(image), root.digest);
  });

  test('what was found is observed, however old, and nobody is asked', async (t) => {
    let there = true;
    const { client, server, image } = await setUp(t, (_, response) =>
      answer(response, there ? 200 : 404, good),
    );
    const observed = () => client.registry.observed(imageOf(image), { registries: {} });
    assert.equal(observed(), undefined);
    const found = await client.look(image);
    client.pass(60 * minute);
    const unasked = { isIndex: true, platforms: null, volumes: null, signature: null };
    assert.deepEqual(observed(), { at: found.ok && found.at, digest: root.digest, ...unasked });
    assert.equal(server.requests.length, 1);
    there = false;
    assertFailed(await client.look(image), 'not-found');
    client.pass(60 * minute);
    assert.equal(observed()?.digest, null);
    assert.equal(server.requests.length, 3);
    there = true;
    assertFound(await client.look(image), root.digest);
    assert.equal(observed()?.digest, root.digest);
  });

  test('the digest stays observed while the registry cannot be reached', async (t) => {
    const { client, server, image } = await setUp(t, (_, response) => answer(response, 200, good));
    await client.look(image);
    await server.stop();
    client.pass(10 * minute);
    assertFailed(await client.look(image), 'unreachable');
    const observed = client.registry.observed(imageOf(image), { registries: {} });
    assert.equal(observed?.digest, root.digest);
  });

  test('another mirror is another answer', async (t) => {
    const { client, server } = await setUp(t, (_, response) => answer(response, 200, good));
    const { server: other } = await setUp(t, (_, response) => answer(response, 404));
    const by = (mirror: string) =>
      client.look('docker.io/library/app:1', { registries: { 'docker.io': { mirror } } });
    assertFound(await by(server.url), root.digest);
    assertFailed(await by(other.url), 'not-found');
  });

  test('it holds no more than allowed, and forgets what was used longest ago', async (t) => {
    const { client, server } = await setUp(t, (_, response) => answer(response, 200, good), {
      limits: { maxCached: 2 },
    });
    const look = (tag: string) => client.look(`${server.host}/team/app:${tag}`);
    for (const tag of ['1', '2', '1', '3', '1', '2']) assertFound(await look(tag), root.digest);
    assert.deepEqual(
      server.requests.map(({ path }) => path.slice(-1)),
      ['1', '2', '3', '2'],
    );
  });

  test('a cancelled lookup is not remembered', async (t) => {
    let answers = false;
    const { client, server, image } = await setUp(t, (_, response) => {
      if (answers) answer(response, 200, good);
    });
    const controller = new AbortController();
    const cancelled = client.look(image, { signal: controller.signal });
    await server.arrived(1);
    controller.abort();
    assertFailed(await cancelled, 'cancelled');
    answers = true;
    assertFound(await client.look(image), root.digest);
  });
});

describe('nothing makes a lookup reject', () => {
  const fault = new Error('a fault with a secret in it');

  for (const [name, send, code] of [
    [
      'the transport throws',
      () => {
        throw fault;
      },
      'unreachable',
    ],
    ['the transport rejects', () => Promise.reject(fault), 'unreachable'],
    [
      'the credentials reject',
      () => Promise.resolve({ status: 401, headers: { 'www-authenticate': 'Basic' }, body: noBody() }),
      'bad-answer',
    ],
  ] as const satisfies readonly (readonly [string, Http['send'], string])[]) {
    test(name, async () => {
      const registry = createRegistry({
        http: { send },
        credentials: { find: () => Promise.reject(fault), knows: async () => false },
        clock: { now: () => 0 },
        advice: nodeAdvice,
      });
      const lookup = await registry.resolve(imageOf('ghcr.io/team/app:1.0'), { registries: {} });
      assertFailed(lookup, code);
      assert.ok(!JSON.stringify(lookup).includes('secret'));
    });
  }

  test('a log that throws', async (t) => {
    const { server } = await setUp(t, (_, response) => answer(response, 200, good));
    const info = () => {
      throw fault;
    };
    const registry = createRegistry({
      http: createFetchTransport(),
      credentials: { find: async () => ({ credential: null }), knows: async () => false },
      clock: { now: () => 0 },
      advice: nodeAdvice,
      log: { info, warn: info },
    });
    assertFailed(
      await registry.resolve(imageOf(`${server.host}/team/app:1.0`), { registries: {} }),
      'bad-answer',
    );
  });
});

async function* noBody(): AsyncGenerator<Uint8Array> {}
