import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { imagesIn } from '../analyzed.ts';
import { read } from './read.ts';

const timeout = 60_000;

const lines = (count: number, line: (index: number) => string): string =>
  Array.from({ length: count }, (_, index) => `${line(index)}\n`).join('');

describe('files that stand for huge ones', () => {
  test('a reference of very many long variables is unknown', { timeout }, () => {
    const text = `variables: {A: ${'x'.repeat(4000)}}\njob: {image: "${'$A'.repeat(140_000)}"}\n`;
    assert.match(imagesIn(read(text)).join(), /^job (?:\$A)+ unknown$/);
  });

  test('a reference that grows too long is unknown', { timeout }, () => {
    const text = `variables: {A: ${'x'.repeat(4000)}}\njob: {image: "$A$A"}\n`;
    assert.deepEqual(imagesIn(read(text)), ['job $A$A unknown']);
  });

  test('a long variable in many jobs is unknown', { timeout }, () => {
    const variables = `variables: {A: ${'x'.repeat(4000)}, B: "${'$A'.repeat(5000)}"}\n`;
    for (const more of ['', ', variables: {C: d}']) {
      const { images } = read(variables + lines(3000, (index) => `j${index}: {image: $B${more}}`));
      assert.equal(images.length, 3000);
      assert.deepEqual([...new Set(images.map(({ resolved }) => resolved))], ['$B']);
    }
  });

  test('many variables for many jobs that extend one', { timeout }, () => {
    const base = `.base:\n  variables:\n${lines(10_000, (index) => `    V${index}: "${index}"`)}`;
    const { images } = read(
      base + lines(10_000, (index) => `j${index}: {extends: .base, image: "a:$V${index}"}`),
    );
    assert.equal(images.length, 10_000);
    assert.deepEqual([images[0]?.resolved, images.at(-1)?.resolved], ['a:0', 'a:9999']);
  });

  test('many variables for many jobs, through an alias', { timeout }, () => {
    const base = `.v: &v\n${lines(3000, (index) => `  V${index}: "${index}"`)}`;
    const { images } = read(
      base + lines(3000, (index) => `j${index}: {variables: *v, image: "a:$V${index}"}`),
    );
    assert.deepEqual([images[0]?.resolved, images.at(-1)?.resolved], ['a:0', 'a:$V2999']);
  });

  test('many jobs that extend all the others', { timeout }, () => {
    const list = `.l: &l [${Array.from({ length: 3000 }, (_, index) => `j${index}`)}]\n`;
    const { images } = read(list + lines(3000, (index) => `j${index}: {extends: *l, image: "a:$V"}`));
    assert.deepEqual([images.length, images.at(-1)?.resolved], [3000, 'a:$V']);
  });

  test('many services in many jobs, through an alias', { timeout }, () => {
    const services = `.s: &s\n${lines(3000, () => '  - {alias: a}')}`;
    const jobs = lines(3000, (index) => `j${index}: {services: *s, image: a}`);
    assert.equal(read(services + jobs).images.length, 3000);
  });
});
