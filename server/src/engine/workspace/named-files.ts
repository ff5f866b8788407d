import type { FileSummary } from '../model/workspace-context.ts';

/** A file that another one names, and the id of the kind that makes it. */
export interface NamedFile {
  /** As in `SourceFile.path`. */
  readonly path: string;
  readonly kind: string;
}

/** The files that a file says are Dockerfiles or Compose files, whatever their names. */
export const namedFiles = ({ builds, includes = [] }: FileSummary): readonly NamedFile[] => [
  ...builds
    // One that stands in the file itself is read with it.
    .filter(({ dockerfile }) => !dockerfile.includes('#'))
    .map(({ dockerfile }) => ({ path: dockerfile, kind: 'dockerfile' })),
  ...includes.map((path) => ({ path, kind: 'compose' })),
];
