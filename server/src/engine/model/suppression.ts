import type { Edits, TextEdit } from '../text/edit.ts';
import type { Span } from '../text/span.ts';
import type { Located } from './facts.ts';

/**
 * What came of one name in a `holdfast-ignore` comment.
 * `used` it silenced a finding, or would have with a reason · `unused` the rule finds nothing there ·
 * `unjudged` what the rule would find cannot be told from this text · `repeated` the comment has it before ·
 * `no-rule` there is no such rule · `unsilenceable` a rule about these comments, which nothing silences.
 */
export type SuppressionState = 'used' | 'unused' | 'unjudged' | 'repeated' | 'no-rule' | 'unsilenceable';

/** A rule's name in a `holdfast-ignore` comment, as it is written. */
export interface SuppressionName extends Located<string> {
  readonly state: SuppressionState;
  /** The rule that was probably meant, of a name that is no rule; null where none is near. */
  readonly meant: string | null;
  /** Where the rule finds something a few lines from the comment, of a name that is `unused`; null where it does not. */
  readonly near: { readonly span: Span /** In the file, from 1. */; readonly line: number } | null;
}

/** In what a comment that is meant to silence a finding differs from one that does. */
export interface MisspeltSuppression {
  /** What stands in the place of `holdfast-ignore`. */
  readonly written: string;
  readonly meant: 'holdfast-ignore' | 'holdfast-ignore-file';
  /** The first name in it, where that is a rule. */
  readonly first: string | null;
  /** The format takes it for a comment; else it is a part of what stands before it. */
  readonly isComment: boolean;
  /** Puts in the words that are meant; null where more has to change. */
  readonly edits: readonly TextEdit[] | null;
}

/** A `holdfast-ignore` comment, or one that is meant to be, and what came of it. */
export interface SuppressionComment {
  /** Without the mark that opens it. */
  readonly span: Span;
  readonly path: string;
  /** The lines it speaks about; of one about the file, the next ones. */
  readonly subject: Span;
  readonly names: readonly SuppressionName[];
  /** Why it is not read as it is meant; it has no names then. Null for one that is. */
  readonly astray: MisspeltSuppression | null;
  /** Empty where none is given; then it silences nothing. */
  readonly reason: string;
  /** What stands where a reason would, without the two hyphens before it; else empty. */
  readonly remark: string;
  /** It speaks about the whole file. */
  readonly isFileWide: boolean;
  /** Takes these names off; the whole comment when none is left. */
  without(names: readonly SuppressionName[]): Edits;
  /** Puts another name in the place of one. */
  renamed(name: SuppressionName, to: string): Edits;
  /** Gives it this reason, which is one line, in the place of the one it has. */
  withReason(reason: string): Edits;
}
