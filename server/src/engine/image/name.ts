import type { ImageReference } from './reference.ts';

/** An image to look up: normal form, so `docker.io` and `library/nginx` are written out. */
export interface ImageName {
  readonly registry: string;
  readonly repository: string;
  /** Tag or digest. */
  readonly version: string;
}

/** A repository in normal form, as in an ImageName. */
export type RepositoryName = Pick<ImageName, 'registry' | 'repository'>;

/** `docker.io/library/nginx:1.27.3`: normal form, with the tag that counts where none is written. */
export const taggedName = ({ registry, repository, tag }: ImageReference): string =>
  `${registry}/${repository}:${tag ?? 'latest'}`;
