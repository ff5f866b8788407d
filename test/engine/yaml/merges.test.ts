import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { YamlPiece } from '../../../server/src/engine/yaml/parse.ts';
import { Ranges } from '../../../server/src/engine/yaml/ranges.ts';
import { Trail } from '../../../server/src/engine/yaml/trail.ts';

const rootOf = (text: string) => {
  const { root } = new YamlPiece(text);
  assert.ok(root);
  return root;
};

/** Mappings that each merge some of those before them, and have some keys of their own. */
const mappings = fc.array(
  fc.record({
    own: fc.subarray(['a', 'b', 'c']),
    merged: fc.array(fc.nat(9), { maxLength: 3 }),
    isList: fc.boolean(),
  }),
  { minLength: 1, maxLength: 10 },
);

describe('merge keys', () => {
  test('bring in what a plain walk over them brings in', () => {
    fc.assert(
      fc.property(mappings, (all) => {
        const sources = all.map(({ merged }, index) => merged.filter((one) => one < index));
        const lines = all.map(({ isList, own }, index) => {
          const aliases = (sources[index] ?? []).map((one) => `*m${one}`);
          const merges = isList
            ? aliases.length > 0
              ? [`<<: [${aliases.join(', ')}]`]
              : []
            : aliases.map((one) => `<<: ${one}`);
          return `m${index}: &m${index} {${[...own.map((key) => `${key}: ${key}${index}`), ...merges].join(', ')}}`;
        });
        const expected = (index: number, key: string): string | null => {
          if (all[index]?.own.includes(key)) return `${key}${index}`;
          for (const one of sources[index] ?? []) {
            const found = expected(one, key);
            if (found !== null) return found;
          }
          return null;
        };
        const root = rootOf(`${lines.join('\n')}\n`);
        for (const index of all.keys()) {
          const map = root.get(`m${index}`);
          const listed = new Map(map?.entries().map(({ key, value }) => [key, value.text]));
          for (const key of ['a', 'b', 'c']) {
            assert.equal(map?.textAt(key) ?? null, expected(index, key));
            assert.equal(listed.get(key) ?? null, expected(index, key));
          }
        }
      }),
    );
  });

  test('that lead back to what they stand in end', () => {
    const root = rootOf('a: &a\n  x: 1\n  b: &b\n    y: 2\n    <<: [*a, *b]\n  <<: *b\n');
    assert.equal(root.textAt('a', 'b', 'x'), '1');
    assert.equal(root.textAt('a', 'y'), '2');
    assert.equal(root.textAt('a', 'z'), null);
    const list = rootOf('l: &l\n  - &m {x: 1, <<: *l}\nn: {<<: *l}\n');
    assert.equal(list.textAt('n', 'x'), '1');
    assert.equal(list.textAt('n', 'z'), null);
  });
});

test('a trail gives its places in order, and parts that were passed not again', () => {
  const at = (start: number) => ({ start, end: start + 1 });
  const inner = Trail.of([at(2), at(3)]);
  const one = Trail.of([at(1)]).join(inner);
  const other = Trail.of([at(9)]).join(inner);
  assert.deepEqual(one.places(), [at(1), at(2), at(3)]);
  assert.equal(one.length, 3);
  const passed = new Set<Trail>();
  assert.deepEqual(one.places(passed), [at(1), at(2), at(3)]);
  assert.deepEqual(other.places(passed), [at(9)]);
  assert.equal(Trail.none.join(one), one);
});

test('ranges hold what any of them holds', () => {
  const range = fc.tuple(fc.nat(30), fc.nat(8)).map(([start, length]) => [start, start + length] as const);
  fc.assert(
    fc.property(fc.array(range), fc.nat(40), (ranges, offset) => {
      const held = ranges.some(([start, end]) => start <= offset && offset < end);
      assert.equal(new Ranges(ranges).holds(offset), held);
    }),
  );
});
