import { isAlias, isMap, isNode, isSeq, type Node } from 'yaml';
import type { Span } from '../text/span.ts';
import { contentSpan } from './extent.ts';
import type { Tree, YamlValue } from './lookup.ts';
import { inOrder } from './nodes.ts';

/** A place that reads a text, by its structural path. */
export interface Reader {
  readonly path: string;
  readonly span: Span;
}

interface Index {
  readonly parents: ReadonlyMap<Node, Node>;
  /** What aliases stand for → those aliases. */
  readonly aliases: ReadonlyMap<Node, readonly Node[]>;
}

/** Forgotten with the document. */
const known = new WeakMap<Tree, Index>();

function indexOf(tree: Tree): Index {
  const found = known.get(tree);
  if (found) return found;
  const parents = new Map<Node, Node>();
  const aliases = new Map<Node, Node[]>();
  for (const node of inOrder(tree.root)) {
    const below = isMap(node) ? node.items.map(({ value }) => value) : isSeq(node) ? node.items : [];
    for (const child of below) if (isNode(child)) parents.set(child, node);
    const target = isAlias(node) ? tree.targetOf(node) : undefined;
    if (!target) continue;
    const places = aliases.get(target) ?? [];
    places.push(node);
    aliases.set(target, places);
  }
  const index = { parents, aliases };
  known.set(tree, index);
  return index;
}

/** A key that no tool reads by itself: it only holds what aliases bring elsewhere. */
const isHolder = (path: string): boolean => /^(?:x-|\.)/.test(path);

/**
 * A place that gets a text besides those in `places` (the starts of the aliases that lead to it), through an alias of the text or of
 * something around it. `inPlace`: where it is written it is known too.
 */
export function otherReader(value: YamlValue, places: ReadonlySet<number>, inPlace: boolean): Reader | null {
  const { node, tree } = value;
  if (!tree.text.includes('*')) return null;
  const { aliases, parents } = indexOf(tree);
  if (!inPlace && !isHolder(value.path)) return { path: value.path, span: value.span };
  for (let at: Node | undefined = node; at; at = parents.get(at)) {
    for (const alias of aliases.get(at) ?? []) {
      const span = contentSpan(tree.text, alias);
      const path = tree.pathOf(alias);
      if (!places.has(span.start) && !isHolder(path)) return { path, span };
    }
  }
  return null;
}
