import type { RepositoryName } from '../../image/name.ts';
import { parseReference } from '../../image/reference.ts';
import type { ImageUse } from '../../model/facts.ts';
import { wildcardTest } from '../../text/wildcard.ts';

/**
 * Whether a repository is under one of the patterns: a registry (`ghcr.io`), or a part of one (`ghcr.io/acme`, `docker.io/library/*`). A
 * pattern speaks for all that is below it. `*` stands for any text, but never reaches from the registry into the path.
 */
export function trustTest(patterns: readonly string[]): (name: RepositoryName) => boolean {
  const tests = patterns.map((pattern) => {
    const [registry = '', ...rest] = pattern.toLowerCase().split('/');
    const path = rest.join('/');
    const fitsRegistry = wildcardTest(registry);
    const fitsPath = path === '' ? () => true : either(wildcardTest(path), wildcardTest(`${path}/*`));
    return (name: RepositoryName) => fitsRegistry(name.registry.toLowerCase()) && fitsPath(name.repository);
  });
  return (name) => tests.some((test) => test(name));
}

const either =
  (one: (text: string) => boolean, other: (text: string) => boolean) =>
  (text: string): boolean =>
    one(text) || other(text);

/** The repository that an image comes from; known too where only its tag is not. */
export function repositoryOf({ reading, resolved }: ImageUse): RepositoryName | null {
  if (reading.state === 'parsed') return reading.reference;
  if (reading.state === 'invalid') return null;
  const firstHole = Math.min(...reading.holes.map((hole) => resolved.indexOf(hole)).filter((at) => at >= 0));
  if (!Number.isFinite(firstHole)) return null;
  const name = /^(.+?)(?::[^/]*|@.*)$/s.exec(resolved.slice(0, firstHole))?.[1];
  const parsed = name === undefined ? null : parseReference(name);
  return parsed?.ok ? parsed.reference : null;
}
