import { posix, win32 } from 'node:path';

/**
 * Where answers are kept between runs: `HOLDFAST_CACHE_DIR`, else where the system has its caches. Null where there is no such place, or
 * for `HOLDFAST_CACHE_DIR=off`. A relative path does not count: it would lead into whatever folder is being looked at, and anybody may
 * have filled that. Source: XDG Base Directory Specification; Apple, "File System Programming Guide".
 */
export function defaultCacheFolder(
  env: Readonly<Record<string, string | undefined>>,
  platform: NodeJS.Platform,
  home: string,
): string | null {
  const wanted = env.HOLDFAST_CACHE_DIR ?? '';
  if (wanted === 'off') return null;
  const { join } = platform === 'win32' ? win32 : posix;
  if (isAbsolute(wanted, platform)) return join(wanted);
  if (platform === 'win32') {
    const local = env.LOCALAPPDATA ?? '';
    const caches = isAbsolute(local, platform) ? local : join(home, 'AppData', 'Local');
    return isAbsolute(caches, platform) ? join(caches, 'holdfast', 'Cache') : null;
  }
  const caches = env.XDG_CACHE_HOME ?? '';
  if (platform !== 'darwin' && isAbsolute(caches, platform)) return join(caches, 'holdfast');
  if (!isAbsolute(home, platform)) return null;
  return platform === 'darwin'
    ? join(home, 'Library', 'Caches', 'holdfast')
    : join(home, '.cache', 'holdfast');
}

/** Whether `HOLDFAST_CACHE_DIR` says something that does not count. */
export function isPassedOver(
  { HOLDFAST_CACHE_DIR: wanted = '' }: Readonly<Record<string, string | undefined>>,
  platform: NodeJS.Platform,
): boolean {
  return wanted !== '' && wanted !== 'off' && !isAbsolute(wanted, platform);
}

/** On Windows with a drive or a server: `\\tmp` is on whichever drive is the current one. */
const isAbsolute = (path: string, platform: NodeJS.Platform): boolean =>
  platform === 'win32' ? /^([a-z]:[\\/]|\\\\[^\\])/i.test(path) : posix.isAbsolute(path);
