import type { Clock, Downloads, Files, Log } from '../engine/index.ts';
import type { RegistryClient } from '../registry/index.ts';
import type { Seal } from './protocol/seal.ts';
import type { Watch } from './supervisor/thread.ts';

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
  /** As `read`, for a file that another one, `of`, depends on: null for what leads out of their repository, too. */
  readBeside(of: string, uri: string): Promise<string | null>;
  /** Whether there is a file or folder. */
  exists(uri: string): Promise<boolean>;
  /** Whether an editor that opens a file to change it reads what `read` gives: it has no byte that is not UTF-8, and UTF-16 only with a mark. */
  isEditable(uri: string): Promise<boolean>;
}

export interface Timer {
  /** Fulfilled after that many milliseconds, or at once when the signal is aborted. Never rejects. */
  wait(milliseconds: number, signal?: AbortSignal): Promise<void>;
}

/** What the user allows now. The server keeps it up to date; whoever connects for it goes by it. */
export interface Switches {
  /** The workspace is trusted. */
  trusted: boolean;
  /** Nothing is asked of any other machine. */
  offline: boolean;
}

/** All that the server asks of the world. */
export interface Ports {
  readonly registry: RegistryClient;
  readonly downloads: Downloads;
  readonly files: Files & Folders;
  readonly timer: Timer;
  readonly clock: Clock;
  readonly log: Log;
  readonly switches: Switches;
  /** What secrets cross to the client in. Null where the client gave no key: then none cross. */
  readonly seal: Seal | null;
  readonly watch: Watch;
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
