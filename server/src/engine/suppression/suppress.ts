import { closest } from '../config/closest.ts';
import type { Comment, Located } from '../model/facts.ts';
import type {
  MisspeltSuppression,
  SuppressionComment,
  SuppressionName,
  SuppressionState,
} from '../model/suppression.ts';
import { rules } from '../rules/index.ts';
import { type Edits, refuse, shiftEdits, smallestEdit, type TextEdit } from '../text/edit.ts';
import { hasLetters } from '../text/letters.ts';
import { partition } from '../text/partition.ts';
import { SourceText } from '../text/source-text.ts';
import { type Span, shiftSpan, span } from '../text/span.ts';
import { maySuppress, readMisspelt } from './misspelt.ts';

/** A `holdfast-ignore` comment as it is written. Offsets are into its piece. */
interface Suppression {
  readonly span: Span;
  /** Without its mark. */
  readonly words: Span;
  readonly names: readonly Located<string>[];
  readonly reason: string;
  readonly remark: string;
  readonly isFileWide: boolean;
  /** The text it speaks about: whole lines. */
  readonly subject: Span;
  /** Where its names and its reason stand; null where the file holds the comment in another form. */
  readonly body: Body | null;
}

/** A comment that is meant to be one. */
interface MisspeltComment extends MisspeltSuppression {
  /** Without its mark. */
  readonly words: Span;
  readonly subject: Span;
}

/** The suppressions of one piece of text. */
export interface Suppressions {
  readonly all: readonly Suppression[];
  readonly astray: readonly MisspeltComment[];
  /** Those that name a rule and are about the line, or the stretch of lines, that an offset is in. */
  about(rule: string, offset: number): readonly Suppression[];
  readonly source: SourceText;
}

/** What of `Facts` tells the comments of a piece. */
interface Readings {
  readonly comments: readonly Comment[];
  readonly seeming: readonly Comment[];
  readonly units: readonly Span[];
}

/**
 * Reads `# holdfast-ignore RULE… -- reason` (the next line that is no comment, or its own line when text stands beside it) and
 * `# holdfast-ignore-file RULE… -- reason`. Null where the text has none. `units` are as in `Facts`: a comment about the line where one
 * begins is about all of it.
 */
export function readSuppressions(text: string, read: () => Readings): Suppressions | null {
  if (!maySuppress(text)) return null;
  const { comments, seeming, units } = read();
  const source = new SourceText(text);
  const lines = new Lines(source, comments, units);
  const all = comments.flatMap((comment) => readComment(comment, lines) ?? []);
  const misspelt = comments.filter(({ text: comment }) => !opening.test(comment));
  const astray = [
    ...misspelt.flatMap((comment) => readStray(comment, lines, true) ?? []),
    ...seeming.flatMap((comment) => readStray(comment, lines, false) ?? []),
  ];
  if (all.length + astray.length === 0) return null;
  const byPlace = groupByRule(
    all.filter(({ isFileWide }) => !isFileWide),
    ({ subject }) => `${source.placeAt(subject.start).line} `,
  );
  return {
    all,
    astray,
    source,
    about: (rule, offset) => lines.startsOf(offset).flatMap((line) => byPlace.get(`${line} ${rule}`) ?? []),
  };
}

/** By the rules they name, behind what `place` gives for each. */
function groupByRule(
  all: readonly Suppression[],
  place: (one: Suppression) => string,
): ReadonlyMap<string, readonly Suppression[]> {
  const groups = new Map<string, Suppression[]>();
  for (const one of all) {
    const where = place(one);
    for (const rule of new Set(one.names.map(({ value }) => value))) {
      const group = groups.get(where + rule) ?? [];
      group.push(one);
      groups.set(where + rule, group);
    }
  }
  return groups;
}

/** What in a piece's lines decides which of them a comment speaks about. */
class Lines {
  readonly source: SourceText;
  readonly #units: readonly Span[];
  /** For each line, the first from it on that is neither blank nor a comment. */
  readonly #next: readonly number[];

  constructor(source: SourceText, comments: readonly Comment[], units: readonly Span[]) {
    this.source = source;
    this.#units = units;
    const passed = new Set(comments.flatMap(({ span: at }) => this.#linesOfOwn(at)));
    const next: number[] = [];
    for (let line = source.lineCount - 1; line >= 0; line--) {
      const isPassed = passed.has(line) || source.lineText(line).trim() === '';
      next[line] = isPassed ? (next[line + 1] ?? source.lineCount) : line;
    }
    this.#next = next;
  }

  /** The text that a comment speaks about. */
  subjectOf(at: Span): Span {
    const { line } = this.source.placeAt(at.start);
    const own = this.#linesOfOwn(at);
    const subject = own.length > 0 ? (this.#next[line + own.length] ?? this.source.lineCount) : line;
    const start = this.source.lineStart(subject);
    const end = this.source.lineStart(subject + 1);
    const unit = unitAt(this.#units, Math.max(start, end - 1));
    const isFirst = unit && this.source.placeAt(unit.start).line === subject;
    return span(start, isFirst ? Math.max(end, unit.end) : end);
  }

  /** Nothing but this comment stands on its lines. */
  isAlone(at: Span): boolean {
    return this.#linesOfOwn(at).length > 0;
  }

  /** The lines that a comment about an offset can be about: its own, and the first one of the stretch it is in. */
  startsOf(offset: number): readonly number[] {
    const { line } = this.source.placeAt(offset);
    const unit = unitAt(this.#units, offset);
    const first = unit ? this.source.placeAt(unit.start).line : line;
    return first === line ? [line] : [line, first];
  }

  /** The lines that hold nothing but this comment. */
  #linesOfOwn(at: Span): readonly number[] {
    const { source } = this;
    if (around(source, at).some((beside) => beside.trim() !== '')) return [];
    const first = source.placeAt(at.start).line;
    const last = source.placeAt(Math.max(at.start, at.end - 1)).line;
    return Array.from({ length: last - first + 1 }, (_, index) => first + index);
  }
}

/** What stands before and behind a comment on its lines. */
function around(source: SourceText, at: Span): readonly [string, string] {
  const first = source.lineStart(source.placeAt(at.start).line);
  const last = source.placeAt(Math.max(at.start, at.end - 1)).line;
  return [source.text.slice(first, at.start), source.text.slice(at.end, source.lineStart(last + 1))];
}

/** The one of some spans, in the order of the text and without overlaps, that an offset is in. */
export function unitAt(units: readonly Span[], offset: number): Span | undefined {
  const unit = lastFrom(units, offset);
  return unit && offset < unit.end ? unit : undefined;
}

/** The last of some spans, in the order of the text, that begins at an offset or before it. */
export const lastFrom = (spans: readonly Span[], offset: number): Span | undefined =>
  spans[partition(spans, ({ start }) => start <= offset) - 1];

const opening = /^(?:#+|\/\/+|\/\*+|;+)\s*holdfast-ignore(-file)?(?![\w=([-])/;

/** Names of one comment that are read: there are fewer rules. */
const mostNames = 100;

/** Every id has a hyphen: a word without one begins a remark. */
const nameLike = /^[\w.]+-[\w.-]*$/;

function readComment(comment: Comment, lines: Lines): Suppression | null {
  const match = opening.exec(comment.text);
  if (!match) return null;
  const { text } = comment;
  const isVerbatim = lines.source.text.startsWith(text, comment.span.start);
  const end = text.startsWith('/*') && text.endsWith('*/') ? text.length - 2 : text.length;
  const written = text.slice(match[0].length, end);
  const dashes = /(?:^|\s)--(?=\s|$)/.exec(written);
  const words = Array.from(written.slice(0, dashes?.index).matchAll(/[^\s,:]+/g));
  const remark = dashes ? undefined : words.find(([word], index) => index > 0 && !nameLike.test(word));
  const place = (from: number, to: number): Span =>
    isVerbatim
      ? span(comment.span.start + match[0].length + from, comment.span.start + match[0].length + to)
      : comment.span;
  const names = words
    .slice(0, mostNames)
    .filter(({ index }) => index < (remark?.index ?? written.length))
    .map(({ 0: value, index }) => ({ value, span: place(index, index + value.length), path: value }));
  const reasonFrom = dashes ? dashes.index + dashes[0].length : written.length;
  const tailFrom = dashes?.index ?? remark?.index ?? written.trimEnd().length;
  return {
    span: comment.span,
    words: place(match[0].indexOf('holdfast') - match[0].length, written.trimEnd().length),
    names,
    reason: asReason(written.slice(reasonFrom).trim()),
    remark: remark ? written.slice(remark.index).trim() : '',
    isFileWide: match[1] !== undefined,
    subject: lines.subjectOf(comment.span),
    body: isVerbatim
      ? { list: place(0, tailFrom), tail: place(tailFrom, written.trimEnd().length), names }
      : null,
  };
}

/** A full stop, or a number alone, tells nobody why. */
const asReason = (text: string): string => (hasLetters(text) ? text : '');

function readStray(comment: Comment, lines: Lines, isComment: boolean): MisspeltComment | null {
  const { span: at, text } = comment;
  const isVerbatim = lines.source.text.startsWith(text, at.start);
  const astray = readMisspelt(comment, { isVerbatim, isAlone: lines.isAlone(at), isComment }, isSilenceable);
  if (!astray) return null;
  const words = (text.endsWith('*/') ? text.slice(0, -2) : text).trimEnd().length;
  const from = text.search(/holdfast/i);
  const placed = isVerbatim ? span(at.start + from, at.start + words) : at;
  return { ...astray, words: placed, subject: lines.subjectOf(at) };
}

interface Body {
  /** From the word `holdfast-ignore` to the hyphens or the remark. */
  readonly list: Span;
  /** The reason with its hyphens, or the remark in its place. */
  readonly tail: Span;
  readonly names: readonly Located<string>[];
}

/** What a piece came to, as far as it decides what a comment could have silenced. */
export interface Readable {
  readonly suppressions: Suppressions | null;
  /** Nothing in it was passed over. */
  readonly isWhole: boolean;
  /** Some of its images depend on variables that are not known. */
  readonly hasUnknownImages: boolean;
}

/** Which comments of a document silence what; it remembers which of them did. */
export class SuppressionMatcher {
  readonly #fileWide: ReadonlyMap<string, readonly Suppression[]>;
  readonly #used = new Map<Suppression, Set<string>>();
  /** Not silenced, by line and rule. */
  readonly #found = new Map<Suppressions, Map<string, Span>>();
  readonly #isWhole: boolean;

  constructor(pieces: readonly Readable[]) {
    const all = pieces.flatMap(({ suppressions }) => suppressions?.all ?? []);
    this.#fileWide = groupByRule(
      all.filter(({ isFileWide }) => isFileWide),
      () => '',
    );
    this.#isWhole = pieces.every(({ hasUnknownImages, isWhole }) => isWhole && !hasUnknownImages);
  }

  /** The reason of the comment that silences what `rule` finds in a piece; null where none with a reason does. The nearest one counts as used. */
  reasonFor(suppressions: Suppressions | null, rule: string, at: Span): string | null {
    const fitting = [...(suppressions?.about(rule, at.start) ?? []), ...(this.#fileWide.get(rule) ?? [])];
    const silencing = fitting.find(({ reason }) => reason !== '');
    const used = silencing ?? fitting[0];
    if (used) this.#used.set(used, (this.#used.get(used) ?? new Set()).add(rule));
    else if (suppressions) this.#keep(suppressions, rule, at);
    return silencing?.reason ?? null;
  }

  /** The comments of a piece that begins on `line`, from 0, once all that they could have silenced was asked about. */
  judge({ isWhole, suppressions }: Readable, line: number): readonly SuppressionComment[] {
    if (!suppressions) return [];
    const { all, astray, source } = suppressions;
    const comments = all.map((one) => {
      const isTold = one.isFileWide ? this.#isWhole : isWhole && !mayVary(source, one.subject);
      const near = (rule: string): SuppressionName['near'] => {
        const { line: own } = source.placeAt(one.span.start);
        const at = one.isFileWide ? null : this.#near(suppressions, rule, own);
        return at && { span: at, line: source.placeAt(at.start).line + line + 1 };
      };
      return toComment(one, source, { used: this.#used.get(one) ?? new Set(), isTold, near });
    });
    return [...comments, ...astray.map(toAstrayComment)];
  }

  #keep(suppressions: Suppressions, rule: string, at: Span): void {
    const places = this.#found.get(suppressions) ?? new Map<string, Span>();
    this.#found.set(suppressions, places);
    const place = `${suppressions.source.placeAt(at.start).line} ${rule}`;
    if (!places.has(place)) places.set(place, at);
  }

  /** The nearest place around a line where `rule` finds something that no comment silences. */
  #near(suppressions: Suppressions, rule: string, line: number): Span | null {
    const places = this.#found.get(suppressions);
    for (let away = 0; places && away <= linesNear; away++) {
      const at = places.get(`${line + away} ${rule}`) ?? places.get(`${line - away} ${rule}`);
      if (at) return at;
    }
    return null;
  }
}

/** Lines between a comment and what it may have been meant for: a service or a container is seldom longer. */
const linesNear = 10;

function toAstrayComment({ subject, words, ...astray }: MisspeltComment): SuppressionComment {
  const { first, meant } = astray;
  const untouched = (): Edits => refuse('Nothing silences a finding about a comment; do what it says.');
  return {
    span: words,
    subject,
    path: `comment/astray/${first ?? ''}`,
    names: [],
    astray,
    reason: '',
    remark: '',
    isFileWide: meant === 'holdfast-ignore-file',
    without: untouched,
    renamed: untouched,
    withReason: untouched,
  };
}

/** A variable or a template decides a part of the text: with another value there may be something to silence. */
const mayVary = ({ text }: SourceText, { end, start }: Span): boolean =>
  /\$[\w{(]|\{\{/.test(text.slice(start, end));

/** What came of a comment's names. */
interface Judgement {
  readonly used: ReadonlySet<string>;
  /** What its rules find can be told from this text. */
  readonly isTold: boolean;
  near(rule: string): SuppressionName['near'];
}

function toComment(
  one: Suppression,
  source: SourceText,
  { isTold, near, used }: Judgement,
): SuppressionComment {
  const { body, isFileWide, reason, remark } = one;
  const before = new Set<string>();
  const names = one.names.map((name): SuppressionName => {
    const state = before.has(name.value) ? 'repeated' : stateOf(name.value, used, isTold);
    before.add(name.value);
    const meant = state === 'no-rule' ? closest(name.value, silenceable) : undefined;
    return { ...name, state, meant: meant ?? null, near: state === 'unused' ? near(name.value) : null };
  });
  return {
    span: one.words,
    subject: one.subject,
    path: `comment/${one.names
      .map(({ value }) => value.slice(0, 60))
      .slice(0, 5)
      .join(',')}`,
    names,
    astray: null,
    reason,
    remark,
    isFileWide,
    without: (gone) => (body ? taken(one, body, gone, source) : refuse(unreachable)),
    renamed: (name, to) => (body ? [{ span: name.span, newText: to }] : refuse(unreachable)),
    withReason: (why) => (body ? reasoned(body, why) : refuse(unreachable)),
  };
}

const unreachable =
  'The file writes this comment in another form, with escapes or variables; change it by hand.';

const silenceable = rules.filter(({ reads }) => reads !== 'suppressions').map(({ id }) => id);

const isSilenceable = (name: string): boolean => silenceable.includes(name);

function stateOf(name: string, used: ReadonlySet<string>, isTold: boolean): SuppressionState {
  const rule = rules.find(({ id }) => id === name);
  if (!rule) return 'no-rule';
  if (rule.reads === 'suppressions') return 'unsilenceable';
  if (used.has(name)) return 'used';
  // What other files, the policy and registries say may be known in another run.
  return isTold && (rule.reads === 'facts' || rule.isDecidedByText) ? 'unused' : 'unjudged';
}

function taken(
  { names, span: at }: Suppression,
  { list }: Body,
  gone: readonly Located<string>[],
  source: SourceText,
): Edits {
  const kept = names.filter((name) => !gone.some(({ span: { start } }) => start === name.span.start));
  if (kept.length === 0) return [{ span: wholeComment(at, source), newText: '' }];
  const first = names[0]?.span.start ?? list.start;
  const end = names.at(-1)?.span.end ?? list.end;
  // Each name goes with what separates it from the one before.
  const separated = kept.map(({ value, span: { start } }, index) => {
    const before = names.findLast((name) => name.span.end <= start);
    return (index === 0 || !before ? '' : source.text.slice(before.span.end, start)) + value;
  });
  return [smallestEdit(first, source.text.slice(first, end), separated.join(''))];
}

/** Its lines where nothing else stands on them; else with the blanks that set it off. */
function wholeComment(at: Span, source: SourceText): Span {
  const [before, behind] = around(source, at);
  if (behind.trim() !== '') return span(at.start, at.end + (behind.length - behind.trimStart().length));
  if (before.trim() !== '') return span(at.start - (before.length - before.trimEnd().length), at.end);
  const start = at.start - before.length;
  // A byte order mark stays in front of everything.
  const mark = source.text.startsWith('\uFEFF') && start === 0 ? 1 : 0;
  return span(start + mark, at.end + behind.length);
}

const reasoned = ({ list, names, tail }: Body, why: string): Edits => [
  { span: span(names.at(-1)?.span.end ?? list.start, tail.end), newText: ` -- ${why}` },
];

/** A comment placed in its document. */
export function placeComment(comment: SuppressionComment, by: number): SuppressionComment {
  if (by === 0) return comment;
  const back = ({ span: at, ...rest }: SuppressionName): SuppressionName => ({
    ...rest,
    span: shiftSpan(at, -by),
  });
  const forth = (name: SuppressionName): SuppressionName => ({
    ...name,
    span: shiftSpan(name.span, by),
    near: name.near && { ...name.near, span: shiftSpan(name.near.span, by) },
  });
  const { astray } = comment;
  return {
    ...comment,
    span: shiftSpan(comment.span, by),
    subject: shiftSpan(comment.subject, by),
    names: comment.names.map(forth),
    astray: astray && { ...astray, edits: astray.edits && shiftAll(astray.edits, by) },
    without: (names) => shiftEdits(comment.without(names.map(back)), by),
    renamed: (name, to) => shiftEdits(comment.renamed(back(name), to), by),
    withReason: (why) => shiftEdits(comment.withReason(why), by),
  };
}

const shiftAll = (edits: readonly TextEdit[], by: number): readonly TextEdit[] =>
  edits.map((edit) => ({ ...edit, span: shiftSpan(edit.span, by) }));

/** A parser directive of a Dockerfile, which any comment above it turns into a comment. */
const directive = /^\uFEFF?\s*#\s*(?:syntax|escape|check)\s*=/i;

/** A comment to put in, as whole lines. */
export interface NewComment {
  readonly at: number;
  readonly line: string;
}

/**
 * The lines above which a comment about an offset can stand, the nearest first: its own, and the first one of the stretch it is in, for
 * what stands in a text where no comment can. None for a parser directive.
 */
export function linesToComment(
  source: SourceText,
  units: readonly Span[],
  offset: number,
): readonly number[] {
  const { line } = source.placeAt(offset);
  if (directive.test(source.lineText(line))) return [];
  const unit = unitAt(units, offset);
  const first = unit ? source.placeAt(unit.start).line : line;
  return first === line ? [line] : [line, first];
}

/** A comment on a line of its own above `line`, indented like it. */
export function commentAbove(source: SourceText, line: number, comment: string): NewComment {
  const indent = /^[ \t]*/.exec(source.lineText(line).replace(/^\uFEFF/, ''))?.[0] ?? '';
  // A byte order mark stays in front of everything.
  const at = line === 0 && source.text.startsWith('\uFEFF') ? 1 : source.lineStart(line);
  return { at, line: `${indent}${comment}${source.eol}` };
}

/** A comment at the top of the file, below what has to come first. */
export function commentOnTop(source: SourceText, comment: string): NewComment {
  let line = source.lineText(0).startsWith('#!') ? 1 : 0;
  while (directive.test(source.lineText(line)) && line < source.lineCount) line++;
  if (line === 0) return commentAbove(source, 0, comment.trimStart());
  const opened = line < source.lineCount ? '' : source.eol;
  return { at: source.lineStart(line), line: `${opened}${comment}${source.eol}` };
}
