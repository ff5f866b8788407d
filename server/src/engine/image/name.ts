/** An image to look up: normal form, so `docker.io` and `library/nginx` are written out. */
export interface ImageName {
  readonly registry: string;
  readonly repository: string;
  /** Tag or digest. */
  readonly version: string;
}

/** A repository in normal form, as in an ImageName. */
export type RepositoryName = Pick<ImageName, 'registry' | 'repository'>;
