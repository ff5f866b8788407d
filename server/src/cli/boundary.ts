import type { Registry } from '../engine/index.ts';

/** Where text is written. Node's streams are such. */
export interface Output {
  write(text: string): unknown;
  /** A person looks at it. */
  readonly isTTY?: boolean | undefined;
  /** Width of that person's terminal. */
  readonly columns?: number | undefined;
}

/** All that the command line asks of the world besides the disk. */
export interface Boundary {
  /** Absolute. */
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly stdout: Output;
  readonly stderr: Output;
  readonly registry: Registry;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** Aborted when the user wants to stop. */
  readonly signal: AbortSignal;
}

/** What the process ends with. */
export const exitCodes = {
  ok: 0,
  /** Findings at the level asked for, or something that could not be pinned or resolved. */
  found: 1,
  /** Bad usage, bad configuration or unreadable input. */
  trouble: 2,
  /** 128 + SIGINT. */
  interrupted: 130,
} as const;
