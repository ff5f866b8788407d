import { isAlias, isMap, isScalar, isSeq } from 'yaml';
import type { Ambiguity } from '../model/ambiguity.ts';
import { span } from '../text/span.ts';
import { readQuoted } from './comments.ts';
import { forNewReader, hasOddLines } from './for-parser.ts';
import { compose, type YamlPiece } from './parse.ts';
import { resolveTexts } from './resolve.ts';

/** What programs differ on where lines and documents begin. At most one of each kind is told. */
export function* oddLines(piece: YamlPiece): Iterable<Ambiguity> {
  const at = piece.text.search(/^---(?=[^\s-])/m);
  // Helm cuts there (`releaseutil/manifest.go`), and so did kubectl.
  if (at !== -1) yield { type: 'marker', span: span(at, at + 3), path: 'marker', name: '---' };
  yield* oddCharacters(piece);
}

/**
 * Line breaks of YAML 1.1 and byte order marks where they decide what a document says. In quotes and in words they are only characters.
 */
function oddCharacters(piece: YamlPiece): readonly Ambiguity[] {
  const { text } = piece;
  if (!hasOddLines(text) || isReadAlike(piece)) return [];
  const places = oddPlaces(text);
  const feed = text.includes('\r\n') ? '\r\n' : '\n';
  const told = (type: Ambiguity['type'], found: readonly number[], instead: string): readonly Ambiguity[] => {
    const [first] = found;
    if (first === undefined) return [];
    return [
      {
        type,
        span: span(first, first + 1),
        path: type,
        name: codePoint(text, first),
        edits: () => found.map((at) => ({ span: span(at, at + 1), newText: instead })),
      },
    ];
  };
  const isMark = (at: number): boolean => text[at] === '\uFEFF';
  return [
    ...told(
      'byte-order-mark',
      places.filter((at) => at > 0 && isMark(at)),
      '',
    ),
    ...told(
      'line-break',
      places.filter((at) => !isMark(at)),
      feed,
    ),
  ];
}

/** The odd characters outside of quotes. */
function oddPlaces(text: string): readonly number[] {
  const quoted = readQuoted(text);
  let next = 0;
  return Array.from(text.matchAll(/[\uFEFF\u0085\u2028\u2029]/g), ({ index }) => index).filter((at) => {
    while ((quoted[next]?.end ?? at + 1) <= at) next++;
    return (quoted[next]?.start ?? at + 1) > at;
  });
}

const codePoint = (text: string, at: number): string =>
  `U+${text.charCodeAt(at).toString(16).toUpperCase().padStart(4, '0')}`;

/** Whether a reader of YAML 1.2 takes the document for the same. */
function isReadAlike({ problems, root, text }: YamlPiece): boolean {
  const [document, second] = compose(forNewReader(text)) ?? [];
  if (!document?.contents || second || !root) return false;
  if (document.errors.length > 0 !== problems.length > 0) return false;
  resolveTexts(document.contents, text);
  return isAlike(root.node, document.contents);
}

/** Apart from white space and odd characters in values. */
function isAlike(a: unknown, b: unknown, isKey = false): boolean {
  if (isScalar(a) && isScalar(b)) {
    const [one = '', other = ''] = [a.source, b.source];
    return a.tag === b.tag && (isKey ? one === other : essence(one) === essence(other));
  }
  if (isAlias(a) && isAlias(b)) return a.source === b.source;
  if (isSeq(a) && isSeq(b)) {
    return a.items.length === b.items.length && a.items.every((item, index) => isAlike(item, b.items[index]));
  }
  if (!isMap(a) || !isMap(b)) return (a ?? null) === (b ?? null);
  return (
    a.items.length === b.items.length &&
    a.items.every(({ key, value }, index) => {
      const other = b.items[index];
      return isAlike(key, other?.key, true) && isAlike(value, other?.value);
    })
  );
}

const essence = (text: string): string => text.replace(/[\s\uFEFF\u0085]+/g, '');
