import ignore from 'ignore';
import { kinds } from '../kinds/index.ts';
import type { Settings } from './settings.ts';

/** Ids of the kinds that files can be said to be of. */
export const kindIds: readonly string[] = kinds.filter(({ onlyTells }) => !onlyTells).map(({ id }) => id);

export const isKindId = (text: string): boolean => kindIds.includes(text);

/**
 * The kind that settings say a file is of; null where they say nothing. `path` is relative to the folder of the patterns, with
 * forward slashes. A path that is not below that folder fits no pattern.
 */
export type KindTest = (path: string) => string | null;

export function kindTest(files: Settings['files']): KindTest {
  const entries = Object.entries(files).map(([pattern, kind]) => ({
    kind,
    matcher: ignore({ ignorecase: false }).add(pattern),
  }));
  if (entries.length === 0) return () => null;
  return (path) => {
    if (!ignore.isPathValid(path)) return null;
    return entries.findLast(({ matcher }) => matcher.ignores(path))?.kind ?? null;
  };
}
