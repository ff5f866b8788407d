import { isSpace, type MappedText } from '../text/mapped-text.ts';
import { type Span, span } from '../text/span.ts';
import { isBlank, unquoted, wordEnd } from './words.ts';

/** The lines of one instruction, without its heredocs. Offsets count in the text that is read. */
export interface LogicalLine extends Span {
  readonly type: 'instruction';
  /** What is left of each line without line breaks and continuation marks. */
  readonly parts: readonly Span[];
  /** Comment lines between the continued ones. */
  readonly comments: readonly Span[];
}

/** A line that is a comment, from its mark on. */
export interface CommentLine extends Span {
  readonly type: 'comment';
}

/** The body of a heredoc. */
export interface HeredocLines {
  /** What stands between the instruction, or the heredoc before, and the line that closes it. */
  readonly body: Span;
  /** With the line that closes it. */
  readonly whole: Span;
  /** Without a closing line the body takes the rest of the text. */
  readonly isClosed: boolean;
}

/** The opening of a heredoc, such as `<<-EOF`. */
export interface HeredocMark {
  /** The line that ends the body. */
  readonly closing: string;
  /** Tabs before the closing line do not count. */
  readonly chomp: boolean;
  readonly mark: MappedText;
}

/**
 * Walks over the lines of a Dockerfile the way BuildKit's `frontend/dockerfile/parser` does. Only LF breaks a line; carriage returns at its
 * end are not part of it.
 */
export class Lines {
  readonly #source: string;
  readonly #escapeToken: string;
  /** Where the next line begins. */
  #at: number;
  /** The first character of the current line that is not white space. */
  #content = 0;
  #end = 0;

  /** `at` is where the directives end. */
  constructor(source: string, at: number, escapeToken: string) {
    this.#source = source;
    this.#at = at;
    this.#escapeToken = escapeToken;
  }

  /** The next instruction or comment; null at the end of the text. */
  next(): LogicalLine | CommentLine | null {
    while (this.#nextLine()) {
      if (this.#isComment) return { type: 'comment', start: this.#content, end: this.#end };
      if (!this.#isBlank) return this.#logicalLine();
    }
    return null;
  }

  /** Takes the lines up to the one that closes a heredoc; without it, all that are left. */
  heredoc({ chomp, closing }: HeredocMark): HeredocLines {
    const source = this.#source;
    const from = this.#at;
    while (this.#at < source.length) {
      const line = this.#at;
      const end = this.#takeLine();
      let start = line;
      if (chomp) while (start < end && source[start] === '\t') start++;
      if (end - start === closing.length && source.startsWith(closing, start)) {
        return { body: span(from, line), whole: span(from, end), isClosed: true };
      }
    }
    const body = span(from, this.#at);
    return { body, whole: body, isClosed: false };
  }

  /**
   * Joins the current line with those that continue it. Comments and empty lines between them do not end it. An escape character ends a
   * line only when no other one stands before it.
   */
  #logicalLine(): LogicalLine {
    const parts: Span[] = [];
    const comments: Span[] = [];
    const lineFrom = (start: number): LogicalLine => ({
      type: 'instruction',
      start,
      end: this.#end,
      parts,
      comments,
    });
    const start = this.#content;
    for (let from = start; ; ) {
      const mark = this.#continuationMark(from);
      parts.push(span(from, mark ?? this.#end));
      if (mark === null) return lineFrom(start);
      do {
        if (!this.#nextLine()) return { ...lineFrom(start), end: this.#source.length };
        if (this.#isComment) comments.push(span(this.#content, this.#end));
      } while (this.#isComment || this.#isBlank);
      from = this.#start;
    }
  }

  #start = 0;

  #continuationMark(from: number): number | null {
    const source = this.#source;
    let last = this.#end - 1;
    while (last >= from && (source[last] === ' ' || source[last] === '\t')) last--;
    if (last < from || source[last] !== this.#escapeToken) return null;
    return last > from && source[last - 1] === this.#escapeToken ? null : last;
  }

  get #isBlank(): boolean {
    return this.#content === this.#end;
  }

  get #isComment(): boolean {
    return this.#source[this.#content] === '#' && this.#content < this.#end;
  }

  #nextLine(): boolean {
    if (this.#at >= this.#source.length) return false;
    this.#start = this.#at;
    this.#content = this.#at;
    this.#end = this.#takeLine();
    while (this.#content < this.#end && isSpace(this.#source.charAt(this.#content))) this.#content++;
    return true;
  }

  /** Goes on behind the line at hand. Returns its end, without carriage returns. */
  #takeLine(): number {
    const start = this.#at;
    const feed = this.#source.indexOf('\n', start);
    let end = feed < 0 ? this.#source.length : feed;
    this.#at = feed < 0 ? this.#source.length : feed + 1;
    while (end > start && this.#source[end - 1] === '\r') end--;
    return end;
  }
}

/** The heredocs that the arguments of an instruction open, in the order in which their bodies follow. */
export function heredocMarks(args: MappedText): readonly HeredocMark[] {
  const found: HeredocMark[] = [];
  const { text } = args;
  let at = 0;
  while (at < text.length) {
    if (isBlank(text.charAt(at))) {
      at++;
      continue;
    }
    const opening = /\d*<<-?[\t\r ]*/y;
    opening.lastIndex = at;
    const match = opening.exec(text);
    const from = at + (match?.[0].length ?? 0);
    const end = wordEnd(text, from, '\\');
    // As in a shell, text with an open quote has no words at all.
    if (end > text.length) return [];
    const name = text.slice(from, end);
    if (match && name !== '' && !name.includes('<')) {
      const closing = unquoted(args.slice(from, end), '\\').text;
      found.push({ closing, chomp: match[0].includes('-'), mark: args.slice(at, end) });
    }
    at = end;
  }
  return found;
}
