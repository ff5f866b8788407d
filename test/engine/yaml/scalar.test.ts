import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { parse } from 'yaml';
import { YamlPiece } from '../../../server/src/engine/yaml/parse.ts';
import { isPlainText, renderText } from '../../../server/src/engine/yaml/scalar.ts';
import { siteOf } from '../../../server/src/engine/yaml/site.ts';
import { apply, digest, meaning, refusalOf } from './read.ts';

function siteIn(text: string) {
  const value = new YamlPiece(text).root?.get('image');
  const site = value && siteOf(value);
  if (!site) throw new Error(`no text in ${text}`);
  return site;
}

describe('a scalar is its text', () => {
  /** `‹›` stands around what is underlined, and the last column says whether that is the text as it is meant. */
  const table: readonly (readonly [written: string, text: string, verbatim: boolean])[] = [
    ['image: ‹nginx:1.27›\n', 'nginx:1.27', true],
    ['image: ‹1.10›\n', '1.10', true],
    ['image: ‹1e3›\n', '1e3', true],
    ['image: ‹0x10›\n', '0x10', true],
    ['image: ‹yes›\n', 'yes', true],
    ['image: ‹2024-01-02›\n', '2024-01-02', true],
    ['image: "‹a:1›" # c\n', 'a:1', true],
    ["image: '‹a:1›'\n", 'a:1', true],
    ['{image: ‹a:1›, b: c}\n', 'a:1', true],
    ['image: ‹""›\n', '', true],
    ['image: "‹a\\u003a1›"\n', 'a:1', false],
    ["image: '‹it''s›'\n", "it's", false],
    ['image: ‹a\n  b›\n', 'a b', false],
    ['image: "‹a\n  b›"\n', 'a b', false],
    ['image: >-\n  ‹a:1›\n', 'a:1', true],
    ['image: |-\r\n    ‹a:1›\r\n', 'a:1', true],
    ['image: >-\n\n  ‹a:1›\n\n\nb: 2\n', '\na:1', false],
    ['image: |\n  ‹a:1›\n', 'a:1\n', false],
    ['image: >\n  ‹a\n  b›\n', 'a b\n', false],
    ['image: &x ‹a:1›\n', 'a:1', true],
    ['image: !!str ‹a:1›\n', 'a:1', true],
    ['image:\n  ‹a:1›\n', 'a:1', true],
    ['image: ‹"a:1\n›', 'a:1', false],
  ];
  for (const [marked, text, verbatim] of table) {
    test(JSON.stringify(marked), () => {
      const written = marked.replace(/[‹›]/g, '');
      const site = siteIn(written);
      assert.equal(site.value, text);
      assert.deepEqual(site.span, { start: marked.indexOf('‹'), end: marked.indexOf('›') - 1 });
      assert.equal(site.verbatim !== null, verbatim);
      if (site.verbatim) assert.equal(written.slice(site.verbatim.start, site.verbatim.end), text);
    });
  }
});

describe('a scalar is replaced', () => {
  const same: readonly (readonly [before: string, after: string])[] = [
    ['image: a:1 # why\n', 'image: a:1@ # why\n'],
    ['image: "a:1"\n', 'image: "a:1@"\n'],
    ["image: 'a:1'\r\nb: c\r\n", "image: 'a:1@'\r\nb: c\r\n"],
    ['{image: a:1, b: c}', '{image: a:1@, b: c}'],
    ['{"image":"a:1"}', '{"image":"a:1@"}'],
    ['image: >-\n  a:1\nb: c\n', 'image: >-\n  a:1@\nb: c\n'],
    ['image:   &x   a:1   # c', 'image:   &x   a:1@   # c'],
  ];
  for (const [before, after] of same) {
    test(JSON.stringify(before), () => {
      assert.equal(apply(before, siteIn(before).replace(`a:1@${digest}`)), after.replace('@', `@${digest}`));
    });
  }

  test('with quotes only where the new text needs them', () => {
    const replaced = (text: string, wanted: string): string => apply(text, siteIn(text).replace(wanted));
    assert.equal(replaced('image: a\n', 'x,y'), 'image: x,y\n');
    assert.equal(replaced('{image: a}\n', 'x,y'), '{image: "x,y"}\n');
    assert.equal(replaced('image: a\n', 'a: b'), 'image: "a: b"\n');
    assert.equal(replaced('image: a\n', 'a #b'), 'image: "a #b"\n');
    assert.equal(replaced('image: a\n', '1.10'), 'image: "1.10"\n');
    assert.equal(replaced('image: a\n', ''), 'image: ""\n');
    assert.equal(replaced("image: 'a'\n", "it's"), "image: 'it''s'\n");
    assert.equal(replaced('image: "a"\n', 'say "x"\\'), 'image: "say \\"x\\"\\\\"\n');
  });

  test('by the same text without an edit to speak of', () => {
    assert.equal(apply('image: 1.10\n', siteIn('image: 1.10\n').replace('1.10')), 'image: "1.10"\n');
    assert.equal(apply('image: a:1\n', siteIn('image: a:1\n').replace('a:1')), 'image: a:1\n');
  });

  test('not at all where more than the value would change', () => {
    const reason = (text: string): string => refusalOf(siteIn(text).replace('x'));
    assert.match(reason('image: a\n  b\n'), /several lines/);
    assert.match(reason('image: "a\\u003a1"\n'), /escapes/);
    assert.match(reason('image: |\n  a:1\n'), /ends with a line break/);
    assert.match(reason('image: "a'), /quotes are not closed/);
    assert.match(refusalOf(siteIn('image: a\n').replace('a\nb')), /control characters/);
  });

  test('and read back as meant, whatever the new text', () => {
    const style = fc.constantFrom('image: a', 'image: "a"', "image: 'a'", '{image: a}', 'x: [{image: a}]');
    const text = fc.oneof(
      fc.string(),
      fc.string({ unit: fc.constantFrom(...'-:#,[]{}\'"&*!|>%@`? .~y1n0'.split('')) }),
    );
    fc.assert(
      fc.property(style, text, (before, wanted) => {
        const root = new YamlPiece(before).root;
        const value = root?.get('image') ?? root?.get('x')?.items()[0]?.get('image');
        const edits = value && siteOf(value)?.replace(wanted);
        if (!edits || 'refused' in edits) return;
        const whole = JSON.stringify(meaning(apply(before, edits)));
        assert.ok(whole.includes(`"image":${JSON.stringify(wanted)}`), whole);
        assert.equal(parse(`a: [${renderText(wanted)}]`).a[0], wanted);
      }),
      { numRuns: 500 },
    );
  });

  test('plain where every reader takes it for a text', () => {
    for (const text of ['nginx:1.27', 'a@sha256:0', 'x y', '/tmp', 'a#b', '-x', 'http://a', '1.2.3-alpine']) {
      assert.equal(isPlainText(text, true), true, text);
    }
    for (const text of [
      '',
      ' a',
      'a ',
      'a:',
      '- a',
      '? a',
      '#a',
      '&a',
      '*a',
      '!a',
      '%a',
      '@a',
      '`a',
      'null',
      '~',
      'No',
      'on',
    ]) {
      assert.equal(isPlainText(text, false), false, text);
    }
    for (const text of [
      '1',
      '-1.5',
      '1_000',
      '0x1f',
      '0o7',
      '1e3',
      '.inf',
      '12:30:45',
      '2024-01-02',
      '[a',
      '{a',
      '<<',
      '---',
    ]) {
      assert.equal(isPlainText(text, false), false, text);
    }
    assert.equal(isPlainText('a,b', false), true);
    assert.equal(isPlainText('a,b', true), false);
  });
});
