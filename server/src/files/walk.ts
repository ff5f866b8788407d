import type { Dirent } from 'node:fs';
import { lstat, readdir, realpath, stat } from 'node:fs/promises';
import { basename, dirname, extname, join, relative, sep } from 'node:path';
import ignore, { type Ignore } from 'ignore';
import { boundsOf, isWithin, readText } from './read.ts';
import { reasonOf } from './reason.ts';
import { type Tracked, trackedThoughIgnored } from './tracked.ts';

/** A file to look at, or something that is not looked at, and why. Paths are absolute. */
export type Entry =
  | {
      readonly kind: 'file';
      readonly path: string;
      /** The caller named this very file. */
      readonly explicit: boolean;
    }
  | {
      readonly kind: 'skip';
      readonly path: string;
      /** A few words without a full stop. */
      readonly reason: string;
      /** The disk refused; else the entry is left out on purpose. */
      readonly failed: boolean;
    };

export interface WalkOptions {
  /** Whether a file found in a folder may be a manifest, by its path. */
  isCandidate(path: string): boolean | Promise<boolean>;
  /** Whether an entry found in a folder is left out by the user's settings. */
  isLeftOut(path: string, isFolder: boolean): Promise<boolean>;
  readonly signal: AbortSignal;
}

/**
 * Files below `paths` (absolute), each once, folders in the order of their names. A path that is a file is always given, whatever its name; in folders
 * `.gitignore` is honoured as git does (gitignore(5)), up to the root of the repository: what git tracks is looked at, ignored or not. A symbolic
 * link to a file has a name that may say what the file is, so it is read under that name where it stays within the repository, unless the file
 * is found where it stands. Links to folders are followed when they are named alone: what they lead to stands elsewhere, and no loop can arise.
 */
export async function* walk(paths: readonly string[], options: WalkOptions): AsyncGenerator<Entry> {
  const seen = new Set<string>();
  for (const path of paths) {
    for await (const entry of walkOne(path, options)) {
      if (seen.has(entry.path)) continue;
      seen.add(entry.path);
      yield entry;
    }
  }
}

async function* walkOne(path: string, options: WalkOptions): AsyncGenerator<Entry> {
  try {
    if (!(await stat(path)).isDirectory()) {
      yield { kind: 'file', path, explicit: true };
      return;
    }
  } catch (error) {
    yield { kind: 'skip', path, reason: reasonOf(error), failed: true };
    return;
  }
  yield* walkFolder(path, options);
}

const skippedFolders: ReadonlySet<string> = new Set(['.git', 'node_modules']);

/** The rules of one `.gitignore`, with those of the folders above. */
interface Rules {
  readonly folder: string;
  readonly matcher: Ignore;
  readonly above: Rules | null;
}

interface Folder {
  readonly kind: 'folder';
  readonly path: string;
  /** From the folders above it. */
  readonly above: Rules | null;
  /** Of what is in it only what git tracks counts. */
  readonly isIgnored: boolean;
}

/** What is known of the folder that is searched. */
interface Search extends WalkOptions {
  /** Without links. */
  readonly root: string;
  /** Asks git once, when something is ignored; null where it cannot tell. */
  readonly tracked: () => Promise<Tracked | null>;
}

async function* walkFolder(root: string, options: WalkOptions): AsyncGenerator<Entry> {
  const open: (Folder | Entry)[] = [
    { kind: 'folder', path: root, above: await rulesAbove(root), isIgnored: false },
  ];
  let asked: Promise<Tracked | null> | undefined;
  const search: Search = {
    ...options,
    root: await realpath(root),
    tracked: () => {
      asked ??= trackedThoughIgnored(root);
      return asked;
    },
  };
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (options.signal.aborted) return;
    if (next.kind === 'folder') open.push(...(await readFolder(next, search)).reverse());
    else yield next;
  }
}

/** What is wanted of a folder, in the order of the names. */
async function readFolder(
  { above, isIgnored: isAllIgnored, path }: Folder,
  search: Search,
): Promise<(Folder | Entry)[]> {
  let entries: Dirent[];
  try {
    entries = await readdir(path, { withFileTypes: true });
  } catch (error) {
    return [{ kind: 'skip', path, reason: `it cannot be read: ${reasonOf(error)}`, failed: true }];
  }
  entries.sort(byName);
  const rules = entries.some(({ name }) => name === '.gitignore') ? await rulesOf(path, above) : above;
  const wanted: (Folder | Entry)[] = [];
  for (const entry of entries) {
    const child = join(path, entry.name);
    const found = await classify(entry, child, rules, search);
    if (found === null || (await search.isLeftOut(child, entry.isDirectory()))) continue;
    if (!isAllIgnored && !isIgnored(child, entry.isDirectory(), rules)) wanted.push(found);
    else if ((await search.tracked())?.has(child)) {
      wanted.push(found.kind === 'folder' ? { ...found, isIgnored: true } : found);
    }
  }
  return wanted;
}

async function classify(
  entry: Dirent,
  path: string,
  rules: Rules | null,
  search: Search,
): Promise<Folder | Entry | null> {
  if (entry.isDirectory())
    return skippedFolders.has(entry.name) ? null : { kind: 'folder', path, above: rules, isIgnored: false };
  const isCandidate = await search.isCandidate(path);
  if (entry.isFile()) return isCandidate ? { kind: 'file', path, explicit: false } : null;
  if (!isCandidate) return null;
  return entry.isSymbolicLink() ? classifyLink(path, search) : unread(path, 'it is not a regular file');
}

const unread = (path: string, reason: string): Entry => ({ kind: 'skip', path, reason, failed: true });

/** A link whose name is one of a manifest. */
async function classifyLink(path: string, search: Search): Promise<Entry | null> {
  let real: string;
  try {
    if ((await stat(path)).isDirectory()) return null;
    real = await realpath(path);
  } catch {
    return { kind: 'skip', path, reason: 'it is a symbolic link that leads nowhere', failed: false };
  }
  const bounds = await boundsOf(await realpath(dirname(path)));
  if (!isWithin(bounds, real))
    return unread(path, 'it is a symbolic link that leads out of the repository; name it to have it read');
  const isFoundItself =
    isWithin(search.root, real) && isNamedAlike(path, real) && (await search.isCandidate(real));
  return isFoundItself ? null : { kind: 'file', path, explicit: false };
}

/** Whether two names say the same of what a file is. */
const isNamedAlike = (one: string, other: string): boolean =>
  basename(one) === basename(other) || (extname(one) !== '' && extname(one) === extname(other));

/** By UTF-16 code units: the same everywhere, whatever the language of the machine. */
const byName = (a: Dirent, b: Dirent): number => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0);

/** The rules that the folders above `root` give it, up to the root of its repository; none outside of one. */
async function rulesAbove(root: string): Promise<Rules | null> {
  const folders: string[] = [];
  for (let folder = root; ; folder = dirname(folder)) {
    if (folder !== root) folders.push(folder);
    if (await exists(join(folder, '.git'))) break;
    if (dirname(folder) === folder) return null;
  }
  let rules: Rules | null = null;
  for (const folder of folders.reverse()) rules = await rulesOf(folder, rules);
  // Who names a folder wants it searched, ignored or not.
  return isIgnored(root, true, rules) ? null : rules;
}

async function rulesOf(folder: string, above: Rules | null): Promise<Rules | null> {
  const read = await readText(join(folder, '.gitignore'), false);
  return read.ok ? { folder, matcher: ignore({ ignorecase: false }).add(read.file.text), above } : above;
}

/**
 * The rules of the deepest folder decide, then those above. Where rules further up ignore the folder that holds the entry, deeper ones have taken it
 * back (else it would not be open), so what they say of the folder no longer counts for what is in it.
 */
function isIgnored(path: string, isFolder: boolean, rules: Rules | null): boolean {
  for (let level = rules; level !== null; level = level.above) {
    const below = relative(level.folder, path).split(sep).join('/');
    if (!ignore.isPathValid(below)) continue;
    const { ignored, unignored } = level.matcher.test(isFolder ? `${below}/` : below);
    if (unignored) return false;
    if (!ignored) continue;
    const slash = below.lastIndexOf('/');
    if (slash < 0 || !level.matcher.ignores(below.slice(0, slash + 1))) return true;
  }
  return false;
}

async function exists(path: string): Promise<boolean> {
  try {
    await lstat(path);
    return true;
  } catch {
    return false;
  }
}
