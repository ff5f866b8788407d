import {
  isAlias,
  isMap,
  isNode,
  isScalar,
  isSeq,
  type Node,
  type Pair,
  type YAMLMap,
  type YAMLSeq,
} from 'yaml';
import type { AliasBudget } from './aliased.ts';
import { contentSpan } from './extent.ts';
import { Trail } from './trail.ts';

/** A pair as seen from a mapping, and the aliases and merge keys in between. */
export interface Reached {
  readonly pair: Pair;
  readonly trail: Trail;
}

interface Document {
  readonly text: string;
  readonly budget: AliasBudget;
  targetOf(alias: Node): Node | undefined;
}

/** What a merge key brings in: a mapping, or a list of mappings that several merge keys may name. */
type Source = YAMLMap | YAMLSeq;

interface Step {
  readonly to: Source;
  readonly trail: Trail;
  /** The mapping stands within what is merged into it: only what is written there itself is taken. */
  readonly isAround: boolean;
}

/** A search that has got to a source, and how far through what is merged into it. */
interface Frame {
  readonly source: Source;
  next: number;
}

/** Larger mappings are searched through an index. */
const fewPairs = 8;

export const keyText = (key: unknown): string | null => (isScalar(key) ? (key.source ?? null) : null);

export const isMergeKey = (key: unknown): boolean =>
  isScalar(key) && key.type === 'PLAIN' && key.source === '<<';

/**
 * The merge keys of a document. https://yaml.org/type/merge.html — own keys win over merged ones, earlier maps over later ones.
 * What a mapping has under a key is worked out once, so that a chain of merge keys takes no longer than its text, and without recursion.
 * An alias names a node before it: without the steps to a mapping from within itself, none leads round in a circle.
 */
export class Merges {
  readonly #document: Document;
  readonly #own = new Map<YAMLMap, ReadonlyMap<string, Pair>>();
  readonly #steps = new Map<Source, readonly Step[]>();
  readonly #found = new Map<string, Map<Source, Reached | null>>();
  readonly #pairs = new Map<Source, ReadonlyMap<string, Reached>>();

  constructor(document: Document) {
    this.#document = document;
  }

  ownPair(map: YAMLMap, key: string): Pair | undefined {
    if (map.items.length > fewPairs) return this.#ownPairs(map).get(key);
    return map.items.findLast((pair) => keyText(pair.key) === key && !isMergeKey(pair.key));
  }

  find(map: YAMLMap, key: string): Reached | null {
    const own = this.ownPair(map, key);
    if (own) return { pair: own, trail: Trail.none };
    const steps = this.#stepsOf(map);
    if (steps.length === 0) return null;
    const [only] = steps;
    // Most merge keys name one mapping that has none itself.
    if (only && steps.length === 1 && isMap(only.to) && this.#stepsOf(only.to).length === 0) {
      const pair = this.ownPair(only.to, key);
      return pair ? { pair, trail: only.trail } : null;
    }
    const known = this.#found.get(key) ?? new Map<Source, Reached | null>();
    this.#found.set(key, known);
    return this.#work(map, known, (source) => this.#lookIn(source, key, known));
  }

  pairsOf(map: YAMLMap): ReadonlyMap<string, Reached> {
    return this.#work(map, this.#pairs, (source) => this.#join(source));
  }

  /** Works something out for a source, and before that for every source that is merged into it. */
  #work<T>(source: Source, known: Map<Source, T>, work: (source: Source) => T): T {
    const open: Frame[] = [{ source, next: 0 }];
    for (let top = open.at(-1); top; top = open.at(-1)) {
      const step = known.has(top.source) ? undefined : this.#stepsOf(top.source)[top.next++];
      if (step) {
        if (!step.isAround && !known.has(step.to)) open.push({ source: step.to, next: 0 });
        continue;
      }
      if (!known.has(top.source)) known.set(top.source, work(top.source));
      open.pop();
    }
    return known.get(source) as T;
  }

  #lookIn(source: Source, key: string, known: ReadonlyMap<Source, Reached | null>): Reached | null {
    const own = isMap(source) ? this.ownPair(source, key) : undefined;
    if (own) return { pair: own, trail: Trail.none };
    for (const { isAround, to, trail } of this.#stepsOf(source)) {
      const around = isAround && isMap(to) ? this.ownPair(to, key) : undefined;
      if (around) return { pair: around, trail };
      const found = isAround ? null : known.get(to);
      if (found) return { pair: found.pair, trail: trail.join(found.trail) };
    }
    return null;
  }

  #join(source: Source): ReadonlyMap<string, Reached> {
    const joined = new Map<string, Reached>();
    for (const [key, pair] of isMap(source) ? this.#ownPairs(source) : []) {
      joined.set(key, { pair, trail: Trail.none });
    }
    for (const { isAround, to, trail } of this.#stepsOf(source)) {
      const merged = isAround ? this.#ownReached(to) : this.#pairs.get(to);
      if (!this.#document.budget.spend(merged?.size ?? 0)) break;
      for (const [key, reached] of merged ?? []) {
        if (!joined.has(key)) joined.set(key, { pair: reached.pair, trail: trail.join(reached.trail) });
      }
    }
    return joined;
  }

  #ownReached(source: Source): ReadonlyMap<string, Reached> {
    const own = isMap(source) ? this.#ownPairs(source) : new Map<string, Pair>();
    return new Map(Array.from(own, ([key, pair]) => [key, { pair, trail: Trail.none }]));
  }

  /** By key, in the order of the keys; of a repeated one the last. */
  #ownPairs(map: YAMLMap): ReadonlyMap<string, Pair> {
    const known = this.#own.get(map);
    if (known) return known;
    const own = new Map<string, Pair>();
    for (const pair of map.items) {
      const key = isMergeKey(pair.key) ? null : keyText(pair.key);
      if (key !== null) own.set(key, pair);
    }
    this.#own.set(map, own);
    return own;
  }

  #stepsOf(source: Source): readonly Step[] {
    const known = this.#steps.get(source);
    if (known) return known;
    // Whoever comes to a list has named it, so its own place tells nothing more.
    const steps = isMap(source) ? this.#stepsOfMap(source) : this.#stepsOfList(source, source, Trail.none);
    this.#steps.set(source, steps);
    return steps;
  }

  #stepsOfMap(map: YAMLMap): readonly Step[] {
    return map.items.flatMap(({ key, value }) => {
      if (!isMergeKey(key) || !isNode(key) || !isNode(value)) return [];
      const [to, via] = this.#follow(value);
      const here = Trail.of([contentSpan(this.#document.text, key)]);
      // A list that others may name too is gone through once for all of them.
      if (isMap(to) || (isSeq(to) && via.length > 0)) return this.#step(map, value, to, via, here);
      return isSeq(to) ? this.#stepsOfList(map, to, here) : [];
    });
  }

  #stepsOfList(from: Source, list: YAMLSeq, here: Trail): readonly Step[] {
    return list.items.flatMap((item) => {
      if (!isNode(item)) return [];
      const [to, via] = this.#follow(item);
      return isMap(to) ? this.#step(from, item, to, via, here) : [];
    });
  }

  #step(from: Source, written: Node, to: Source, via: Trail, here: Trail): Step {
    const at = written.range?.[0] ?? 0;
    const [start, end] = to.range ?? [0, 0];
    const isAround = via.length > 0 && start <= (from.range?.[0] ?? 0) && at < end;
    return { to, trail: via.length > 0 ? via : here, isAround };
  }

  /** What a written node stands for, and the alias that was followed. */
  #follow(node: Node): readonly [Node | undefined, Trail] {
    if (!isAlias(node)) return [node, Trail.none];
    return [this.#document.targetOf(node), Trail.of([contentSpan(this.#document.text, node)])];
  }
}
