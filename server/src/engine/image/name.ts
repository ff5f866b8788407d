import { type ImageReference, parseReference } from './reference.ts';

/** An image to look up: normal form, so `docker.io` and `library/nginx` are written out. */
export interface ImageName {
  readonly registry: string;
  readonly repository: string;
  /** Tag or digest. */
  readonly version: string;
}

/** A repository in normal form, as in an ImageName. */
export type RepositoryName = Pick<ImageName, 'registry' | 'repository'>;

/** `docker.io/library/nginx:1.27.3`, with `@` before a digest. */
export const fullName = ({ registry, repository, version }: ImageName): string =>
  `${registry}/${repository}${version.includes(':') ? '@' : ':'}${version}`;

/** What the reference pulls: by the digest where there is one, else by the tag that counts. */
export const pulledName = ({ digest, registry, repository, tag }: ImageReference): ImageName => ({
  registry,
  repository,
  version: digest ?? tag ?? 'latest',
});

/** Stands for a digest that is not known yet, where only the possibility of an edit is asked for. */
export const sampleDigest = `sha256:${'0'.repeat(64)}`;

/** `docker.io/library/nginx`: normal form, without tag and digest. */
export const repositoryName = ({ registry, repository }: ImageReference): string =>
  `${registry}/${repository}`;

/** `docker.io/library/nginx:1.27.3`: normal form, with the tag that counts where none is written. */
export const taggedName = ({ registry, repository, tag }: ImageReference): string =>
  `${registry}/${repository}:${tag ?? 'latest'}`;

/**
 * The name by which a build context takes the place of an image: BuildKit writes Docker Hub's registry out of both, and `latest`
 * (`frontend/dockerui/namedcontext.go`). A digest is a part of it.
 */
export function contextNameOf(text: string): string {
  const parsed = parseReference(text);
  if (!parsed.ok) return text;
  const { digest, registry, repository, tag } = parsed.reference;
  const name = registry === 'docker.io' ? repository.replace(/^library\//, '') : `${registry}/${repository}`;
  const version = tag === undefined || tag === 'latest' ? '' : `:${tag}`;
  return digest === undefined ? name + version : `${name}${tag === undefined ? '' : `:${tag}`}@${digest}`;
}
