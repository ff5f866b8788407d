import { type Alias, isAlias, isMap, isNode, isScalar, type Node, type YAMLMap } from 'yaml';
import type { Ambiguity } from '../model/ambiguity.ts';
import { type Span, span } from '../text/span.ts';
import { binaryTag, collectionTags, nullTag, plainTags, shortTag } from './core-tags.ts';
import { contentSpan } from './extent.ts';
import type { Tree } from './lookup.ts';
import { isMergeKey, keyText } from './merges.ts';
import { inOrder } from './nodes.ts';
import { oddLines } from './odd-lines.ts';
import type { YamlPiece } from './parse.ts';
import { isNullText } from './scalar.ts';

/** What the programs that read a kind of file agree on. */
export interface Readers {
  /** Tags that have a meaning in it. */
  readonly tags?: readonly string[];
  /** The keys of a mapping win over what `<<` brings, wherever it stands (yaml.org/type/merge.html). */
  readonly ownKeysWin?: true;
}

/** What in a document its readers take in different ways, in the order of the text. */
export function readAmbiguities(piece: YamlPiece, readers: Readers): readonly Ambiguity[] {
  const { root } = piece;
  if (!root) return [];
  return [...oddLines(piece), ...new Search(root.tree, readers).all()].sort(
    (a, b) => a.span.start - b.span.start,
  );
}

/** Merged keys that are looked at in one document: more are an attempt to keep its reader busy. */
const mostMerged = 200_000;

class Search {
  readonly #tree: Tree;
  readonly #readers: Readers;
  readonly #taggedKeys = new Set<Node>();
  #looked = 0;

  constructor(tree: Tree, readers: Readers) {
    this.#tree = tree;
    this.#readers = readers;
  }

  *all(): Iterable<Ambiguity> {
    for (const node of inOrder(this.#tree.root)) {
      if (!isAlias(node) && node.tag !== undefined) yield* this.#tag(node, node.tag);
      if (isMap(node)) yield* this.#mapping(node);
    }
  }

  *#mapping(map: YAMLMap): Iterable<Ambiguity> {
    const before = new Map<string, unknown>();
    let merges = 0;
    for (const { key, value } of map.items) {
      const name = keyText(key);
      if (name === null || !isNode(key)) continue;
      if (!isAlias(key) && key.tag !== undefined) this.#taggedKeys.add(key);
      if (isMergeKey(key)) {
        if (++merges === 2) yield this.#at('repeated-merge', map, name, this.#span(key));
        if (!this.#readers.ownKeysWin) yield* this.#lateMerge(map, key, value, before);
        continue;
      }
      if (before.has(name)) yield this.#at('repeated-key', map, name, this.#span(key));
      before.set(name, value);
    }
  }

  /** A `<<` that brings a key which its mapping has already, with another value. */
  *#lateMerge(
    at: YAMLMap,
    key: Node,
    source: unknown,
    before: ReadonlyMap<string, unknown>,
  ): Iterable<Ambiguity> {
    if (before.size === 0) return;
    for (const map of this.#tree.mergedBy(source)) {
      for (const [name, { pair }] of this.#tree.pairsOf(map)) {
        if (++this.#looked > mostMerged) break;
        if (!before.has(name) || isSame(before.get(name), pair.value)) continue;
        yield this.#at('late-merge', at, name, this.#span(key));
        return;
      }
    }
    if (this.#looked > mostMerged) yield this.#at('many-merges', at, '<<', this.#span(key));
  }

  *#tag(node: Exclude<Node, Alias>, tag: string): Iterable<Ambiguity> {
    if (tag === binaryTag) yield this.#at('binary', node, shortTag(tag), this.#tagSpan(node));
    else if (this.#taggedKeys.has(node) || !(fits(tag, node) || this.#readers.tags?.includes(tag))) {
      yield this.#at('tag', node, shortTag(tag), this.#tagSpan(node));
    }
  }

  /** `node` is what is spoken of, or the mapping that holds the key of that `name`. */
  #at(type: Ambiguity['type'], node: Node, name: string, place: Span): Ambiguity {
    const path = this.#tree.pathOf(node);
    const isKey = isMap(node) && type !== 'tag';
    return { type, span: place, path: isKey && path !== '' ? `${path}.${name}` : path || name, name };
  }

  #span(node: Node): Span {
    return contentSpan(this.#tree.text, node);
  }

  /** Of the tag before a node; the start of the node where none is found. */
  #tagSpan(node: Node): Span {
    const start = node.range?.[0] ?? 0;
    const before = this.#tree.text.slice(Math.max(0, start - 200), start);
    const [, tag = '', rest = ''] = /(![^\s,[\]{}]*)((?:\s+&\S+)?\s*)$/.exec(before) ?? [];
    const end = start - rest.length;
    return tag === ''
      ? span(start, Math.min(start + 1, this.#tree.text.length))
      : span(end - tag.length, end);
  }
}

/** Whether every reader takes a tag of YAML itself alike. */
function fits(tag: string, node: Node): boolean {
  if (!plainTags.has(tag) || isScalar(node) === collectionTags.has(tag)) return false;
  if (isMap(node) !== tag.endsWith(':map') && !isScalar(node)) return false;
  return tag !== nullTag || (isScalar(node) && isNullText(node.source ?? ''));
}

/** Whether two values are the same plain text, so that it does not matter which of them is taken. */
const isSame = (a: unknown, b: unknown): boolean =>
  a === b ||
  (isScalar(a) &&
    isScalar(b) &&
    a.source === b.source &&
    (a.type === 'PLAIN') === (b.type === 'PLAIN') &&
    a.tag === b.tag);
