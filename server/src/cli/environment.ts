import type { RegistryClient } from '../registry/index.ts';
import type { StartWorker } from '../workers/messages.ts';

/** Where text is written. Node's streams are such. */
export interface Output {
  write(text: string | Uint8Array): unknown;
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
  /** The client that asks registries, and keeps what they tell. */
  readonly connect: (options: ConnectOptions) => Promise<RegistryClient>;
  /** Starts a thread that performs what a `Service` of `createReader` does. */
  readonly startReader: StartWorker;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** Aborted when the user wants to stop. */
  readonly signal: AbortSignal;
}

export interface ConnectOptions {
  /** Nothing is sent. */
  readonly isOffline: boolean;
  /** Takes what the user should know, as sentences. */
  readonly warn: (message: string) => void;
}

/** What the process ends with. */
export const exitCodes = {
  ok: 0,
  /** Findings at the level asked for, or something that could not be pinned, resolved or deleted. */
  found: 1,
  /** Bad usage, bad configuration or unreadable input. */
  trouble: 2,
  /** 128 + SIGINT. */
  interrupted: 130,
} as const;
