import type { Node } from 'yaml';
import type { Span } from '../text/span.ts';
import type { Tree, YamlValue } from './lookup.ts';
import { inOrder } from './nodes.ts';

/** Tags of YAML itself say what a text is; all others are for the tool that reads the file. */
const isOwn = (tag: string): boolean => tag === '!' || tag.startsWith('tag:yaml.org,2002:');

interface Tagged extends Span {
  readonly tag: string;
}

/** Forgotten with the document. */
const found = new WeakMap<Tree, readonly Tagged[]>();

/** What tags that nobody knows stand before: the outermost of them, in the order of the text. */
function taggedIn(tree: Tree, known: ReadonlySet<string>): readonly Tagged[] {
  const before = found.get(tree);
  if (before) return before;
  const tagged: Tagged[] = [];
  for (const { range, tag } of tree.text.includes('!') ? inOrder(tree.root) : noNodes) {
    if (tag === undefined || isOwn(tag) || known.has(tag) || !range) continue;
    if (range[0] >= (tagged.at(-1)?.end ?? 0)) tagged.push({ start: range[0], end: range[1], tag });
  }
  found.set(tree, tagged);
  return tagged;
}

const noNodes: readonly Node[] = [];

/**
 * The tag that makes a value into something else, before it or before what it stands in; null where there is none. `known` are those
 * that the kind reads itself.
 */
export function tagAround({ node, tree }: YamlValue, known: ReadonlySet<string>): string | null {
  const at = node.range?.[0] ?? 0;
  const tagged = taggedIn(tree, known);
  let low = 0;
  let high = tagged.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((tagged[middle]?.start ?? 0) <= at) low = middle + 1;
    else high = middle;
  }
  const last = tagged[low - 1];
  return last && at < Math.max(last.end, last.start + 1) ? last.tag : null;
}

export const whyTagged = (tag: string): string => `the tag \`${tag}\` makes this value`;
