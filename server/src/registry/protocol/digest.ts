import { createHash } from 'node:crypto';

/** The algorithms of go-digest, and the length of their hex form. */
const hexLength: Readonly<Record<string, number>> = { sha256: 64, sha384: 96, sha512: 128 };

export function isDigest(text: string): boolean {
  const [algorithm = '', hex = '', more] = text.split(':');
  return more === undefined && hex.length === hexLength[algorithm] && /^[0-9a-f]+$/.test(hex);
}

/** The digest of `bytes` by the algorithm that `like` uses; sha256 where `like` is no digest. */
export function digestOf(bytes: Uint8Array, like = ''): string {
  const algorithm = isDigest(like) ? like.slice(0, like.indexOf(':')) : 'sha256';
  return `${algorithm}:${createHash(algorithm).update(bytes).digest('hex')}`;
}
