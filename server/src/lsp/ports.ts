import type { Clock, Downloads, Files, Log, Registry } from '../engine/index.ts';

/** What a search below a folder comes upon. */
export type Listed =
  | { readonly kind: 'file'; readonly uri: string }
  /** Not looked at. `reason`: a few words without a full stop. */
  | { readonly kind: 'skip'; readonly uri: string; readonly reason: string };

export interface ListOptions {
  /** Whether a file may be a manifest. */
  isCandidate(uri: string): Promise<boolean>;
  /** Whether the user's settings leave out a file or folder. */
  isLeftOut(uri: string, isFolder: boolean): Promise<boolean>;
  readonly signal: AbortSignal;
}

/** The folders of the workspace, by URI. */
export interface Folders {
  /** The files below a folder, without what `.gitignore` excludes. */
  list(folder: string, options: ListOptions): AsyncIterable<Listed>;
  /** Whether there is a file or folder. */
  exists(uri: string): Promise<boolean>;
}

export interface Timer {
  /** Fulfilled after that many milliseconds, or at once when the signal is aborted. Never rejects. */
  wait(milliseconds: number, signal?: AbortSignal): Promise<void>;
}

/** All that the server asks of the world. */
export interface Ports {
  readonly registry: Registry;
  readonly downloads: Downloads;
  readonly files: Files & Folders;
  readonly timer: Timer;
  readonly clock: Clock;
  readonly log: Log;
}

/** Milliseconds. */
export const delays = {
  /** From the last keystroke to the analysis. */
  debounce: 30,
  /** Until a request that takes long shows its progress. */
  progress: 500,
  /** From what a registry has told to the findings that come of it. */
  learned: 250,
} as const;
