import type { Comment } from './model/facts.ts';
import { SourceText } from './text/source-text.ts';

/** A `holdfast-ignore` comment: what it silences, where, and why. */
interface Suppression {
  readonly rules: ReadonlySet<string>;
  /** The line (from 0, in the piece) it speaks about; null for the whole file. */
  readonly line: number | null;
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
  /^#+\s*holdfast-ignore(?<file>-file)?\s+(?<rules>[a-z0-9-]+(?:[\s,]+[a-z0-9-]+)*?)\s*(?:\s--\s*(?<reason>.*))?$/;

/**
 * Reads `# holdfast-ignore RULE… -- reason` (the next line that is no comment, or its own line when text stands before it) and
 * `# holdfast-ignore-file RULE… -- reason`. Without a reason a comment silences nothing.
 */
export function readSuppressions(text: string, comments: () => readonly Comment[]): Suppressions {
  if (!text.includes('holdfast-ignore')) return none;
  const source = new SourceText(text);
  const found: Suppression[] = [];
  for (const comment of comments()) {
    const match = pattern.exec(comment.text.trimEnd());
    if (!match?.groups) continue;
    const rules = new Set((match.groups.rules ?? '').split(/[\s,]+/));
    const reason = (match.groups.reason ?? '').trim();
    found.push({ rules, reason, line: match.groups.file ? null : subject(source, comment.span.start) });
  }
  const fileWide = new Set<string>();
  for (const { line, reason, rules } of found) {
    if (line === null && reason !== '') for (const rule of rules) fileWide.add(rule);
  }
  return {
    fileWide,
    at(rule, offset) {
      const { line } = source.placeAt(offset);
      const here = found.filter((one) => one.rules.has(rule) && (one.line === line || one.line === null));
      if (here.length === 0) return null;
      return here.some((one) => one.reason !== '') ? 'silenced' : 'reason-missing';
    },
  };
}

function subject(source: SourceText, offset: number): number {
  const { line, column } = source.placeAt(offset);
  if (source.lineText(line).slice(0, column).trim() !== '') return line;
  let next = line + 1;
  while (next < source.lineCount && /^\s*(#|$)/.test(source.lineText(next))) next++;
  return next;
}

/** A parser directive of a Dockerfile, which any comment above it turns into a comment. */
const directive = /^\uFEFF?#\s*\w+\s*=/;

/** The comment that silences `rule` at `offset`, as the line to put above; below the directives, and for the file, where one of them is meant. */
export function suppressionLine(
  source: SourceText,
  offset: number,
  rule: string,
  reason: string,
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
  return { at, line: `${indent}# holdfast-ignore ${rule} -- ${reason}${eol}` };
}
