// biome-ignore-all lint/suspicious/noTemplateCurlyInString: variables of Dockerfiles look like that
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { splitDockerfile } from '../../../../server/src/engine/dockerfile/dockerfile.ts';
import { Instruction } from '../../../../server/src/engine/dockerfile/instruction.ts';
import { MappedText } from '../../../../server/src/engine/text/mapped-text.ts';

const read = (line: string, escapeToken = '\\'): Instruction =>
  Instruction.read(MappedText.of(line, 0, line.length), escapeToken);

function shown(line: string, escapeToken?: string): string {
  const { flags, from, json, properties, words } = read(line, escapeToken);
  return [
    ...flags.map(({ name, value }) => `--${name}[${value.text}]`),
    ...(json ?? words).map(({ text }) => `(${text})`),
    ...properties.map(({ name, value }) => `${name.text}=${value ? `[${value.text}]` : '?'}`),
    ...(from.stage ? [`as ${from.stage.text}`] : []),
  ].join(' ');
}

const cases: readonly (readonly [line: string, expected: string, escapeToken?: string])[] = [
  ['COPY --from=a --link b c', '--from[a] --link[] (b) (c)'],
  ['COPY --from="a b" c d', '--from[a b] (c) (d)'],
  ['COPY --"from=a b" c d', '--from[a b] (c) (d)'],
  ['COPY --from=a\\ b c', '--from[a b] (c)'],
  ['COPY --from=a` b c', '--from[a b] (c)', '`'],
  ["COPY --a='b=c' d", '--a[b=c] (d)'],
  ['COPY --a= b c', '--a[] (b) (c)'],
  ['COPY --=a b c', '--[a] (b) (c)'],
  ['COPY ---a b c', '---a[] (b) (c)'],
  ['COPY -- --a b', '(--a) (b)'],
  ['COPY --a -- --b c', '--a[] (--b) (c)'],
  ['COPY a--b --from=c d', '(a--b) (--from=c) (d)'],
  ['COPY --from=a --mount="b', '--from[a] --mount[b]'],
  ['COPY\t--from=a\vb\fc\rd', '--from[a] (b) (c) (d)'],
  ['COPY a\\ b "c d"', '(a\\) (b) ("c) (d")'],
  ['COPY C:\\a\\b c', '(C:\\a\\b) (c)'],
  ['COPY --link ["a b", "c\\n\\u0041\\"]"]', '--link[] (a b) (c\nA"])'],
  ['COPY ["a" "b"]', '(["a") ("b"])'],
  ['VOLUME ["a",\t"b"\r]', '(a) (b)'],
  ['VOLUME []', ''],
  ["CMD ['a']", ''],
  ['RUN --network=none a --b', '--network[none]'],
  ['HEALTHCHECK --interval=1s CMD a --b', '--interval[1s] (CMD) (a) (--b)'],
  ['EXPOSE --a 80', '(--a) (80)'],
  ['FROM --platform=$P "a b" AS c', '--platform[$P] ("a) (b") (AS) (c)'],
  ['FROM --platform=$P a aS C d', '--platform[$P] (a) (aS) (C) (d) as C'],
  ['FROM a--b AS c', '(a--b) (AS) (c) as c'],
  ['FROM localhost:5000/a:1@sha256:0', '(localhost:5000/a:1@sha256:0)'],
  ['ENV a=b "c d"=e f=\'g h\' i', '(a=b) ("c d"=e) (f=\'g h\') (i) a=[b] "c d"=[e] f=[\'g h\'] i=?'],
  ['ENV "a=b c" d=e', '("a=b c") (d=e) "a=[b c"] d=[e]'],
  ["ENV a='b\\' c=d", "(a='b\\') (c=d) a=['b\\'] c=[d]"],
  ['ENV a=${b:-"c d"} e=f', '(a=${b:-"c d"}) (e=f) a=[${b:-"c d"}] e=[f]'],
  ['ENV a b  c=d', '(a) (b) (c=d) a=[b  c=d]'],
  ['ENV a', '(a) a=[]'],
  ['ENV a "b', '(a) ("b) a=["b]'],
  ['ENV =a b=', '(=a) (b=) =[a] b=[]'],
  ['ENV', ''],
  ['ARG a=1 b="2 3" c', '(a=1) (b="2 3") (c) a=[1] b=["2 3"] c=?'],
  ['ARG a', '(a) a=?'],
  ['LABEL a="b c" d', '(a="b c") (d)'],
  ['{{ x }} --a "b c"', '(x) (}}) (--a) ("b) (c")'],
];

describe('the parts of an instruction', () => {
  for (const [line, expected, escapeToken] of cases) {
    test(JSON.stringify(line), () => assert.equal(shown(line, escapeToken), expected));
  }
});

test('an instruction in an instruction', () => {
  const { inner } = read('ONBUILD ONBUILD COPY --from=a b c').inner;
  assert.deepEqual([inner.keyword, inner.flags[0]?.value.text, inner.words.length], ['COPY', 'a', 2]);
  assert.deepEqual(inner.flags[0]?.written.span, { start: 21, end: 29 });
  assert.equal(read('HEALTHCHECK --retries=3 CMD a').inner.rest.text, 'a');
  assert.equal(read('ONBUILD').inner.keyword, '');
  // A line that begins so is a comment, but this one is within a line.
  assert.equal(read('ONBUILD #a b').inner.keyword, '#A');
});

test('all that was read is moved with the instruction', () => {
  const line = 'ENV a="b c" d';
  const moved = read(line).moved(100).moved(-40);
  assert.deepEqual(moved.text.span, { start: 60, end: 60 + line.length });
  assert.deepEqual(moved.properties[0]?.value?.span, { start: 66, end: 71 });
  assert.deepEqual(moved.words[1]?.span, { start: 72, end: 73 });
});

const bit = fc.constantFrom(
  ...[
    'FROM ',
    'ARG ',
    'ENV ',
    'COPY ',
    'RUN ',
    'CMD ',
    'ONBUILD ',
    'HEALTHCHECK ',
    'LABEL ',
    'VOLUME ',
    'x ',
  ],
  ...[
    'a',
    '=',
    ' ',
    '\t',
    '\v',
    '\r',
    '\n',
    '\\',
    '`',
    '"',
    "'",
    '--',
    '--a=',
    '[',
    ']',
    '["b"',
    ',',
    '${',
    '}',
  ],
  ...['$', '#', '<<E', '\\\n', 'AS', '\0', '\u00a0', '\ufeff', '\u2028', 'é', '# escape=`\n', '\ud800'],
);

test('any text: what is found stands there, in its order, and nothing is left out', () => {
  const texts = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 100 }),
    fc.array(bit, { maxLength: 40 }).map((bits) => bits.join('')),
  );
  const blanks = /[\t\v\f\r ]+/g;
  fc.assert(
    fc.property(texts, (text) => {
      for (const one of splitDockerfile(text).instructions) {
        const { flags, from, inner, json, keyword, properties, words } = one;
        for (const { written } of flags) assert.ok(written.text.startsWith('--'));
        for (const { name, value } of properties) {
          if (value && value.text !== '') assert.ok(name.span.end <= value.span.start);
        }
        if (json) assert.equal(one.arguments.text.startsWith('['), true);
        if (from.image) assert.deepEqual(from.image.span, words[0]?.span);
        assert.ok(inner.keyword === inner.keyword.toUpperCase());
        let at = 0;
        for (const { span, text: word } of words) {
          assert.ok(word !== '' && at <= span.start && span.end <= text.length, JSON.stringify(text));
          at = span.end;
        }
        if (/^(?:CMD|ENTRYPOINT|ONBUILD|RUN)$/.test(keyword)) continue;
        const all = words.map((word) => word.text).join('');
        assert.equal(all.replace(blanks, ''), one.arguments.text.replace(blanks, ''), JSON.stringify(text));
      }
    }),
    { numRuns: 2000 },
  );
});
