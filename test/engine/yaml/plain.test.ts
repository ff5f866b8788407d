import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { Composer, isCollection, isNode, isPair, isScalar, Parser } from 'yaml';
import { contentEnd, separatorEnd } from '../../../server/src/engine/yaml/extent.ts';
import { readPlain } from '../../../server/src/engine/yaml/plain.ts';
import { splitDocuments } from '../../../server/src/engine/yaml/split.ts';
import { composeSample, kubernetesSample } from './samples.ts';
import { type Data, writeYaml } from './style.ts';

/** All that is asked of a node, so that two trees can be compared. */
function outline(text: string, node: unknown): unknown {
  if (isPair(node)) return [outline(text, node.key), separatorEnd(node), outline(text, node.value)];
  if (!isNode(node)) return node;
  const { range } = node;
  if (isScalar(node)) {
    // Where nothing is written, only the colon before it has a place.
    const place = node.srcToken ? [range?.[0], range?.[1]] : [];
    return [node.type, node.source, node.tag, node.anchor, ...place];
  }
  if (!isCollection(node)) return [node.constructor.name, range?.[0]];
  const { srcToken } = node;
  const indent = srcToken?.type === 'block-map' || srcToken?.type === 'block-seq' ? srcToken.indent : null;
  const items = node.items.map((item) => outline(text, item));
  return [node.constructor.name, range?.[0], contentEnd(text, node), srcToken?.type, indent, items];
}

function fromParser(text: string) {
  const options = {
    keepSourceTokens: true,
    uniqueKeys: false,
    schema: 'failsafe',
    prettyErrors: false,
  } as const;
  return [...new Composer(options).compose(new Parser().parse(text), true, text.length)];
}

/** Whether the text was read; if so, then as the parser reads it, which has nothing to complain about. */
function agrees(text: string): boolean {
  const plain = readPlain(text);
  if (!plain) return false;
  const [document, ...more] = fromParser(text);
  assert.deepEqual(more, []);
  assert.deepEqual(document?.errors, []);
  assert.deepEqual(outline(text, plain), outline(text, document?.contents));
  return true;
}

describe('plain YAML is read as the parser reads it', () => {
  const readable: Readonly<Record<string, string>> = {
    mappings: 'a: 1\nb:\n  c: x y # z\n  d:\n      e: f\ng:\n',
    'lists of all kinds': 'a:\n- 1\n- b: 2\n  c:\n    - 3\n-   d: 4\n- - 5\n  - 6\n-\n  e: 7\nf:\n  - 8\n',
    'comments and blank lines': '# a\n\n---\n# b\na: # c\n  # d\n\n  b: 1 # e\n# f\n  c: 2\n\n# g\n',
    quotes: 'a: "x: y" # c\n"b": \'it\'\'s\'\n\'c\' : "\\u0041\\n"\nd: ""\n',
    brackets: 'a: [1, "b", {c: d, "e":[f]}]\ng: {}\nh: [ ]\ni: {\n  j: k,\n  }\n',
    'block text': 'a: |\n  x\n\n    y\n  # no\nb: >-\n  x\n  y\n\n  z\n# c\nc:\n- |-\n  z\n',
    'block text with lines of spaces': 'a: |\n  x\n  \n   \n  y\n  \nb: 1\n',
    'text over lines': 'a: x\n  y\n  - z\nb:\n- c\n  d\n',
    'signs in texts': 'a: -x\nb: ?y\nc: :z\nd: http://e\nf: g#h\ni: j:k\nl: <m>\n-n: o\n',
    CRLF: 'a: 1\r\nb:\r\n  - c: |\r\n      x\r\n\r\n      y\r\n    d: [1,\r\n      2]\r\n',
    'no line break at the end': 'a:\n- b: |\n    c',
    JSON: '{"a": [1, {"b": null}], "c":"d"}\n',
    'JSON over lines': '{\n\t"a": [\n\t\t1,\n\t\t{\n\t\t\t"b": "c"\n\t\t}\n\t]\n}\n',
  };
  for (const [name, text] of Object.entries(readable)) test(name, () => assert.ok(agrees(text)));

  const left: Readonly<Record<string, string>> = {
    nothing: '# a\n',
    'a text alone': 'a\n',
    'anchors and aliases': 'a: &b 1\n',
    'an alias': 'a: *b\n',
    'merge keys': 'a: 1\n<<: {b: 1}\n',
    tags: 'a: !!str 1\n',
    directives: '%YAML 1.2\n---\na: 1\n',
    'a byte order mark': '\uFEFFa: 1\n',
    'a lone CR': 'a: 1\rb: 2\n',
    'tabs as indentation': 'a:\n\tb: 1\n',
    'several documents': 'a: 1\n---\nb: 2\n',
    'an end marker': 'a: 1\n...\n',
    'quotes over lines': 'a: "b\n  c"\n',
    'an empty item': 'a:\n-\n- b\n',
    'comments in brackets': 'a: [1, # c\n  2]\n',
    'brackets that are indented too little': 'a: [\n1]\n',
    'a pair in a list in brackets': 'a: [b: c]\n',
    'question marks': '? a\n: b\n',
    'a value on the next line': 'a:\n  b\n',
    'text that keeps its lines': 'a: |+\n  b\n\n',
    'brackets nested beyond reason': `a: ${'['.repeat(200)}${']'.repeat(200)}\n`,
    'a key that is too long': `${'a'.repeat(1100)}: b\n`,
    'an indentation that fits nothing': 'a:\n    b: 1\n  c: 2\n',
    'a deeper line behind a value': 'a: "1"\n  b: 2\n',
    'a quote that is not closed': 'a: "b\n',
    'two colons': 'a: b: c\n',
    'text behind quotes': 'a: "b" c\n',
    'a list beside keys': 'a: 1\n- b\n',
    'a key beside a list': '- b\na: 1\n',
    'an unknown escape': 'a: "\\q"\n',
  };
  for (const [name, text] of Object.entries(left)) {
    test(`left to the parser: ${name}`, () => assert.equal(readPlain(text), null));
  }

  test('in any style', () => {
    let read = 0;
    const word = fc.constantFrom(
      'a',
      'b: c',
      '# d',
      'x y',
      '1.5',
      '',
      "it's",
      '- e',
      'f,g',
      '{h}',
      'i:',
      'j #k',
    );
    const { value } = fc.letrec<{ value: Data }>((tie) => ({
      value: fc.oneof(
        { maxDepth: 4, withCrossShrink: true },
        word,
        fc.array(tie('value'), { maxLength: 3 }),
        fc.dictionary(fc.constantFrom('a', 'b', 'c-d', 'e.f'), tie('value'), { maxKeys: 3 }),
      ),
    }));
    fc.assert(
      fc.property(
        fc.dictionary(fc.constantFrom('k', 'l', 'm'), value, { minKeys: 1 }),
        fc.integer(),
        (map, seed) => {
          if (agrees(writeYaml(map, seed).text)) read++;
        },
      ),
      { numRuns: 500 },
    );
    assert.ok(read > 100);
  });

  test('with anything cut out or put in', () => {
    const samples = [composeSample, kubernetesSample, ...Object.values(readable)];
    const pieces = samples.flatMap((text) =>
      splitDocuments(text).map(({ end, start }) => text.slice(start, end)),
    );
    const extra = fc.constantFrom(
      '',
      ' ',
      '  ',
      '\n',
      '\t',
      ': ',
      '- ',
      '#',
      ' #',
      '"',
      "'",
      '[',
      '}',
      ',',
      '|',
      '\n  ',
      'x',
    );
    const place = fc.nat(600);
    fc.assert(
      fc.property(fc.constantFrom(...pieces), place, fc.nat(12), extra, (text, at, length, inserted) => {
        agrees(text.slice(0, at) + inserted + text.slice(at + length));
      }),
      { numRuns: 3000 },
    );
  });
});
