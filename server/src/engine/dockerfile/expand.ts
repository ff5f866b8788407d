import { MappedText } from '../text/mapped-text.ts';
import type { Span } from '../text/span.ts';

/** The one place that holds a whole value, character by character: what an edit of that value changes. */
export interface Origin {
  readonly place: MappedText;
  /** Another text that has this value as a part of it: an edit would change that text too. */
  partOf: MappedText | null;
  /** The instructions' words this value reaches whole. */
  readonly readers: Span[];
}

/** A word with the known variables put in. */
export interface Value {
  readonly text: string;
  /** The variables that are not known, as they stand in `text`. */
  readonly holes: readonly string[];
  /** Null where the text is put together from several parts or written with escapes. */
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
 * Puts variables into a word: `$A`, `${A}`, `${A:-word}`, `${A-word}`, `${A:+word}`, `${A+word}`, `${A:?message}`.
 * The pattern forms (`${A#…}`, `${A%…}`, `${A/…}`) stay unknown. Quotes and escapes as in BuildKit's
 * `frontend/dockerfile/shell`. What cannot be read (`${A` without an end) is unknown too.
 */
export function expand(word: MappedText, lookup: Lookup, escapeToken: string): Expansion {
  const parts = new Reader(word, lookup, escapeToken).readAll();
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
    origin: null,
    variables: [...new Set(parts.flatMap((part) => part.variables))],
  };
}

class Reader {
  readonly #word: MappedText;
  readonly #text: string;
  readonly #lookup: Lookup;
  readonly #escapeToken: string;
  #at = 0;
  #depth = 0;

  constructor(word: MappedText, lookup: Lookup, escapeToken: string) {
    this.#word = word;
    this.#text = word.text;
    this.#lookup = lookup;
    this.#escapeToken = escapeToken;
  }

  readAll(): readonly Part[] {
    return this.#readUntil('');
  }

  /** Reads up to `stop`, which stays unread, or to the end. */
  #readUntil(stop: string): readonly Part[] {
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
        from = this.#at + 1;
        this.#at = Math.min(from + 1, this.#text.length);
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
    return { ...value, raw: this.#word.slice(start, this.#at) };
  }

  #readBare(start: number): Value {
    const name = this.#readName();
    return name === '' ? literal(this.#word.slice(start, this.#at)) : this.#plain(name, start);
  }

  #readBraced(start: number): Value {
    this.#at++;
    const name = this.#readName();
    const operator = /:?[-+?]|/y;
    operator.lastIndex = this.#at;
    const sign = operator.exec(this.#text)?.[0] ?? '';
    this.#at += sign.length;
    const isPlain = sign === '' && this.#text.charAt(this.#at) === '}';
    const word = isPlain ? empty : this.#readOperand();
    const isClosed = this.#text.charAt(this.#at) === '}';
    if (isClosed) this.#at++;
    if (isPlain) return this.#plain(name, start);
    const known = this.#lookup(name);
    if (!isClosed || !word || sign === '' || known === 'unknown') return this.#lost(name, start, known);
    const isSet = known !== 'unset' && !(sign.startsWith(':') && known.text === '');
    const operand = { ...word, variables: [name, ...word.variables] };
    if (sign.endsWith('+')) return isSet ? operand : { ...empty, variables: [name] };
    if (isSet) return known;
    return sign.endsWith('-') ? operand : this.#lost(name, start, known);
  }

  /** The word after an operator, up to the closing brace; null where it is nested too deeply to be read. */
  #readOperand(): Value | null {
    if (this.#depth >= limits.depth) {
      this.#at = this.#text.length;
      return null;
    }
    this.#depth++;
    const start = this.#at;
    const parts = this.#readUntil('}');
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
    const name = /[A-Za-z_]\w*|\d+|[@*#?$!-]|/y;
    name.lastIndex = this.#at;
    const found = name.exec(this.#text)?.[0] ?? '';
    this.#at += found.length;
    return found;
  }
}

function literal(raw: MappedText): Part {
  const origin = raw.isVerbatim ? { place: raw, partOf: null, readers: [] } : null;
  return { raw, text: raw.text, holes: [], origin, variables: [] };
}
