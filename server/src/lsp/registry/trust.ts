import type { Downloads, FailedLookup } from '../../engine/index.ts';
import type { RegistryClient } from '../../registry/index.ts';
import type { Switches } from '../ports.ts';

export const untrustedReason =
  'Holdfast would have to ask a server that this workspace names, and the workspace is not trusted. Trust this workspace, then try again.';

export const offlineReason =
  'Holdfast asks no server while the setting holdfast.offline is on. Switch it off, then try again.';

/** Whether the user trusts the workspace and allows requests, and whom that allows to ask. */
export interface Trust {
  readonly trusted: boolean;
  /** Whether requests are switched off, by the settings as they are now. */
  isOffline(): Promise<boolean>;
  /** Why nobody can be asked now, in whole sentences; null where somebody can. */
  refusal(): Promise<string | null>;
  /** Asks nobody anything while the workspace is not trusted. While requests are switched off, what registries told earlier is told again. */
  readonly registry: RegistryClient;
  /** Asks nobody anything without trust, or while requests are switched off. */
  readonly downloads: Downloads;
}

const untrusted: FailedLookup = { ok: false, code: 'refused', message: untrustedReason };
const offline: FailedLookup = { ok: false, code: 'offline', message: offlineReason };

/** `settle` brings the switches up to date with the settings. */
export function createTrust(
  registry: RegistryClient,
  downloads: Downloads,
  switches: Switches,
  settle: () => Promise<void>,
): Trust {
  async function ifTrusted<T>(ask: () => Promise<T>): Promise<T | FailedLookup> {
    if (!switches.trusted) return untrusted;
    await settle();
    return ask();
  }
  const ifOnline = <T>(ask: () => Promise<T>): Promise<T | FailedLookup> =>
    ifTrusted<T | FailedLookup>(async () => (switches.offline ? offline : ask()));

  const trust: Trust = {
    get trusted() {
      return switches.trusted;
    },
    async isOffline() {
      await settle();
      return switches.offline;
    },
    async refusal() {
      if (!switches.trusted) return untrustedReason;
      return (await trust.isOffline()) ? offlineReason : null;
    },
    registry: {
      resolve: (image, options) => ifTrusted(() => registry.resolve(image, options)),
      inspect: (image, options) => ifTrusted(() => registry.inspect(image, options)),
      verify: (image, keys, options) => ifTrusted(() => registry.verify(image, keys, options)),
      tags: (repository, options) => ifOnline(() => registry.tags(repository, options)),
      checkSignIn: (name, credential, options) =>
        ifOnline(() => registry.checkSignIn(name, credential, options)),
      recall: () => registry.recall(),
      observed: (image, options) => registry.observed(image, options),
      inspected: (image, options) => registry.inspected(image, options),
      allowance: (name, options) => registry.allowance(name, options),
      forgetSignIn: (name) => registry.forgetSignIn(name),
      storedLogins: () => registry.storedLogins(),
      clear: () => registry.clear(),
    },
    downloads: {
      checksum: (url, options) => ifOnline(() => downloads.checksum(url, options)),
      commit: (repository, ref, options) => ifOnline(() => downloads.commit(repository, ref, options)),
    },
  };
  return trust;
}
