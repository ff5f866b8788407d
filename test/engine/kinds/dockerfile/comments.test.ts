import assert from 'node:assert/strict';
import { test } from 'node:test';
import { read } from './read.ts';
import { sample } from './sample.ts';

const commentsIn = (text: string): readonly string[] =>
  read(text)
    .comments()
    .map((comment) => {
      assert.equal(text.slice(comment.span.start, comment.span.end), comment.text);
      return comment.text;
    });

test('comments stand on lines of their own, also between continued lines', () => {
  const text = `# one
\t # two
FROM a:1 # no comment
RUN a \\
  # three
  && b # no comment
  #four
RUN # no comment
#`;
  const comments = ['# one', '# two', '# three', '#four', '#'];
  assert.deepEqual(commentsIn(text), comments);
  assert.deepEqual(commentsIn(`\uFEFF${text.replaceAll('\n', '\r\n')}`), comments);
});

test('parser directives and lines of heredocs are no comments', () => {
  assert.deepEqual(
    commentsIn(
      '# syntax=x/y:1\n#escape=`\n# check=skip=all\n# other=1\n# syntax=x/z:1\nRUN <<E\n# no\nE\n# yes',
    ),
    ['# other=1', '# syntax=x/z:1', '# yes'],
  );
});

test('the sample', () => {
  assert.deepEqual(commentsIn(sample), ['# a comment', '# a comment inside']);
});
