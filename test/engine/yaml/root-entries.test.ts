import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { mayHold, mayMatch } from '../../../server/src/engine/yaml/hidden-words.ts';
import { rootEntries } from '../../../server/src/engine/yaml/root-entries.ts';

const entriesOf = (text: string): unknown => {
  const entries = rootEntries(text);
  return entries && Object.fromEntries(entries);
};

describe('the root of a document is told without parsing', () => {
  const told: Readonly<Record<string, readonly [text: string, entries: object]>> = {
    'simple entries': ['a: b\nc: "d"\ne: \'f\' # g\n', { a: 'b', c: 'd', e: 'f' }],
    'what is no word': [
      'a: b c\nd: [e]\nf: |\n  a: b\n\n  c\ng:\n  a: b\n',
      { a: null, d: null, f: null, g: null },
    ],
    'behind a marker and comments': ['# x\n--- # y\n\n  # z\na: b\n...\n', { a: 'b' }],
    'with CRLF and a mark': ['\uFEFFa: b\r\nc:\r\n  a: d\r\n', { a: 'b', c: null }],
    'a word that goes on': ['a: b\n  c\nd: e\n', { a: null, d: 'e' }],
    'a list': ['- a: b\n', {}],
    nothing: ['# a\n', {}],
  };
  for (const [name, [text, entries]] of Object.entries(told)) {
    test(name, () => assert.deepEqual(entriesOf(text), entries));
  }
});

describe('only parsing tells the root', () => {
  const others: Readonly<Record<string, string>> = {
    'of brackets': '{a: b}\n',
    'that is indented': ' a: b\n',
    'with a key twice': 'a: b\na: c\n',
    'with a key in quotes': 'a: b\n"c": d\n',
    'with a merge key': 'a: b\n<<: {c: d}\n',
    'with an alias for a key': 'a: &x b\n*x : c\n',
    'with a key after a question mark': 'a: b\n? c\n: d\n',
    'with a tag': '--- !!map\na: b\n',
    'behind a directive': '%YAML 1.2\n---\na: b\n',
    'with text of a value without indentation': 'a: "\nb: c"\nd: "e\n"\n',
    'with odd line breaks': 'a: b\u2028c: d\n',
    'with a lone carriage return': 'a: b\rc: d\n',
    'with a mark in it': 'a: b\n\uFEFFc: d\n',
    'with a list in the middle': 'a:\n- b\nc: d\n',
  };
  for (const [name, text] of Object.entries(others)) {
    test(name, () => assert.equal(rootEntries(text), null));
  }
});

describe('a word may be written in a text', () => {
  for (const text of [
    'kind: a',
    '"k\\x69nd": a',
    '"\\u006bind": a',
    '"\\U0000006bind": a',
    '"ki\\\n  nd": a',
    '"ki\\\r\n\tnd": a',
    '"\\\\\\x6bind": a',
    '!!binary a2luZA==: a',
    '!<tag:yaml.org,2002:%62inary> a2luZA==: a',
    '%TAG !b! tag:yaml.org,2002:\n---\n!b!binary a2luZA==: a',
  ]) {
    test(JSON.stringify(text), () => {
      assert.ok(mayHold(text, 'kind'));
      assert.ok(mayMatch(text, /^kind|kind/));
    });
  }
  for (const text of ['a: b', '"k\\ind"', 'k\\\\ind', 'k!nd', '"\\u003cb\\u003e"', 'ki \\\n nd: 1%TAG']) {
    test(`not in ${JSON.stringify(text)}`, () => assert.ok(!mayHold(text, 'kind')));
  }
});
