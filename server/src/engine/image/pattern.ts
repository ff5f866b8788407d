import { wildcardTest } from '../text/wildcard.ts';
import type { ImageName } from './name.ts';
import { parseReference } from './reference.ts';

/**
 * Whether an image fits a pattern in which `*` stands for any text. The pattern is held against the reference as it is written and in
 * normal form (`docker.io/library/nginx:1.27`), each with and without its tag and digest.
 */
export function imageTest(pattern: string): (reference: string) => boolean {
  const fits = wildcardTest(pattern);
  return (reference) => namesOf(reference).some(fits);
}

/** The same for an image to look up. */
export function imageNameTest(pattern: string): (image: ImageName) => boolean {
  const fits = imageTest(pattern);
  return ({ registry, repository, version }) =>
    fits(`${registry}/${repository}${version.includes(':') ? '@' : ':'}${version}`);
}

function namesOf(text: string): readonly string[] {
  const parsed = parseReference(text);
  if (!parsed.ok) return [text];
  const { digest, raw, registry, repository, spans, tag } = parsed.reference;
  const written = raw.slice(spans.name.start, spans.name.end);
  const short = registry === 'docker.io' ? [repository.replace(/^library\//, '')] : [];
  const names = new Set([written, `${registry}/${repository}`, ...short]);
  return [...names].flatMap((name) => [
    name,
    ...(tag === undefined ? [] : [`${name}:${tag}`]),
    ...(digest === undefined ? [] : [`${name}@${digest}`]),
    ...(tag === undefined || digest === undefined ? [] : [`${name}:${tag}@${digest}`]),
  ]);
}
