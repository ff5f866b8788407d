import {
  isAlias,
  isMap,
  isNode,
  isPair,
  isScalar,
  isSeq,
  type Node,
  type Pair,
  type YAMLMap,
  type YAMLSeq,
} from 'yaml';
import { type Edits, refuse } from '../text/edit.ts';
import { span } from '../text/span.ts';
import { contentEnd, contentSpan, separatorEnd } from './extent.ts';
import { inOrder, type Tree, type YamlValue } from './lookup.ts';
import {
  blockLines,
  entryLines,
  type Fresh,
  flowLines,
  itemLines,
  type Layout,
  renderFlow,
} from './render.ts';
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
  if (map.merged) return shared;
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
  if (list.merged) return shared;
  if (tree.broken) return broken;
  if (!isSeq(node)) return refuse('There is no list here to add an item to.');
  if (isFlow(node))
    return addToFlow(
      tree,
      node,
      items.map((item) => ({ value: item })),
    );
  const column = blockIndent(tree, node);
  if (column === null) return unclear;
  const layout = layoutOf(tree);
  const lines = items.flatMap((item) => itemLines(item, column, layout));
  return insertLines(tree, node.items, lines) ?? unclear;
}

/** Turns a scalar into a list of itself and more items. */
export function listFromScalar(map: YamlValue, key: string, items: readonly Fresh[]): Edits {
  const { tree } = map;
  const pair = map.ownPair(key);
  const from = pair && separatorEnd(pair);
  const scalar = pair && isScalar(pair.value) ? readScalar(tree.text, pair.value) : null;
  if (map.merged || !isMap(map.node)) return shared;
  if (tree.broken) return broken;
  if (!scalar || typeof from !== 'number' || scalar.style === 'block') return unclear;
  if (/[\r\n]/.test(tree.text.slice(from, scalar.whole.end))) return unclear;
  const layout = layoutOf(tree);
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
  const end = lineEnd(tree.text, scalar.whole.end);
  const lines = items.flatMap((item) => itemLines(item, column, layout));
  return [
    { span: span(from, scalar.whole.start), newText: `${layout.eol}${' '.repeat(column)}- ` },
    { span: span(end, end), newText: lines.map((line) => layout.eol + line).join('') },
  ];
}

function nest(keys: readonly string[], value: Fresh): Fresh {
  return keys.reduceRight<Fresh>((inner, key) => ({ [key]: inner }), value);
}

const isFlow = (node: Node): boolean =>
  (isMap(node) || isSeq(node)) && node.srcToken?.type === 'flow-collection';

function addPair(tree: Tree, map: YAMLMap, key: string, value: Fresh, { after }: Placement): Edits {
  if (isFlow(map)) return addToFlow(tree, map, [{ key, value }]);
  const column = blockIndent(tree, map);
  if (column === null) return unclear;
  const lines = entryLines(key, value, column, layoutOf(tree));
  if (!after) return insertLines(tree, map.items, lines) ?? insertBefore(tree, map, lines) ?? unclear;
  const wanted = after.flatMap((name) => map.items.find((pair) => keyOf(pair) === name) ?? []);
  const short = map.items.filter((pair) => !isMap(pair.value) && !isSeq(pair.value));
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
  const { eol } = layoutOf(tree);
  for (let i = items.length - 1; i >= 0; i--) {
    const end = contentEnd(text, items[i]);
    if (end === null) return null;
    if (!endsInBlockScalar(items[i])) {
      const at = lineEnd(text, end);
      return [{ span: span(at, at), newText: lines.map((line) => eol + line).join('') }];
    }
    // A block scalar takes in its line break, so what follows begins a line of its own.
    if (/[\r\n]/.test(text[end - 1] ?? '')) {
      return [{ span: span(end, end), newText: lines.map((line) => line + eol).join('') }];
    }
    // Without a final line break a new one could become part of the text: try the entry before.
  }
  return null;
}

function endsInBlockScalar(item: unknown): boolean {
  if (isPair(item)) return endsInBlockScalar(item.value);
  if (isScalar(item)) return item.type === 'BLOCK_LITERAL' || item.type === 'BLOCK_FOLDED';
  return (isMap(item) || isSeq(item)) && !isFlow(item) && endsInBlockScalar(item.items.at(-1));
}

/** In front of the first key and of the comments above it; where the key follows a dash, it moves to the next line. */
function insertBefore(tree: Tree, map: YAMLMap, lines: readonly string[]): Edits | null {
  const { text } = tree;
  const first = map.items[0]?.key;
  if (!isNode(first) || !first.range) return null;
  const { eol } = layoutOf(tree);
  const key = first.range[0];
  const lineStart = key - (/[^\r\n]*$/.exec(text.slice(0, key))?.[0].length ?? 0);
  if (text.slice(lineStart, key).trim() === '') {
    const above = /(?:[ \t]*#[^\r\n]*\r?\n)*$/.exec(text.slice(0, lineStart))?.[0].length ?? 0;
    const at = lineStart - above;
    return [{ span: span(at, at), newText: lines.map((line) => line + eol).join('') }];
  }
  const column = lines[0]?.search(/\S/) ?? 0;
  const [head = '', ...rest] = [...lines, ' '.repeat(column)];
  return [{ span: span(key, key), newText: [head.slice(column), ...rest].join(eol) }];
}

function replaceValue(tree: Tree, map: YAMLMap, pair: Pair, value: Fresh): Edits {
  const { text } = tree;
  const layout = layoutOf(tree);
  const old = pair.value;
  if (isAlias(old) && (typeof value === 'boolean' || typeof value === 'string')) {
    return [{ span: contentSpan(text, old), newText: renderFlow(value, layout) }];
  }
  if (isScalar(old) && old.srcToken) {
    const scalar = readScalar(text, old);
    if (typeof value === 'string' && !scalar.isNull) return replaceScalar(text, scalar, value);
    if (scalar.style === 'block' || old.tag !== undefined) return unclear;
    return [{ span: scalar.whole, newText: renderFlow(value, layout) }];
  }
  if (isNode(old) && !isScalar(old)) return refuse('Something else is written here, so it was not replaced.');
  return fillEmpty(tree, map, pair, value, layout);
}

/** `key:` with nothing behind it. */
function fillEmpty(tree: Tree, map: YAMLMap, pair: Pair, value: Fresh, layout: Layout): Edits {
  const { text } = tree;
  const at = separatorEnd(pair);
  if (tree.broken) return broken;
  if (
    at === null ||
    (isScalar(pair.value) && (pair.value.tag !== undefined || pair.value.anchor !== undefined))
  )
    return unclear;
  if (isFlow(map) || typeof value !== 'object') {
    return [{ span: span(at, at), newText: ` ${renderFlow(value, layout)}` }];
  }
  const indent = blockIndent(tree, map);
  if (indent === null) return unclear;
  const column = indent + (Array.isArray(value) ? layout.dash : layout.unit);
  const end = lineEnd(text, at);
  const lines = blockLines(value, column, layout);
  return [{ span: span(end, end), newText: lines.map((line) => layout.eol + line).join('') }];
}

interface FlowItem {
  readonly key?: string;
  readonly value: Fresh;
}

/** Into `{…}` or `[…]`: on lines of their own where the last one has its own, behind the last one otherwise. */
function addToFlow(tree: Tree, node: YAMLMap | YAMLSeq, items: readonly FlowItem[]): Edits {
  const { text } = tree;
  const close = contentEnd(text, node);
  const open = node.range?.[0];
  if (close === null || open === undefined || !'[{'.includes(text[open] ?? ' ')) return unclear;
  const base = layoutOf(tree);
  const last = node.items.at(-1);
  if (last === undefined) {
    const inner = items.map((item) => flowItem(item, '', null, base)).join(', ');
    const between = text.slice(open + 1, close - 1);
    if (between.trim() !== '') return unclear;
    return [{ span: span(open + 1, close - 1), newText: isMap(node) ? ` ${inner} ` : inner }];
  }
  const end = contentEnd(text, last);
  const start = startOf(last);
  if (end === null || start === null) return unclear;
  const layout = { ...base, quoted: base.quoted || keyIsQuoted(text, last) };
  const indent = /(?:^|[\r\n])([ \t]*)$/.exec(text.slice(0, start))?.[1];
  const comma = text
    .slice(end, close - 1)
    .trimStart()
    .startsWith(',');
  if (indent === undefined) {
    const fresh = items.map((item) => `, ${flowItem(item, '', null, layout)}`).join('');
    return [{ span: span(end, end), newText: fresh }];
  }
  const step = stepOf(text, open, indent);
  const fresh = items.map((item) => layout.eol + indent + flowItem(item, indent, step, layout)).join(',');
  const rest = text.slice(end, lineEnd(text, end));
  const at = /^\s*,?\s*(?:#.*)?$/.test(rest) ? end + rest.trimEnd().length : end;
  if (comma && at === end) return unclear;
  const tail = comma ? `${fresh},` : fresh;
  if (comma || at === end) return [{ span: span(at, at), newText: comma ? tail : `,${fresh}` }];
  return [
    { span: span(end, end), newText: ',' },
    { span: span(at, at), newText: fresh },
  ];
}

function flowItem({ key, value }: FlowItem, indent: string, step: string | null, layout: Layout): string {
  const rendered = step === null ? renderFlow(value, layout) : flowLines(value, indent, step, layout);
  return key === undefined ? rendered : `${renderFlow(key, layout)}: ${rendered}`;
}

function startOf(item: unknown): number | null {
  if (isPair(item)) return startOf(item.key);
  return isNode(item) ? (item.range?.[0] ?? null) : null;
}

function keyIsQuoted(text: string, item: unknown): boolean {
  const start = isPair(item) ? startOf(item) : null;
  return start !== null && text[start] === '"';
}

/** What a level adds to the indentation of the line the bracket stands on. */
function stepOf(text: string, open: number, indent: string): string {
  const outer = /(?:^|[\r\n])([ \t]*)[^\r\n]*$/.exec(text.slice(0, open))?.[1] ?? '';
  return indent.startsWith(outer) && indent.length > outer.length ? indent.slice(outer.length) : '  ';
}

/** The column of a block collection's entries; null where tabs make it unclear. */
function blockIndent(tree: Tree, node: YAMLMap | YAMLSeq): number | null {
  const token = node.srcToken;
  const start = startOf(node.items[0]) ?? node.range?.[0];
  if (start == null || (token?.type !== 'block-map' && token?.type !== 'block-seq')) return null;
  const before = /[^\r\n]*$/.exec(tree.text.slice(0, start))?.[0] ?? '';
  return before.includes('\t') ? null : token.indent;
}

function lineEnd(text: string, from: number): number {
  const at = text.slice(from).search(/[\r\n]/);
  return at === -1 ? text.length : from + at;
}

/** Read off the document itself: the first nested mapping and the first list in a mapping show the style. */
function layoutOf(tree: Tree): Layout {
  const { text } = tree;
  let unit: number | null = null;
  let dash: number | null = null;
  for (const node of inOrder(tree.root)) {
    if (unit !== null && dash !== null) break;
    if (!isMap(node) || node.srcToken?.type !== 'block-map') continue;
    for (const { value } of node.items) {
      if (isMap(value) && value.srcToken?.type === 'block-map')
        unit ??= value.srcToken.indent - node.srcToken.indent;
      if (isSeq(value) && value.srcToken?.type === 'block-seq')
        dash ??= value.srcToken.indent - node.srcToken.indent;
    }
  }
  return {
    eol: /\r?\n/.exec(text)?.[0] ?? '\n',
    unit: Math.max(1, unit ?? 2),
    dash: Math.max(0, dash ?? 2),
    quoted: isJson(tree),
  };
}

/** A document in braces whose first key is in double quotes. */
function isJson(tree: Tree): boolean {
  const { root } = tree;
  if (!isFlow(root) || !(isMap(root) || isSeq(root))) return false;
  for (const node of inOrder(root)) {
    if (isMap(node) && node.items.length > 0) return keyIsQuoted(tree.text, node.items[0]);
  }
  return true;
}
