import { taggedName } from '../image/name.ts';
import type { ImageUse } from './facts.ts';

/** Whether a digest is wanted at all: what a build produces is not pulled, and a cache that never moves is none. */
export const isPulled = ({ role }: ImageUse): boolean => role !== 'build-output' && role !== 'cache-source';

/** A tag together with the digest that decides: `docker.io/library/nginx:1.27.3`. */
export interface PinnedTag {
  readonly name: string;
  readonly digest: string;
}

/** Null for what has no digest, no tag beside it, or is not pulled. */
export function pinnedTag(use: ImageUse): PinnedTag | null {
  if (use.mutability !== 'digest' || use.reading.state !== 'parsed' || !isPulled(use)) return null;
  const { digest, tag } = use.reading.reference;
  if (digest === undefined || tag === undefined) return null;
  return { name: taggedName(use.reading.reference), digest };
}
