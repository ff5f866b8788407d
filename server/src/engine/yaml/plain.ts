import { CST, type Node, Pair, Scalar, YAMLMap, YAMLSeq } from 'yaml';

/**
 * Reads the YAML that nearly all manifests are written in: indented mappings and lists, texts on one line, block text, brackets.
 * Gives what the parser would, in a tenth of its time; null for whatever is rarer or could be wrong, which is left to the parser.
 */
export function readPlain(text: string): Node | null {
  if (/^%|[\uFEFF\u0085\u2028\u2029]|\r(?!\n)/.test(text)) return null;
  return new PlainReader(text).read();
}

const tab = 9;
const lineFeed = 10;
const carriageReturn = 13;
const space = 32;
const doubleQuote = 34;
const hash = 35;
const singleQuote = 39;
const comma = 44;
const dash = 45;
const dot = 46;
const colon = 58;
const greater = 62;
const question = 63;
const openBracket = 91;
const backslash = 92;
const closeBracket = 93;
const openBrace = 123;
const bar = 124;
const closeBrace = 125;

/** Deeper nesting is left to the parser, which knows when to give up. */
const deepest = 100;

/** What no plain text begins with (YAML 1.2.2, section 7.3.3). */
const indicators: ReadonlySet<number> = new Set([...'!&*|>%@`#,[]{}"\''].map((one) => one.charCodeAt(0)));

const isFlowIndicator = (unit: number): boolean =>
  unit === comma ||
  unit === openBracket ||
  unit === closeBracket ||
  unit === openBrace ||
  unit === closeBrace;

/** Longer keys are faulty (YAML 1.2.2, section 7.4.2). */
const longestKey = 1024;

/** A node with the offset behind it. */
interface Ended<T extends Node> {
  readonly node: T;
  readonly end: number;
}

class PlainReader {
  readonly #text: string;
  /** The first character of the current line that is neither blank nor comment, and its column. */
  #at = 0;
  #column = 0;
  #done = false;
  #depth = 0;

  constructor(text: string) {
    this.#text = text;
  }

  read(): Node | null {
    if (!this.#nextLine(0) || this.#done) return null;
    if (this.#isMarker(this.#at)) {
      const end = this.#restOfLine(this.#at + 3);
      if (this.#unit(this.#at) !== dash || end === null || !this.#nextLine(end) || this.#done) return null;
    }
    const isFlow = this.#isOpening(this.#at);
    const node = isFlow ? this.#inline(this.#at, -1) : this.#block();
    return this.#done ? node : null;
  }

  #unit(at: number): number {
    return this.#text.charCodeAt(at);
  }

  /** At a line break or at the end of the text. */
  #isLineEnd(at: number): boolean {
    const unit = this.#unit(at);
    return (
      unit === lineFeed || Number.isNaN(unit) || (unit === carriageReturn && this.#unit(at + 1) === lineFeed)
    );
  }

  #isBlank(at: number): boolean {
    return this.#unit(at) === space || this.#isLineEnd(at);
  }

  #isOpening(at: number): boolean {
    return this.#unit(at) === openBracket || this.#unit(at) === openBrace;
  }

  #isDash(at: number): boolean {
    return this.#unit(at) === dash && this.#isBlank(at + 1);
  }

  /** `---` or `...`, which end and begin documents. */
  #isMarker(at: number): boolean {
    const unit = this.#unit(at);
    return (
      this.#column === 0 &&
      (unit === dash || unit === dot) &&
      this.#unit(at + 1) === unit &&
      this.#unit(at + 2) === unit &&
      this.#isBlank(at + 3)
    );
  }

  #skipSpaces(from: number): number {
    let at = from;
    while (this.#unit(at) === space) at++;
    return at;
  }

  #lineEnd(from: number): number {
    const at = this.#text.indexOf('\n', from);
    return at === -1 ? this.#text.length : at;
  }

  /** The end of the line where nothing but a comment follows; null where something does. */
  #restOfLine(from: number): number | null {
    const at = this.#skipSpaces(from);
    if (this.#isLineEnd(at) || (this.#unit(at) === hash && at > from)) return this.#lineEnd(at);
    return null;
  }

  /** Goes to the first line from `from` on that is neither blank nor comment. False where a tab makes the indentation unclear. */
  #nextLine(from: number): boolean {
    let start = from === 0 ? 0 : from + 1;
    while (start < this.#text.length) {
      const at = this.#skipSpaces(start);
      const unit = this.#unit(at);
      if (unit === tab) return false;
      if (unit !== hash && !this.#isLineEnd(at)) {
        this.#at = at;
        this.#column = at - start;
        return from === 0 || !this.#isMarker(at);
      }
      start = this.#lineEnd(at) + 1;
    }
    this.#done = true;
    this.#column = -1;
    return true;
  }

  /** The collection that begins in the current line. */
  #block(): Node | null {
    if (this.#depth >= deepest) return null;
    this.#depth++;
    const node = this.#isDash(this.#at) ? this.#sequence() : this.#mapping();
    this.#depth--;
    return node;
  }

  #mapping(): Node | null {
    const map = new YAMLMap();
    const column = this.#column;
    const start = this.#at;
    let end: number;
    do {
      if (this.#column !== column) return null;
      const pair = this.#entry();
      if (!pair) return null;
      map.items.push(pair);
      end = this.#done ? this.#text.length : this.#at - this.#column;
    } while (!this.#done && this.#column >= column);
    map.range = [start, end, end];
    map.srcToken = { type: 'block-map', offset: start, indent: column, items: [] };
    return map;
  }

  #entry(): Pair | null {
    const column = this.#column;
    const key = this.#key(this.#at);
    if (!key) return null;
    const pair = new Pair<Node, Node>(key.node);
    const offset = key.end;
    const sign = { type: 'map-value-ind', offset, indent: column, source: ':' } as const;
    pair.srcToken = { start: [], key: null, sep: [sign] };
    const value = this.#entryValue(offset + 1, column);
    if (!value) return null;
    pair.value = value;
    return pair;
  }

  #entryValue(from: number, column: number): Node | null {
    const at = this.#skipSpaces(from);
    const rest = this.#restOfLine(from);
    if (rest === null) return this.#value(at, column);
    if (!this.#nextLine(rest)) return null;
    if (this.#column > column) return this.#block();
    if (this.#column === column && !this.#done && this.#isDash(this.#at)) return this.#sequence();
    const empty = new Scalar('');
    empty.source = '';
    empty.type = 'PLAIN';
    empty.range = [from, from, from];
    return empty;
  }

  #sequence(): Node | null {
    const sequence = new YAMLSeq();
    const column = this.#column;
    const start = this.#at;
    let end: number;
    do {
      const item = this.#item();
      if (!item) return null;
      sequence.items.push(item);
      end = this.#done ? this.#text.length : this.#at - this.#column;
      if (this.#column > column) return null;
    } while (!this.#done && this.#column === column && this.#isDash(this.#at));
    sequence.range = [start, end, end];
    sequence.srcToken = { type: 'block-seq', offset: start, indent: column, items: [] };
    return sequence;
  }

  #item(): Node | null {
    const column = this.#column;
    const at = this.#skipSpaces(this.#at + 1);
    const rest = this.#restOfLine(this.#at + 1);
    if (rest !== null) {
      return this.#nextLine(rest) && this.#column > column ? this.#block() : null;
    }
    if (!this.#isDash(at) && !this.#key(at)) return this.#value(at, column);
    this.#column += at - this.#at;
    this.#at = at;
    return this.#block();
  }

  /** A key with the offset of its colon; null where the text at this place is none. */
  #key(at: number): Ended<Scalar> | null {
    const key = this.#isQuote(at) ? this.#quoted(at) : this.#plain(at, false);
    if (!key || key.end - at >= longestKey || key.node.source === '<<') return null;
    const sign = this.#skipSpaces(key.end);
    return this.#unit(sign) === colon && this.#isBlank(sign + 1) ? { node: key.node, end: sign } : null;
  }

  #value(at: number, column: number): Node | null {
    const unit = this.#unit(at);
    return unit === bar || unit === greater ? this.#blockText(at, column) : this.#inline(at, column);
  }

  /** A value that ends on a line of its own, so that what follows is indented no deeper than `column`. */
  #inline(at: number, column: number): Node | null {
    const value = this.#inlineValue(at, column);
    const rest = value && this.#restOfLine(value.end);
    if (rest === null || !this.#nextLine(rest) || this.#column > column) return null;
    return value?.node ?? null;
  }

  #inlineValue(at: number, column: number): Ended<Node> | null {
    if (this.#isOpening(at)) return this.#flow(at, column, 0);
    return this.#isQuote(at) ? this.#quoted(at) : this.#plainLines(at, column);
  }

  #isQuote(at: number): boolean {
    const unit = this.#unit(at);
    return unit === doubleQuote || unit === singleQuote;
  }

  #flowScalar(at: number): Ended<Scalar> | null {
    return this.#isQuote(at) ? this.#quoted(at) : this.#plain(at, true);
  }

  #quoted(at: number): Ended<Scalar> | null {
    const quote = this.#unit(at);
    let hasEscapes = false;
    for (let end = at + 1; end < this.#text.length; end++) {
      const unit = this.#unit(end);
      if (unit === lineFeed || unit === carriageReturn) return null;
      if (unit === backslash && quote === doubleQuote) {
        hasEscapes = true;
        end++;
      } else if (unit === quote) {
        if (quote === singleQuote && this.#unit(end + 1) === quote) {
          hasEscapes = true;
          end++;
        } else return this.#quotedNode(at, end + 1, quote === doubleQuote, hasEscapes);
      }
    }
    return null;
  }

  #quotedNode(at: number, end: number, isDouble: boolean, hasEscapes: boolean): Ended<Scalar> | null {
    const source = this.#text.slice(at, end);
    const type = isDouble ? 'double-quoted-scalar' : 'single-quoted-scalar';
    const token = { type, offset: at, indent: 0, source } as const;
    const text = hasEscapes ? decode(token) : source.slice(1, -1);
    return text === null ? null : scalarNode(token, isDouble ? 'QUOTE_DOUBLE' : 'QUOTE_SINGLE', text, end);
  }

  /** Text without quotes, up to a comment, the colon of a key or the end of the line. */
  #plain(at: number, inFlow: boolean): Ended<Scalar> | null {
    const first = this.#unit(at);
    if (indicators.has(first) || this.#isLineEnd(at)) return null;
    const isSign = first === dash || first === question || first === colon;
    if (isSign && (this.#isBlank(at + 1) || (inFlow && isFlowIndicator(this.#unit(at + 1))))) return null;
    const end = this.#plainEnd(at, inFlow);
    return end === null ? null : plainNode(at, this.#text.slice(at, end), end);
  }

  #plainEnd(at: number, inFlow: boolean): number | null {
    let end = at;
    for (let next = at; !this.#isLineEnd(next); next++) {
      const unit = this.#unit(next);
      if (unit === tab || unit === carriageReturn) return null;
      if (unit === space) continue;
      if (unit === hash && this.#unit(next - 1) === space) break;
      if (unit === colon && this.#endsKey(next + 1, inFlow)) break;
      if (inFlow && isFlowIndicator(unit)) break;
      end = next + 1;
    }
    return end;
  }

  /** Plain text with the lines below it that are indented deeper than `column`: they are one text. */
  #plainLines(at: number, column: number): Ended<Scalar> | null {
    const first = this.#plain(at, false);
    if (!first) return null;
    let { end } = first;
    let text = first.node.source ?? '';
    while (this.#isLineEnd(this.#skipSpaces(end))) {
      const start = this.#lineEnd(end) + 1;
      const next = this.#skipSpaces(start);
      if (next - start <= column || this.#isLineEnd(next) || this.#unit(next) === hash) break;
      const nextEnd = this.#plainEnd(next, false);
      if (nextEnd === null || this.#isMarker(next)) return null;
      text += ` ${this.#text.slice(next, nextEnd)}`;
      end = nextEnd;
    }
    return end === first.end ? first : plainNode(at, text, end);
  }

  #endsKey(at: number, inFlow: boolean): boolean {
    return this.#isBlank(at) || (inFlow && isFlowIndicator(this.#unit(at)));
  }

  /** `[…]` or `{…}`, also over lines as long as they are indented deeper than `column`. */
  #flow(open: number, column: number, depth: number): Ended<Node> | null {
    const isMap = this.#unit(open) === openBrace;
    const close = isMap ? closeBrace : closeBracket;
    const node = isMap ? new YAMLMap() : new YAMLSeq();
    const items: unknown[] = node.items;
    let at = this.#skipBlank(open + 1, column);
    while (this.#unit(at) !== close) {
      const item = depth < deepest ? this.#flowItem(at, isMap, column, depth) : null;
      if (!item) return null;
      items.push(item.item);
      at = this.#skipBlank(item.end, column);
      if (this.#unit(at) === comma) at = this.#skipBlank(at + 1, column);
      else if (this.#unit(at) !== close) return null;
    }
    node.flow = true;
    node.range = [open, at + 1, at + 1];
    const sign = {
      type: isMap ? 'flow-map-start' : 'flow-seq-start',
      offset: open,
      indent: 0,
      source: '',
    } as const;
    node.srcToken = { type: 'flow-collection', offset: open, indent: 0, start: sign, items: [], end: [] };
    return { node, end: at + 1 };
  }

  #flowItem(
    at: number,
    isMap: boolean,
    column: number,
    depth: number,
  ): { item: Node | Pair; end: number } | null {
    if (!isMap) {
      const value = this.#flowValue(at, column, depth);
      return value && { item: value.node, end: value.end };
    }
    const key = this.#flowScalar(at);
    const sign = key ? this.#skipSpaces(key.end) : at;
    if (!key || this.#unit(sign) !== colon) return null;
    const isApart = this.#isBlank(sign + 1) || key.node.type !== 'PLAIN';
    const value = isApart ? this.#flowValue(this.#skipBlank(sign + 1, column), column, depth) : null;
    if (!value) return null;
    const pair = new Pair<Node, Node>(key.node, value.node);
    const token = { type: 'map-value-ind', offset: sign, indent: 0, source: ':' } as const;
    pair.srcToken = { start: [], key: null, sep: [token] };
    return { item: pair, end: value.end };
  }

  #flowValue(at: number, column: number, depth: number): Ended<Node> | null {
    return this.#isOpening(at) ? this.#flow(at, column, depth + 1) : this.#flowScalar(at);
  }

  /** Behind spaces and line breaks in brackets; at a place where nothing can stand when a line is indented too little. */
  #skipBlank(from: number, column: number): number {
    let at = this.#skipSpaces(from);
    while (this.#isLineEnd(at) && at < this.#text.length) {
      const start = this.#lineEnd(at) + 1;
      at = this.#skipSpaces(start);
      if (column < 0) while (this.#unit(at) === tab || this.#unit(at) === space) at++;
      else if (!this.#isLineEnd(at) && at - start <= column) return this.#text.length;
    }
    return at;
  }

  /** `|` and `>`: the lines that are indented deeper than `column`. */
  #blockText(at: number, column: number): Node | null {
    const isStripped = this.#unit(at + 1) === dash;
    const header = this.#text.slice(at, at + (isStripped ? 2 : 1));
    const rest = this.#restOfLine(at + header.length);
    if (rest === null) return null;
    let indent = -1;
    let end = -1;
    let start = rest + 1;
    while (start < this.#text.length) {
      const content = this.#skipSpaces(start);
      const spaces = content - start;
      const isEmpty = this.#isLineEnd(content);
      if (this.#unit(content) === tab || (isEmpty && spaces > 0 && indent === -1)) return null;
      if (!isEmpty && spaces <= column) break;
      if (!isEmpty && indent === -1) indent = spaces;
      if (!isEmpty && spaces < indent) return null;
      // A line of spaces alone is text as far as it is indented deeper.
      if (!isEmpty || (indent !== -1 && spaces > indent)) {
        end = Math.min(this.#lineEnd(content) + 1, this.#text.length);
      }
      start = this.#lineEnd(content) + 1;
    }
    if (end === -1 || !this.#nextLine(end - (this.#unit(end - 1) === lineFeed ? 1 : 0))) return null;
    const source = this.#text.slice(rest + 1, end);
    const text = decode({
      type: 'block-scalar',
      offset: at,
      indent: column,
      props: [{ type: 'block-scalar-header', offset: at, indent: column, source: header }],
      source,
    });
    if (text === null) return null;
    const token = { type: 'scalar', offset: at, indent: column, source: header } as const;
    return scalarNode(token, this.#unit(at) === bar ? 'BLOCK_LITERAL' : 'BLOCK_FOLDED', text, end).node;
  }
}

const plainNode = (at: number, source: string, end: number): Ended<Scalar> =>
  scalarNode({ type: 'scalar', offset: at, indent: 0, source }, 'PLAIN', source, end);

function scalarNode(token: CST.FlowScalar, type: Scalar.Type, text: string, end: number): Ended<Scalar> {
  const node = new Scalar(text);
  node.source = text;
  node.type = type;
  node.range = [token.offset, end, end];
  node.srcToken = token;
  return { node, end };
}

/** The text that quotes and block text stand for; null where the parser finds fault with it. */
function decode(token: CST.FlowScalar | CST.BlockScalar): string | null {
  let isFaulty = false;
  const scalar = CST.resolveAsScalar(token, true, () => {
    isFaulty = true;
  });
  return isFaulty ? null : scalar.value;
}
