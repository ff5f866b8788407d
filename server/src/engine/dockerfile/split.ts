import { isSpace, MappedText } from '../text/mapped-text.ts';
import { type Span, span } from '../text/span.ts';
import { heredocs } from './words.ts';

/** One instruction with its continuation lines joined, as a builder reads it; heredoc bodies are not in it. */
export interface Instruction {
  /** In capitals. */
  readonly keyword: string;
  /** From the keyword on. */
  readonly text: MappedText;
  /** What follows the keyword, trimmed. */
  readonly rest: MappedText;
}

/** A parser directive, such as `# syntax=docker/dockerfile:1`. */
export interface Directive {
  /** In lower case. */
  readonly name: string;
  readonly value: MappedText;
}

export interface Dockerfile {
  readonly directives: readonly Directive[];
  readonly instructions: readonly Instruction[];
  /** From the mark to the end of the line. */
  readonly comments: readonly Span[];
  /** Backslash, unless the directive `escape` says backtick. */
  readonly escapeToken: string;
  /** A heredoc whose closing line is missing: it takes the rest of the file. */
  readonly unclosed: MappedText | null;
}

const directiveNames: ReadonlySet<string> = new Set(['syntax', 'escape', 'check']);
const takesHeredocs: ReadonlySet<string> = new Set(['ADD', 'COPY', 'RUN']);

/**
 * Splits a Dockerfile into its instructions, the way BuildKit's `frontend/dockerfile/parser` does. Never fails: an
 * instruction it does not know is an instruction too.
 */
export function splitDockerfile(source: string): Dockerfile {
  const lines = new Lines(source);
  const directives = readDirectives(lines);
  const escapeToken = directives.find(({ name }) => name === 'escape')?.value.text === '`' ? '`' : '\\';
  const instructions: Instruction[] = [];
  const comments: Span[] = [];
  let unclosed: MappedText | null = null;
  while (lines.next()) {
    if (lines.isBlank) continue;
    if (lines.isComment) {
      comments.push(span(lines.content, lines.end));
      continue;
    }
    const instruction = instructionOf(readLogicalLine(lines, escapeToken, comments));
    instructions.push(instruction);
    for (const { closing, chomp, mark } of heredocsOf(instruction)) {
      if (!lines.skipPast(closing, chomp)) unclosed ??= mark;
    }
  }
  return { directives, instructions, comments, escapeToken, unclosed };
}

/** The keyword of a logical line and what follows it. */
export function instructionOf(line: MappedText): Instruction {
  const text = line.trim();
  const keyword = /^[^\t\v\f\r ]*/.exec(text.text)?.[0] ?? '';
  return { keyword: keyword.toUpperCase(), text, rest: text.slice(keyword.length).trim() };
}

/** Directives stand on the first lines, before any other comment, blank line or instruction; a `#!` line may precede them. */
function readDirectives(lines: Lines): Directive[] {
  const found: Directive[] = [];
  if (lines.source.startsWith('#!', lines.at)) lines.next();
  for (;;) {
    const line = lines.peek();
    const match = /^#\s*([a-z][a-z0-9]*)\s*=\s*(?=\S)/i.exec(line.text);
    const name = match?.[1]?.toLowerCase() ?? '';
    if (!match || !directiveNames.has(name) || found.some((one) => one.name === name)) return found;
    found.push({ name, value: line.slice(match[0].length).trim() });
    lines.next();
  }
}

/**
 * Joins the current line with those that continue it. Comments and empty lines between them do not end it.
 * An escape character ends a line only when no other one stands before it.
 */
function readLogicalLine(lines: Lines, escapeToken: string, comments: Span[]): MappedText {
  const { source } = lines;
  const parts: MappedText[] = [];
  let start = lines.content;
  for (;;) {
    const mark = continuationMark(source, start, lines.end, escapeToken);
    parts.push(MappedText.of(source, start, mark ?? lines.end));
    if (mark === null) return MappedText.join(parts);
    do {
      if (!lines.next()) return MappedText.join(parts);
      if (lines.isComment) comments.push(span(lines.content, lines.end));
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
  readonly source: string;
  /** Where the next line begins. */
  at: number;
  start = 0;
  /** The first character that is not white space. */
  content = 0;
  end = 0;

  constructor(source: string) {
    this.source = source;
    this.at = source.charCodeAt(0) === 0xfeff ? 1 : 0;
  }

  get isBlank(): boolean {
    return this.content === this.end;
  }

  get isComment(): boolean {
    return this.source[this.content] === '#' && this.content < this.end;
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

  peek(): MappedText {
    return MappedText.of(this.source, this.at, this.#endOf(this.at));
  }

  /** Goes to the line after the one that reads `closing`, which may be indented by tabs with `chomp`. False at the end of the text. */
  skipPast(closing: string, chomp: boolean): boolean {
    while (this.at < this.source.length) {
      let start = this.at;
      const end = this.#endOf(start);
      this.at = this.#after(start);
      if (chomp) while (start < end && this.source[start] === '\t') start++;
      if (end - start === closing.length && this.source.startsWith(closing, start)) return true;
    }
    return false;
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
