/** Bounds of one registry client. Times in milliseconds, sizes in bytes. */
export interface Limits {
  /** For one lookup from its first request to its answer, whatever happens in between. */
  readonly deadline: number;
  /** Lookups that talk to one host at the same time. */
  readonly perHost: number;
  readonly maxRedirects: number;
  readonly maxManifest: number;
  /** For the configuration of an image. */
  readonly maxConfig: number;
  /** For what one signature was made of. */
  readonly maxPayload: number;
  /** For one page of a list of tags. */
  readonly maxTagPage: number;
  /** Pages asked for, and tags taken, of one list. */
  readonly maxTagPages: number;
  readonly maxTags: number;
  readonly maxToken: number;
  /** Before the one retry of a request that met a server fault. */
  readonly retryDelay: number;
  /** Without requests to a host that said 429 and named no time. */
  readonly coolDown: number;
  /** The longest time without requests that a host may ask for. */
  readonly maxCoolDown: number;
  /** For which a digest found for a tag is given again without asking. */
  readonly keepFound: number;
  /** For which a failed lookup is given again without asking, and a host that cannot be reached is left alone. */
  readonly keepFailed: number;
  /** Lookups that find a host out of reach, one after another, before it is left alone. */
  readonly maxMisses: number;
  /** Lookups remembered. */
  readonly maxCached: number;
}

export const defaultLimits: Limits = {
  deadline: 30_000,
  perHost: 100,
  maxRedirects: 5,
  maxManifest: 4 * 1024 * 1024,
  maxConfig: 1024 * 1024,
  maxPayload: 64 * 1024,
  maxTagPage: 4 * 1024 * 1024,
  maxTagPages: 20,
  maxTags: 50_000,
  maxToken: 64 * 1024,
  retryDelay: 500,
  coolDown: 60_000,
  maxCoolDown: 3_600_000,
  keepFound: 60_000,
  keepFailed: 5_000,
  maxMisses: 3,
  maxCached: 5_000,
};
