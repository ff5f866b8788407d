import type { Contents } from '../../client/inspect.ts';

/** An answer of a registry that outlives the process. `key` names an image at the place it was asked for, as in Memory. */
export type StoredAnswer =
  | {
      readonly kind: 'found';
      readonly key: string;
      /** Milliseconds since the epoch. */
      readonly at: number;
      readonly digest: string;
      readonly mediaType: string;
    }
  /** The registry had no such image. */
  | { readonly kind: 'gone'; readonly key: string; readonly at: number }
  /** Of a digest. */
  | { readonly kind: 'contents'; readonly key: string; readonly at: number; readonly contents: Contents };

export interface StoredAnswers {
  /** These are all there are: what was read before no longer counts. Else they are those that were added since. */
  readonly areAll: boolean;
  /** In the order they were kept. */
  readonly answers: readonly StoredAnswer[];
}

/** Keeps answers between runs, for several processes at once. Whatever goes wrong is logged once; nothing throws or rejects. */
export interface Store {
  /** What was kept since the last call, by other processes too. */
  read(): Promise<StoredAnswers>;
  /** Keeps it some time soon. */
  add(answer: StoredAnswer): void;
  /** Forgets all that was added so far, by other processes too. Resolves to a sentence that says why it could not, or to null. */
  clear(): Promise<string | null>;
  /** Resolves when what was added so far is kept, or could not be. */
  flush(): Promise<void>;
}

export const noStore: Store = {
  read: async () => ({ areAll: false, answers: [] }),
  add() {},
  clear: async () => null,
  flush: async () => {},
};

/** Of what is kept, for all processes together. Where there is more, what is oldest goes. */
export const storeBounds = { maxBytes: 8 * 1024 * 1024, maxAnswers: 20_000 };
