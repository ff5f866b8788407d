import { isMap, isNode, isPair, isSeq, type Node } from 'yaml';

/** Every node in the order of the text, without following aliases. */
export function* inOrder(root: Node): Iterable<Node> {
  const open: unknown[] = [root];
  while (open.length > 0) {
    const next = open.pop();
    if (isPair(next)) open.push(next.value, next.key);
    if (!isNode(next)) continue;
    yield next;
    if (isMap(next) || isSeq(next)) {
      for (let i = next.items.length - 1; i >= 0; i--) open.push(next.items[i]);
    }
  }
}

/** Written in brackets. */
export const isFlow = (node: Node): boolean =>
  (isMap(node) || isSeq(node)) && node.srcToken?.type === 'flow-collection';

/** Where an entry of a mapping or an item of a sequence begins. */
export function startOf(item: unknown): number | null {
  if (isPair(item)) return startOf(item.key);
  return isNode(item) ? (item.range?.[0] ?? null) : null;
}

/** Whether an entry's key is in double quotes, as JSON wants it. */
export function hasQuotedKey(text: string, item: unknown): boolean {
  const start = isPair(item) ? startOf(item) : null;
  return start !== null && text[start] === '"';
}
