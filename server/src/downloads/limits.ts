/** Bounds of one download. Times in milliseconds, sizes in bytes. */
export interface Limits {
  /** From the first request to the last byte, whatever happens in between. */
  readonly checksumDeadline: number;
  readonly commitDeadline: number;
  readonly maxDownload: number;
  /** For the list of a repository's branches and tags. */
  readonly maxRefs: number;
  readonly maxRedirects: number;
}

export const defaultLimits: Limits = {
  checksumDeadline: 600_000,
  commitDeadline: 60_000,
  maxDownload: 2 * 1024 ** 3,
  maxRefs: 64 * 1024 ** 2,
  maxRedirects: 5,
};
