import { URI, Utils } from 'vscode-uri';
import { isConfigName, misnamedConfig } from '../../engine/index.ts';

/** One spelling for one resource: clients encode and capitalise URIs in their own ways. Text that is no URI stays as it is. */
export function uriKey(uri: string): string {
  return parse(uri)?.toString() ?? uri;
}

/** Decoded, with forward slashes and a small drive letter: what kinds and patterns recognise files by. */
export const uriPath = (uri: string): string =>
  (parse(uri)?.path ?? uri).replace(/^\/[A-Z]:/, (drive) => drive.toLowerCase());

export const uriName = (uri: string): string => {
  const path = uriPath(uri);
  return path.slice(path.lastIndexOf('/') + 1);
};

/** Whether a file is a configuration, one that others extend, or should have been one. */
export function isPolicy(uri: string): boolean {
  const name = uriName(uri);
  return isConfigName(name) || name === misnamedConfig;
}

/** The folder a file stands in; null at the root, or where there are no folders (an unsaved document). */
export function parentOf(uri: string): string | null {
  const parsed = parse(uri);
  if (!parsed?.path.startsWith('/')) return null;
  const parent = Utils.dirname(parsed);
  return parent.path === parsed.path ? null : parent.toString();
}

export function childOf(folder: string, name: string): string {
  const parsed = parse(folder);
  return parsed ? Utils.joinPath(parsed, name).toString() : `${folder}/${name}`;
}

/** The file at a path (see `uriPath`) in the same file system as `uri`. */
export const siblingUri = (uri: string, path: string): string =>
  parse(uri)?.with({ path }).toString() ?? path;

/** The path of `uri` below `folder`, without a leading slash; null when it is not below. */
export function pathBelow(folder: string, uri: string): string | null {
  const base = uriPath(folder).replace(/\/*$/, '/');
  const path = uriPath(uri);
  return path.startsWith(base) && path.length > base.length ? path.slice(base.length) : null;
}

/** The first of `folders` that `uri` is below. */
export const folderOf = (folders: readonly string[], uri: string): string | undefined =>
  folders.find((folder) => pathBelow(folder, uri) !== null);

function parse(uri: string): URI | null {
  try {
    return URI.parse(uri, true);
  } catch {
    return null;
  }
}
