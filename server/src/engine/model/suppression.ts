import type { Edits } from '../text/edit.ts';
import type { Span } from '../text/span.ts';
import type { Located } from './facts.ts';

/** A `holdfast-ignore` comment, and what came of it. Offsets are into its piece of the text. */
export interface SuppressionComment {
  readonly span: Span;
  readonly rules: readonly Located<string>[];
  /** Empty where none is given; then it silences nothing. */
  readonly reason: string;
  /** It speaks about the whole file. */
  readonly isFileWide: boolean;
  /** Ids of the rules whose findings it silenced, or would have with a reason. */
  readonly used: ReadonlySet<string>;
  /** Takes these rules off; the whole comment when none is left. */
  without(rules: readonly string[]): Edits;
}
