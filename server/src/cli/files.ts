import { relative, sep } from 'node:path';

/** How a file is named to people: relative to `cwd`, with forward slashes; `.` for `cwd` itself. */
export const shownPath = (cwd: string, path: string): string =>
  relative(cwd, path).split(sep).join('/') || '.';
