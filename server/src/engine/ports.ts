/** What the engine asks of the world. Adapters live outside; the engine knows no editor, no network and no disk. */

import type { ImageName, RepositoryName } from './image/name.ts';

export type { ImageName, RepositoryName } from './image/name.ts';

/** How to reach one registry, by its name in references (`docker.io`, `localhost:5000`). */
export interface RegistrySettings {
  /** Host (with port, or a whole http(s) URL) that answers in this registry's place. */
  readonly mirror?: string;
  /** Plain http is allowed. Loopback is always allowed. */
  readonly insecure?: boolean;
}

export type RegistryTable = Readonly<Record<string, RegistrySettings>>;

export type LookupFailure =
  | 'not-found'
  | 'no-access'
  | 'rate-limited'
  | 'unreachable'
  | 'timed-out'
  | 'cancelled'
  | 'bad-answer'
  | 'refused';

export type Lookup =
  | {
      readonly ok: true;
      /** `sha256:…` of what the version names: the index where there is one, so that every platform still works. */
      readonly digest: string;
      readonly mediaType: string;
      /** Milliseconds since the epoch when the registry said so. */
      readonly at: number;
    }
  | FailedLookup;

export interface FailedLookup {
  readonly ok: false;
  readonly code: LookupFailure;
  /** What happened, why, and what to do. Holds no secret. */
  readonly message: string;
}

/** The tags of a repository: as many as the registry gives in the order it gives them, within the limits of one answer. */
export type TagList = { readonly ok: true; readonly tags: readonly string[] } | FailedLookup;

export interface LookupOptions {
  readonly registries: RegistryTable;
  readonly signal?: AbortSignal;
}

/** Never rejects: whatever goes wrong is a FailedLookup that says so. */
export interface Registry {
  resolve(image: ImageName, options: LookupOptions): Promise<Lookup>;
  /** What an earlier lookup found, without any traffic. */
  known(image: ImageName, options: Pick<LookupOptions, 'registries'>): Lookup | undefined;
  /** Asks for the tags of a repository. */
  tags(repository: RepositoryName, options: LookupOptions): Promise<TagList>;
}

/** The hop to a registry. Never follows a redirect. Rejects on network faults and on abort. */
export interface Http {
  send(request: HttpRequest): Promise<HttpResponse>;
}

export interface HttpRequest {
  readonly method: 'HEAD' | 'GET' | 'POST';
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly signal: AbortSignal;
  /** Bytes after which the body is given up. */
  readonly maxBody: number;
}

export interface HttpResponse {
  readonly status: number;
  /** Names in lower case; several headers of a name joined by `, `. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
}

/** Reading files, by URI. Null for what is not there or cannot be read. */
export interface Files {
  read(uri: string): Promise<string | null>;
}

export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number;
}

export interface Log {
  /** Never given a secret. */
  info(message: string): void;
  warn(message: string): void;
}
