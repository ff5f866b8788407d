import { partition } from '../text/partition.ts';
import { lineEnd } from './lines.ts';
import type { Tree, YamlValue } from './lookup.ts';

const mark = '"$imagepolicy"';

/** Where the mark stands, by the document: a line can be as long as all of it. */
const marks = new WeakMap<Tree, readonly number[]>();

/**
 * Whether Flux writes this scalar: a comment behind it names the image policy that decides the value.
 * Source: https://fluxcd.io/flux/guides/image-update/#configure-image-update-for-custom-resources
 */
export function isWrittenByFlux({ scalar, tree }: YamlValue): boolean {
  if (!scalar) return false;
  const { end } = scalar.whole;
  const known = marks.get(tree) ?? findMarks(tree.text);
  marks.set(tree, known);
  const next = known[partition(known, (at) => at < end)] ?? Number.POSITIVE_INFINITY;
  return next < lineEnd(tree.source, end);
}

function findMarks(text: string): readonly number[] {
  const found: number[] = [];
  for (let at = text.indexOf(mark); at !== -1; at = text.indexOf(mark, at + 1)) found.push(at);
  return found;
}
