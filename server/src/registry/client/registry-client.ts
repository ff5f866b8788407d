import type {
  FailedLookup,
  ImageName,
  Inspection,
  LookupOptions,
  ObserveOptions,
  Registry,
} from '../../engine/ports.ts';
import type { Credential } from '../sign-in/credential.ts';
import type { StoredLogin } from '../sign-in/credentials.ts';

/** What the editor and the command line ask of the client beyond what the engine does. */
export interface RegistryClient extends Registry {
  /** Reads what is kept from earlier runs: what needs no traffic can tell it then. Never rejects. */
  recall(): Promise<void>;
  /** What `inspect` found earlier, without any traffic. */
  inspected(image: ImageName, options: Pick<ObserveOptions, 'registries'>): Inspected | undefined;
  /** How many pulls a registry said are left, without any traffic. */
  allowance(registry: string, options: Pick<ObserveOptions, 'registries'>): Allowance | undefined;
  /** Asks whether a registry accepts a credential. It is sent there alone, and not kept. */
  checkSignIn(registry: string, credential: Credential, options: LookupOptions): Promise<SignInCheck>;
  /** Somebody signed in or out at a registry: what was got by the earlier credential no longer counts. */
  forgetSignIn(registry: string): void;
  /** Where Docker and Podman have stored a sign-in, which counts beside those given to Holdfast itself. Never rejects. */
  storedLogins(): Promise<readonly StoredLogin[]>;
  /** Forgets all that registries have told, here and on disk. Never rejects. */
  clear(): Promise<Cleared>;
}

export type Inspected = Extract<Inspection, { ok: true }>;

/** A registry's limit of pulls, as `ratelimit-*` headers tell it: docs.docker.com "Pull usage and limits". */
export interface Allowance {
  readonly limit: number;
  readonly remaining: number;
  /** Milliseconds that the limit is for. */
  readonly window: number;
  /** Milliseconds since the epoch. */
  readonly at: number;
}

export type SignInCheck =
  /** `isOpen`: the registry asks nobody to sign in, so the credential could not be checked. */
  { readonly ok: true; readonly isOpen: boolean } | FailedLookup;

export interface Cleared {
  /** Answers that were forgotten. */
  readonly entries: number;
  /** Why the disk could not be cleared; a sentence. */
  readonly problem?: string;
}
