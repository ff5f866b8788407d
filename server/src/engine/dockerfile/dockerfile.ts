import { MappedText } from '../text/mapped-text.ts';
import { type Span, shiftSpan } from '../text/span.ts';
import { type Frontend, readDirectives } from './directives.ts';
import { type HeredocText, Instruction } from './instruction.ts';
import { type HeredocLines, type HeredocMark, heredocMarks, Lines, type LogicalLine } from './lines.ts';

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
  /** Its instructions by their text, for the next version of the same file. */
  readonly read: ReadInstructions;
}

interface ReadInstructions {
  readonly byLines: ReadonlyMap<string, ReadInstruction>;
  readonly withHeredocs: ReadonlyMap<string, ReadInstruction>;
}

/** An instruction where it stood when it was read. */
interface ReadInstruction {
  readonly at: number;
  readonly instruction: Instruction;
  readonly comments: readonly Span[];
  /** The heredocs it opens. */
  readonly marks: readonly HeredocMark[];
}

const takesHeredocs: ReadonlySet<string> = new Set(['ADD', 'COPY', 'RUN']);

/**
 * Splits a Dockerfile into its instructions, the way BuildKit's `frontend/dockerfile/parser` does. Never fails. Of a text that stands in
 * another file the places are those in that file. Instructions of `before`, an earlier version of the file, whose text is unchanged are
 * handed on with all that was read of them.
 */
export function splitDockerfile(text: string | MappedText, before?: Dockerfile): Dockerfile {
  const source = typeof text === 'string' ? MappedText.of(text, 0, text.length) : text;
  const { end, escapeToken, frontend } = readDirectives(source);
  const lines = new Lines(source.text, end, escapeToken);
  // Equal texts can stand in another file in different ways.
  const isShared = typeof text === 'string';
  const known = isShared && before?.escapeToken === escapeToken ? before.read : null;
  const reader = new Reader(source, escapeToken, isShared, known);
  const instructions: Instruction[] = [];
  const comments: Span[] = [];
  let unclosed: MappedText | null = null;
  for (let line = lines.next(); line; line = lines.next()) {
    if (line.type === 'comment') {
      comments.push(source.spanOf(line.start, line.end));
      continue;
    }
    let found = reader.line(line);
    const bodies = found.marks.map((mark) => lines.heredoc(mark));
    if (bodies.length > 0) found = reader.withHeredocs(line, found, bodies);
    const by = line.start - found.at;
    const instruction = found.instruction.moved(by);
    instructions.push(instruction);
    for (const comment of found.comments) comments.push(shiftSpan(comment, by));
    const open = bodies.findIndex(({ isClosed }) => !isClosed);
    if (open >= 0) unclosed ??= instruction.heredocs[open]?.mark ?? null;
  }
  return { frontend, instructions, comments, escapeToken, unclosed, read: reader.read };
}

/** Reads what was not read before, and keeps what was. */
class Reader {
  readonly #source: MappedText;
  readonly #escapeToken: string;
  readonly #isShared: boolean;
  readonly #known: ReadInstructions | null;
  readonly #byLines = new Map<string, ReadInstruction>();
  readonly #withHeredocs = new Map<string, ReadInstruction>();

  constructor(source: MappedText, escapeToken: string, isShared: boolean, known: ReadInstructions | null) {
    this.#source = source;
    this.#escapeToken = escapeToken;
    this.#isShared = isShared;
    this.#known = known;
  }

  get read(): ReadInstructions {
    return { byLines: this.#byLines, withHeredocs: this.#withHeredocs };
  }

  line(line: LogicalLine): ReadInstruction {
    if (!this.#isShared) return this.#readLine(line);
    const text = this.#source.text.slice(line.start, line.end);
    const found = this.#byLines.get(text) ?? this.#known?.byLines.get(text) ?? this.#readLine(line);
    this.#byLines.set(text, found);
    return found;
  }

  withHeredocs(line: LogicalLine, read: ReadInstruction, bodies: readonly HeredocLines[]): ReadInstruction {
    const end = bodies.at(-1)?.whole.end ?? line.end;
    if (!this.#isShared) return this.#readHeredocs(line, end, read, bodies);
    const text = this.#source.text.slice(line.start, end);
    const found =
      this.#withHeredocs.get(text) ??
      this.#known?.withHeredocs.get(text) ??
      this.#readHeredocs(line, end, read, bodies);
    this.#withHeredocs.set(text, found);
    return found;
  }

  #readLine(line: LogicalLine): ReadInstruction {
    const { start } = line;
    const source = this.#cut(start, line.end);
    const instruction = Instruction.read(joined(line, source), this.#escapeToken);
    const comments = line.comments.map((at) => source.spanOf(at.start - start, at.end - start));
    return { at: start, instruction, comments, marks: marksOf(instruction) };
  }

  #readHeredocs(
    line: LogicalLine,
    end: number,
    { at, comments, marks }: ReadInstruction,
    bodies: readonly HeredocLines[],
  ): ReadInstruction {
    const { start } = line;
    const by = start - at;
    const source = this.#cut(start, end);
    const heredocs = marks.map(({ mark }, number): HeredocText => {
      const { body, whole } = bodies[number] ?? { body: line, whole: line };
      return {
        mark: this.#isShared ? mark.moved(by) : mark,
        body: source.slice(body.start - start, body.end - start),
        whole: source.slice(whole.start - start, whole.end - start),
      };
    });
    const instruction = Instruction.read(joined(line, source), this.#escapeToken, heredocs);
    return { at: start, instruction, comments: comments.map((one) => shiftSpan(one, by)), marks };
  }

  /** Of an edited file a copy: a part of its text would keep the whole version alive. */
  #cut(start: number, end: number): MappedText {
    const cut = this.#source.slice(start, end);
    return this.#known ? MappedText.of(copied(cut.text), 0, end - start).moved(start) : cut;
  }
}

/** Joined with another text it is written down anew when it is cut; `structuredClone` takes as long as the parser. */
const copied = (text: string): string => ` ${text}`.slice(1);

const joined = ({ parts, start }: LogicalLine, source: MappedText): MappedText =>
  MappedText.join(parts.map((part) => source.slice(part.start - start, part.end - start)));

/** The JSON form opens none. */
function marksOf(instruction: Instruction): readonly HeredocMark[] {
  if (!instruction.text.text.includes('<<')) return [];
  const inner = instruction.keyword === 'ONBUILD' ? instruction.inner : instruction;
  return takesHeredocs.has(inner.keyword) && inner.json === null ? heredocMarks(inner.rest) : [];
}
