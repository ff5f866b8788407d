import { isSpace, MappedText } from '../text/mapped-text.ts';
import type { Span } from '../text/span.ts';
import { type Frontend, readDirectives } from './directives.ts';
import { heredocs } from './words.ts';

/** One instruction with its continuation lines joined, as a builder reads it; heredoc bodies are not in it. */
export interface Instruction {
  /** In capitals. */
  readonly keyword: string;
  /** From the keyword on. */
  readonly text: MappedText;
  /** What follows the keyword, trimmed. */
  readonly rest: MappedText;
  /** In the order of their marks. */
  readonly heredocs: readonly HeredocText[];
}

export interface HeredocText {
  /** Its opening in the instruction: `<<-EOF`. */
  readonly mark: MappedText;
  /** What stands between the instruction, or the heredoc before, and the line that closes it. */
  readonly body: MappedText;
  /** With the line that closes it. */
  readonly whole: MappedText;
}

export interface Dockerfile {
  /** What `# syntax=` names; null without one. */
  readonly frontend: Frontend | null;
  readonly instructions: readonly Instruction[];
  /** From the mark to the end of the line. */
  readonly comments: readonly Span[];
  /** Backslash, unless the directive `escape` says backtick. */
  readonly escapeToken: string;
  /** A heredoc whose closing line is missing: it takes the rest of the file. */
  readonly unclosed: MappedText | null;
}

const takesHeredocs: ReadonlySet<string> = new Set(['ADD', 'COPY', 'RUN']);

/**
 * Splits a Dockerfile into its instructions, the way BuildKit's `frontend/dockerfile/parser` does. Never fails: an
 * instruction it does not know is an instruction too. Of a text that stands in another file the places are those in that file.
 */
export function splitDockerfile(text: string | MappedText): Dockerfile {
  const lines = new Lines(typeof text === 'string' ? MappedText.of(text, 0, text.length) : text);
  const directives = readDirectives(lines.mapped);
  lines.at = directives.end;
  const { escapeToken, frontend } = directives;
  const instructions: Instruction[] = [];
  const comments: Span[] = [];
  let unclosed: MappedText | null = null;
  while (lines.next()) {
    if (lines.isBlank) continue;
    if (lines.isComment) {
      comments.push(lines.comment);
      continue;
    }
    const instruction = instructionOf(readLogicalLine(lines, escapeToken, comments));
    const bodies: HeredocText[] = [];
    for (const { closing, chomp, mark } of heredocsOf(instruction)) {
      const { isClosed, ...texts } = lines.takeHeredoc(closing, chomp);
      bodies.push({ mark, ...texts });
      if (!isClosed) unclosed ??= mark;
    }
    instructions.push(bodies.length > 0 ? { ...instruction, heredocs: bodies } : instruction);
  }
  return { frontend, instructions, comments, escapeToken, unclosed };
}

/** The keyword of a logical line and what follows it. */
export function instructionOf(line: MappedText): Instruction {
  const text = line.trim();
  const keyword = /^[^\t\v\f\r ]*/.exec(text.text)?.[0] ?? '';
  return { keyword: keyword.toUpperCase(), text, rest: text.slice(keyword.length).trim(), heredocs: [] };
}

/**
 * Joins the current line with those that continue it. Comments and empty lines between them do not end it.
 * An escape character ends a line only when no other one stands before it.
 */
function readLogicalLine(lines: Lines, escapeToken: string, comments: Span[]): MappedText {
  const parts: MappedText[] = [];
  let start = lines.content;
  for (;;) {
    const mark = continuationMark(lines.source, start, lines.end, escapeToken);
    parts.push(lines.mapped.slice(start, mark ?? lines.end));
    if (mark === null) return MappedText.join(parts);
    do {
      if (!lines.next()) return MappedText.join(parts);
      if (lines.isComment) comments.push(lines.comment);
    } while (lines.isComment || lines.isBlank);
    ({ start } = lines);
  }
}

function continuationMark(source: string, start: number, end: number, escapeToken: string): number | null {
  let last = end - 1;
  while (last >= start && (source[last] === ' ' || source[last] === '\t')) last--;
  if (last < start || source[last] !== escapeToken) return null;
  return last > start && source[last - 1] === escapeToken ? null : last;
}

function heredocsOf(instruction: Instruction): ReturnType<typeof heredocs> {
  if (!instruction.text.text.includes('<<')) return [];
  const inner = instruction.keyword === 'ONBUILD' ? instructionOf(instruction.rest) : instruction;
  return takesHeredocs.has(inner.keyword) ? heredocs(inner.rest) : [];
}

/** Walks over the lines of a text. Only LF breaks a line; carriage returns at its end are not part of it. */
class Lines {
  readonly mapped: MappedText;
  readonly source: string;
  /** Where the next line begins. */
  at: number;
  start = 0;
  /** The first character that is not white space. */
  content = 0;
  end = 0;

  constructor(mapped: MappedText) {
    this.mapped = mapped;
    this.source = mapped.text;
    this.at = 0;
  }

  get isBlank(): boolean {
    return this.content === this.end;
  }

  get isComment(): boolean {
    return this.source[this.content] === '#' && this.content < this.end;
  }

  /** The comment that the line is. */
  get comment(): Span {
    return this.mapped.spanOf(this.content, this.end);
  }

  next(): boolean {
    if (this.at >= this.source.length) return false;
    this.start = this.at;
    this.end = this.#endOf(this.start);
    this.at = this.#after(this.start);
    this.content = this.start;
    while (this.content < this.end && isSpace(this.source.charAt(this.content))) this.content++;
    return true;
  }

  /** Takes the lines up to the one that reads `closing`, which may be indented by tabs with `chomp`; without it, all that are left. */
  takeHeredoc(
    closing: string,
    chomp: boolean,
  ): { readonly isClosed: boolean; readonly body: MappedText; readonly whole: MappedText } {
    const from = this.at;
    while (this.at < this.source.length) {
      const line = this.at;
      let start = line;
      const end = this.#endOf(start);
      this.at = this.#after(start);
      if (chomp) while (start < end && this.source[start] === '\t') start++;
      if (end - start === closing.length && this.source.startsWith(closing, start)) {
        return { isClosed: true, body: this.mapped.slice(from, line), whole: this.mapped.slice(from, end) };
      }
    }
    const body = this.mapped.slice(from, this.at);
    return { isClosed: false, body, whole: body };
  }

  #after(start: number): number {
    const feed = this.source.indexOf('\n', start);
    return feed < 0 ? this.source.length : feed + 1;
  }

  #endOf(start: number): number {
    const feed = this.source.indexOf('\n', start);
    let end = feed < 0 ? this.source.length : feed;
    while (end > start && this.source[end - 1] === '\r') end--;
    return end;
  }
}
