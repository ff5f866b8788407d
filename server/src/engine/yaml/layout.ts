import { isMap, isSeq, type Node } from 'yaml';
import { hasQuotedKey, inOrder, isFlow } from './nodes.ts';

/** How a document is laid out, so that new lines look like the old ones. */
export interface Layout {
  readonly eol: string;
  /** Columns that a mapping in a mapping is indented by. */
  readonly unit: number;
  /** Columns that a sequence in a mapping is indented by; often 0. */
  readonly dash: number;
  /** JSON: keys and texts are always in double quotes. */
  readonly quoted: boolean;
}

/** Read off the document itself: the first nested mapping and the first list in a mapping show the style. */
export function readLayout(text: string, root: Node): Layout {
  let unit: number | null = null;
  let dash: number | null = null;
  for (const node of inOrder(root)) {
    if (unit !== null && dash !== null) break;
    if (!isMap(node) || node.srcToken?.type !== 'block-map') continue;
    for (const { value } of node.items) {
      if (isMap(value) && value.srcToken?.type === 'block-map') {
        unit ??= value.srcToken.indent - node.srcToken.indent;
      } else if (isSeq(value) && value.srcToken?.type === 'block-seq') {
        dash ??= value.srcToken.indent - node.srcToken.indent;
      }
    }
  }
  return {
    eol: /\r?\n/.exec(text)?.[0] ?? '\n',
    unit: Math.max(1, unit ?? 2),
    dash: Math.max(0, dash ?? 2),
    quoted: isJson(text, root),
  };
}

/** A document in brackets whose first key is in double quotes. */
function isJson(text: string, root: Node): boolean {
  if (!isFlow(root)) return false;
  for (const node of inOrder(root)) {
    if (isMap(node) && node.items.length > 0) return hasQuotedKey(text, node.items[0]);
  }
  return true;
}
