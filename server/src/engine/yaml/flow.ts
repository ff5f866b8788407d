import { isMap, type YAMLMap, type YAMLSeq } from 'yaml';
import { type Edits, refuse } from '../text/edit.ts';
import type { SourceText } from '../text/source-text.ts';
import { span } from '../text/span.ts';
import { contentEnd } from './extent.ts';
import type { Layout } from './layout.ts';
import { beginsLine, indentOf, lineEnd } from './lines.ts';
import type { Tree } from './lookup.ts';
import { hasQuotedKey, startOf } from './nodes.ts';
import { type Fresh, flowLines, renderFlow } from './render.ts';

export interface FlowItem {
  /** For mappings. */
  readonly key?: string;
  readonly value: Fresh;
}

const unclear = refuse('The brackets here leave no safe place for more; write it by hand.');

/** Adds to `{…}` or `[…]`: on lines of their own where the last item has its own, behind the last item otherwise. */
export function addToFlow(tree: Tree, node: YAMLMap | YAMLSeq, items: readonly FlowItem[]): Edits {
  const { source, text } = tree;
  const close = contentEnd(text, node);
  const open = node.range?.[0];
  if (close === null || open === undefined || !'[{'.includes(text[open] ?? ' ')) return unclear;
  const last = node.items.at(-1);
  if (last === undefined) return fillBrackets(tree, isMap(node), open, close, items);
  const end = contentEnd(text, last);
  const start = startOf(last);
  if (end === null || start === null) return unclear;
  const layout = { ...tree.layout, quoted: tree.layout.quoted || hasQuotedKey(text, last) };
  if (!beginsLine(source, start)) {
    const fresh = items.map((item) => `, ${oneLine(item, layout)}`).join('');
    return [{ span: span(end, end), newText: fresh }];
  }
  const indent = indentOf(source, start);
  const outer = indentOf(source, open);
  const step = indent.startsWith(outer) && indent !== outer ? indent.slice(outer.length) : '  ';
  const lines = items.map((item) => ownLines(item, indent, step, layout));
  return onOwnLines(source, end, close, layout.eol + indent, lines);
}

/** `{}` and `[]`. */
function fillBrackets(
  tree: Tree,
  isMapping: boolean,
  open: number,
  close: number,
  items: readonly FlowItem[],
): Edits {
  const between = span(open + 1, close - 1);
  if (tree.text.slice(between.start, between.end).trim() !== '') return unclear;
  const inner = items.map((item) => oneLine(item, tree.layout)).join(', ');
  return [{ span: between, newText: isMapping ? ` ${inner} ` : inner }];
}

/**
 * Behind the line of the last item, with its comma and its comment. Several additions may be made at one place, so each brings just the commas
 * that belong to it: before a comment none can be put, and then the comma opens the new line.
 */
function onOwnLines(
  source: SourceText,
  end: number,
  close: number,
  newLine: string,
  lines: readonly string[],
): Edits {
  const { text } = source;
  const rest = /^(\s*,)?\s*(?:#.*)?$/.exec(text.slice(end, lineEnd(source, end)));
  const at = rest ? end + rest[0].trimEnd().length : end;
  const insert = (newText: string): Edits => [{ span: span(at, at), newText }];
  if (rest?.[1] !== undefined) return insert(lines.map((line) => `${newLine}${line},`).join(''));
  const after = text.slice(end, close - 1).replace(/#.*/g, '');
  if (after.includes(',')) return unclear;
  if (at === end) return insert(lines.map((line) => `,${newLine}${line}`).join(''));
  return insert(lines.map((line) => `${newLine}, ${line}`).join(''));
}

const named = ({ key }: FlowItem, layout: Layout, value: string): string =>
  key === undefined ? value : `${renderFlow(key, layout)}: ${value}`;

const oneLine = (item: FlowItem, layout: Layout): string =>
  named(item, layout, renderFlow(item.value, layout));

const ownLines = (item: FlowItem, indent: string, step: string, layout: Layout): string =>
  named(item, layout, flowLines(item.value, indent, step, layout));
