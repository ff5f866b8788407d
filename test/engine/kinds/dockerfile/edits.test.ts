// biome-ignore-all lint/suspicious/noTemplateCurlyInString: variables of Dockerfiles look like that
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { isRefusal } from '../../../../server/src/engine/text/edit.ts';
import { digest, imagesIn, pinAll, read } from './read.ts';
import { sample } from './sample.ts';

/** Before, and after: `@` is where the digest comes in. */
const pinned: readonly (readonly [name: string, text: string, after: string])[] = [
  ['FROM', 'FROM node:20 AS x # y\n', 'FROM node:20@ AS x # y\n'],
  ['quotes stay', `FROM "node:20"\nFROM 'nginx:1'`, `FROM "node:20@"\nFROM 'nginx:1@'`],
  [
    'lines stay',
    'FROM --platform=x \\\n  # why\n\n  node:20 \\\n  AS x',
    'FROM --platform=x \\\n  # why\n\n  node:20@ \\\n  AS x',
  ],
  ['backtick', '# escape=`\nFROM `\n node:20`\n AS x', '# escape=`\nFROM `\n node:20@`\n AS x'],
  ['COPY --from', 'COPY --chown=a --from=x:1 / /', 'COPY --chown=a --from=x:1@ / /'],
  ['COPY --from in quotes', 'COPY --from="x:1" / /', 'COPY --from="x:1@" / /'],
  [
    'mounts',
    'RUN --mount=type=bind,from=x:1,target=/x --mount=from=y:1 true',
    'RUN --mount=type=bind,from=x:1@,target=/x --mount=from=y:1@ true',
  ],
  ['ONBUILD', 'ONBUILD COPY --from=x:1 / /', 'ONBUILD COPY --from=x:1@ / /'],
  ['frontend', '# syntax = x/y:1 z\n', '# syntax = x/y:1@ z\n'],
  ['frontend behind slashes', '//syntax=x/y:1 z\n', '//syntax=x/y:1@ z\n'],
  ['frontend in JSON', '{\n  "a": 1,\n  "syntax": "x/y:1"\n}\n', '{\n  "a": 1,\n  "syntax": "x/y:1@"\n}\n'],
  ['an ARG default', 'ARG A=node:20\nFROM ${A}', 'ARG A=node:20@\nFROM ${A}'],
  ['in quotes', 'ARG A="node:20" B=1\nFROM "$A"', 'ARG A="node:20@" B=1\nFROM "$A"'],
  ['in single quotes', "ARG A='node:20'\nFROM $A", "ARG A='node:20@'\nFROM $A"],
  ['on a continued line', 'ARG X=1 \\\n  A=node:20\nFROM $A', 'ARG X=1 \\\n  A=node:20@\nFROM $A'],
  [
    'an ARG that feeds two',
    'ARG A=node:20\nFROM ${A} AS x\nFROM ${A}',
    'ARG A=node:20@\nFROM ${A} AS x\nFROM ${A}',
  ],
  [
    'through another ARG',
    'ARG A=node:20\nARG B=${A}\nFROM ${B}\nFROM $A',
    'ARG A=node:20@\nARG B=${A}\nFROM ${B}\nFROM $A',
  ],
  ['the last of two', 'ARG A=node:18\nARG A=node:20\nFROM $A', 'ARG A=node:18\nARG A=node:20@\nFROM $A'],
  ['${A:-x}', 'FROM ${A:-node:20}', 'FROM ${A:-node:20@}'],
  ['${A:-x} of an ARG without default', 'ARG A\nFROM "${A:-node:20}"', 'ARG A\nFROM "${A:-node:20@}"'],
  [
    '${A:-x} where A has a default',
    'ARG A=node:22\nFROM ${A:-node:20}',
    'ARG A=node:22@\nFROM ${A:-node:20}',
  ],
  ['${A:+x}', 'ARG A=1\nFROM ${A:+node:20}', 'ARG A=1\nFROM ${A:+node:20@}'],
  [
    'a tag behind a registry',
    'ARG R=ghcr.io\nFROM ${R}/a/b:1.0 AS x',
    'ARG R=ghcr.io\nFROM ${R}/a/b:1.0@ AS x',
  ],
  ['in quotes', 'ARG R=ghcr.io\nFROM "${R}/a:1"', 'ARG R=ghcr.io\nFROM "${R}/a:1@"'],
  [
    'a tag behind a name',
    'ARG REPO=mcr.microsoft.com/x\nFROM $REPO:8.0',
    'ARG REPO=mcr.microsoft.com/x\nFROM $REPO:8.0@',
  ],
  ['a tag behind a default', 'FROM ${R:-docker.io}/a:1', 'FROM ${R:-docker.io}/a:1@'],
  ['a tag behind an empty prefix', 'ARG P=\nFROM ${P}a:1', 'ARG P=\nFROM ${P}a:1@'],
  ['a tag behind a part of a value', 'ARG F=a/b\nFROM ${F%/*}/c:1', 'ARG F=a/b\nFROM ${F%/*}/c:1@'],
  [
    'an ARG with its tag behind another',
    'ARG R=ghcr.io\nARG B=${R}/a:1\nFROM ${B}\nFROM $B',
    'ARG R=ghcr.io\nARG B=${R}/a:1@\nFROM ${B}\nFROM $B',
  ],
  [
    'an argument of a stage with a value of its own',
    'ARG A=node:20\nFROM ${A}\nARG A=x\nRUN echo $A',
    'ARG A=node:20@\nFROM ${A}\nARG A=x\nRUN echo $A',
  ],
  [
    'a variable of the shell',
    'ARG A=node:20\nFROM ${A}\nRUN A=1; echo $A',
    'ARG A=node:20@\nFROM ${A}\nRUN A=1; echo $A',
  ],
  ['in an ARG', 'ARG B=${A:-"node:20"}\nFROM $B', 'ARG B=${A:-"node:20@"}\nFROM $B'],
];

/** What is not edited, and what the person is told. */
const refused: readonly (readonly [name: string, text: string, reason: RegExp])[] = [
  [
    'a version ARG',
    'ARG V=20\nFROM node:${V}',
    /`node:\$\{V\}` is put together from V.*one ARG the whole reference/,
  ],
  ['a frontend in JSON with escapes', '{"syntax": "x\\/y:1"}', /written with quotes or escapes inside it/],
  ['several ARGs', 'ARG R=x V=20\nFROM $R/node:$V', /put together from R and V/],
  ['an ARG made of another', 'ARG V=20\nARG B=node:$V\nFROM $B', /put together from B/],
  ['an empty suffix', 'ARG S=\nFROM node:20$S', /put together from S/],
  ['a default for a part', 'FROM node:${V:-20}', /put together from V/],
  ['no default', 'ARG B\nFROM ${B}', /The value of B is not in this file.*ARG before the first FROM/],
  ['a part without default', 'FROM ${R}/app:1.2.3', /The value of R is not in this file/],
  [
    'an ARG that is also a part',
    'ARG A=node:20\nFROM ${A} AS x\nFROM ${A}-slim',
    /`node:20` is also a part of `\$\{A\}-slim`/,
  ],
  ['an ARG that another builds on', 'ARG A=node:20\nARG B=$A-slim\nFROM $A', /also a part of `\$A-slim`/],
  ['an ARG that is cut up', 'ARG A=node:20\nARG B=${A%%:*}\nFROM $A', /also a part of `\$\{A%%:\*\}`/],
  ['a tag that begins in a variable', 'ARG A=node:20\nFROM ${A}-alpine', /put together from A/],
  ['a tag that a variable ends', 'ARG R=x S=-y\nFROM ${R}/a:1$S', /put together from R and S/],
  [
    'an ARG with its tag behind another, in a longer text',
    'ARG R=x\nARG B=$R/a:1\nFROM $B\nFROM $B-b',
    /also a part of `\$B-b`/,
  ],
  ['an ARG that is cut up in FROM', 'ARG A=a:1\nFROM $A\nFROM ${A%:*}:2', /also a part of `\$\{A%:\*\}`/],
  ['RUN reads it', 'ARG A=a:1\nFROM $A\nARG A\nRUN x $A', /^Another line reads `A` too \(RUN\)/],
  ['COPY reads it', 'ARG A=a:1\nFROM $A\nARG A\nCOPY ${A} /', /reads `A` too \(COPY\)/],
  ['LABEL reads it', 'ARG A=a:1\nFROM $A\nARG B=1 A\nLABEL x=${A:-b}', /reads `A` too \(LABEL\)/],
  ['a heredoc reads it', 'ARG A=a:1\nFROM $A\nARG A\nRUN <<X\necho $A\nX', /reads `A` too \(RUN\)/],
  ['a later stage reads it', 'ARG A=a:1\nFROM $A AS x\nARG A\nFROM x\nENV B=$A', /reads `A` too \(ENV\)/],
  ['an ARG of the stage reads it', 'ARG A=a:1\nFROM $A\nARG A\nARG B=$A', /reads `A` too \(ARG\)/],
  ['a platform reads it', 'ARG A=a:1\nFROM $A\nFROM --platform=$A scratch', /reads `A` too \(FROM\)/],
  ['commands get it', 'ARG A=a:1\nFROM $A\nARG A\nRUN ./x.sh', /reads `A` too \(ARG\)/],
  ['by another name', 'ARG A=a:1\nARG B=$A\nFROM $B\nARG B\nRUN x $B', /reads `B` too \(RUN\)/],
  [
    'a reference that ends in an ARG',
    'ARG R=x\nARG A=$R/a:1\nFROM $A\nARG A\nRUN x $A',
    /reads `A` too \(RUN\)/,
  ],
  ['a variable in --from', 'COPY --from=$A / /', /not expanded here.*FROM of its own/],
  ['two lines', 'FROM no\\\nde:20', /over several lines/],
  ['two lines in an ARG', 'ARG A=no\\\nde:20\nFROM $A', /put together from A/],
  ['quotes inside', 'FROM node:"20"', /written with quotes/],
];

describe('pinned', () => {
  for (const [name, text, after] of pinned) {
    test(name, () => {
      const expected = after.replaceAll(/@(?!sha)/g, `@${digest}`);
      for (const write of [(one: string) => one, (one: string) => `\uFEFF${one}`.replaceAll('\n', '\r\n')]) {
        const result = pinAll(write(text));
        assert.equal(result.text, write(expected));
        assert.deepEqual(result.refused, []);
        assert.ok(imagesIn(result.text).every((image) => image.endsWith(' digest')));
        assert.equal(read(result.text).comments().length, read(write(text)).comments().length);
      }
    });
  }
});

describe('refused', () => {
  for (const [name, text, reason] of refused) {
    test(name, () => {
      const [use] = read(text).images;
      assert.ok(use);
      const edits = use.site.replace(`${use.resolved}@${digest}`);
      assert.ok(isRefusal(edits));
      assert.match(edits.refused, reason);
      assert.match(edits.refused, /^[^\n]*\.$/);
    });
  }

  test('a value that would not stay one word', () => {
    const [use] = read('RUN --mount=from=x:1 true').images;
    for (const value of ['a b', 'a,b', '"a"', '$A', 'a\\', '`', '{a}', "'a'", 'a\nb']) {
      assert.ok(use && isRefusal(use.site.replace(value)), value);
    }
  });
});

test('an ARG that feeds several is changed by the same edit from each, and each names the others', () => {
  const text = 'ARG A=node:20\nFROM ${A} AS x\nFROM "$A" AS y\nFROM ${A:-z}\nFROM nginx\n';
  const uses = read(text).images;
  const words = uses.map(({ site }) => site.seenFrom.map(({ start, end }) => text.slice(start, end)));
  assert.deepEqual(words, [
    ['node:20', '$A', '${A:-z}'],
    ['node:20', '${A}', '${A:-z}'],
    ['node:20', '${A}', '$A'],
    [],
  ]);
  const edits = uses.slice(0, 3).map(({ site }) => site.replace('node:20@x'));
  assert.deepEqual(edits, Array(3).fill([{ span: { start: 13, end: 13 }, newText: '@x' }]));
});

test('a default inside the reference itself is no second place', () => {
  const [use] = read('FROM ${A:-node:20}').images;
  assert.deepEqual(use?.site.seenFrom, []);
});

test('the sample: all that can be pinned is, and again changes nothing', () => {
  const once = pinAll(sample);
  const added = once.text.split(`@${digest}`);
  assert.equal(added.join(''), sample);
  assert.equal(added.length - 1, 6);
  assert.equal(once.refused.length, 2);
  const left = imagesIn(once.text).filter((image) => !image.endsWith(' digest'));
  assert.deepEqual(left, ['base alpine:3.20 floating', 'base docker.io/library/debian:${VERSION} unknown']);
});
