import { pulledName, taggedName } from '../../image/name.ts';
import type { Workload } from '../../model/facts.ts';
import type { BuiltImage, WorkspaceContext } from '../../model/workspace-context.ts';
import { folderOf, pathSeenFrom } from '../../text/path.ts';
import { code } from './words.ts';

/** What the workspace builds for a workload, as far as its Dockerfile is known. */
export function builtFor(
  { build, image }: Pick<Workload, 'build' | 'image'>,
  { workspaceView }: WorkspaceContext,
): BuiltImage | undefined {
  if (build) return workspaceView.builtFrom(build.dockerfile, build.target);
  if (image?.reading.state !== 'parsed' || image.reading.reference.digest !== undefined) return undefined;
  return workspaceView.builtAs(taggedName(image.reading.reference));
}

/** The paths that an image declares as volumes. */
export interface ImageVolumes {
  readonly paths: readonly string[];
  /** Who declares them, in words: `api/Dockerfile`. */
  readonly by: string;
}

/** What is known of a workload's image: from its Dockerfile, or because a registry once told; null where nothing is. */
export function volumesOf(workload: Workload, around: WorkspaceContext): ImageVolumes | null {
  const built = builtFor(workload, around);
  if (built) {
    const isInline = built.dockerfile.includes('#');
    const by = isInline ? 'its Dockerfile' : code(pathSeenFrom(folderOf(around.path), built.dockerfile));
    return { paths: built.volumes, by };
  }
  const { image } = workload;
  if (image?.reading.state !== 'parsed' || workload.build) return null;
  const paths = around.observed(pulledName(image.reading.reference))?.volumes;
  return paths ? { paths, by: code(image.resolved) } : null;
}
