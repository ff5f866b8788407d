// biome-ignore-all lint/suspicious/noTemplateCurlyInString: variables of shells look like that
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { MappedText } from '../../../server/src/engine/text/mapped-text.ts';
import { documentOf, scriptOf, shownAll } from './read.ts';

/** Reads a script, and checks what holds for every text. */
function check(text: string): void {
  const end = documentOf(text).length;
  for (const command of scriptOf(text).commands()) {
    const words = [
      ...command.words,
      ...command.redirects.map(({ target }) => target),
      ...command.assignments.map(({ value }) => value),
    ];
    for (const at of [command.span, command.nameSpan, ...words.map(({ span }) => span)]) {
      assert.ok(4 <= at.start && at.start <= at.end && at.end <= end, `${at.start}-${at.end} of ${end}`);
    }
  }
}

test('any text', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 100 }), (text) => check(text)),
    { numRuns: 500 },
  );
});

test('any mixture of what scripts are made of', () => {
  const bit = fc.constantFrom(
    ...[
      'a',
      'b ',
      ' ',
      '\n',
      '\\\n',
      '\\',
      '"',
      "'",
      '`',
      '\\`',
      '$',
      '$(',
      ')',
      '(',
      '{ ',
      '; }',
      '}',
      '${',
      ':-',
    ],
    ...[
      '|',
      '&&',
      ';',
      '&',
      '>',
      '<',
      '<<',
      '<<-',
      'E\n',
      '\nE\n',
      '<<<',
      '2>',
      'A=',
      '=(',
      '[',
      '[[ ',
      ' ]]',
      '$((',
    ],
    ...['if ', 'then ', 'fi', 'case x in ', ';;', 'esac', 'for x in ', 'do ', 'done', 'f() ', 'function '],
    ...[
      'sudo ',
      'env ',
      'sh -c ',
      'bash ',
      'xargs ',
      'timeout 1 ',
      'eval ',
      '-c ',
      '--',
      "$'",
      '#',
      '*',
      '~',
      '!',
    ],
  );
  fc.assert(
    fc.property(fc.array(bit, { maxLength: 40 }), (bits) => check(bits.join(''))),
    { numRuns: 2000 },
  );
});

test('text cut off behind a backslash', () => {
  for (const text of ['$((`\\', '`\\', '"\\', 'a \\']) check(text);
});

test('hostile nesting is read in a moment', () => {
  const many = 20_000;
  const quoted = (depth: number): string =>
    depth === 0 ? 'a' : `sh -c ${JSON.stringify(quoted(depth - 1))}`;
  const texts = [
    '('.repeat(many),
    `${'('.repeat(many)}a${')'.repeat(many)}`,
    '$('.repeat(many),
    `a ${'$('.repeat(many)}b${')'.repeat(many)}`,
    `a ${'"$('.repeat(many)}b${')"'.repeat(many)}`,
    `a ${'${x:-'.repeat(many)}`,
    '`'.repeat(many),
    '\\`'.repeat(many),
    'if '.repeat(many),
    '{ '.repeat(many),
    `${'{ '.repeat(200)}a${'; } > b'.repeat(200)}`,
    'a|'.repeat(many),
    'a $(b);'.repeat(many / 2),
    'sudo '.repeat(many / 2),
    'sh -c '.repeat(many / 2),
    'eval '.repeat(many / 2),
    'cat <<E\n'.repeat(many / 2),
    '<<'.repeat(many),
    'A=1 '.repeat(many),
    `a ${'{b,'.repeat(many)}`,
    `a ${'['.repeat(many)}`,
    '((1+'.repeat(many),
    quoted(12),
  ];
  for (const text of texts) check(text.slice(0, 100_000));
});

test('a pipe tells no more than what is near', () => {
  const commands = scriptOf('a | '.repeat(1000).slice(0, -3)).commands();
  assert.equal(commands.length, 1000);
  assert.ok(commands.every(({ pipedFrom }) => pipedFrom.length <= 32));
});

test('scripts in scripts are read down to some depth', () => {
  assert.deepEqual(shownAll(`sh -c "sh -c 'sh -c a'"`), ['a']);
});

test('text at places: each part is found where its characters stand', () => {
  const document = fc.string({ minLength: 1, maxLength: 30 });
  fc.assert(
    fc.property(
      document,
      fc.array(fc.boolean(), { minLength: 30, maxLength: 30 }),
      fc.nat(30),
      fc.nat(30),
      (source, kept, a, b) => {
        const places = [...source.split('').keys()].filter((at) => kept[at]);
        const text = places.map((at) => source.charAt(at)).join('');
        const mapped = MappedText.at(text, places);
        const [start, end] = [Math.min(a, b, text.length), Math.min(Math.max(a, b), text.length)];
        const part = mapped.slice(start, end);
        assert.equal(part.text, text.slice(start, end));
        for (let at = 0; at < part.text.length; at++) assert.equal(part.offset(at), places[start + at]);
        if (end > start) {
          assert.deepEqual(mapped.spanOf(start, end), part.span);
          assert.equal(part.span.end, (places[end - 1] ?? 0) + 1);
        }
      },
    ),
  );
});

test('text within a place is found at all of it, beside other text too', () => {
  const whole = MappedText.within('abc', { start: 10, end: 14 });
  const joined = MappedText.join([MappedText.of('xy', 0, 2), whole, MappedText.at('z', [20])]);
  assert.deepEqual(joined.spanOf(3, 4), { start: 10, end: 14 });
  assert.deepEqual(joined.slice(3).span, { start: 10, end: 21 });
  assert.deepEqual(joined.slice(1, 3).span, { start: 1, end: 14 });
  assert.ok(!whole.isVerbatim && !MappedText.within('abcd', { start: 10, end: 14 }).isVerbatim);
});
