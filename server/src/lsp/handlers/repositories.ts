import type { AuditImage, ImageUse } from '../../engine/index.ts';
import type { Session } from '../session.ts';

/** A repository as people write it: `nginx`, `ghcr.io/team/app`. */
export function writtenName({ registry, repository }: { registry: string; repository: string }): string {
  if (registry !== 'docker.io') return `${registry}/${repository}`;
  return repository.startsWith('library/') ? repository.slice('library/'.length) : repository;
}

const isPulled = ({ mutability, role }: Pick<ImageUse, 'mutability' | 'role'>): boolean =>
  role !== 'build-output' && mutability !== 'none';

/** The repositories that an audit came upon. */
export const auditedNames = (images: readonly AuditImage[]): ReadonlySet<string> =>
  new Set(
    images.flatMap((image) => {
      const { registry, repository } = image;
      return registry !== null && repository !== null && isPulled(image)
        ? writtenName({ registry, repository })
        : [];
    }),
  );

/** The repositories in open documents, those of `except` left out where nothing else names them. */
export async function openNames(session: Session, except: ImageUse | null): Promise<readonly string[]> {
  const names: string[] = [];
  for (const { uri } of session.documents.all()) {
    const reading = await session.analyses.current(uri);
    for (const use of reading?.analysis.images ?? []) {
      if (use === except || use.reading.state !== 'parsed' || !isPulled(use)) continue;
      names.push(writtenName(use.reading.reference));
    }
  }
  return names;
}
