// biome-ignore-all lint/suspicious/noTemplateCurlyInString: variables of Dockerfiles look like that
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { expand, type Lookup } from '../../../../server/src/engine/dockerfile/expand.ts';
import { Effort } from '../../../../server/src/engine/dockerfile/substitute.ts';
import { MappedText } from '../../../../server/src/engine/text/mapped-text.ts';
import { imagesIn } from './read.ts';

/** What a word comes to; null where it stays unknown. */
function expanded(word: string, values: Readonly<Record<string, string>>, effort?: Effort): string | null {
  const lookup: Lookup = (name) => {
    const text = values[name];
    return text === undefined ? 'unset' : { text, holes: [], origin: null, variables: [name] };
  };
  const { holes, text } = expand(MappedText.of(word, 0, word.length), lookup, '\\', effort);
  return holes.length > 0 ? null : text;
}

/** Word, the value of A, and what comes of it, as BuildKit's `frontend/dockerfile/shell/lex.go` reads them. */
const tables: Readonly<
  Record<string, readonly (readonly [word: string, a: string, result: string | null])[]>
> = {
  'off the front': [
    ['${A#v}', 'v1.27.0', '1.27.0'],
    ['${A#x}', 'v1.27.0', 'v1.27.0'],
    ['${A#*.}', 'v1.27.0', '27.0'],
    ['${A##*.}', 'v1.27.0', '0'],
    ['${A#*}', 'abc', 'abc'],
    ['${A##*}', 'abc', ''],
    ['${A#}', 'abc', 'abc'],
    ['${A##}', 'abc', 'abc'],
    ['${A#*a*b}', 'aabb', 'b'],
    ['${A##*a*b}', 'aabbc', 'c'],
    ['${A##*a?b}', 'axbayb', ''],
    ['${A#????}', 'abc', 'abc'],
    ['${A:#v}', 'v1', '1'],
  ],
  'off the end': [
    ['${A%.*}', 'v1.27.0', 'v1.27'],
    ['${A%%.*}', 'v1.27.0', 'v1'],
    ['${A%-alpine}', '20-alpine', '20'],
    ['${A%:*}', 'r:5000/n:1', 'r:5000/n'],
    ['${A%%:*}', 'r:5000/n:1', 'r'],
    ['${A%b*b}', 'abxbyb', 'abx'],
    ['${A%%b*b}', 'abxbyb', 'a'],
    ['${A%}', 'abc', 'abc'],
    ['${A%?}', '👽🚀', '👽'],
  ],
  'in between': [
    ['${A/a/b}', 'aaa', 'baa'],
    ['${A//a/b}', 'aaa', 'bbb'],
    ['${A//x/y}', 'aaa', 'aaa'],
    ['${A/b*/}', 'abxbyb', 'a'],
    ['${A//b?/-}', 'abxbyb', 'a--b'],
    ['${A//\\//-}', 'a/b/c', 'a-b-c'],
    ['${A/a\\}b/x}', 'a}b', 'x'],
    ['${A///x}', 'ab', 'xaxbx'],
    ['${A//*/x}', 'ab', 'x'],
    ['${A/}', 'a', null],
    ['${A//a}', 'a', null],
    ["${A//a/'$1-$$'}", 'a', '-$'],
    ["${A/a/'$1'}", 'a', '$1'],
  ],
  'escapes and quotes': [
    ['${A#\\*}', '*a', 'a'],
    ['${A#\\?}', 'ab', 'ab'],
    ['${A#\\\\}', '\\a', 'a'],
    ['${A#\\a}', 'ab', null],
    ['${A#.+(}', '.+(a', 'a'],
    ['${A#"v"}', 'v1', '1'],
    ["${A#'*'}", 'ab', 'ab'],
    ["${A#'#*.'}", '1.2.3', '3'],
    ['"${A%.*}"', '1.2', '1'],
    ["'${A%.*}'", '1.2', '${A%.*}'],
  ],
  nested: [
    ['${A#$B}', 'v1', '1'],
    ['${A#${C:-v}}', 'v1', '1'],
    ['${A/${B}/${A%1}w}', 'v1', 'vw1'],
    ['${A#$C}', 'v1', null],
    ['x:${A%.*}-${B}', '1.2', 'x:1-v'],
  ],
  'not understood': [
    ['${A=b}', '1', null],
    ['${A^}', '1', null],
    ['${A:x}', '1', null],
    ['${A:/a/b}', 'a', null],
    ['${A#v', 'v1', null],
    ['${}', '', null],
    ['${C#v}', '', null],
    ['${C/v/w}', '', null],
  ],
};

for (const [name, table] of Object.entries(tables)) {
  describe(name, () => {
    for (const [word, a, result] of table) {
      test(`${word} of ${a}`, () => assert.equal(expanded(word, { A: a, B: 'v' }), result));
    }
  });
}

test('a name has letters of any language', () => {
  assert.equal(expanded('${Ä#v}', { Ä: 'v1' }), '1');
});

test('a value that grows too long stays unknown', () => {
  const a = 'a'.repeat(4000);
  assert.equal(expanded('${A//a/bb}', { A: a }), null);
  assert.equal(expanded('${A//a/b}', { A: a }), 'b'.repeat(4000));
});

test('patterns that cost too much stay unknown, and so do those after them', () => {
  const values = { A: 'a'.repeat(4000) };
  const effort = new Effort();
  const word = `\${A#*${'a'.repeat(1999)}b}`;
  const results = Array.from({ length: 3 }, () => expanded(word, values, effort));
  assert.deepEqual(results, [null, null, null]);
  assert.equal(expanded('${A#*a}', values, effort), null);
  assert.equal(expanded('${A#*a}', values), 'a'.repeat(3999));
});

test('images of parts of an ARG', () => {
  const text = `ARG VERSION=v1.27.0
ARG FULL=registry-a.example.test/nginx
FROM nginx:\${VERSION#v} AS a
FROM \${FULL//registry-a.example.test/ghcr.io}:1.27.0 AS b
FROM nginx:\${VERSION%.*} AS c
FROM nginx:\${VERSION:+1.26.0} AS d
FROM nginx:\${NOPE-1.25.0} AS e
FROM nginx:\${VERSION/v/} AS f
FROM nginx:\${VERSION##*.} AS g`;
  assert.deepEqual(imagesIn(text), [
    'base nginx:1.27.0 tag',
    'base ghcr.io/nginx:1.27.0 tag',
    'base nginx:v1.27 floating',
    'base nginx:1.26.0 tag',
    'base nginx:1.25.0 tag',
    'base nginx:1.27.0 tag',
    'base nginx:0 floating',
  ]);
});
