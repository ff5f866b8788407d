import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { answer, startHostile } from '../support/hostile.ts';
import { buildImage } from '../support/oci.ts';
import { assertFailed, assertFound, createTestClient, ManualTimers } from '../support/registry-client.ts';

const { root } = buildImage({ name: 'app' });
const good = { 'content-type': root.mediaType, 'docker-content-digest': root.digest };
const hundred = Array.from({ length: 100 }, (_, index) => index);

describe('a hundred lookups at a host that nobody has asked yet', () => {
  test('meet one challenge, and get their tokens all at once', async (t) => {
    const waiting: (() => void)[] = [];
    const server = await startHostile(({ headers, path }, response) => {
      const give = () => answer(response, 200, {}, '{"token":"open"}');
      if (headers.authorization === 'Bearer open') answer(response, 200, good);
      else if (!path.startsWith('/token')) {
        answer(response, 401, { 'www-authenticate': `Bearer realm="http://${headers.host}/token"` });
      } else if (waiting.push(give) === hundred.length) {
        for (const next of waiting) next();
      }
    });
    t.after(() => server.stop());
    const client = createTestClient();
    const lookups = await Promise.all(
      hundred.map((index) => client.look(`${server.host}/team/app-${index}:1.0`)),
    );
    for (const lookup of lookups) assertFound(lookup, root.digest);
    assert.equal(server.requests.length, 1 + 100 + 100);
  });

  test('are all sent once the first has been answered, where nobody has to sign in', async (t) => {
    const waiting: (() => void)[] = [];
    const server = await startHostile(({ index }, response) => {
      const give = () => answer(response, 200, good);
      if (index === 0) give();
      else if (waiting.push(give) === hundred.length - 1) for (const next of waiting) next();
    });
    t.after(() => server.stop());
    const client = createTestClient();
    const lookups = await Promise.all(
      hundred.map((index) => client.look(`${server.host}/team/app:${index}`)),
    );
    for (const lookup of lookups) assertFound(lookup, root.digest);
    assert.equal(server.requests.length, 100);
  });

  test('do not wait for long for a first one that is slow', async (t) => {
    const timers = new ManualTimers();
    let release = () => {};
    const server = await startHostile(({ path }, response) => {
      if (path.endsWith('/slow')) release = () => answer(response, 200, good);
      else answer(response, 200, good);
    });
    t.after(() => server.stop());
    const client = createTestClient({ timers });
    const slow = client.look(`${server.host}/team/app:slow`);
    const others = ['1', '2'].map((tag) => client.look(`${server.host}/team/app:${tag}`));
    await server.arrived(1);
    timers.advance(999);
    await new Promise(setImmediate);
    assert.equal(server.requests.length, 1);
    timers.advance(1);
    for (const lookup of await Promise.all(others)) assertFound(lookup, root.digest);
    release();
    assertFound(await slow, root.digest);
  });

  test('go on by themselves where the first is cancelled', async (t) => {
    const server = await startHostile(({ path }, response) => {
      if (!path.endsWith('/stuck')) answer(response, 200, good);
    });
    t.after(() => server.stop());
    const client = createTestClient({ timers: new ManualTimers() });
    const controller = new AbortController();
    const stuck = client.look(`${server.host}/team/app:stuck`, { signal: controller.signal });
    const other = client.look(`${server.host}/team/app:1`);
    await server.arrived(1);
    controller.abort();
    assertFailed(await stuck, 'cancelled');
    assertFound(await other, root.digest);
  });

  test('all say so where the host cannot be reached', async () => {
    const client = createTestClient({ timers: new ManualTimers() });
    const lookups = await Promise.all(hundred.map((index) => client.look(`gone.example/team/app:${index}`)));
    for (const lookup of lookups) assertFailed(lookup, 'unreachable', /gone\.example cannot be found/);
  });
});
