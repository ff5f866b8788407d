import type { ImageUse } from './facts.ts';

/** Whether a digest is wanted at all: what a build produces is not pulled, and a cache that never moves is none. */
export const isPulled = ({ role }: ImageUse): boolean => role !== 'build-output' && role !== 'cache-source';
