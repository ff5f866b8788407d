import {
  type Alias,
  isAlias,
  isMap,
  isNode,
  isScalar,
  isSeq,
  type Node,
  type Pair,
  Scalar,
  type YAMLMap,
} from 'yaml';
import type { Span } from '../text/span.ts';
import { contentSpan } from './extent.ts';
import { type Layout, readLayout } from './layout.ts';
import { inOrder, isFlow } from './nodes.ts';
import { readScalar, type ScalarText } from './scalar.ts';

/** A parsed document: its text, its nodes, and where its aliases lead. */
export class Tree {
  readonly text: string;
  readonly root: Node;
  /** Its text has errors, so that new lines could end up anywhere. */
  readonly broken: boolean;
  #targets: ReadonlyMap<Alias, Node> | null = null;
  #dangling: Alias[] = [];
  #paths: ReadonlyMap<Node, string> | null = null;
  #layout: Layout | null = null;
  readonly #merged = new Map<YAMLMap, ReadonlyMap<YAMLMap, readonly Span[]>>();

  constructor(text: string, root: Node, broken: boolean) {
    this.text = text;
    this.root = root;
    this.broken = broken;
  }

  /** The node an alias stands for: the last one before it with that anchor. */
  targetOf(alias: Alias): Node | undefined {
    return this.#aliases().get(alias);
  }

  get danglingAliases(): readonly { readonly name: string; readonly span: Span }[] {
    this.#aliases();
    return this.#dangling.map((alias) => ({ name: alias.source, span: contentSpan(this.text, alias) }));
  }

  /** The mappings that the merge keys of a mapping bring in, each once, with the places that lead from one to the other. */
  mergedInto(map: YAMLMap): ReadonlyMap<YAMLMap, readonly Span[]> {
    const known = this.#merged.get(map);
    if (known) return known;
    const found = new Map<YAMLMap, readonly Span[]>();
    this.#merged.set(map, found);
    for (const { key, value } of map.items) {
      if (!isMergeKey(key) || !isNode(key) || !isNode(value)) continue;
      const [source, via] = this.#step(value);
      for (const one of isSeq(source) ? source.items.slice(0, mostMerged) : [source]) {
        if (!isNode(one)) continue;
        const [target, further] = one === source ? [source, []] : this.#step(one);
        if (!isMap(target) || found.has(target)) continue;
        const spans = [...via, ...further];
        found.set(target, spans.length > 0 ? spans : [contentSpan(this.text, key)]);
      }
    }
    return found;
  }

  /** What a written node stands for, and the alias that was followed. */
  #step(node: Node): readonly [Node | undefined, readonly Span[]] {
    return isAlias(node) ? [this.targetOf(node), [contentSpan(this.text, node)]] : [node, []];
  }

  /** Keys and indexes from the root to where the node is written: `x-base.image`. */
  pathOf(node: Node): string {
    this.#paths ??= pathsFrom(this.root);
    return this.#paths.get(node) ?? '';
  }

  /** Whether a change inside the node shows in other places: it, or something around it, is what an alias stands for. */
  isShared(node: Node): boolean {
    const at = node.range?.[0] ?? 0;
    for (const target of this.#aliases().values()) {
      const { range } = target;
      if (target === node || (range && range[0] <= at && at < range[1])) return true;
    }
    return false;
  }

  /** Whether a node stands in `[…]` or `{…}`. */
  isInBrackets(node: Node): boolean {
    const at = node.range?.[0] ?? 0;
    for (const around of inOrder(this.root)) {
      const { range } = around;
      if (isFlow(around) && range && range[0] < at && at < range[1]) return true;
    }
    return false;
  }

  get layout(): Layout {
    this.#layout ??= readLayout(this.text, this.root);
    return this.#layout;
  }

  #aliases(): ReadonlyMap<Alias, Node> {
    if (this.#targets) return this.#targets;
    const targets = new Map<Alias, Node>();
    const anchors = new Map<string, Node>();
    for (const node of inOrder(this.root)) {
      if (isAlias(node)) {
        const target = anchors.get(node.source);
        if (target) targets.set(node, target);
        else this.#dangling.push(node);
      } else if (node.anchor !== undefined) anchors.set(node.anchor, node);
    }
    this.#targets = targets;
    return targets;
  }
}

function pathsFrom(root: Node): ReadonlyMap<Node, string> {
  const paths = new Map<Node, string>([[root, '']]);
  for (const node of inOrder(root)) {
    const path = paths.get(node) ?? '';
    const under = (key: string): string => (path === '' ? key : `${path}.${key}`);
    if (isMap(node)) {
      for (const { key, value } of node.items) {
        if (isNode(value)) paths.set(value, under(keyText(key) ?? '?'));
      }
    } else if (isSeq(node)) {
      for (const [index, item] of node.items.entries())
        if (isNode(item)) paths.set(item, under(String(index)));
    }
  }
  return paths;
}

const keyText = (key: unknown): string | null => (isScalar(key) ? (key.source ?? null) : null);

/** The pair of `key` written in the map itself; the last one where a key is given twice. */
const findOwnPair = (map: YAMLMap, key: string): Pair | undefined =>
  map.items.findLast((pair) => isScalar(pair.key) && pair.key.source === key && !isMergeKey(pair.key));

function keySpan(text: string, key: Node): Span {
  return isScalar(key) ? readScalar(text, key).span : contentSpan(text, key);
}

/** A null value right behind a key. */
function emptyAfter(key: Node): Scalar {
  const node = new Scalar('');
  node.source = '';
  node.type = 'PLAIN';
  const end = key.range?.[1] ?? 0;
  node.range = [end, end, end];
  return node;
}

const isMergeKey = (key: unknown): boolean => isScalar(key) && key.type === 'PLAIN' && key.source === '<<';

/** Mappings that may be merged into one: more are no manifest but an attempt to keep its reader busy. */
const mostMerged = 500;

/** A key of a mapping with its value, whether written in it or merged into it. */
export interface Entry {
  readonly key: string;
  readonly keySpan: Span;
  readonly value: YamlValue;
}

/**
 * A value of a document as its reader sees it: aliases and merge keys (`<<`) are followed, and it is remembered how it was reached.
 * Merge keys: https://yaml.org/type/merge.html — own keys win over merged ones, earlier maps over later ones.
 */
export class YamlValue {
  readonly tree: Tree;
  /** Where the value is written; never an alias. Two values with one node are one text. */
  readonly node: Node;
  /** The aliases and merge keys that lead here from the root, outermost first; empty for what is written in place. */
  readonly seenFrom: readonly Span[];

  private constructor(tree: Tree, node: Node, seenFrom: readonly Span[]) {
    this.tree = tree;
    this.node = node;
    this.seenFrom = seenFrom;
  }

  static ofRoot(tree: Tree): YamlValue {
    return new YamlValue(tree, tree.root, []);
  }

  get type(): 'map' | 'sequence' | 'scalar' | 'null' {
    if (isMap(this.node)) return 'map';
    if (isSeq(this.node)) return 'sequence';
    return this.scalar?.isNull === false ? 'scalar' : 'null';
  }

  get isMap(): boolean {
    return isMap(this.node);
  }

  /** Reached through an alias or a merge key. */
  get merged(): boolean {
    return this.seenFrom.length > 0;
  }

  /** A change of it shows in other places, which reach it through an alias. */
  get isShared(): boolean {
    return this.tree.isShared(this.node);
  }

  /** The explicit tag as written, such as `!reset`. */
  get tag(): string | undefined {
    return this.node.tag;
  }

  get scalar(): ScalarText | null {
    return isScalar(this.node) ? readScalar(this.tree.text, this.node) : null;
  }

  /** The decoded text of a scalar that is not null; null for everything else. */
  get text(): string | null {
    const { scalar } = this;
    return scalar && !scalar.isNull ? scalar.text : null;
  }

  /** The value's own text, without quotes. */
  get span(): Span {
    return this.scalar?.span ?? contentSpan(this.tree.text, this.node);
  }

  /** Where the value is written: `x-base.image`. */
  get path(): string {
    return this.tree.pathOf(this.node);
  }

  /** The same value as seen from one more place, such as an expression that stands for it. */
  seenThrough(at: Span): YamlValue {
    return new YamlValue(this.tree, this.node, [...this.seenFrom, at]);
  }

  /** The value of `key` in a mapping. A null value (`key:`) is a value too. */
  get(key: string): YamlValue | undefined {
    return isMap(this.node) ? this.#find(this.node, key, this.seenFrom, new Set()) : undefined;
  }

  /** The value reached by a chain of keys. */
  at(...keys: readonly string[]): YamlValue | undefined {
    let value: YamlValue | undefined = this;
    for (const key of keys) value = value?.get(key);
    return value;
  }

  /** The text of a key's value, for short looks: `root.textAt('metadata', 'name')`. */
  textAt(...keys: readonly string[]): string | null {
    return this.at(...keys)?.text ?? null;
  }

  /** The keys of a mapping that are plain text, merged ones last. */
  entries(): readonly Entry[] {
    if (!isMap(this.node)) return [];
    const found = new Map<string, Entry>();
    this.#collect(this.node, this.seenFrom, found, new Set());
    return [...found.values()];
  }

  /** Where keys stand that the same mapping has already: YAML forbids it, and of the values only the last is read. */
  repeatedKeys(): readonly Span[] {
    if (!isMap(this.node)) return [];
    const seen = new Set<string>();
    return this.node.items.flatMap(({ key }) => {
      const text = keyText(key);
      if (text === null || !isNode(key)) return [];
      const again = seen.has(text);
      seen.add(text);
      return again ? [keySpan(this.tree.text, key)] : [];
    });
  }

  /** The items of a sequence; nothing for other values. */
  items(): readonly YamlValue[] {
    if (!isSeq(this.node)) return [];
    return this.node.items.flatMap((item) => this.#follow(item, this.seenFrom) ?? []);
  }

  /** The pair that is written in this mapping itself. */
  ownPair(key: string): Pair | undefined {
    return isMap(this.node) ? findOwnPair(this.node, key) : undefined;
  }

  #find(map: YAMLMap, key: string, from: readonly Span[], seen: Set<Node>): YamlValue | undefined {
    if (seen.has(map) || seen.size > mostMerged) return undefined;
    seen.add(map);
    const own = findOwnPair(map, key);
    if (own) return this.#follow(own.value, from) ?? this.#empty(own, from);
    for (const [merged, through] of this.#merges(map, from)) {
      const found = this.#find(merged, key, through, seen);
      if (found) return found;
    }
    return undefined;
  }

  #collect(map: YAMLMap, from: readonly Span[], found: Map<string, Entry>, seen: Set<Node>): void {
    if (seen.has(map) || seen.size > mostMerged) return;
    seen.add(map);
    const own = new Map<string, Entry>();
    for (const pair of map.items) {
      const key = isMergeKey(pair.key) ? null : keyText(pair.key);
      if (key === null || !isNode(pair.key)) continue;
      const value = this.#follow(pair.value, from) ?? this.#empty(pair, from);
      if (value) own.set(key, { key, keySpan: keySpan(this.tree.text, pair.key), value });
    }
    for (const [key, entry] of own) if (!found.has(key)) found.set(key, entry);
    for (const [merged, through] of this.#merges(map, from)) this.#collect(merged, through, found, seen);
  }

  /** The mappings merged into `map`, each with the places that lead to it. */
  *#merges(map: YAMLMap, from: readonly Span[]): Iterable<readonly [YAMLMap, readonly Span[]]> {
    for (const [merged, via] of this.tree.mergedInto(map)) yield [merged, [...from, ...via]];
  }

  #follow(written: unknown, from: readonly Span[]): YamlValue | undefined {
    if (!isNode(written)) return undefined;
    if (!isAlias(written)) return new YamlValue(this.tree, written, from);
    const target = this.tree.targetOf(written);
    return target && new YamlValue(this.tree, target, [...from, contentSpan(this.tree.text, written)]);
  }

  /** A key without a colon, as in `{a}` or half-written text, has no value node: the key's end stands for it. */
  #empty(pair: Pair, from: readonly Span[]): YamlValue | undefined {
    return isNode(pair.key) && pair.value === null
      ? new YamlValue(this.tree, emptyAfter(pair.key), from)
      : undefined;
  }
}
