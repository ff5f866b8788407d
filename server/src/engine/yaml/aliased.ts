import type { Tree, YamlValue } from './lookup.ts';

/** Values that are looked at through aliases: a small file can stand for a huge one. */
const most = 20_000;

/** Counts what is looked at through aliases, and says when it is too much. What is written out in full always may be. */
export class AliasBudget {
  readonly #most: number;
  #spent = 0;

  constructor(limit = most) {
    this.#most = limit;
  }

  get isSpent(): boolean {
    return this.#spent > this.#most;
  }

  /** Whether a value may be looked at, or `count` entries of it. */
  allows(value: YamlValue, count = 1): boolean {
    if (!value.merged) return true;
    this.#spent += count;
    return !this.isSpent;
  }
}

const budgets = new WeakMap<Tree, AliasBudget>();

/** Whether `count` more entries of a value may be read, of all that its document has read this way. */
export function mayRead(value: YamlValue, count: number): boolean {
  const budget = budgets.get(value.tree) ?? new AliasBudget();
  budgets.set(value.tree, budget);
  return budget.allows(value, count);
}

/** The items of a list; none where the aliases of the document have brought in too many already. */
export function itemsWithin(list: YamlValue | undefined): readonly YamlValue[] {
  const items = list?.items() ?? [];
  return list && mayRead(list, items.length) ? items : [];
}
