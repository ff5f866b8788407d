import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { readComments } from '../../../server/src/engine/yaml/comments.ts';

const found = (text: string): readonly string[] => readComments(text).map((comment) => comment.text);

describe('comments are found', () => {
  const table: readonly (readonly [name: string, text: string, comments: readonly string[]])[] = [
    ['on lines of their own', '# a\nx: 1\n  # b\n', ['# a', '# b']],
    ['behind values', 'x: 1 # a\ny: "b" # c\nz: *w # d', ['# a', '# c', '# d']],
    ['in brackets', 'x: [1, # a\n  2] # b\n', ['# a', '# b']],
    ['behind block headers', 'x: | # a\n  # no\n  text\n# b\n', ['# a', '# b']],
    ['around markers', '# a\n--- # b\nx: 1\n... # c\n', ['# a', '# b', '# c']],
    ['not in quotes', 'x: "# no"\ny: \'a # no\'\n', []],
    ['not in words', 'x: a#no\ny: http://b#no\n', []],
    ['not in JSON', '{"a": "# no"}', []],
    ['without the CR', '# a\r\nx: 1 # b\r\n', ['# a', '# b']],
    ['with lone CR', '# a\rx: 1 # b\r', ['# a', '# b']],
    ['behind a byte order mark', '\uFEFF# a\nx: 1', ['# a']],
  ];
  for (const [name, text, comments] of table) {
    test(name, () => {
      assert.deepEqual(found(text), comments);
      for (const { span, text: comment } of readComments(text)) {
        assert.equal(text.slice(span.start, span.end), comment);
      }
    });
  }
});
