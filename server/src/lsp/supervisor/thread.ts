import type { Message } from 'vscode-languageserver/node';

/** What the thread that serves is sent. */
export type ToThread =
  | { readonly does: 'pass'; readonly message: Message }
  /** To be answered as soon as the thread is free. */
  | { readonly does: 'ping'; readonly number: number };

/**
 * Supervisor → thread: `{ uri }` of a text that was given up and may be read again. It comes the way that edits come, so that it never overtakes the
 * edit that it is about.
 */
export const releaseNotification = '$/holdfast/release';

/** What it says. */
export type FromThread =
  | { readonly does: 'pass'; readonly message: Message }
  | { readonly does: 'pong'; readonly number: number }
  /** It is about to read a text, and hears nothing until that is done. `length` in UTF-16 code units. */
  | { readonly does: 'reads'; readonly uri: string; readonly length: number }
  | { readonly does: 'ready' };

/** What a thread knows from its start. */
export interface ThreadData {
  /** URIs of texts that are not to be read. */
  readonly givenUp: readonly string[];
}

/** Who watches how long reading takes. */
export interface Watch {
  /** Said before a text is read. `length` in UTF-16 code units. */
  reads(uri: string, length: number): void;
  /** Reading the text as it was took too long. */
  isGivenUp(uri: string): boolean;
  /** Calls back when a text that was given up may be read again. */
  onRelease(listener: (uri: string) => void): void;
  /** Whether anything is given up. */
  readonly isAnyGivenUp: boolean;
}

/** For a server that nobody watches. */
export const unwatched: Watch = {
  reads() {},
  isGivenUp: () => false,
  onRelease() {},
  isAnyGivenUp: false,
};
