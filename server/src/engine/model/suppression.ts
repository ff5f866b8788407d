import type { Edits } from '../text/edit.ts';
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
}

/** A `holdfast-ignore` comment, and what came of it. */
export interface SuppressionComment {
  /** Without the mark that opens it. */
  readonly span: Span;
  readonly path: string;
  /** The lines it speaks about; of one about the file, the next ones. */
  readonly subject: Span;
  readonly names: readonly SuppressionName[];
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
