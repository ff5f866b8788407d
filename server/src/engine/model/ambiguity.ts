import type { Edits } from '../text/edit.ts';
import type { Span } from '../text/span.ts';

/** Something in a text that programs read in different ways. */
export interface Ambiguity {
  /**
   * `line-break` a line break of YAML 1.1 alone · `byte-order-mark` one within the text · `repeated-key` a key twice in one mapping ·
   * `repeated-merge` two `<<` in one mapping · `late-merge` a `<<` behind a key that it also brings · `many-merges` too many to compare ·
   * `binary` Base64 under `!!binary` · `marker` a line that begins with `---` and is no marker · `tag` one that not every reader knows
   */
  readonly type:
    | 'line-break'
    | 'byte-order-mark'
    | 'repeated-key'
    | 'repeated-merge'
    | 'late-merge'
    | 'many-merges'
    | 'binary'
    | 'marker'
    | 'tag';
  readonly span: Span;
  readonly path: string;
  /** What it is about: the key, the tag, the character as `U+2028`. */
  readonly name: string;
  /** Writes the same in a way that every reader understands, where there is one. */
  readonly edits?: () => Edits;
}
