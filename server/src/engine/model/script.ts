import type { Span } from '../text/span.ts';

/** When a script runs. `hook` is a lifecycle hook of a container · `probe` runs again and again while it lives. */
export type Moment = 'build' | 'start' | 'hook' | 'probe';

/** Shell text, or a program with its arguments, that stands in a manifest. */
export interface Script {
  readonly moment: Moment;
  /** What runs it, in words: `stage build`, `service web`, `container api`. */
  readonly owner: string;
  /** Structural path, such as `stage/build/run/3`. */
  readonly path: string;
  readonly span: Span;
  /** Why it was not read: `it is written for PowerShell`. Then there are no commands. */
  readonly unread: string | null;
  /** What its commands were read from: one object for all copies of a script that edits elsewhere in its file make. */
  readonly source: object;
  /** Every simple command, those in subshells, branches, loops and substitutions too, in the order of the text. Read on demand, once. */
  commands(): readonly Command[];
}

/** One simple command, quotes and escapes off. What only runs the command behind it (`sudo`, `env`, `exec`, `sh -c`, …) is taken off. */
export interface Command {
  /** The program without its folder: `apt-get`; empty where a variable or a substitution names it. */
  readonly name: string;
  /** The words behind the name. */
  readonly words: readonly Word[];
  /** The whole command with its redirects, and the wrapper before it. */
  readonly span: Span;
  /** The name with its folder. */
  readonly nameSpan: Span;
  /** Whose output comes in through a pipe; nearest first. */
  readonly pipedFrom: readonly Command[];
  readonly redirects: readonly Redirect[];
  /** `NAME=value` before the command, or alone. */
  readonly assignments: readonly Assignment[];
}

export interface Word {
  /** Without quotes and escapes; expansions stay as they are written: `nginx=$VERSION`. */
  readonly text: string;
  /** No expansion is in it, so `text` is what the command gets. */
  readonly isLiteral: boolean;
  readonly span: Span;
  /** The commands whose output is put in. They are among the script's commands too. */
  readonly substitutions: readonly Command[];
}

export interface Redirect {
  /** `>`, `>>`, `<`, `<<<` … */
  readonly operator: string;
  readonly target: Word;
}

export interface Assignment {
  readonly name: string;
  readonly value: Word;
}
