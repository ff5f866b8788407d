import { MappedText } from '../text/mapped-text.ts';
import type { Span } from '../text/span.ts';
import { Effort, replace, trim } from './substitute.ts';

/**
 * The one place that holds a value, character by character, or the end of one that is put together: what an edit of that value changes. At
 * the end it is the version that stands there, so that a digest goes nowhere else.
 */
export interface Origin {
  readonly place: MappedText;
  /** Another text that has this value as a part of it: an edit would change that text too. */
  partOf: MappedText | null;
  /** The instructions' words this value reaches whole. */
  readonly readers: Span[];
  /** The arguments that hand it on. */
  readonly names: Set<string>;
}

/** A word with the known variables put in. */
export interface Value {
  readonly text: string;
  /** The variables that are not known, as they stand in `text`. */
  readonly holes: readonly string[];
  /** Null where a variable decides the version, or where the text is written with escapes. */
  readonly origin: Origin | null;
  /** The names of the variables in it. */
  readonly variables: readonly string[];
}

export interface Expansion extends Value {
  /** As written, quotes and escapes off, variables still in it. */
  readonly written: MappedText;
}

/** A word in which nothing is expanded. */
export const verbatim = (word: MappedText): Expansion => ({ ...literal(word), written: word });

/** What a variable stands for. `unset` has no value · `unknown` has one that this file does not tell. */
export type Lookup = (name: string) => Value | 'unset' | 'unknown';

/** Deeper nesting of `${A:-${B:-…}}`, and longer text, than any reference has: beyond it a value counts as unknown. */
const limits = { depth: 20, length: 4096 };

/**
 * Puts variables into a word: `$A`, `${A}`, with `-`, `+` and `?`, with and without a colon before them, and with the patterns of `#`, `##`,
 * `%`, `%%`, `/` and `//`. Quotes and escapes as in BuildKit's `frontend/dockerfile/shell/lex.go`. What cannot be read (`${A` without an
 * end) stays unknown. `effort` is what the patterns of one file may cost.
 */
export function expand(
  word: MappedText,
  lookup: Lookup,
  escapeToken: string,
  effort: Effort = new Effort(),
): Expansion {
  const parts = new Reader(word, lookup, escapeToken, effort).readAll();
  const written = parts.length > 0 ? MappedText.join(parts.map((part) => part.raw)) : word.slice(0, 0);
  return { ...combine(parts, word), written };
}

/** A value nobody knows, shown as `raw`. */
export const hole = (raw: string, variables: readonly string[] = []): Value => ({
  text: raw,
  holes: [raw],
  origin: null,
  variables,
});

const empty: Value = { text: '', holes: [], origin: null, variables: [] };

interface Part extends Value {
  readonly raw: MappedText;
  /** It stands there as it is. */
  readonly isLiteral: boolean;
}

function combine(parts: readonly Part[], whole: MappedText): Value {
  const [only] = parts;
  if (only && parts.length === 1) return only;
  for (const { origin } of parts) if (origin) origin.partOf ??= whole;
  const text = parts.map((part) => part.text).join('');
  if (text.length > limits.length) return hole(whole.text);
  return {
    text,
    holes: parts.flatMap((part) => part.holes),
    origin: versionIn(parts),
    variables: [...new Set(parts.flatMap((part) => part.variables))],
  };
}

/**
 * The literal end of a text that variables begin, where it has the version: whatever they come to, a digest behind it is that of this
 * version or of none. Null where a variable can change the version.
 */
function versionIn(parts: readonly Part[]): Origin | null {
  const variable = parts.findLastIndex(({ isLiteral }) => !isLiteral);
  const place = parts.at(-1)?.raw;
  const end = parts.slice(variable + 1).map(({ text }) => text);
  if (variable < 0 || !place?.isVerbatim || !/[/:@]/.test(end.join(''))) return null;
  return originAt(place);
}

const originAt = (place: MappedText): Origin => ({ place, partOf: null, readers: [], names: new Set() });

class Reader {
  readonly #word: MappedText;
  readonly #text: string;
  readonly #lookup: Lookup;
  readonly #escapeToken: string;
  readonly #effort: Effort;
  #at = 0;
  #depth = 0;

  constructor(word: MappedText, lookup: Lookup, escapeToken: string, effort: Effort) {
    this.#word = word;
    this.#text = word.text;
    this.#lookup = lookup;
    this.#escapeToken = escapeToken;
    this.#effort = effort;
  }

  readAll(): readonly Part[] {
    return this.#readUntil('');
  }

  /** Reads up to `stop`, which stays unread, or to the end. In a pattern (`raw`) escapes stay, for the pattern to read. */
  #readUntil(stop: string, raw = false): readonly Part[] {
    const parts: Part[] = [];
    let quote = '';
    let from = this.#at;
    const flush = (): void => {
      if (this.#at > from) parts.push(literal(this.#word.slice(from, this.#at)));
    };
    while (this.#at < this.#text.length) {
      const char = this.#text.charAt(this.#at);
      if (char === stop && quote === '') break;
      if (char === '$' && quote !== "'") {
        flush();
        parts.push(this.#readVariable());
        from = this.#at;
      } else if (char === quote || (quote === '' && (char === '"' || char === "'"))) {
        flush();
        quote = quote === '' ? char : '';
        from = ++this.#at;
      } else if (char === this.#escapeToken && quote !== "'" && this.#escapes(quote)) {
        flush();
        from = this.#at + (raw ? 0 : 1);
        this.#at = Math.min(this.#at + 2, this.#text.length);
      } else if (char === this.#escapeToken && quote === '"' && raw) {
        // BuildKit writes it twice here.
        this.#at++;
        flush();
        from = this.#at - 1;
      } else {
        this.#at++;
      }
    }
    flush();
    return parts;
  }

  /** In double quotes only a quote, a dollar sign and the escape character itself can be escaped. */
  #escapes(quote: string): boolean {
    const next = this.#text.charAt(this.#at + 1);
    return quote === '' || next === '"' || next === '$' || next === this.#escapeToken;
  }

  #readVariable(): Part {
    const start = this.#at++;
    const value = this.#text.charAt(this.#at) === '{' ? this.#readBraced(start) : this.#readBare(start);
    return { ...value, isLiteral: false, raw: this.#word.slice(start, this.#at) };
  }

  #readBare(start: number): Value {
    const name = this.#readName();
    return name === '' ? literal(this.#word.slice(start, this.#at)) : this.#plain(name, start);
  }

  #readBraced(start: number): Value {
    this.#at++;
    const name = this.#readName();
    const operator = /:?[-+?#%]|\/\/?|/y;
    operator.lastIndex = this.#at;
    const sign = operator.exec(this.#text)?.[0] ?? '';
    this.#at += sign.length;
    const isPlain = sign === '' && this.#text.charAt(this.#at) === '}';
    if (isPlain) {
      this.#at++;
      return this.#plain(name, start);
    }
    const isPattern = /[#%/]/.test(sign);
    const pattern = isPattern ? this.#readOperand(sign.startsWith('/') ? '/' : '}', true) : empty;
    const isCut = sign.startsWith('/') && this.#text.charAt(this.#at++) !== '/';
    const word = isPattern && !sign.startsWith('/') ? empty : this.#readOperand('}', isPattern);
    const isClosed = !isCut && this.#text.charAt(this.#at) === '}';
    if (isClosed) this.#at++;
    const known = this.#lookup(name);
    if (!isClosed || !word || !pattern || sign === '' || known === 'unknown') {
      return this.#lost(name, start, known);
    }
    if (isPattern) return this.#substituted({ name, sign, pattern, word, start }, known);
    const isSet = known !== 'unset' && !(sign.startsWith(':') && known.text === '');
    const operand = { ...word, variables: [name, ...word.variables] };
    if (sign.endsWith('+')) return isSet ? operand : { ...empty, variables: [name] };
    if (isSet) return known;
    return sign.endsWith('-') ? operand : this.#lost(name, start, known);
  }

  /** What a pattern leaves of a value is text of its own: it is edited nowhere. */
  #substituted({ name, pattern, sign, start, word }: Substitution, known: Value | 'unset'): Value {
    const parts = [pattern, word];
    if (known === 'unset' || [known, ...parts].some(({ holes }) => holes.length > 0)) {
      return this.#lost(name, start, known);
    }
    for (const { origin } of [known, ...parts])
      if (origin) origin.partOf ??= this.#word.slice(start, this.#at);
    const side = sign.replace(':', '');
    // BuildKit looks at the pattern for the second sign, wherever it comes from.
    const longest = pattern.text.startsWith(side);
    const text = side.startsWith('/')
      ? replace(
          known.text,
          pattern.text,
          word.text,
          { all: side === '//', longest: limits.length },
          this.#effort,
        )
      : trim(known.text, pattern.text.slice(longest ? 1 : 0), { atEnd: side === '%', longest }, this.#effort);
    if (text === null) return this.#lost(name, start, known);
    const variables = [name, ...parts.flatMap((part) => part.variables)];
    return { text, holes: [], origin: null, variables: [...new Set(variables)] };
  }

  /** The word after an operator, up to what ends it; null where it is nested too deeply to be read. */
  #readOperand(stop: string, raw: boolean): Value | null {
    if (this.#depth >= limits.depth) {
      this.#at = this.#text.length;
      return null;
    }
    this.#depth++;
    const start = this.#at;
    const parts = this.#readUntil(stop, raw);
    this.#depth--;
    return combine(parts, this.#word.slice(start, this.#at));
  }

  #plain(name: string, start: number): Value {
    const known = this.#lookup(name);
    return known === 'unset' || known === 'unknown' ? this.#lost(name, start, known) : known;
  }

  #lost(name: string, start: number, known: ReturnType<Lookup>): Value {
    const raw = this.#word.slice(start, this.#at);
    if (typeof known !== 'string' && known.origin) known.origin.partOf ??= raw;
    return hole(raw.text, [name]);
  }

  /** A name, a positional or a special parameter, or nothing. */
  #readName(): string {
    const name = /[\p{L}_][\p{L}\p{Nd}_]*|\p{Nd}+|[@*#?$!-]|/uy;
    name.lastIndex = this.#at;
    const found = name.exec(this.#text)?.[0] ?? '';
    this.#at += found.length;
    return found;
  }
}

interface Substitution {
  readonly name: string;
  readonly sign: string;
  readonly pattern: Value;
  readonly word: Value;
  readonly start: number;
}

function literal(raw: MappedText): Part {
  const origin = raw.isVerbatim ? originAt(raw) : null;
  return { raw, text: raw.text, holes: [], origin, variables: [], isLiteral: true };
}
