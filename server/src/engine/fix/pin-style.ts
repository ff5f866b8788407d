import type { Analysis } from '../analysis/analyze.ts';
import type { ImageUse } from '../model/facts.ts';
import { commentAbove, lastFrom, unitAt } from '../suppression/suppress.ts';
import { type Edits, isRefusal, type TextEdit } from '../text/edit.ts';
import { type Span, span } from '../text/span.ts';
import { digestEdits, pinEdits } from './pin.ts';

/** One way to make a change. */
export interface Change {
  readonly edits: Edits;
  /** How many comments it brings. */
  readonly comments: number;
  /** Where a comment comes in behind other text: two cannot stand there. */
  readonly behind?: number;
}

/**
 * The ways to pin an image, the most wanted first: as the policy wants it, and with the tag beside the digest where the text does not allow
 * that. A digest alone tells nobody the version, so without a place for a comment the tag stays too.
 */
export function pinChanges(document: Analysis, use: ImageUse, digest: string): readonly Change[] {
  const fallback: Change = { edits: pinEdits(use, digest), comments: 0 };
  const { pinStyle } = document.settings;
  if (pinStyle === 'tag-and-digest') return [fallback];
  const edits = digestEdits(use, digest);
  const bare: Change = { edits, comments: 0 };
  if (pinStyle === 'digest-only') return [bare, fallback];
  if (isRefusal(edits)) return [fallback];
  // The parts of a reference that stand under keys of their own: its tag stays where it is.
  if (use.mutability !== 'implicit' && keepsTag(document, edits)) return [bare, fallback];
  return [...withComment(document, use, edits), fallback];
}

const keepsTag = ({ source }: Analysis, edits: readonly TextEdit[]): boolean =>
  edits.every(
    ({ newText, span: { end, start } }) => start === end || source.text.slice(start, end) === newText,
  );

function withComment(document: Analysis, use: ImageUse, edits: readonly TextEdit[]): readonly Change[] {
  const mark = document.commentMark;
  const [first] = edits;
  if (!mark || !first || use.reading.state !== 'parsed') return [];
  const { source } = document;
  const { name } = use.reading.reference.spans;
  const tag = use.reading.reference.tag ?? 'latest';
  const line = source.placeAt(first.span.start).line;
  const above = commentAbove(source, line, `${mark} ${use.resolved.slice(name.start, name.end)}:${tag}`);
  const onTop: Change = {
    edits: [{ span: span(above.at, above.at), newText: above.line }, ...edits],
    comments: 1,
  };
  if (!hasRoomBehind(document, line)) return [onTop];
  const end = source.lineStart(line) + source.lineText(line).trimEnd().length;
  const behind: Change = {
    edits: [...edits, { span: span(end, end), newText: ` ${mark} ${tag}` }],
    comments: 1,
    behind: end,
  };
  return [behind, onTop];
}

/** Spans of the comments, by their analysis: a plan asks for every image. */
const commentSpans = new WeakMap<Analysis, readonly Span[]>();

function commentBefore(document: Analysis, offset: number): Span | undefined {
  const known = commentSpans.get(document) ?? document.comments().map(({ span: at }) => at);
  commentSpans.set(document, known);
  return lastFrom(known, offset);
}

/** Whether a comment at the end of a line would be one: nothing else is there, and the line does not stand in a longer text. */
function hasRoomBehind(document: Analysis, line: number): boolean {
  const { source } = document;
  const start = source.lineStart(line);
  const end = start + source.lineText(line).length;
  if (!document.takesTrailingComment(start)) return false;
  if (unitAt(document.units(), end) || unitAt(document.units(), start)) return false;
  return (commentBefore(document, end)?.end ?? 0) <= start;
}
