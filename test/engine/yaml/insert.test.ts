import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Edits } from '../../../server/src/engine/text/edit.ts';
import { readComments } from '../../../server/src/engine/yaml/comments.ts';
import { appendItems, listFromScalar, setIn } from '../../../server/src/engine/yaml/insert.ts';
import type { YamlValue } from '../../../server/src/engine/yaml/lookup.ts';
import { YamlPiece } from '../../../server/src/engine/yaml/parse.ts';
import { apply, refusalOf } from './read.ts';

/** The mapping under `web`, or the first item of a list there, or the root where there is no `web`. */
function target(text: string): YamlValue {
  const { root } = new YamlPiece(text);
  const web = root?.get('web');
  const value = web?.items()[0] ?? web ?? root;
  if (!value) throw new Error('nothing to change');
  return value;
}

function changed(text: string, change: (value: YamlValue) => Edits): string {
  const after = apply(text, change(target(text)));
  const comments = (one: string) => readComments(one).map((comment) => comment.text);
  assert.deepEqual(comments(after), comments(text), 'comments are kept');
  assert.deepEqual(new YamlPiece(after).problems, []);
  return after;
}

type Row = readonly [name: string, before: string, after: string];

const table = (rows: readonly Row[], change: (value: YamlValue) => Edits): void => {
  for (const [name, before, after] of rows) {
    test(name, () => {
      assert.equal(changed(before, change), after);
      const crlf = (text: string): string => text.replaceAll('\n', '\r\n');
      assert.equal(changed(crlf(before), change), crlf(after));
      const marked = (text: string): string => `\uFEFF${text}`;
      assert.equal(changed(marked(before), change), marked(after));
    });
  }
};

describe('a key is added', () => {
  table(
    [
      ['at the end of a mapping', 'web:\n  a: 1\n', 'web:\n  a: 1\n  new: true\n'],
      ['at the end of the file', 'web:\n  a: 1', 'web:\n  a: 1\n  new: true'],
      ['behind a comment on the line', 'web:\n  a: 1 # c\nx: y\n', 'web:\n  a: 1 # c\n  new: true\nx: y\n'],
      ['in front of blank lines', 'web:\n  a: 1\n\n\nx: y\n', 'web:\n  a: 1\n  new: true\n\n\nx: y\n'],
      ['in front of comments', 'web:\n  a: 1\n  # c\nx: y\n', 'web:\n  a: 1\n  new: true\n  # c\nx: y\n'],
      [
        'behind nested mappings',
        'web:\n  a:\n    b:\n    - c: 1\n',
        'web:\n  a:\n    b:\n    - c: 1\n  new: true\n',
      ],
      ['behind quotes over lines', 'web:\n  a: "1\n    2"\n', 'web:\n  a: "1\n    2"\n  new: true\n'],
      ['behind a null value', 'web:\n  a:\nx: y\n', 'web:\n  a:\n  new: true\nx: y\n'],
      ['behind an anchor of nothing', 'web:\n  a: &a\n# c\n', 'web:\n  a: &a\n  new: true\n# c\n'],
      ['behind an alias', 'x: &x 1\nweb:\n  a: *x\n', 'x: &x 1\nweb:\n  a: *x\n  new: true\n'],
      ['behind an empty item', 'web:\n  a:\n  - 1\n  -\n', 'web:\n  a:\n  - 1\n  -\n  new: true\n'],
      ['behind brackets over lines', 'web:\n  a: [\n    1\n  ]\n', 'web:\n  a: [\n    1\n  ]\n  new: true\n'],
      ['behind block text', 'web:\n  a: |\n    x\n\nb: 1\n', 'web:\n  a: |\n    x\n  new: true\n\nb: 1\n'],
      [
        'behind block text that keeps lines',
        'web:\n  a: |+\n    x\n\nb: 1\n',
        'web:\n  a: |+\n    x\n\n  new: true\nb: 1\n',
      ],
      ['behind stripped block text at the end', 'web:\n  a: >-\n    x', 'web:\n  a: >-\n    x\n  new: true'],
      [
        'before block text at the end',
        'web:\n  b: 1\n  a: |\n    x',
        'web:\n  b: 1\n  new: true\n  a: |\n    x',
      ],
      ['before a lone block text', 'web:\n  a: |\n    x', 'web:\n  new: true\n  a: |\n    x'],
      ['in front of a marker', '---\nweb:\n  a: 1\n...\n', '---\nweb:\n  a: 1\n  new: true\n...\n'],
      ['in a list', 'web:\n- a: 1\n  b: 2\n- c: 3\n', 'web:\n- a: 1\n  b: 2\n  new: true\n- c: 3\n'],
      ['in a list, far from the dash', 'web:\n-   a: 1\n', 'web:\n-   a: 1\n    new: true\n'],
      ['behind a merge key', 'x: &x {}\nweb:\n  <<: *x\n', 'x: &x {}\nweb:\n  <<: *x\n  new: true\n'],
      ['to an indented root', '  a: 1\n  b: 2\n', '  a: 1\n  b: 2\n  new: true\n'],
      ['to a mapping with a question mark', 'web:\n  ? a\n  : 1\n', 'web:\n  ? a\n  : 1\n  new: true\n'],
    ],
    (value) => setIn(value, ['new'], true),
  );

  test('in a list in a list', () => {
    const text = 'web:\n- - a: 1\n';
    const item = target(text).items()[0];
    assert.equal(item && apply(text, setIn(item, ['new'], true)), 'web:\n- - a: 1\n    new: true\n');
  });
});

describe('a key is added behind one that is named', () => {
  table(
    [
      ['where it is there', 'web:\n  image: a # c\n  b: 2\n', 'web:\n  image: a # c\n  new: true\n  b: 2\n'],
      ['behind the dash', 'web:\n- image: a\n  b: 2\n', 'web:\n- image: a\n  new: true\n  b: 2\n'],
      ['beside another short one', 'web:\n  a: 1\n  b:\n  - 2\n', 'web:\n  a: 1\n  new: true\n  b:\n  - 2\n'],
      [
        'in front of a long one',
        'web:\n  # c\n  # d\n  b:\n  - 2\n',
        'web:\n  new: true\n  # c\n  # d\n  b:\n  - 2\n',
      ],
      ['in front of a long one with a dash', 'web:\n- b:\n  - 2\n', 'web:\n- new: true\n  b:\n  - 2\n'],
      ['in brackets at the end', 'web: {image: a, b: 2}\n', 'web: {image: a, b: 2, new: true}\n'],
    ],
    (value) => setIn(value, ['new'], true, { after: ['none', 'image'] }),
  );
});

describe('a key is added in brackets', () => {
  table(
    [
      ['on one line', 'web: {a: 1}\n', 'web: {a: 1, new: true}\n'],
      ['with space', 'web: { a: 1 } # c\n', 'web: { a: 1, new: true } # c\n'],
      ['with a comma at the end', 'web: {a: 1,}\n', 'web: {a: 1, new: true,}\n'],
      ['that are empty', 'web: {}\n', 'web: { new: true }\n'],
      ['that hold a space', 'web: { }\n', 'web: { new: true }\n'],
      ['with a key alone', 'web: {a}\n', 'web: {a, new: true}\n'],
      ['over lines', 'web: {\n  a: 1\n  }\n', 'web: {\n  a: 1,\n  new: true\n  }\n'],
      [
        'over lines, comma at the end',
        'web: {\n  a: 1, # c\n  }\n',
        'web: {\n  a: 1, # c\n  new: true,\n  }\n',
      ],
      ['over lines with a comment', 'web: {\n  a: 1 # c\n  }\n', 'web: {\n  a: 1 # c\n  , new: true\n  }\n'],
      ['in JSON', '{"web": {"a": 1}}', '{"web": {"a": 1, "new": true}}'],
      ['in empty JSON', '{"web": {}}', '{"web": { "new": true }}'],
      [
        'in JSON with tabs',
        '{\n\t"web": {\n\t\t"a": 1\n\t}\n}\n',
        '{\n\t"web": {\n\t\t"a": 1,\n\t\t"new": true\n\t}\n}\n',
      ],
      ['with quoted keys', 'web: {"a": 1}\n', 'web: {"a": 1, "new": true}\n'],
    ],
    (value) => setIn(value, ['new'], true),
  );
});

describe('keys are added under keys', () => {
  table(
    [
      ['that are missing', 'web:\n  a: 1\n', 'web:\n  a: 1\n  one:\n    two: true\n'],
      [
        'that are there',
        'web:\n  one:\n    b: 2\n  a: 1\n',
        'web:\n  one:\n    b: 2\n    two: true\n  a: 1\n',
      ],
      ['with nothing in them', 'web:\n  one: # c\n  a: 1\n', 'web:\n  one: # c\n    two: true\n  a: 1\n'],
      ['with nothing in them at the end', 'web:\n  one:', 'web:\n  one:\n    two: true'],
      ['that are null', 'web:\n  one: ~ # c\n', 'web:\n  one: { two: true } # c\n'],
      ['with empty brackets', 'web:\n  one: {}\n', 'web:\n  one: { two: true }\n'],
      ['in brackets', 'web: {one: {b: 2}}\n', 'web: {one: {b: 2, two: true}}\n'],
      ['in brackets, with nothing in them', 'web: {one: , a: 1}\n', 'web: {one: { two: true }, a: 1}\n'],
      [
        'with the indentation of the file',
        'x:\n    y: 1\nweb:\n    a: 1\n',
        'x:\n    y: 1\nweb:\n    a: 1\n    one:\n        two: true\n',
      ],
      [
        'in JSON',
        '{\n  "web": {\n    "a": 1\n  }\n}',
        '{\n  "web": {\n    "a": 1,\n    "one": {\n      "two": true\n    }\n  }\n}',
      ],
      ['that have another value', 'web:\n  one:\n    two: false # c\n', 'web:\n  one:\n    two: true # c\n'],
      ['that have it in quotes', 'web:\n  one: {two: "false"}\n', 'web:\n  one: {two: true}\n'],
      ['that have an alias', 'x: &x no\nweb: {one: {two: *x }}\n', 'x: &x no\nweb: {one: {two: true }}\n'],
      ['that have nothing', 'web: {one: {two: }}\n', 'web: {one: {two: true }}\n'],
    ],
    (value) => setIn(value, ['one', 'two'], true),
  );
});

describe('a list is added', () => {
  const items = [{ name: 'tmp', size: '64Mi' }, '/a b'];
  table(
    [
      [
        'with dashes below the key',
        'x:\n- 1\nweb:\n  a: 1\n',
        'x:\n- 1\nweb:\n  a: 1\n  list:\n  - name: tmp\n    size: 64Mi\n  - /a b\n',
      ],
      [
        'with dashes further in',
        'x:\n  - 1\nweb:\n  a: 1\n',
        'x:\n  - 1\nweb:\n  a: 1\n  list:\n    - name: tmp\n      size: 64Mi\n    - /a b\n',
      ],
      ['in brackets', 'web: {a: 1}\n', 'web: {a: 1, list: [{ name: tmp, size: 64Mi }, /a b]}\n'],
      [
        'in JSON',
        '{"web": {"a": 1}}',
        '{"web": {"a": 1, "list": [{ "name": "tmp", "size": "64Mi" }, "/a b"]}}',
      ],
      [
        'under a key with nothing in it',
        'web:\n  list:\n',
        'web:\n  list:\n    - name: tmp\n      size: 64Mi\n    - /a b\n',
      ],
    ],
    (value) => setIn(value, ['list'], items),
  );
});

describe('items are added', () => {
  table(
    [
      [
        'at the end',
        'web:\n  list:\n  - 1 # c\n  x: y\n',
        'web:\n  list:\n  - 1 # c\n  - a\n  - b: true\n  x: y\n',
      ],
      [
        'with the dashes of the list',
        'web:\n  list:\n      - 1\n',
        'web:\n  list:\n      - 1\n      - a\n      - b: true\n',
      ],
      [
        'behind mappings',
        'web:\n  list:\n  - c:\n      d: 1',
        'web:\n  list:\n  - c:\n      d: 1\n  - a\n  - b: true',
      ],
      [
        'behind block text',
        'web:\n  list:\n  - |\n    x\n',
        'web:\n  list:\n  - |\n    x\n  - a\n  - b: true\n',
      ],
      ['in brackets', 'web: {list: [1]}\n', 'web: {list: [1, a, { b: true }]}\n'],
      ['in empty brackets', 'web:\n  list: []\n', 'web:\n  list: [a, { b: true }]\n'],
      [
        'in JSON',
        '{"web": {"list": [\n  1\n]}}',
        '{"web": {"list": [\n  1,\n  "a",\n  {\n    "b": true\n  }\n]}}',
      ],
    ],
    (value) => {
      const list = value.get('list');
      return list ? appendItems(list, ['a', { b: true }]) : [];
    },
  );
});

describe('a text becomes a list', () => {
  table(
    [
      [
        'in a block',
        'web:\n  list: /run # c\n  a: 1\n',
        'web:\n  list:\n    - /run # c\n    - /tmp\n  a: 1\n',
      ],
      ['at the end', 'web:\n  list: "/run"', 'web:\n  list:\n    - "/run"\n    - /tmp'],
      ['in brackets', 'web: {list: /run}\n', 'web: {list: [/run, /tmp]}\n'],
      ['in JSON', '{"web": {"list": "/run"}}', '{"web": {"list": ["/run", "/tmp"]}}'],
    ],
    (value) => listFromScalar(value, 'list', ['/tmp']),
  );
});

describe('what cannot be changed alone is refused', () => {
  const rows: readonly (readonly [name: string, text: string, reason: RegExp])[] = [
    ['a mapping by alias', 'x: &x {a: 1}\nweb: *x\n', /shared through an alias/],
    ['a mapping under an alias', 'x: &x {a: 1}\nweb: {one: *x}\n', /shared through an alias/],
    ['a mapping that is merged in', 'x: &x {one: {a: 1}}\nweb: {<<: *x}\n', /shared through an alias/],
    ['text with an error', 'web:\n  a: "1\n', /has an error/],
    ['tabs after a dash', 'web:\n-\ta: 1\n', /has an error|no safe place/],
    ['a text where a mapping should be', 'web: {one: text}\n', /`one` is no mapping/],
    ['another value', 'web: {one: {two: [1]}}\n', /Something else is written/],
    ['a tag without a value', 'web:\n  one: !x\n', /`one` is no mapping/],
    ['no mapping', 'web: text\n', /no mapping/],
  ];
  for (const [name, text, reason] of rows) {
    test(name, () => assert.match(refusalOf(setIn(target(text), ['one', 'two'], true)), reason));
  }
});
