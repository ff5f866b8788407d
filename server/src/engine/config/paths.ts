import { quoted } from './words.ts';

/** An address, or the way git writes one: `https://…`, `git@github.com:…`, `github:acme/policy`. */
const address = /^[a-z][a-z0-9+.-]+:|^[\w.-]+@[\w.-]+:/i;

/** Where a path leads out of what is relative to a file: another root, a drive, a host, a home folder. */
const rooted = /^[/~]|^[a-z]:|\\|\/\//i;

/** Why a text is no path of a file beside or below or above the one that says it; null where it is one. */
export function pathFault(key: string, path: string, example: string): string | null {
  if (path.trim() === '') return `The path is missing; write one as in ${example}.`;
  if (address.test(path)) {
    return `${key} takes no address: what counts could change without a commit here. Keep a copy of the file in the repository, as in a git submodule, and name its path.`;
  }
  if (rooted.test(path)) {
    return `${quoted(path)} is not relative to this file, so it leads elsewhere on other machines. Write it with forward slashes from here, as in ${example}.`;
  }
  return null;
}

/** The file that a path without faults leads to, seen from another file; both as URIs. */
export function resolvePath(from: string, path: string): string | null {
  const encoded = path.split('/').map(encodeURIComponent).join('/');
  return URL.canParse(encoded, from) ? new URL(encoded, from).href : null;
}
