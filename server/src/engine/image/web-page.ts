import type { ImageReference } from './reference.ts';

/**
 * The web page that describes a repository, for public registries whose addresses are known; null elsewhere.
 * It is built from the text alone: whether the page exists is not asked.
 */
export function referenceUrl({ registry, repository }: ImageReference): string | null {
  if (registry === 'docker.io') return hubUrl(repository);
  if (registry === 'quay.io') return `https://quay.io/repository/${repository}`;
  if (registry === 'mcr.microsoft.com') return `https://mcr.microsoft.com/artifact/mar/${repository}`;
  if (registry === 'public.ecr.aws') return `https://gallery.ecr.aws/${repository}`;
  if (registry === 'registry.access.redhat.com' || registry === 'registry.redhat.io') {
    return `https://catalog.redhat.com/search?searchType=containers&q=${encodeURIComponent(repository)}`;
  }
  // These send a browser on from the image's own name to its page.
  if (
    registry === 'ghcr.io' ||
    /^(?:[a-z]+\.)?gcr\.io$/.test(registry) ||
    /^[a-z0-9-]+-docker\.pkg\.dev$/.test(registry)
  ) {
    return `https://${registry}/${repository}`;
  }
  return null;
}

function hubUrl(repository: string): string | null {
  const [owner, name, ...more] = repository.split('/');
  if (owner === undefined || name === undefined || more.length > 0) return null;
  return owner === 'library'
    ? `https://hub.docker.com/_/${name}`
    : `https://hub.docker.com/r/${owner}/${name}`;
}
