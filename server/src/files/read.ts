import { constants } from 'node:fs';
import { access, type FileHandle, open, realpath } from 'node:fs/promises';
import { dirname, isAbsolute, join, relative, resolve, sep } from 'node:path';
import { decode, type Encoding } from './encoding.ts';
import { reasonOf } from './reason.ts';

/** A text file as it is on the disk. */
export interface TextFile {
  readonly bytes: Buffer;
  /** Without the byte order mark, as editors count columns. */
  readonly text: string;
  /** The byte order mark, or nothing. */
  readonly mark: '\ufeff' | '';
  readonly encoding: Encoding;
}

export type Read =
  | { readonly ok: true; readonly file: TextFile }
  /** `failed`: it may hold a manifest, and could not be read; else nobody wants it. One sentence without a full stop. */
  | { readonly ok: false; readonly failed: boolean; readonly reason: string };

/** No manifest people write comes near; what does is data that has the name of one. */
const sizeMax = 16 * 1024 * 1024;

/** Reads text in whatever encoding builders and clusters take: see `decode`. `explicit`: the user named this very file, so its size does not matter. Never rejects. */
export async function readText(path: string, explicit: boolean): Promise<Read> {
  let handle: FileHandle | null = null;
  try {
    // Without O_NONBLOCK, opening a pipe waits for somebody to write into it.
    handle = await open(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
    const found = await handle.stat();
    if (found.isDirectory()) return unread('it cannot be read: it is a folder');
    // Devices and pipes have no size and may have no end.
    if (!found.isFile()) return unread('it is not a regular file');
    if (!explicit && found.size > sizeMax) return unread('it is larger than 16 MiB; name it to have it read');
    return decoded(await handle.readFile());
  } catch (error) {
    return unread(`it cannot be read: ${reasonOf(error)}`);
  } finally {
    await handle?.close();
  }
}

/**
 * Reads a file that another one, `of`, depends on, at a path relative to its folder. What leads out of the repository is not read, be it by
 * its path or through a link: a manifest must not be able to name any file of this computer. Outside of repositories links must not lead
 * out of the folder. Never rejects.
 */
export async function readBeside(of: string, beside: string): Promise<Read> {
  const folder = dirname(resolve(of));
  const path = resolve(folder, beside);
  try {
    const [real, realFolder] = await Promise.all([realpath(path), realpath(folder)]);
    const isLink = real !== resolve(realFolder, beside);
    const repository = await repositoryOf(realFolder);
    const bounds = repository ?? (isLink ? realFolder : null);
    if (bounds !== null && !isWithin(bounds, real)) return skip('it lies outside the repository');
  } catch {
    // What is not there is told by reading it.
  }
  return readText(path, false);
}

/** The folder that links in `folder` (a real path) must not lead out of: its repository, or itself where it is in none. */
export const boundsOf = async (folder: string): Promise<string> => (await repositoryOf(folder)) ?? folder;

async function repositoryOf(folder: string): Promise<string | null> {
  for (let at = folder; ; at = dirname(at)) {
    const isRoot = await access(join(at, '.git')).then(
      () => true,
      () => false,
    );
    if (isRoot) return at;
    if (dirname(at) === at) return null;
  }
}

export function isWithin(folder: string, path: string): boolean {
  const below = relative(folder, path);
  return below !== '..' && !below.startsWith(`..${sep}`) && !isAbsolute(below);
}

function decoded(bytes: Buffer): Read {
  const found = decode(bytes);
  if (found === null) return unread('it begins as UTF-16 and is not');
  const { encoding, text } = found;
  const mark = text.startsWith('\ufeff') ? '\ufeff' : '';
  return { ok: true, file: { bytes, text: text.slice(mark.length), mark, encoding } };
}

/** Whether any program that reads text reads a file as it was read here. */
export const isWhole = ({ encoding, mark, text }: TextFile): boolean =>
  mark !== '' || (encoding === 'utf-8' && !/\p{Cs}/u.test(text));

const skip = (reason: string): Read => ({ ok: false, failed: false, reason });

const unread = (reason: string): Read => ({ ok: false, failed: true, reason });
