import type { Comment } from './model/facts.ts';
import { SourceText } from './text/source-text.ts';

/** A `holdfast-ignore` comment: what it silences, and why. */
interface Suppression {
  readonly rules: ReadonlySet<string>;
  readonly reason: string;
}

/** The suppressions of one piece of text. */
export interface Suppressions {
  /** Rules that this piece silences in the whole file. */
  readonly fileWide: ReadonlySet<string>;
  /** What a comment says of `rule` at `offset`: silenced, named without a reason, or nothing. */
  at(rule: string, offset: number): 'silenced' | 'reason-missing' | null;
}

const none: Suppressions = { fileWide: new Set(), at: () => null };

const pattern =
  /^(?:#+|\/\/+|\/\*+|;+)\s*holdfast-ignore(?<file>-file)?\s+(?<rules>[a-z0-9-]+(?:[\s,]+[a-z0-9-]+)*?)\s*(?:\s--\s*(?<reason>.*?))?(?:\s*\*\/)?$/;

/**
 * Reads `# holdfast-ignore RULE… -- reason` (the next line that is no comment, or its own line when text stands before it) and
 * `# holdfast-ignore-file RULE… -- reason`. Without a reason a comment silences nothing.
 */
export function readSuppressions(text: string, comments: () => readonly Comment[]): Suppressions {
  if (!text.includes('holdfast-ignore')) return none;
  const source = new SourceText(text);
  const subjects = readSubjects(source);
  const byLine = new Map<number | null, Suppression[]>();
  for (const comment of comments()) {
    const match = pattern.exec(comment.text.trimEnd());
    if (!match?.groups) continue;
    const rules = new Set((match.groups.rules ?? '').split(/[\s,]+/));
    const reason = (match.groups.reason ?? '').trim();
    const line = match.groups.file ? null : subjectOf(source, comment.span.start, subjects);
    const here = byLine.get(line) ?? [];
    here.push({ rules, reason });
    byLine.set(line, here);
  }
  const wholeFile = byLine.get(null) ?? [];
  return {
    fileWide: new Set(wholeFile.flatMap(({ reason, rules }) => (reason === '' ? [] : [...rules]))),
    at(rule, offset) {
      const { line } = source.placeAt(offset);
      const here = [...(byLine.get(line) ?? []), ...wholeFile].filter(({ rules }) => rules.has(rule));
      if (here.length === 0) return null;
      return here.some((one) => one.reason !== '') ? 'silenced' : 'reason-missing';
    },
  };
}

/** The line a comment speaks about: its own where text stands before it, else the next that is neither blank nor a comment. */
function subjectOf(source: SourceText, offset: number, subjects: readonly number[]): number {
  const { line, column } = source.placeAt(offset);
  if (source.lineText(line).slice(0, column).trim() !== '') return line;
  return subjects[line + 1] ?? source.lineCount;
}

/** For each line, the first from it on that is neither blank nor a comment. */
function readSubjects(source: SourceText): readonly number[] {
  const subjects: number[] = [];
  for (let line = source.lineCount - 1; line >= 0; line--) {
    const passed = /^\s*(#|\/\/|\/\*|;|$)/.test(source.lineText(line));
    subjects[line] = passed ? (subjects[line + 1] ?? source.lineCount) : line;
  }
  return subjects;
}

/** A parser directive of a Dockerfile, which any comment above it turns into a comment. */
const directive = /^\uFEFF?#\s*\w+\s*=/;

/** The comment that silences `rule` at `offset`, as the line to put above; below the directives, and for the file, where one of them is meant. */
export function suppressionLine(
  source: SourceText,
  offset: number,
  rule: string,
  reason: string,
  mark: '#' | '//',
): { at: number; line: string } {
  const { text, eol } = source;
  const { line } = source.placeAt(offset);
  if (directive.test(source.lineText(line))) {
    let below = line + 1;
    while (directive.test(source.lineText(below))) below++;
    const opened = below < source.lineCount ? '' : eol;
    return {
      at: source.lineStart(below),
      line: `${opened}# holdfast-ignore-file ${rule} -- ${reason}${eol}`,
    };
  }
  const indent = /^[ \t]*/.exec(source.lineText(line))?.[0] ?? '';
  // A byte order mark stays in front of everything.
  const at = line === 0 && text.startsWith('\uFEFF') ? 1 : source.lineStart(line);
  return { at, line: `${indent}${mark} holdfast-ignore ${rule} -- ${reason}${eol}` };
}
