import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fuzz, shown } from './fuzz.ts';

// A short form of `npm run fuzz`. In CI a change is judged by itself: no texts of its own there.
const random = process.env.CI ? [] : [Math.floor(Math.random() * 1_000_000_000)];

for (const [from, count] of [[0, 2_000], ...random.map((seed) => [seed, 500])] as const) {
  test(`what other programs read in ${count} texts from seed ${from} on is seen`, {
    timeout: 240_000,
  }, async () => {
    const { faults, readable, texts } = await fuzz({ from: from ?? 0, count: count ?? 0, workers: 1 });
    assert.deepEqual(faults.map(shown), []);
    assert.equal(texts, count);
    assert.ok(readable > texts / 4, `only ${readable} texts were read by the oracles`);
  });
}
