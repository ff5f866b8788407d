import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { splitDocuments } from '../../../server/src/engine/yaml/split.ts';

const split = (text: string): readonly string[] =>
  splitDocuments(text).map(({ end, start }) => text.slice(start, end));

describe('a YAML stream is cut', () => {
  const table: readonly (readonly [name: string, pieces: readonly string[]])[] = [
    ['not at all', ['a: 1\n']],
    ['before each marker', ['a: 1\n', '---\nb: 2\n', '--- # c\nc: 3']],
    ['behind an end marker', ['a: 1\n...\n', 'b: 2\n']],
    ['once between an end and a start', ['a: 1\n...\n', '---\nb: 2\n']],
    ['with CRLF', ['a: 1\r\n', '---\r\nb: 2\r\n']],
    ['in block text too', ['a: |\n  x\n', '---\n  y\n']],
    ['not within a line', ['a: ---\nb: x---\n---c: 1\n ---\n']],
    ['behind comments and directives', ['# licence\n%YAML 1.2\n---\na: 1\n# more\n', '---\nb: 2']],
    ['with empty documents', ['---\n', '---\n', '---\na: 1\n']],
    ['with blank lines at the end', ['a: 1\n', '---\nb: 2\n...\n\n\n']],
  ];
  for (const [name, pieces] of table) {
    test(name, () => assert.deepEqual(split(pieces.join('')), pieces));
  }

  test('into pieces that make up the text', () => {
    const line = fc.constantFrom(
      '---\n',
      '...\n',
      'a: 1\n',
      '# c\n',
      '\n',
      '%Y\r\n',
      ' ---',
      '--- x\n',
      '....\n',
    );
    fc.assert(
      fc.property(fc.array(line), (lines) => {
        assert.equal(split(lines.join('')).join(''), lines.join(''));
      }),
    );
  });
});
