import { parseReference } from './reference.ts';

/** One of these behind a text that breaks off early makes a reference of it: a part of the name, a path behind a registry, a tag. */
const endings = ['a', '/a', ':1/a', ']/a'];

const digestLength = { sha256: 64, sha384: 96, sha512: 128 };

/** Whether a text that is no image reference may become one when more is typed at its end: `redis:`, `ghcr.io/`, `nginx@sha256:5f3a`. */
export function isUnfinished(raw: string): boolean {
  const at = raw.indexOf('@');
  const rest = at < 0 ? endings : digestsFrom(raw.slice(at + 1));
  return rest.some((more) => parseReference(raw + more).ok);
}

/** What is missing of each digest that a text can be the beginning of. */
function digestsFrom(begun: string): readonly string[] {
  return Object.entries(digestLength).flatMap(([algorithm, length]) => {
    const mark = `${algorithm}:`;
    if (mark.startsWith(begun)) return `${mark.slice(begun.length)}${'0'.repeat(length)}`;
    const missing = mark.length + length - begun.length;
    return begun.startsWith(mark) && missing > 0 ? '0'.repeat(missing) : [];
  });
}
