import type { Comment } from '../../model/facts.ts';
import { readTokens, type Text, type Token, textOfVariable } from './tokens.ts';

/** A value as it is written. `other` is what only an evaluation could tell: calls, conditions, loops, heredocs. */
export type Value =
  | Text
  | { readonly type: 'list'; readonly items: readonly Value[] }
  | { readonly type: 'object'; readonly entries: readonly Entry[] }
  | { readonly type: 'other' };

export interface Entry {
  readonly key: string;
  readonly value: Value;
}

export interface HclFile {
  readonly entries: readonly Entry[];
  readonly comments: readonly Comment[];
}

/**
 * Reads the part of HCL that Bake files are made of, and JSON, which is written like an HCL object. A block is an object
 * under its labels: `target "app" {}` reads as `{ target = { app = {} } }`. Never fails: what cannot be read is passed over.
 */
export function readHcl(source: string): HclFile {
  const { comments, tokens } = readTokens(source);
  return { entries: new Parser(tokens).readFile(), comments };
}

/** The pairs of an object. JSON may write several objects of one meaning as a list. */
export function entriesOf(value: Value): readonly Entry[] {
  if (value.type === 'list') return value.items.flatMap(entriesOf);
  return value.type === 'object' ? value.entries : [];
}

/** Deeper nesting than any file has. What lies deeper is not read. */
const deepest = 64;

const other: Value = { type: 'other' };
const opening: ReadonlySet<string> = new Set(['(', '[', '{']);
const closing: ReadonlySet<string> = new Set([')', ']', '}']);

class Parser {
  readonly #tokens: readonly Token[];
  #at = 0;
  #depth = 0;

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens;
  }

  readFile(): readonly Entry[] {
    this.#skipBreaks();
    if (this.#isMark('{')) return entriesOf(this.#readPrimary());
    const entries: Entry[] = [];
    // A brace too many ends nothing here.
    while (this.#at < this.#tokens.length) this.#readBody(entries);
    return entries;
  }

  /** Attributes and blocks, past the brace that closes them. */
  #readBody(entries: Entry[] = []): readonly Entry[] {
    while (this.#at < this.#tokens.length && !this.#take('}')) {
      const key = this.#takeKey();
      if (key === null) {
        this.#at++;
        continue;
      }
      const value = this.#readAttributeOrBlock();
      if (value) entries.push({ key, value });
    }
    return entries;
  }

  #readAttributeOrBlock(): Value | null {
    if (this.#take('=')) return this.#readExpression();
    const labels: string[] = [];
    for (let label = this.#takeKey(); label !== null; label = this.#takeKey()) labels.push(label);
    if (!this.#isMark('{')) return null;
    const body = this.#nested(() => ({ type: 'object', entries: this.#readBody() }));
    return labels.reduceRight<Value>((value, key) => ({ type: 'object', entries: [{ key, value }] }), body);
  }

  /** The pairs of an object, past the brace that closes it. */
  #readEntries(): readonly Entry[] {
    const entries: Entry[] = [];
    while (this.#at < this.#tokens.length && !this.#take('}')) {
      const key = this.#takeKey();
      if (key === null) this.#at++;
      else if (this.#take('=') || (this.#take(':') && this.#skipBreaks())) {
        entries.push({ key, value: this.#readExpression() });
      } else this.#skipRest();
    }
    return entries;
  }

  /** The values of a list, past the bracket that closes it; one that is not closed ends where what holds it does. */
  #readItems(): readonly Value[] {
    const items: Value[] = [];
    while (this.#skipBreaks() && this.#at < this.#tokens.length && !this.#take(']')) {
      if (this.#isMark('}') || this.#isMark(')')) break;
      items.push(this.#readExpression(true));
      this.#take(',');
    }
    return items;
  }

  /** One value, to the end of its line or, in a list, to the next comma. */
  #readExpression(isInList = false): Value {
    const value = this.#readPrimary();
    if (this.#isEnd(isInList)) return value;
    this.#skipRest(isInList);
    return other;
  }

  #readPrimary(): Value {
    if (this.#isMark('[')) return this.#nested(() => ({ type: 'list', items: this.#readItems() }));
    if (this.#isMark('{')) return this.#nested(() => ({ type: 'object', entries: this.#readEntries() }));
    const token = this.#tokens[this.#at];
    if (token?.type !== 'text' && token?.type !== 'name') return other;
    this.#at++;
    return token.type === 'text' ? token : textOfVariable(token.name, token.span);
  }

  /** Reads what stands in brackets. Too deep, it takes nothing. */
  #nested(read: () => Value): Value {
    if (this.#depth === deepest) return other;
    this.#depth++;
    this.#at++;
    const value = read();
    this.#depth--;
    return value;
  }

  #skipRest(isInList = false): void {
    let depth = 0;
    while (depth > 0 || !this.#isEnd(isInList)) {
      const token = this.#tokens[this.#at++];
      if (!token) return;
      if (token.type === 'mark' && opening.has(token.mark)) depth++;
      if (token.type === 'mark' && closing.has(token.mark)) depth--;
    }
  }

  /** Whether an expression ends here. Line breaks do not count in a list. */
  #isEnd(isInList: boolean): boolean {
    if (isInList) this.#skipBreaks();
    const token = this.#tokens[this.#at];
    if (token?.type !== 'mark') return token === undefined || token.type === 'break';
    return token.mark === ',' || closing.has(token.mark);
  }

  #isMark(mark: string): boolean {
    const token = this.#tokens[this.#at];
    return token?.type === 'mark' && token.mark === mark;
  }

  #take(mark: string): boolean {
    const isHere = this.#isMark(mark);
    if (isHere) this.#at++;
    return isHere;
  }

  /** A key or a label: a name, or a string. */
  #takeKey(): string | null {
    const token = this.#tokens[this.#at];
    if (token?.type !== 'name' && token?.type !== 'text') return null;
    this.#at++;
    return token.type === 'name' ? token.name : token.written;
  }

  #skipBreaks(): true {
    while (this.#tokens[this.#at]?.type === 'break') this.#at++;
    return true;
  }
}
