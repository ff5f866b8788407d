import type { FileSummary, WorkspaceIndex } from '../../engine/index.ts';

/** What the manifests below the workspace folders tell each other. It is read in the background, and grows until then. */
export interface Workspace {
  /** What surrounds a file; undefined for one that is below no workspace folder. */
  around(uri: string): WorkspaceIndex | undefined;
  /** An open document was read as it is now; null where it is left out. */
  took(uri: string, outline: FileSummary | null): void;
  /** Reads every file again: the folders or the configuration changed. */
  restart(): void;
  /** Files may have changed on the disk, come or gone. */
  changed(uris: readonly string[]): void;
  /** Fulfilled when nothing is left to read, or when the signal is aborted. */
  ready(signal: AbortSignal): Promise<void>;
  stop(): void;
}
