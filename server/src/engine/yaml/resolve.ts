import { type Alias, isAlias, isMap, isNode, isPair, isScalar, isSeq, type Node, Scalar } from 'yaml';
import { binaryTag } from './core-tags.ts';

/**
 * Puts texts in the place of what only stands for one: an alias that is a key, and Base64 under `!!binary`, which go-yaml reads as the text
 * that it encodes (`resolve.go`). Gives the nodes that the aliases stood for.
 */
export function resolveTexts(root: Node, text: string): ReadonlySet<Node> {
  const aliased = new Set<Node>();
  if (!text.includes('*') && !text.includes('!')) return aliased;
  const anchors = new Map<string, Node>();
  const open: unknown[] = [root];
  while (open.length > 0) {
    const next = open.pop();
    if (isPair(next)) {
      // In the order of the text: an alias stands for the last anchor before it.
      const target = isAlias(next.key) ? anchors.get(next.key.source) : undefined;
      if (isAlias(next.key) && isScalar(target)) {
        aliased.add(target);
        next.key = standIn(next.key, target);
      }
      open.push(next.value, next.key);
    }
    if (!isNode(next)) continue;
    if (!isAlias(next) && next.anchor !== undefined) anchors.set(next.anchor, next);
    if (isScalar(next) && next.tag === binaryTag) decode(next);
    if (isMap(next) || isSeq(next)) {
      for (let i = next.items.length - 1; i >= 0; i--) open.push(next.items[i]);
    }
  }
  return aliased;
}

/** A key at the place of an alias. In quotes, as an alias is never a merge key. */
function standIn({ range }: Alias, target: Scalar): Scalar {
  const key = new Scalar(target.source ?? '');
  key.source = target.source ?? '';
  key.type = 'QUOTE_DOUBLE';
  if (range) key.range = range;
  return key;
}

/** What cannot be decoded stays as it is: go-yaml refuses it. */
function decode(node: Scalar): void {
  try {
    const bytes = Uint8Array.from(atob(node.source ?? ''), (char) => char.charCodeAt(0));
    node.source = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    if (node.type === 'PLAIN') node.type = 'QUOTE_DOUBLE';
  } catch {
    // Neither Base64 nor a text.
  }
}
