import assert from 'node:assert/strict';
import { test } from 'node:test';
import { pushOnly, start } from './harness.ts';

const uri = 'file:///shop/Dockerfile';

test('a client that cannot pull gets diagnostics pushed, with the version they are for', async (t) => {
  const client = await start(t, { capabilities: pushOnly });
  await client.open(uri, 'FROM nginx\n');
  await client.until('the first diagnostics', () => client.published.length === 1);
  assert.equal(client.published[0]?.version, 1);
  assert.equal(client.published[0]?.diagnostics[0]?.code, 'implicit-latest');
  await client.edit(uri, 'nginx', 'nginx:1.27.3');
  await client.until('the second diagnostics', () => client.published.length === 2);
  assert.equal(client.published[1]?.version, 2);
  assert.equal(client.published[1]?.diagnostics[0]?.code, 'unpinned-image');
  assert.deepEqual(client.registry.calls, []);
});

test('fast typing is read once', async (t) => {
  const client = await start(t, { capabilities: pushOnly });
  await client.open(uri, 'FROM nginx\n');
  await client.until('the first diagnostics', () => client.published.length === 1);
  client.timer.passing = -1;
  for (const [before, after] of [
    ['nginx', 'nginx:'],
    ['nginx:', 'nginx:1'],
    ['nginx:1', 'nginx:1.27.3'],
  ] as const) {
    await client.edit(uri, before, after);
  }
  await client.until('three waits', () => client.timer.waits.filter((wait) => wait > 0).length >= 3);
  assert.equal(client.timer.pending, 1);
  client.timer.elapse();
  await client.until('the diagnostics', () => client.published.length === 2);
  assert.equal(client.published[1]?.version, 4);
  await client.settle();
  assert.equal(client.published.length, 2);
});

test('closing clears, also when an analysis was still to come', async (t) => {
  const client = await start(t, { capabilities: pushOnly });
  await client.open(uri, 'FROM nginx\n');
  await client.until('the diagnostics', () => client.published.length === 1);
  client.timer.passing = -1;
  await client.edit(uri, 'nginx', 'nginx:1');
  await client.until('the wait', () => client.timer.pending === 1);
  await client.close(uri);
  await client.until('the clearing', () => client.published.length === 2);
  assert.deepEqual(client.lastPublished(uri), []);
  client.timer.elapse();
  await client.settle();
  assert.equal(client.published.length, 2);
});

test('related information is sent to clients that show it, and to no others', async (t) => {
  const text = 'ARG BASE=nginx:1.27.3\nFROM $BASE\n';
  const withIt = await start(t, { capabilities: pushOnly });
  await withIt.open(uri, text);
  await withIt.until('the diagnostics', () => withIt.published.length === 1);
  const related = withIt.lastPublished(uri)?.[0]?.relatedInformation;
  assert.equal(related?.[0]?.location.uri, uri);
  assert.deepEqual(related?.[0]?.location.range.start, { line: 0, character: 9 });

  const without = await start(t, {
    capabilities: (all) => {
      const { textDocument, ...rest } = pushOnly(all);
      return { ...rest, textDocument: { ...textDocument, publishDiagnostics: {} } };
    },
  });
  await without.open(uri, text);
  await without.until('the diagnostics', () => without.published.length === 1);
  assert.equal(without.lastPublished(uri)?.[0]?.relatedInformation, undefined);
});
