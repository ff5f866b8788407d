import { readKept } from '../registry/cache/cache-stats.ts';
import type { CacheOptions } from './args.ts';
import { type Boundary, exitCodes } from './environment.ts';
import { tell } from './terminal.ts';

/** `holdfast cache`: a name and a value a line, for people and for scripts. */
export async function cache(options: CacheOptions, boundary: Boundary): Promise<number> {
  const { env, now, stdout } = boundary;
  const { answers, bytes, folder, newest, problem } = await readKept(env, { now });
  if (folder === null) {
    tell(
      boundary,
      'nothing is kept of what registries answer: HOLDFAST_CACHE_DIR says so, or there is no home folder.',
    );
    return exitCodes.ok;
  }
  if (options.clear) return clear(boundary, folder);
  const lines = [
    ['folder', folder],
    ['answers', answers],
    ['bytes', bytes],
    ['newest', newest === null ? '-' : new Date(newest).toISOString()],
  ];
  stdout.write(lines.map(([name, value]) => `${String(name).padEnd(9)}${value}\n`).join(''));
  if (problem === undefined) return exitCodes.ok;
  tell(boundary, problem);
  return exitCodes.found;
}

async function clear(boundary: Boundary, folder: string): Promise<number> {
  const warn = (message: string): void => tell(boundary, message);
  const client = await boundary.connect({ isOffline: true, warn });
  const { entries, problem } = await client.clear();
  if (problem !== undefined) {
    tell(boundary, problem);
    return exitCodes.found;
  }
  boundary.stdout.write(`Deleted ${entries} ${entries === 1 ? 'answer' : 'answers'} in ${folder}\n`);
  return exitCodes.ok;
}
