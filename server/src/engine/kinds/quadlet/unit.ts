import type { Comment } from '../../model/facts.ts';
import { type Edits, refuse } from '../../text/edit.ts';
import { MappedText } from '../../text/mapped-text.ts';
import { SourceText } from '../../text/source-text.ts';
import { type Span, span } from '../../text/span.ts';

/** A unit file taken apart. Syntax: systemd.syntax(7), as Podman's `pkg/systemd/parser` reads it. */
export interface Unit {
  readonly sections: ReadonlyMap<string, Section>;
  readonly comments: readonly Comment[];
}

/** A line with those that continue it. */
interface Line {
  /** Trimmed, without the marks and breaks between its parts. */
  readonly text: MappedText;
  /** Where its last part ends, line break excluded. */
  readonly end: number;
  /** The text ends where another part should come. */
  readonly isOpen: boolean;
}

interface Assignment {
  readonly key: string;
  readonly value: MappedText;
  readonly line: Line;
}

/** Never fails: a line that is nothing it knows is passed over. */
export function readUnit(source: string): Unit {
  const { eol } = new SourceText(source);
  const sections = new Map<string, Section>();
  const comments: Comment[] = [];
  let section: Section | undefined;
  for (const line of readLines(source, comments)) {
    const { text } = line;
    const header = /^\[([^\]]*)\]$/.exec(text.text);
    const equals = text.text.indexOf('=');
    if (header) {
      const name = header[1] ?? '';
      section = sections.get(name) ?? new Section(line, eol);
      sections.set(name, section);
    } else if (equals > 0) {
      const key = text.text.slice(0, equals).trimEnd();
      section?.assign({ key, value: text.slice(equals + 1).trim(), line });
    }
  }
  return { sections, comments };
}

/** What is written like a comment of Holdfast behind an assignment, where it is a part of the value. */
export function readSeemingComments(source: string): readonly Comment[] {
  const found: Comment[] = [];
  for (const match of source.matchAll(/[^\S\n](#+[ \t]*holdfast[^\n]*)/gi)) {
    const start = match.index + 1;
    const before = source.slice(source.lastIndexOf('\n', start) + 1, start).trimStart();
    const written = (match[1] ?? '').trimEnd();
    const text = written.endsWith('\\') ? written.slice(0, -1).trimEnd() : written;
    const isQuoted = /["']/.test(before);
    if (/^[^#;]/.test(before) && !isQuoted) found.push({ span: span(start, start + text.length), text });
  }
  return found;
}

/** Joins the lines that end in a backslash with the next; comments and blank lines between them do not count. */
function* readLines(source: string, comments: Comment[]): Generator<Line> {
  let parts: MappedText[] = [];
  let end = 0;
  for (let at = source.startsWith('\uFEFF') ? 1 : 0, next = at; at < source.length; at = next) {
    const feed = source.indexOf('\n', at);
    const lineEnd = feed < 0 ? source.length : feed;
    next = lineEnd + 1;
    const line = MappedText.of(source, at, lineEnd).trim();
    if (line.text === '') continue;
    if (/^[#;]/.test(line.text)) {
      comments.push({ span: line.span, text: line.text });
      continue;
    }
    end = source[lineEnd - 1] === '\r' ? lineEnd - 1 : lineEnd;
    const continues = line.text.endsWith('\\');
    parts.push(continues ? line.slice(0, line.text.length - 1) : line);
    if (continues) continue;
    yield { text: MappedText.join(parts), end, isOpen: false };
    parts = [];
  }
  if (parts.length > 0) yield { text: MappedText.join(parts), end, isOpen: true };
}

/** All that a file assigns in one section, which may be opened several times. */
export class Section {
  /** The name in the first of its headers. */
  readonly name: Span;
  readonly #header: Line;
  readonly #eol: string;
  readonly #assignments: Assignment[] = [];

  constructor(header: Line, eol: string) {
    const { end, start } = header.text.span;
    this.name = span(start + 1, end - 1);
    this.#header = header;
    this.#eol = eol;
  }

  assign(assignment: Assignment): void {
    this.#assignments.push(assignment);
  }

  /** The value of a key that has one: the last that is assigned, without the quotes around it. */
  last(key: string): MappedText | undefined {
    const value = this.#assignments.findLast((assignment) => assignment.key === key)?.value;
    return value && /^".*"$/s.test(value.text) ? value.slice(1, value.text.length - 1) : value;
  }

  /** The values of a key that collects them. An empty one forgets those before it. */
  all(key: string): readonly MappedText[] {
    const values = this.#assignments.filter((one) => one.key === key).map(({ value }) => value);
    return values.slice(values.findLastIndex(({ text }) => text === '') + 1);
  }

  /** Adds lines below the last assignment to one of the keys, or below the header where there is none. */
  add(lines: readonly string[], below: readonly string[]): Edits {
    if (this.#assignments.at(-1)?.line.isOpen) {
      return refuse('The last line of this file ends in a backslash: finish it first.');
    }
    const above = this.#assignments.findLast(({ key }) => below.includes(key))?.line ?? this.#header;
    const at = span(above.end, above.end);
    return lines.map((line) => ({ span: at, newText: this.#eol + line }));
  }
}
