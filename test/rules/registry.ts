import { createHash } from 'node:crypto';
import type { Downloads, ImageName, Input, Lookup, Registry } from '../../server/src/engine/index.ts';
import { plainConfig } from '../support/image-config.ts';

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

/**
 * Knows every image, and gives each name the same digest every time: that of its observation where there is one. Each repository has the
 * tags 1.27.3, 1.27 and latest.
 */
export function registryOf(observed: Input['observed']): Registry {
  const answer = (image: ImageName): Lookup => {
    const { registry, repository, version } = image;
    const known = observed?.(image);
    if (known?.digest === null) return { ok: false, code: 'not-found', message: 'There is no such image.' };
    const made = version.includes(':') ? version : `sha256:${sha256(`${registry}/${repository}:${version}`)}`;
    return {
      ok: true,
      digest: known?.digest ?? made,
      mediaType: 'application/vnd.oci.image.index.v1+json',
      at: 0,
    };
  };
  return {
    resolve: async (image) => answer(image),
    async inspect(image) {
      const found = answer(image);
      if (!found.ok) return found;
      const { platforms = null, volumes = null } = observed?.(image) ?? {};
      return {
        ...found,
        platforms,
        config: { ...plainConfig, volumes: volumes ?? [] },
      };
    },
    verify: async (image) => ({
      ok: true,
      at: 0,
      ...(observed?.(image)?.signature ?? { verified: false, why: 'It has no signature.' }),
    }),
    observed: (image) => observed?.(image),
    tags: async () => ({ ok: true, tags: ['latest', '1.27', '1.27.3'] }),
  };
}

export const everyImage = registryOf(undefined);

/** Has every file and every branch, each with the same content every time. */
export const everyDownload: Downloads = {
  checksum: async (url) => ({ ok: true, digest: `sha256:${sha256(url)}` }),
  commit: async (repository, ref) => ({ ok: true, commit: sha256(`${repository} ${ref}`).slice(0, 40) }),
};

/** Answers whatever a fix has to ask. */
export const everyAnswer = { registry: everyImage, downloads: everyDownload };
