import { relative, sep } from 'node:path';
import { URI } from 'vscode-uri';

/** How a file is named to people: relative to `cwd`, with forward slashes; `.` for `cwd` itself. */
export const shownPath = (cwd: string, path: string): string =>
  relative(cwd, path).split(sep).join('/') || '.';

/** As engine kinds see files: decoded, with forward slashes on every platform. */
export const enginePath = (path: string): string => URI.file(path).path;
