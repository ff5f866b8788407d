import type { Registry } from '../engine/index.ts';

export const untrustedReason =
  'Holdfast would have to ask a registry that this workspace names, and the workspace is not trusted. Trust this workspace, then try again.';

/** Whether the user trusts the workspace, and the registry as that allows it. */
export interface Trust {
  trusted: boolean;
  /** Asks nobody anything while the workspace is not trusted. */
  readonly registry: Registry;
}

export function createTrust(registry: Registry): Trust {
  const trust: Trust = {
    trusted: true,
    registry: {
      async resolve(image, options) {
        if (!trust.trusted) return { ok: false, code: 'refused', message: untrustedReason };
        return registry.resolve(image, options);
      },
      known: (image, options) => registry.known(image, options),
      async tags(repository, options) {
        if (!trust.trusted) return { ok: false, code: 'refused', message: untrustedReason };
        return registry.tags(repository, options);
      },
    },
  };
  return trust;
}
