import type { Edits } from '../text/edit.ts';
import type { Span } from '../text/span.ts';

/**
 * One setting of a workload, whatever the file kind: its value, where it comes from, and how to change it.
 * This is what keeps kinds symmetric: a rule reads `value` and asks for `set`, and never knows the syntax.
 */
export interface Setting<T> {
  /** Undefined when `origin` is `unknown`, or when nothing is set and the kind has no default. */
  readonly value: T | undefined;
  /**
   * `explicit` written here · `merged` comes from an anchor, alias or merge key · `default` not written ·
   * `unknown` cannot be seen from this file (a template, a variable, another file).
   */
  readonly origin: 'explicit' | 'merged' | 'default' | 'unknown';
  /** A value of another type is written, which what takes the file refuses. */
  readonly mistyped?: true;
  /** What to underline: the written value, or the name of the thing that lacks it. */
  readonly underline: Span;
  /** The smallest edits that give the setting this value. */
  set(value: T): Edits;
}
