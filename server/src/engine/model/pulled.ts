import { architectureIn, platformKey } from '../image/architecture.ts';
import { taggedName } from '../image/name.ts';
import type { ImageUse } from './facts.ts';

/** Whether a digest is wanted at all: what a build produces is not pulled, and a cache that never moves is none. */
export const isPulled = ({ role }: ImageUse): boolean => role !== 'build-output' && role !== 'cache-source';

/** A tag together with the digest that decides: `docker.io/library/nginx:1.27.3`. */
export interface PinnedTag {
  readonly name: string;
  readonly digest: string;
  /** The platform that the place is for, to be compared; absent where it does not tell. */
  readonly platform?: string;
}

/** Null for what has no digest, no tag beside it, or is not pulled. `file` is the path of its file. */
export function pinnedTag(use: ImageUse, file: string): PinnedTag | null {
  if (use.mutability !== 'digest' || use.reading.state !== 'parsed' || !isPulled(use)) return null;
  const { digest, tag } = use.reading.reference;
  if (digest === undefined || tag === undefined) return null;
  const platform = platformOf(use, file);
  return { name: taggedName(use.reading.reference), digest, ...(platform !== null && { platform }) };
}

/** What the place asks for, or else the architecture that it is named for: a stage `base-amd64`, a file `arm64/Dockerfile`. */
function platformOf({ owners, path, platform }: ImageUse, file: string): string | null {
  if (platform !== undefined) return platformKey(platform);
  const [folder = '', name = ''] = file.split('/').slice(-2);
  const named = [path, owners[0] ?? '', name, folder].map(architectureIn).find((found) => found !== null);
  return named === undefined ? null : platformKey(named ?? '');
}
