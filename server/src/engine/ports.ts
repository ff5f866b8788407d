/** What the engine asks of the world. Adapters live outside; the engine knows no editor, no network and no disk. */

import type { ImageName, RepositoryName } from './image/name.ts';
import type { Observation } from './model/workspace-context.ts';

export type { ImageName, RepositoryName } from './image/name.ts';
export type { Observation } from './model/workspace-context.ts';

/** How to reach one registry, by its name in references (`docker.io`, `localhost:5000`). */
export interface RegistrySettings {
  /** Host that answers in this registry's place: with port, with a path that stands before its repositories, or as a whole http(s) URL. */
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
  | 'refused'
  /** Requests are switched off, and no earlier answer is known. */
  | 'offline';

export type Lookup =
  | {
      readonly ok: true;
      /** `sha256:…` of what the version names: the index where there is one, so that every platform still works. */
      readonly digest: string;
      readonly mediaType: string;
      /** Milliseconds since the epoch when the registry said so. */
      readonly at: number;
      /** An earlier answer of the registry, told again because requests are switched off. */
      readonly isOld?: true;
      /** What the user should know though it worked; whole sentences. */
      readonly notice?: string;
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

/** An image looked into. */
export type Inspection =
  | {
      readonly ok: true;
      /** As in a Lookup. */
      readonly digest: string;
      readonly mediaType: string;
      readonly at: number;
      /** The manifests of an index, without attestations; null for an image that is no index. */
      readonly platforms: readonly ImagePlatform[] | null;
      /** Of linux/amd64 where there is one, else of the first platform; null where the registry has none that could be read. */
      readonly config: ImageConfig | null;
      /** As in a Lookup. */
      readonly isOld?: true;
      readonly notice?: string;
    }
  | FailedLookup;

export interface ImagePlatform {
  /** `linux/arm/v7`. */
  readonly platform: string;
  readonly digest: string;
}

/** What an image says of itself: image-spec `manifest.md` and `config.md`. */
export interface ImageConfig {
  /** `linux/arm/v7`: what this is the configuration of; null where it does not say. */
  readonly platform: string | null;
  /** Milliseconds since the epoch; null where it is not told, or told as a time before 2000, as reproducible builds do. */
  readonly created: number | null;
  /** Bytes of its layers as they are pulled, packed; null where they are not all told. */
  readonly size: number | null;
  /** Absolute paths, in the order of the alphabet. */
  readonly volumes: readonly string[];
  readonly labels: Readonly<Record<string, string>>;
  /** The image it was built on, by the annotations `org.opencontainers.image.base.*` or labels of that name. */
  readonly base: { readonly name: string | null; readonly digest: string | null } | null;
}

/** Whether a signature of an image holds. */
export type Verification =
  /** `why`: one sentence; which key, or what is wrong. */
  { readonly ok: true; readonly at: number; readonly verified: boolean; readonly why: string } | FailedLookup;

export interface LookupOptions {
  readonly registries: RegistryTable;
  readonly signal?: AbortSignal;
  /** Milliseconds since the epoch: what was found earlier does not count, not even what cannot change. A digest may be gone. */
  readonly since?: number;
}

export interface ObserveOptions {
  readonly registries: RegistryTable;
  /** Those the policy names for the image, as in `Registry.verify`; without any, nothing is told of signatures. */
  readonly keys?: readonly string[];
}

/** Never rejects: whatever goes wrong is a FailedLookup that says so. */
export interface Registry {
  resolve(image: ImageName, options: LookupOptions): Promise<Lookup>;
  /** Reads the manifest, and the configuration of one platform. */
  inspect(image: ImageName, options: LookupOptions): Promise<Inspection>;
  /**
   * Looks for cosign's signatures. Each of `keys` holds a public key in PEM, or several of which any will do, and each has to have signed.
   * Sigstore bundles, and signatures without a key, are not looked at.
   */
  verify(image: ImageName, keys: readonly string[], options: LookupOptions): Promise<Verification>;
  /** What earlier calls of the others found, however old, without any traffic. */
  observed(image: ImageName, options: ObserveOptions): Observation | undefined;
  /** Asks for the tags of a repository. */
  tags(repository: RepositoryName, options: LookupOptions): Promise<TagList>;
}

/** `sha256:…` of what an address gives. */
export type Checksum = { readonly ok: true; readonly digest: string } | FailedLookup;

/** The full name of a commit, in lower-case hexadecimal. */
export type CommitLookup = { readonly ok: true; readonly commit: string } | FailedLookup;

export interface DownloadOptions {
  readonly signal?: AbortSignal;
}

/** Reads public places of the web, signed in nowhere. Never rejects. */
export interface Downloads {
  /** Reads all that an http(s) address gives, and keeps nothing of it. */
  checksum(url: string, options: DownloadOptions): Promise<Checksum>;
  /** Asks a git repository what a branch or tag names; an empty ref is the default branch. */
  commit(repository: string, ref: string, options: DownloadOptions): Promise<CommitLookup>;
}

/** The hop to another machine. Never follows a redirect, unpacks nothing, keeps no cookie. Rejects on network faults and on abort. */
export interface Http {
  send(request: HttpRequest): Promise<HttpResponse>;
}

/** Kinds of addresses. `special` is what no service for people lives at: link-local, multicast, reserved, and the clouds' metadata services. */
export type AddressClass = 'public' | 'private' | 'loopback' | 'special';

/** The kinds of addresses that a request may go to. Never `special`. */
export type AddressPolicy = ReadonlySet<Exclude<AddressClass, 'special'>>;

export interface HttpRequest {
  readonly method: 'HEAD' | 'GET' | 'POST';
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly signal: AbortSignal;
  /** A name may lead to another address from one moment to the next: whoever connects looks again, where it can. */
  readonly reach: AddressPolicy;
}

export interface HttpResponse {
  readonly status: number;
  /** Names in lower case; several headers of a name joined by `, `. */
  readonly headers: Readonly<Record<string, string>>;
  /** Read once, as it comes. Leaving it early closes the connection. Rejects as `send` does. */
  readonly body: AsyncIterable<Uint8Array>;
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
