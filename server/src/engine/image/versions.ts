import publicRegistries from './data/public-registries.json' with { type: 'json' };
import versionParts from './data/version-parts.json' with { type: 'json' };
import type { ImageReference } from './reference.ts';

/** How the versions of one repository are counted. */
export interface Versioning {
  /** How many numbers a complete version has: `17.2` of PostgreSQL has two. Undefined where nothing is known of the repository. */
  readonly parts: ((major: number) => number) | undefined;
  /**
   * Where an image that nothing is known of comes from: `public` a registry on which publishers offer images to everybody · `private`
   * another registry, mostly the owner's own · `local` none is named: the owner's own, or an official image that is too new for the data.
   */
  readonly origin: 'public' | 'private' | 'local';
}

interface Entry {
  readonly repository: string;
  readonly parts: number;
  readonly before?: Readonly<Record<string, number | undefined>>;
}

const entries: readonly Entry[] = versionParts.repositories;
const exact = new Map(entries.map((entry) => [entry.repository, entry]));
const patterns = entries
  .filter(({ repository }) => repository.includes('*'))
  .map((entry) => ({ entry, parts: entry.repository.split('*') }));
const publicHosts: ReadonlySet<string> = new Set(publicRegistries.registries.map(({ host }) => host));

/** What the data files know of a repository, and of mirrors and rebuilds of it, which keep the last part of its name. */
export function versioningOf({ registry, repository }: ImageReference): Versioning {
  const name = `${registry}/${repository}`;
  const official = `docker.io/library/${repository.slice(repository.lastIndexOf('/') + 1)}`;
  const entry =
    exact.get(name) ?? patterns.find(({ parts }) => fits(name, parts))?.entry ?? exact.get(official);
  return { parts: entry && ((major) => partsOf(entry, major)), origin: originOf(registry, repository) };
}

function originOf(registry: string, repository: string): Versioning['origin'] {
  if (registry === 'docker.io' && repository.startsWith('library/')) return 'local';
  return publicHosts.has(registry) ? 'public' : 'private';
}

function partsOf({ before = {}, parts }: Entry, major: number): number {
  for (const [limit, earlier] of Object.entries(before)) {
    if (earlier !== undefined && major < Number(limit)) return earlier;
  }
  return parts;
}

/** Whether a name has these parts in this order, with any text between them. */
function fits(name: string, parts: readonly string[]): boolean {
  const [first = '', ...rest] = parts;
  const last = rest.pop() ?? '';
  if (!name.startsWith(first) || !name.endsWith(last)) return false;
  const end = name.length - last.length;
  let at = first.length;
  for (const part of rest) {
    const found = name.indexOf(part, at);
    if (found < 0) return false;
    at = found + part.length;
  }
  return at <= end;
}
