import ignore from 'ignore';

/**
 * Whether `patterns` (in `.gitignore` syntax) leave out a file. `path` is relative to the folder of the patterns, with forward
 * slashes; a folder ends in a slash. A path that is not below that folder is never left out.
 */
export type IgnoreTest = (path: string) => boolean;

export function ignoreTest(patterns: readonly string[]): IgnoreTest {
  if (patterns.length === 0) return () => false;
  const matcher = ignore({ ignorecase: false }).add(patterns);
  return (path) => ignore.isPathValid(path) && matcher.ignores(path);
}
