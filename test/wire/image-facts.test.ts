import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ageInWords, allowanceWords, sizeInWords } from '../../server/src/lsp/handlers/image-facts.ts';

const day = 86_400_000;

test('an age is told as people tell it', () => {
  for (const [milliseconds, words] of [
    [0, 'less than a day ago'],
    [day - 1, 'less than a day ago'],
    [day, '1 day ago'],
    [13 * day, '13 days ago'],
    [14 * day, '2 weeks ago'],
    [59 * day, '8 weeks ago'],
    [61 * day, '2 months ago'],
    [729 * day, '23 months ago'],
    [731 * day, '2 years ago'],
    [10 * 366 * day, '10 years ago'],
  ] as const) {
    assert.equal(ageInWords(milliseconds), words);
  }
});

test('a size has two or three digits, and the unit that gives these', () => {
  for (const [bytes, words] of [
    [0, '0 bytes'],
    [1, '1 byte'],
    [999, '999 bytes'],
    [1_000, '1.0 kB'],
    [9_949, '9.9 kB'],
    [9_950, '10 kB'],
    [78_400_000, '78 MB'],
    [999_600_000, '1.0 GB'],
    [1_234_000_000, '1.2 GB'],
    [5_000_000_000_000_000, '5000 TB'],
  ] as const) {
    assert.equal(sizeInWords(bytes), words);
  }
});

test('a limit that is for days is told with the day', () => {
  const at = Date.UTC(2026, 10, 20, 10, 2);
  const allowance = { at, limit: 1, remaining: 0, window: 7 * day };
  assert.equal(
    allowanceWords(allowance, 'r.example', at),
    '0 of 1 pull in 168 hours are left, as r.example said at 10:02 UTC.',
  );
  assert.match(allowanceWords(allowance, 'r.example', at + day) ?? '', / on 20 November 2026, 10:02 UTC\.$/);
});
