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
import { SourceText } from '../text/source-text.ts';
import type { Span } from '../text/span.ts';
import { AliasBudget } from './aliased.ts';
import { contentSpan } from './extent.ts';
import { type Layout, readLayout } from './layout.ts';
import { isMergeKey, keyText, Merges, type Reached } from './merges.ts';
import { inOrder, isFlow } from './nodes.ts';
import { Ranges } from './ranges.ts';
import { readScalar, type ScalarText } from './scalar.ts';
import { Trail } from './trail.ts';

/** A parsed document: its text, its nodes, and where its aliases lead. */
export class Tree {
  readonly text: string;
  readonly root: Node;
  /** Its text has errors, so that new lines could end up anywhere. */
  readonly broken: boolean;
  /** Its lines. */
  readonly source: SourceText;
  /** For what its aliases bring in: once it is spent, lists and mappings that they lead to count as empty. */
  readonly budget: AliasBudget;
  #targets: ReadonlyMap<Alias, Node> | null = null;
  #dangling: Alias[] = [];
  #paths: ReadonlyMap<Node, string> | null = null;
  #layout: Layout | null = null;
  #shared: Ranges | null = null;
  #brackets: Ranges | null = null;
  readonly #aliasedKeys: ReadonlySet<Node>;
  readonly #merges = new Merges(this);

  /** `aliasedKeys`: what aliases stand for that were written as keys, and are keys of their own by now. */
  constructor(text: string, root: Node, broken: boolean, aliasedKeys: ReadonlySet<Node> = new Set()) {
    this.text = text;
    this.#aliasedKeys = aliasedKeys;
    this.root = root;
    this.broken = broken;
    this.source = new SourceText(text);
    this.budget = new AliasBudget(text.length);
  }

  /** The node an alias stands for: the last one before it with that anchor. */
  targetOf(alias: Alias): Node | undefined {
    return this.#aliases().get(alias);
  }

  get danglingAliases(): readonly { readonly name: string; readonly span: Span }[] {
    this.#aliases();
    return this.#dangling.map((alias) => ({ name: alias.source, span: contentSpan(this.text, alias) }));
  }

  /** The pair of a key in a mapping, whether written in it or merged into it, and the places that lead to the pair. */
  find(map: YAMLMap, key: string): Reached | null {
    return this.#merges.find(map, key);
  }

  /** Every pair of a mapping whose key is plain text, merged ones last. */
  pairsOf(map: YAMLMap): ReadonlyMap<string, Reached> {
    return this.#merges.pairsOf(map);
  }

  /** The pair of a key that is written in a mapping itself; the last one where a key is given twice. */
  ownPair(map: YAMLMap, key: string): Pair | undefined {
    return this.#merges.ownPair(map, key);
  }

  /** The mappings that the value of one merge key brings in. */
  mergedBy(value: unknown): readonly YAMLMap[] {
    const source = this.#target(value);
    const all = isSeq(source) ? source.items.slice(0, mostMerged) : [source];
    return all.flatMap((one) => {
      const target = this.#target(one);
      return isMap(target) ? [target] : [];
    });
  }

  /** What a written node stands for. */
  #target(node: unknown): Node | undefined {
    if (!isNode(node)) return undefined;
    return isAlias(node) ? this.targetOf(node) : node;
  }

  /** Keys and indexes from the root to where the node is written: `x-base.image`. */
  pathOf(node: Node): string {
    this.#paths ??= pathsFrom(this.root);
    return this.#paths.get(node) ?? '';
  }

  /** Whether a change inside the node shows in other places: it, or something around it, is what an alias stands for. */
  isShared(node: Node): boolean {
    this.#shared ??= new Ranges(
      Array.from([...this.#aliases().values(), ...this.#aliasedKeys], ({ range }) => {
        const [start, end] = range ?? [0, 0];
        return [start, Math.max(start + 1, end)];
      }),
    );
    return this.#shared.holds(node.range?.[0] ?? 0);
  }

  /** Whether a node stands in `[…]` or `{…}`. */
  isInBrackets(node: Node): boolean {
    this.#brackets ??= new Ranges(
      Array.from(inOrder(this.root)).flatMap((one) =>
        isFlow(one) && one.range ? [[one.range[0] + 1, one.range[1]]] : [],
      ),
    );
    return this.#brackets.holds(node.range?.[0] ?? 0);
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

/** Mappings that are looked at of those that one merge key names: more are no manifest but an attempt to keep its reader busy. */
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
  /** The aliases and merge keys that lead here from the root; empty for what is written in place. */
  readonly trail: Trail;

  private constructor(tree: Tree, node: Node, trail: Trail) {
    this.tree = tree;
    this.node = node;
    this.trail = trail;
  }

  static ofRoot(tree: Tree): YamlValue {
    return new YamlValue(tree, tree.root, Trail.none);
  }

  /** The places of the trail, outermost first. */
  get seenFrom(): readonly Span[] {
    return this.trail.places();
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
    return this.trail.length > 0;
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
    return new YamlValue(this.tree, this.node, this.trail.join(Trail.of([at])));
  }

  /** The same value as reached from another one, by what stands at a place there. */
  seenAfter({ trail }: YamlValue, at: Span): YamlValue {
    return new YamlValue(this.tree, this.node, this.trail.join(trail).join(Trail.of([at])));
  }

  /** The value of `key` in a mapping. A null value (`key:`) is a value too. */
  get(key: string): YamlValue | undefined {
    const reached = isMap(this.node) ? this.tree.find(this.node, key) : null;
    return reached ? this.#valueOf(reached) : undefined;
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
    const pairs = this.tree.pairsOf(this.node);
    if (!this.#mayLookAt(pairs.size)) return [];
    return Array.from(pairs).flatMap(([key, reached]) => {
      const value = this.#valueOf(reached);
      const at = reached.pair.key;
      return value && isNode(at) ? { key, keySpan: keySpan(this.tree.text, at), value } : [];
    });
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

  /** A merge key (`<<`) is written in this mapping. */
  get hasMergeKey(): boolean {
    return isMap(this.node) && this.node.items.some(({ key }) => isMergeKey(key));
  }

  /** How many items a sequence has; 0 for other values. */
  get itemCount(): number {
    return isSeq(this.node) ? this.node.items.length : 0;
  }

  /** The items of a sequence; nothing for other values. */
  items(): readonly YamlValue[] {
    if (!isSeq(this.node) || !this.#mayLookAt(this.node.items.length)) return [];
    return this.node.items.flatMap((item) => this.#follow(item, this.trail) ?? []);
  }

  /** The pair that is written in this mapping itself. */
  ownPair(key: string): Pair | undefined {
    return isMap(this.node) ? this.tree.ownPair(this.node, key) : undefined;
  }

  #mayLookAt(count: number): boolean {
    return !this.merged || this.tree.budget.spend(count);
  }

  #valueOf({ pair, trail }: Reached): YamlValue | undefined {
    const through = this.trail.join(trail);
    return this.#follow(pair.value, through) ?? this.#empty(pair, through);
  }

  #follow(written: unknown, through: Trail): YamlValue | undefined {
    if (!isNode(written)) return undefined;
    if (!isAlias(written)) return new YamlValue(this.tree, written, through);
    const target = this.tree.targetOf(written);
    const at = contentSpan(this.tree.text, written);
    return target && new YamlValue(this.tree, target, through.join(Trail.of([at])));
  }

  /** A key without a colon, as in `{a}` or half-written text, has no value node: the key's end stands for it. */
  #empty(pair: Pair, through: Trail): YamlValue | undefined {
    return isNode(pair.key) && pair.value === null
      ? new YamlValue(this.tree, emptyAfter(pair.key), through)
      : undefined;
  }
}
