import {
  isAlias,
  isMap,
  isNode,
  isPair,
  isScalar,
  isSeq,
  type Pair,
  type Scalar,
  type YAMLMap,
  type YAMLSeq,
} from 'yaml';
import { type Edits, refuse } from '../text/edit.ts';
import type { SourceText } from '../text/source-text.ts';
import { span } from '../text/span.ts';
import { contentEnd, contentSpan, separatorEnd } from './extent.ts';
import { addToFlow } from './flow.ts';
import { beginsLine, lineEnd, lineStart } from './lines.ts';
import type { Tree, YamlValue } from './lookup.ts';
import { isFlow, startOf } from './nodes.ts';
import { blockLines, entryLines, type Fresh, itemLines, renderFlow } from './render.ts';
import { readScalar, replaceScalar } from './scalar.ts';

const broken = refuse('The YAML has an error, so new lines could end up in the wrong place; fix it first.');
const shared = refuse(
  'This part is shared through an alias or a merge key, so a change would reach others too; change it where it is defined.',
);
const unclear = refuse('The layout here leaves no safe place for a new line; write it by hand.');

/**
 * Where a new entry should stand: behind the first of `after` that is there, or else beside another short entry. Without
 * `after` it comes last, behind whatever else is added to the last entry.
 */
export interface Placement {
  readonly after?: readonly string[];
}

/**
 * Gives the value under a chain of keys in a mapping; whatever is missing on the way is added. Everything else keeps its bytes.
 * Refuses where the way leads through an alias or a merge key, where other parts of the file would change too.
 */
export function setIn(
  map: YamlValue,
  keys: readonly [string, ...string[]],
  value: Fresh,
  placement: Placement = {},
): Edits {
  const { tree } = map;
  const [key, ...rest] = keys;
  if (map.merged || map.isShared) return shared;
  if (!isMap(map.node)) return refuse('There is no mapping here to add a line to.');
  const pair = map.ownPair(key);
  const [next, ...further] = rest;
  if (!pair) {
    if (next !== undefined && map.get(key)) return shared;
    return tree.broken ? broken : addPair(tree, map.node, key, nest(rest, value), placement);
  }
  const child = map.get(key);
  if (next !== undefined && child?.type === 'map') return setIn(child, [next, ...further], value);
  if (next !== undefined && child?.type !== 'null')
    return refuse(`\`${key}\` is no mapping, so nothing can be added to it.`);
  return replaceValue(tree, map.node, pair, nest(rest, value));
}

/** Adds items at the end of a sequence. */
export function appendItems(list: YamlValue, items: readonly Fresh[]): Edits {
  const { node, tree } = list;
  if (items.length === 0) return [];
  if (list.merged || list.isShared) return shared;
  if (tree.broken) return broken;
  if (!isSeq(node)) return refuse('There is no list here to add an item to.');
  if (isFlow(node)) {
    return addToFlow(
      tree,
      node,
      items.map((value) => ({ value })),
    );
  }
  const column = blockIndent(tree, node);
  if (column === null) return unclear;
  const { layout } = tree;
  const lines = items.flatMap((item) => itemLines(item, column, layout));
  return insertLines(tree, node.items, lines) ?? unclear;
}

/** Turns a scalar into a list of itself and more items. */
export function listFromScalar(map: YamlValue, key: string, items: readonly Fresh[]): Edits {
  const { tree } = map;
  const pair = map.ownPair(key);
  const from = pair && separatorEnd(pair);
  const scalar = pair && isScalar(pair.value) ? readScalar(tree.text, pair.value) : null;
  if (map.merged || !pair || !isMap(map.node)) return shared;
  if (tree.broken) return broken;
  if (!scalar || typeof from !== 'number' || scalar.style === 'block') return unclear;
  if (/[\r\n]/.test(tree.text.slice(from, scalar.whole.end))) return unclear;
  const { layout } = tree;
  if (isFlow(map.node)) {
    const more = items.map((item) => `, ${renderFlow(item, layout)}`).join('');
    const own =
      scalar.style === 'plain'
        ? renderFlow(scalar.text, layout)
        : tree.text.slice(scalar.whole.start, scalar.whole.end);
    return [{ span: scalar.whole, newText: `[${own}${more}]` }];
  }
  const indent = blockIndent(tree, map.node);
  if (indent === null) return unclear;
  const column = indent + layout.dash;
  const end = lineEnd(tree.source, scalar.whole.end);
  const lines = items.flatMap((item) => itemLines(item, column, layout));
  return [
    { span: span(from, scalar.whole.start), newText: `${layout.eol}${' '.repeat(column)}- ` },
    { span: span(end, end), newText: lines.map((line) => layout.eol + line).join('') },
  ];
}

function nest(keys: readonly string[], value: Fresh): Fresh {
  return keys.reduceRight<Fresh>((inner, key) => ({ [key]: inner }), value);
}

function addPair(tree: Tree, map: YAMLMap, key: string, value: Fresh, { after }: Placement): Edits {
  if (isFlow(map)) return addToFlow(tree, map, [{ key, value }]);
  const column = blockIndent(tree, map);
  if (column === null) return unclear;
  const lines = entryLines(key, value, column, tree.layout);
  if (!after) return insertLines(tree, map.items, lines) ?? insertBefore(tree, map, lines) ?? unclear;
  const wanted = after.flatMap((name) => map.items.find((pair) => keyOf(pair) === name) ?? []);
  const short = map.items.filter(
    ({ value }) => !isNode(value) || isFlow(value) || (!isMap(value) && !isSeq(value)),
  );
  return (
    insertLines(tree, wanted.slice(0, 1), lines) ??
    insertLines(tree, short, lines) ??
    insertBefore(tree, map, lines) ??
    unclear
  );
}

const keyOf = ({ key }: Pair): string | undefined => (isScalar(key) ? key.source : undefined);

/** Behind the last item that leaves a clear end of line. */
function insertLines(tree: Tree, items: readonly unknown[], lines: readonly string[]): Edits | null {
  const { text } = tree;
  const { eol } = tree.layout;
  for (let i = items.length - 1; i >= 0; i--) {
    const end = contentEnd(text, items[i]);
    if (end === null) return null;
    const block = lastBlockScalar(items[i]);
    // A block scalar takes in its line break, so what follows begins a line of its own.
    if (block && /[\r\n]/.test(text[end - 1] ?? '')) {
      return [{ span: span(end, end), newText: lines.map((line) => line + eol).join('') }];
    }
    // Without a final line break a new one could become part of the text: try the entry before.
    if (block && !isStripped(text, block)) continue;
    const at = lineEnd(tree.source, end);
    return [{ span: span(at, at), newText: lines.map((line) => eol + line).join('') }];
  }
  return null;
}

function lastBlockScalar(item: unknown): Scalar | null {
  if (isPair(item)) return lastBlockScalar(item.value);
  if (isScalar(item)) return item.type === 'BLOCK_LITERAL' || item.type === 'BLOCK_FOLDED' ? item : null;
  return (isMap(item) || isSeq(item)) && !isFlow(item) ? lastBlockScalar(item.items.at(-1)) : null;
}

/** `|-` and `>-` leave final line breaks out of the value. */
const isStripped = (text: string, { range }: Scalar): boolean =>
  range != null && /^[|>]\d?-/.test(text.slice(range[0], range[1]));

/** In front of the first key and of the comments above it; where the key follows a dash, it moves to the next line. */
function insertBefore(tree: Tree, map: YAMLMap, lines: readonly string[]): Edits | null {
  const first = map.items[0]?.key;
  if (!isNode(first) || !first.range) return null;
  const { eol } = tree.layout;
  const key = first.range[0];
  if (beginsLine(tree.source, key)) {
    const at = startOfComments(tree.source, tree.source.placeAt(key).line);
    return [{ span: span(at, at), newText: lines.map((line) => line + eol).join('') }];
  }
  const column = lines[0]?.search(/\S/) ?? 0;
  const [head = '', ...rest] = [...lines, ' '.repeat(column)];
  return [{ span: span(key, key), newText: [head.slice(column), ...rest].join(eol) }];
}

/** Where the comment lines directly above a line begin; the line itself where there are none. */
function startOfComments(source: SourceText, line: number): number {
  let first = line;
  while (first > 0 && /^[ \t]*#/.test(source.lineText(first - 1))) first--;
  return source.lineStart(first);
}

function replaceValue(tree: Tree, map: YAMLMap, pair: Pair, value: Fresh): Edits {
  const { text } = tree;
  const { layout } = tree;
  const old = pair.value;
  if (isAlias(old) && (typeof value === 'boolean' || typeof value === 'string')) {
    return [{ span: contentSpan(text, old), newText: renderFlow(value, layout) }];
  }
  if (isScalar(old) && old.srcToken) {
    const scalar = readScalar(text, old);
    if (typeof value === 'string' && !scalar.isNull) {
      return replaceScalar(text, scalar, value, () => tree.isInBrackets(old));
    }
    if (scalar.style === 'block' || old.tag !== undefined) return unclear;
    return [{ span: scalar.whole, newText: renderFlow(value, layout) }];
  }
  if (isNode(old) && !isScalar(old)) return refuse('Something else is written here, so it was not replaced.');
  return fillEmpty(tree, map, pair, value);
}

/** `key:` with nothing behind it. */
function fillEmpty(tree: Tree, map: YAMLMap, pair: Pair, value: Fresh): Edits {
  const { layout } = tree;
  const at = separatorEnd(pair);
  if (tree.broken) return broken;
  const hasProperties =
    isScalar(pair.value) && (pair.value.tag !== undefined || pair.value.anchor !== undefined);
  if (at === null || hasProperties) return unclear;
  if (isFlow(map) || typeof value !== 'object') {
    return [{ span: span(at, at), newText: ` ${renderFlow(value, layout)}` }];
  }
  const indent = blockIndent(tree, map);
  if (indent === null) return unclear;
  const column = indent + (Array.isArray(value) ? layout.dash : layout.unit);
  const end = lineEnd(tree.source, at);
  const lines = blockLines(value, column, layout);
  return [{ span: span(end, end), newText: lines.map((line) => layout.eol + line).join('') }];
}

/** The column of a block collection's entries; null where tabs make it unclear. */
function blockIndent(tree: Tree, node: YAMLMap | YAMLSeq): number | null {
  const token = node.srcToken;
  const start = startOf(node.items[0]) ?? node.range?.[0];
  if (start == null || (token?.type !== 'block-map' && token?.type !== 'block-seq')) return null;
  const before = tree.text.slice(lineStart(tree.source, start), start);
  return before.includes('\t') ? null : token.indent;
}
