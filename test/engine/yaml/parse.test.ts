import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { YamlPiece } from '../../../server/src/engine/yaml/parse.ts';

const imageOf = (text: string): string | null | undefined =>
  new YamlPiece(text).root?.textAt('spec', 'image');

describe('a piece is read', () => {
  const readable: Readonly<Record<string, string>> = {
    plainly: 'spec:\n  image: a:1\n',
    'with a marker': '---\nspec:\n  image: a:1\n',
    'with a directive': '%YAML 1.1\n---\nspec: {image: "a:1"}\n...\n',
    'with CRLF': 'spec:\r\n  image: a:1\r\n',
    'with lone CR': 'spec:\r  image: a:1\r',
    'with a byte order mark': '\uFEFFspec:\n  image: a:1\n',
    'with a byte order mark and indentation': '\uFEFF  spec:\n    image: a:1\n  more: x\n',
    'as JSON': '{"spec": {"image": "a:1"}}',
    'as JSON with tabs': '{\n\t"spec": {\n\t\t"image": "a:1"\n\t}\n}\n',
    'with keys given twice': 'spec: {image: b}\nspec: {image: c, image: a:1}\n',
    'with an unknown tag': 'spec: !mine {image: !x a:1}\n',
  };
  for (const [name, text] of Object.entries(readable)) {
    test(name, () => {
      const piece = new YamlPiece(text);
      assert.deepEqual(piece.problems, []);
      assert.equal(imageOf(text), 'a:1');
    });
  }

  test('as nothing where there is nothing', () => {
    for (const text of ['', '\n', '# only a comment\n', '---\n', '\uFEFF']) {
      const piece = new YamlPiece(text);
      assert.deepEqual(piece.problems, []);
      assert.equal(piece.root?.text ?? null, null);
    }
  });
});

describe('broken text gives what can be told, and says in plain words what is wrong', () => {
  const broken: readonly (readonly [text: string, place: string, message: RegExp])[] = [
    ['spec: {image: a:1', '', /bracket or brace is not closed/],
    ['spec: {image: "a:1"\nkind: x\n', '', /not closed|comma is missing|indentation/],
    ['spec:\n  image: a:1\nname: b\n kind: x\n', 'b', /second `key: value` begins in the middle of a value/],
    ['spec:\n  image: a:1\nname: "x\n', '', /quoted text is not closed/],
    ['spec:\n  image: a:1\nname: [x\nother: y\n', '', /bracket or brace is not closed|indentation/],
    ['spec:\n  image: a:1\n\tname: x\n', '\t', /tab/],
    ['spec:\n  image: a:1\nname: @x\n', '@', /must be quoted/],
    ['spec:\n  image: a:1\nname: "\\q"\n', '', /backslash/],
    ['spec:\n  image: a:1\nname\n', '', /key is not followed by a colon/],
    ['spec:\n  image: a:1\nname: *gone\n', '*gone', /alias \*gone has no anchor &gone/],
  ];
  for (const [text, place, message] of broken) {
    test(JSON.stringify(text), () => {
      const [problem] = new YamlPiece(text).problems;
      assert.ok(problem);
      assert.match(problem.message, message);
      assert.ok(text.slice(problem.span.start, problem.span.end).startsWith(place));
      assert.match(imageOf(text) ?? '', /^a:1/);
    });
  }

  test('a second document without a marker', () => {
    const [problem] = new YamlPiece('spec: {image: a}\n...\nspec: {image: b}\n').problems;
    assert.match(problem?.message ?? '', /second document/);
  });

  test('text that is nested beyond reason', () => {
    const { problems } = new YamlPiece(`spec: ${'['.repeat(100_000)}`);
    assert.ok(problems.some(({ message }) => /nested too deeply/.test(message)));
  });
});
