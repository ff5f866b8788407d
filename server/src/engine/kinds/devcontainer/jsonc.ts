import type { Comment } from '../../model/facts.ts';
import { type Span, span } from '../../text/span.ts';

/** A string that is a value, with its place. */
export interface JsonString {
  /** Keys and indexes from the root: `['build', 'cacheFrom', '0']`. */
  readonly path: readonly string[];
  /** Quotes and escapes off. */
  readonly text: string;
  /** The content between the quotes. */
  readonly span: Span;
  /** What comes between the content and `text`; null where they are equal character by character. */
  readonly disguise: 'escapes' | 'open quotes' | null;
}

/** What a JSON text with comments holds. Never throws: broken text gives as much as can be told. */
export interface Jsonc {
  readonly strings: readonly JsonString[];
  readonly comments: readonly Comment[];
  /** The first thing that keeps the text from being read without doubt, in words that finish a sentence. */
  readonly problem: { readonly span: Span; readonly message: string } | null;
}

const misplaced = 'something stands here that JSON does not allow in this place';

/** Strings deeper down are of no interest here. */
const deepest = 3;

interface Frame {
  /** What closes it; nothing for the text as a whole. */
  readonly close: string;
  readonly at: Span;
  key: string;
  index: number;
  /** An entry is awaited · its key is read · its colon too · its value too. */
  state: 'before' | 'key' | 'colon' | 'after';
}

/** Reads JSON with comments and trailing commas, as editors and the dev container tools do. */
export const readJsonc = (text: string): Jsonc => new Reader(text).read();

class Reader {
  readonly #text: string;
  readonly #strings: JsonString[] = [];
  readonly #comments: Comment[] = [];
  readonly #frames: Frame[] = [];
  readonly #open = new Map<string, number>();
  #top: Frame = { close: '', at: span(0, 0), key: '', index: 0, state: 'before' };
  #problem: Jsonc['problem'] = null;

  constructor(text: string) {
    this.#text = text;
  }

  read(): Jsonc {
    const token = /\s+|\/\/[^\r\n]*|\/\*[\s\S]*?(?:\*\/|$)|[^\s"/,:[\]{}]+|[\s\S]/y;
    for (let match = token.exec(this.#text); match; match = token.exec(this.#text)) {
      const [lexeme] = match;
      const at = span(match.index, token.lastIndex);
      if (lexeme === '"') token.lastIndex = this.#readString(at.start);
      else if (/^\/[/*]/.test(lexeme)) this.#comments.push({ span: at, text: lexeme });
      else if (lexeme.trim() !== '') this.#take(lexeme, at);
    }
    const last = this.#comments.at(-1);
    if (last && /^\/\*(?!.*\*\/$)/s.test(last.text)) this.#note(last.span, 'a comment is not closed');
    if (this.#top.close !== '') this.#note(this.#top.at, 'a bracket or brace is not closed');
    return { strings: this.#strings, comments: this.#comments, problem: this.#problem };
  }

  #take(lexeme: string, at: Span): void {
    if (lexeme === '{' || lexeme === '[') this.#enter(lexeme === '{' ? '}' : ']', at);
    else if (lexeme === '}' || lexeme === ']') this.#leave(lexeme, at);
    else if (lexeme === ',') {
      this.#top.index++;
      this.#top.state = 'before';
    } else if (lexeme === ':' && this.#top.state === 'key') this.#top.state = 'colon';
    else if (/^[-\w]/.test(lexeme)) this.#expectValue(at);
    else this.#note(at, misplaced);
  }

  #enter(close: string, at: Span): void {
    this.#expectValue(at);
    this.#frames.push(this.#top);
    this.#top = { close, at, key: '', index: 0, state: 'before' };
    this.#open.set(close, (this.#open.get(close) ?? 0) + 1);
  }

  /** A closing mark closes what stands open inside of its pair too; one without a pair closes nothing. */
  #leave(close: string, at: Span): void {
    if (this.#top.close !== close) this.#note(at, 'a bracket or brace does not fit the one that is open');
    if ((this.#open.get(close) ?? 0) === 0) return;
    for (let closed = ''; closed !== close; this.#top = this.#frames.pop() ?? this.#top) {
      closed = this.#top.close;
      this.#open.set(closed, (this.#open.get(closed) ?? 0) - 1);
    }
  }

  #expectValue(at: Span): void {
    const { close, state } = this.#top;
    if (state === 'after') this.#note(at, 'a comma is missing');
    else if (close === '}' && state !== 'colon') this.#note(at, misplaced);
    this.#top.state = 'after';
  }

  /** Returns the offset behind the string. One that is not closed ends with its line. */
  #readString(start: number): number {
    let end = start + 1;
    while (/[^"\r\n]/.test(this.#text.charAt(end)))
      end += /^\\[^\r\n]/.test(this.#text.slice(end, end + 2)) ? 2 : 1;
    const isClosed = this.#text[end] === '"';
    const whole = span(start, isClosed ? end + 1 : end);
    if (!isClosed) this.#note(whole, 'a quoted text is not closed');
    const raw = this.#text.slice(start + 1, end);
    const text = decode(raw);
    if (this.#top.close === '}' && this.#top.state !== 'colon') {
      if (this.#top.state === 'after') this.#note(whole, 'a comma is missing');
      else if (this.#top.state === 'key') this.#note(whole, misplaced);
      this.#top.key = text;
      this.#top.state = 'key';
      return whole.end;
    }
    this.#expectValue(whole);
    if (this.#frames.length > deepest) return whole.end;
    const disguise = raw.includes('\\') ? 'escapes' : null;
    const at = span(start + 1, end);
    this.#strings.push({ path: this.#path(), text, span: at, disguise: isClosed ? disguise : 'open quotes' });
    return whole.end;
  }

  #path(): readonly string[] {
    const open = [...this.#frames, this.#top].slice(1);
    return open.map(({ close, index, key }) => (close === '}' ? key : String(index)));
  }

  #note(at: Span, message: string): void {
    this.#problem ??= { span: at, message };
  }
}

/** Text with broken escapes is taken as it stands. */
function decode(raw: string): string {
  if (!raw.includes('\\')) return raw;
  try {
    return String(JSON.parse(`"${raw}"`));
  } catch {
    return raw;
  }
}
