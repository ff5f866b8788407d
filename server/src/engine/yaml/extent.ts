import { isAlias, isCollection, isNode, isPair, isScalar, type Node } from 'yaml';
import { type Span, span } from '../text/span.ts';

/**
 * Where a node's own text ends, without the comments and blank lines that the parser's ranges take in.
 * Null where the text is broken, such as a bracket that is never closed.
 */
export function contentEnd(text: string, node: unknown): number | null {
  if (isPair(node)) return pairEnd(text, node);
  if (!isNode(node) || !node.range) return null;
  if (isScalar(node) || isAlias(node)) return node.range[1];
  if (!isCollection(node)) return null;
  if (node.srcToken?.type === 'flow-collection') {
    return '}]'.includes(text[node.range[1] - 1] ?? ' ') ? node.range[1] : null;
  }
  const index = node.items.length - 1;
  const last = node.items[index];
  if (last === undefined) return node.range[1];
  if (isScalar(last) && last.srcToken === undefined && node.srcToken?.type === 'block-seq') {
    return tokensEnd(node.srcToken.items[index]?.start);
  }
  return contentEnd(text, last);
}

function pairEnd(text: string, pair: { key: unknown; value: unknown; srcToken?: unknown }): number | null {
  const { key, value } = pair;
  const written = isNode(value) && !(isScalar(value) && value.srcToken === undefined);
  if (written) return contentEnd(text, value);
  return separatorEnd(pair) ?? contentEnd(text, key);
}

interface PartToken {
  readonly type: string;
  readonly offset: number;
  readonly source: string;
}

/** The offset after the colon of a pair, and after an anchor or tag that stands there with no value. */
export function separatorEnd(pair: { srcToken?: unknown }): number | null {
  const token = pair.srcToken;
  if (typeof token !== 'object' || token === null || !('sep' in token) || !Array.isArray(token.sep))
    return null;
  return tokensEnd(token.sep);
}

function tokensEnd(tokens: readonly PartToken[] | undefined): number | null {
  const last = tokens?.findLast(({ type }) => type !== 'space' && type !== 'newline' && type !== 'comment');
  return last ? last.offset + last.source.length : null;
}

/** A node's own text, as far as it can be told. */
export function contentSpan(text: string, node: Node): Span {
  const start = node.range?.[0] ?? 0;
  return span(start, Math.max(start, contentEnd(text, node) ?? node.range?.[1] ?? start));
}
