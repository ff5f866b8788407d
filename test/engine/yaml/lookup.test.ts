import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { YamlValue } from '../../../server/src/engine/yaml/lookup.ts';
import { YamlPiece } from '../../../server/src/engine/yaml/parse.ts';

function rootOf(text: string): YamlValue {
  const { root } = new YamlPiece(text);
  if (!root) throw new Error('no content');
  return root;
}

/** The texts of the aliases and merge keys that lead to a value. */
const through = (text: string, value: YamlValue | undefined): readonly string[] =>
  value?.seenFrom.map(({ end, start }) => text.slice(start, end)) ?? [];

describe('keys are found', () => {
  test('in block, flow and quotes', () => {
    const root = rootOf('a: {"b": {c: x}}\n\'d\': y\n');
    assert.equal(root.textAt('a', 'b', 'c'), 'x');
    assert.equal(root.textAt('d'), 'y');
    assert.equal(root.get('b'), undefined);
    assert.equal(root.at('a', 'b', 'c')?.path, 'a.b.c');
    assert.equal(root.at('a', 'b', 'c')?.merged, false);
  });

  test('with null values', () => {
    const root = rootOf('a:\nb: ~\nc: null\nd: "null"\ne: !!str\nf: {g}\n');
    for (const key of ['a', 'b', 'c']) assert.equal(root.get(key)?.type, 'null');
    assert.equal(root.get('d')?.type, 'scalar');
    assert.equal(root.get('e')?.text, '');
    assert.equal(root.at('f', 'g')?.type, 'null');
  });

  test('through aliases', () => {
    const text = 'x: &x {image: a}\ny: *x\nz: &i b\nw: {image: *i}\n';
    const root = rootOf(text);
    assert.equal(root.textAt('y', 'image'), 'a');
    assert.deepEqual(through(text, root.at('y', 'image')), ['*x']);
    assert.equal(root.at('y', 'image')?.path, 'x.image');
    assert.equal(root.at('y', 'image')?.node, root.at('x', 'image')?.node);
    assert.deepEqual(through(text, root.at('w', 'image')), ['*i']);
  });

  test('an alias means the last anchor before it', () => {
    const root = rootOf('a: &x 1\nb: *x\nc: &x 2\nd: *x\ne: *later\nf: &later 3\n');
    assert.deepEqual([root.textAt('b'), root.textAt('d'), root.get('e')], ['1', '2', undefined]);
  });

  test('through merge keys', () => {
    const text = [
      'one: &one {a: 1, b: 1, c: 1}',
      'two: &two {<<: *one, b: 2}',
      'three: {b: 3, <<: *two}',
      'list: {<<: [*two, {c: 9, d: 9}, *one]}',
      'quoted: {"<<": *one}',
    ].join('\n');
    const root = rootOf(text);
    const all = (key: string) => ['a', 'b', 'c', 'd'].map((name) => root.textAt(key, name) ?? '-').join('');
    assert.equal(all('two'), '121-');
    assert.equal(all('three'), '131-');
    assert.equal(all('list'), '1219');
    assert.equal(all('quoted'), '----');
    assert.deepEqual(through(text, root.at('three', 'a')), ['*two', '*one']);
    assert.deepEqual(through(text, root.at('three', 'b')), []);
    assert.deepEqual(through(text, root.at('list', 'd')), ['<<']);
    assert.deepEqual(
      root
        .get('list')
        ?.entries()
        .map(({ key, value }) => `${key}=${value.text}`),
      ['a=1', 'b=2', 'c=1', 'd=9'].toSorted(
        (a, b) => 'bac d'.indexOf(a[0] ?? '') - 'bac d'.indexOf(b[0] ?? ''),
      ),
    );
  });

  test('the last of keys given twice', () => {
    const root = rootOf('a: 1\na: 2\n');
    assert.equal(root.textAt('a'), '2');
    assert.deepEqual(
      root.entries().map(({ value }) => value.text),
      ['2'],
    );
  });
});

describe('aliases without end', () => {
  test('end', () => {
    const root = rootOf('a: &a {<<: *a, b: *a, c: [*a]}\nd: &d [*d]\ne: {<<: *d}\nf: {<<: [*a, *a]}\n');
    assert.equal(root.at('a', 'b', 'b', 'b')?.type, 'map');
    assert.equal(root.at('a', 'x'), undefined);
    assert.equal(root.at('e', 'x'), undefined);
    assert.deepEqual(
      root
        .get('f')
        ?.entries()
        .map(({ key }) => key),
      ['b', 'c'],
    );
    assert.equal(root.get('d')?.items()[0]?.items()[0]?.type, 'sequence');
  });

  test('that multiply cost no more than what is asked for', () => {
    const lines = Array.from(
      { length: 60 },
      (_, at) => `a${at + 1}: &a${at + 1} {<<: [*a${at}, *a${at}], k${at}: 1}`,
    );
    const root = rootOf(`a0: &a0 {z: end}\n${lines.join('\n')}\n`);
    assert.equal(root.textAt('a60', 'z'), 'end');
    assert.equal(root.get('a60')?.entries().length, 61);
  });

  test('a chain of merges of any length is followed to its end', () => {
    const lines = Array.from({ length: 20_000 }, (_, at) => `a${at + 1}: &a${at + 1} {<<: *a${at}}`);
    const root = rootOf(`a0: &a0 {z: end}\n${lines.join('\n')}\n`);
    assert.equal(root.textAt('a20000', 'z'), 'end');
    assert.equal(root.at('a20000', 'z')?.seenFrom.length, 20_000);
    assert.deepEqual(
      root
        .get('a20000')
        ?.entries()
        .map(({ key }) => key),
      ['z'],
    );
  });
});
