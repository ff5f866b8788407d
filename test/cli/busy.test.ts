import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { startRegistry } from '../support/registry.ts';
import { ended, main, makeFolder, start } from './support.ts';

const count = 1_000;

/** Each image has a repository of its own, so that nothing that is known of one says anything about another. */
const manifest = (name: string): string =>
  [
    'services:',
    ...Array.from({ length: count }, (_, at) => `  s${at}:\n    image: team/${name}-${at}:1.0.0`),
    '',
  ].join('\n');

test('two runs on a machine that has better things to do pin every image', async (t) => {
  const registry = await startRegistry({ anyName: true });
  t.after(() => registry.stop());
  const policy = `registries: {docker.io: {mirror: "${registry.url}"}}\n`;
  const runs = ['one', 'other'].map(async (name) => {
    const folder = await makeFolder(t, { 'compose.yaml': manifest(name), '.holdfast.yaml': policy });
    const child = start(t, folder, [main, 'pin', '--write'], { HOLDFAST_CACHE_DIR: 'off' });
    const { err, status } = await ended(child);
    return { err, status, text: await readFile(join(folder, 'compose.yaml'), 'utf8') };
  });
  // One that never rests takes a core away.
  const busy = start(t, '.', ['-e', 'for (;;);']);
  for (const { err, status, text } of await Promise.all(runs)) {
    assert.equal(status, 0, err);
    assert.equal(text.match(/:1\.0\.0@sha256:/g)?.length, count);
  }
  busy.kill('SIGKILL');
});
