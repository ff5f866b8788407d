import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { isRefusal } from '../../../../server/src/engine/text/edit.ts';
import { contexts, digest, edited, imagesIn, pin, read } from './read.ts';
import { sample } from './sample.ts';

/** What is pinned; `@` is where the digest comes in. */
const pinned: readonly (readonly [name: string, text: string])[] = [
  ['a context', contexts('base = "docker-image://node:20@" # why')],
  ['in one line', 'target "a" { contexts = { b = "docker-image://x:1@", c = "." } }'],
  ['a cache', 'target "a" { cache-from = ["x/y:1@"] }'],
  ['an option of a cache', 'target "a" { cache-from = ["type=registry,ref=x/y:1@,z=1"] }'],
  ['a cache as an object', 'target "a" {\n  cache-from = [{ type = "registry", ref = "x/y:1@" }]\n}\n'],
  ['beside a variable', 'target "a" { cache-from = ["type=registry,ref=x/y:1@,z=${Z}"] }'],
  ['JSON', '{\n  "target": {"a": {"contexts": {"b": "docker-image://x:1@"}}}\n}\n'],
];

describe('pinned', () => {
  for (const [name, text] of pinned) {
    test(name, () => {
      for (const write of [(one: string) => one, (one: string) => `\uFEFF${one}`.replaceAll('\n', '\r\n')]) {
        const before = write(text.replace('@', ''));
        const [use, ...more] = read(before).images;
        assert.ok(use && more.length === 0);
        assert.ok(use.site.verbatim);
        const changed = edited(before, pin(use));
        assert.equal(changed, write(text.replace('@', `@${digest}`)));
        assert.ok(imagesIn(changed)[0]?.endsWith(`@${digest} digest`));
      }
    });
  }
});

describe('refused', () => {
  const cases: readonly (readonly [name: string, text: string, reason: RegExp])[] = [
    ['a variable', `V = "1"\n${contexts('a = "docker-image://x:${V}"')}`, /^`\$\{V\}` decides this value/],
    ['only a variable', `V = "docker-image://x:1"\n${contexts('a = V')}`, /^`V` decides this value/],
    ['a call', contexts('a = "docker-image://x:${f("a")}"'), /^`\$\{f\("a"\)\}` decides this value/],
    ['escapes', contexts('a = "docker-image:\\/\\/x:1"'), /^This is not written as a plain string/],
    ['a number', 'target "a" { cache-from = [1] }', /^This is not written as a plain string/],
  ];
  for (const [name, text, reason] of cases) {
    test(name, () => {
      const [use] = read(text).images;
      assert.ok(use);
      assert.equal(use.site.verbatim, null);
      const edits = pin(use);
      assert.ok(isRefusal(edits));
      assert.match(edits.refused, reason);
      assert.match(edits.refused, /^[^\n]*\.$/);
    });
  }

  test('a text that would have to be escaped', () => {
    const [use] = read(contexts('a = "docker-image://x:1"')).images;
    for (const value of ['"', '\\', '${x}', '%{x}', 'a\nb']) {
      assert.ok(use && isRefusal(use.site.replace(value)), value);
    }
  });
});

test('the sample: all that can be pinned is, and nothing else changes', () => {
  let text = sample;
  let count = 0;
  for (const { path, mutability } of read(sample).images) {
    const use = read(text).images.find((one) => one.path === path);
    assert.ok(use);
    const edits = pin(use);
    if (mutability === 'none' || mutability === 'digest' || isRefusal(edits)) continue;
    text = edited(text, edits);
    count++;
  }
  assert.equal(count, 3);
  const before = sample.split(`@${digest}`);
  assert.deepEqual(text.split(`@${digest}`).join(''), before.join(''));
  assert.equal(text.split(`@${digest}`).length, before.length + 3);
});
