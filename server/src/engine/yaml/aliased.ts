import type { Tree, YamlValue } from './lookup.ts';

/** Entries of lists and mappings that one document may have read through aliases: a small file can stand for a huge one. */
const most = 20_000;

const spent = new WeakMap<Tree, number>();

/** Whether `count` more entries of a value may be read. What is written out in full always may. */
export function mayRead(value: YamlValue, count: number): boolean {
  if (!value.merged) return true;
  const total = (spent.get(value.tree) ?? 0) + count;
  spent.set(value.tree, total);
  return total <= most;
}

/** The items of a list; none where the aliases of the document have brought in too many already. */
export function itemsWithin(list: YamlValue | undefined): readonly YamlValue[] {
  const items = list?.items() ?? [];
  return list && mayRead(list, items.length) ? items : [];
}
