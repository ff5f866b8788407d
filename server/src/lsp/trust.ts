import type { Downloads, FailedLookup, Registry } from '../engine/index.ts';

export const untrustedReason =
  'Holdfast would have to ask a server that this workspace names, and the workspace is not trusted. Trust this workspace, then try again.';

/** Whether the user trusts the workspace, and whom that allows to ask. */
export interface Trust {
  trusted: boolean;
  /** Asks nobody anything while the workspace is not trusted. */
  readonly registry: Registry;
  /** The same. */
  readonly downloads: Downloads;
}

const untrusted: FailedLookup = { ok: false, code: 'refused', message: untrustedReason };

export function createTrust(registry: Registry, downloads: Downloads): Trust {
  const ifTrusted = <T>(ask: () => Promise<T>): Promise<T | FailedLookup> =>
    trust.trusted ? ask() : Promise.resolve(untrusted);
  const trust: Trust = {
    trusted: true,
    registry: {
      resolve: (image, options) => ifTrusted(() => registry.resolve(image, options)),
      inspect: (image, options) => ifTrusted(() => registry.inspect(image, options)),
      verify: (image, keys, options) => ifTrusted(() => registry.verify(image, keys, options)),
      observed: (image, options) => registry.observed(image, options),
      tags: (repository, options) => ifTrusted(() => registry.tags(repository, options)),
    },
    downloads: {
      checksum: (url, options) => ifTrusted(() => downloads.checksum(url, options)),
      commit: (repository, ref, options) => ifTrusted(() => downloads.commit(repository, ref, options)),
    },
  };
  return trust;
}
