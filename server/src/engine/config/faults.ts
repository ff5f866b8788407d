import { parseReference } from '../image/reference.ts';
import { isDay } from './dates.ts';
import { pathFault } from './paths.ts';
import { quoted } from './words.ts';

/** What is wrong with the texts of a configuration: each gives a message, or null for a text that is right. */

/** Patterns with more of them could keep their reader busy. */
const mostStars = 4;

const tooManyStars = (pattern: string): boolean =>
  (pattern.match(/\*\*+/g) ?? []).length > mostStars ||
  pattern.split('/').some((part) => (part.match(/\*+/g) ?? []).length > mostStars);

/** `.gitignore` takes some lines for something else than a pattern of files. */
export function filesFault(pattern: string): string | null {
  if (pattern.trim() === '') return 'The pattern is missing; write one as in charts/ or "*.test.yaml".';
  if (pattern.startsWith('#'))
    return `${quoted(pattern)} begins with #; write \\# in front of a name like that.`;
  return tooManyStars(pattern)
    ? `${quoted(pattern)} has more than ${mostStars} stars between two slashes, or in pairs; write several simpler patterns.`
    : null;
}

/** A pattern that stands alone has nothing to take back from. */
export function kindPatternFault(pattern: string): string | null {
  return pattern.startsWith('!')
    ? `${quoted(pattern)} begins with !, which takes files back; a pattern here says which files are meant.`
    : filesFault(pattern);
}

/** The key has to be what references say, or the entry would never be used. */
export function registryFault(name: string): string | null {
  const parsed = parseReference(`${name}/image`);
  const reference = parsed.ok ? parsed.reference : null;
  if (reference?.domain !== name) {
    return `${quoted(name)} is no registry; write its host as image references do, as in ghcr.io or localhost:5000.`;
  }
  return reference.registry === name ? null : `Write ${reference.registry} instead of ${name}.`;
}

const repositoryPath = /^[a-z0-9]+(?:[._-]+[a-z0-9]+)*(?:\/[a-z0-9]+(?:[._-]+[a-z0-9]+)*)*$/;

export function mirrorFault(mirror: string): string | null {
  const wanted =
    'mirror is a host, as in mirror.example.com:5000, its http(s) address, or one of these with what stands before repositories there, as in harbor.example.com/proxy-cache.';
  const [, scheme = '', host = '', rest = ''] = /^([a-z][a-z0-9+.-]*:\/\/)?([^/]*)(.*)$/is.exec(mirror) ?? [];
  const address = `${scheme || 'https://'}${host}`;
  if (/\s/.test(mirror) || !URL.canParse(address)) return wanted;
  const url = new URL(address);
  if (url.username !== '' || url.password !== '') {
    return 'A password does not belong here; Holdfast takes it from the configuration of Docker (docker login).';
  }
  const isPlain = url.pathname === '/' && url.search === '' && url.hash === '';
  if (!isPlain || !['http:', 'https:'].includes(url.protocol)) return wanted;
  const path = rest.replace(/^\/|\/$/g, '');
  if (/^v[12](?:\/|$)/.test(path)) {
    return 'The path of a mirror does not begin with /v2: that is added to its address.';
  }
  return path === '' || (path.length <= 255 && repositoryPath.test(path)) ? null : wanted;
}

const trustedExample = 'as in ghcr.io, ghcr.io/acme/* or docker.io/library/*';

export function trustedFault(pattern: string): string | null {
  if (pattern.trim() === '') return `The pattern of a registry is missing; write one ${trustedExample}.`;
  if (/\s|:\/\//.test(pattern)) {
    return `${quoted(pattern)} is no pattern of registries; write the name that references have, ${trustedExample}.`;
  }
  const [host = '', ...path] = pattern.split('/');
  if (path.some((part) => /[:@]/.test(part))) {
    return `${quoted(pattern)} names a tag or digest; trust is given to repositories, ${trustedExample}.`;
  }
  if (pattern.endsWith('/')) return `Write ${quoted(`${pattern}*`)} for all that is below it.`;
  if (host === 'index.docker.io') return `Write docker.io instead of ${host}.`;
  return host.includes('*') || host === 'localhost' || /[.:]/.test(host)
    ? null
    : `${quoted(pattern)} names no registry; begin with its host, as in ${quoted(`docker.io/${pattern}`)}.`;
}

export const variableFault = (name: string): string | null =>
  /^[A-Za-z_]\w*$/.test(name)
    ? null
    : `${quoted(name)} is no name of a variable; write it without $ and braces, as in CI_REGISTRY.`;

/** What it can come to is a part of an image reference. */
export const variableValueFault = (value: string): string | null =>
  /^[\w./:@+-]+$/.test(value)
    ? null
    : `${quoted(value)} can be no part of an image reference; write one, as in registry.acme.example.`;

const imageExample = 'as in ghcr.io/acme/* or docker.io/library/nginx:1.27*';

export function imageFault(pattern: string): string | null {
  if (pattern.trim() === '') return `The pattern of images is missing; write one ${imageExample}.`;
  return /\s|:\/\//.test(pattern)
    ? `${quoted(pattern)} is no pattern of images; write references with * for any text, ${imageExample}.`
    : null;
}

const block = /-----BEGIN PUBLIC KEY-----[A-Za-z0-9+/=\s]+-----END PUBLIC KEY-----/;

/** `text`: the PEM itself, from the configuration or from a file. It is never quoted. */
export function keyFault(text: string): string | null {
  if (text.includes('PRIVATE KEY')) {
    return 'This is a private key, which belongs nowhere near a repository: replace it as soon as you can. Write the public key here (cosign.pub).';
  }
  return block.test(text)
    ? null
    : 'This is no public key in PEM; it has a line -----BEGIN PUBLIC KEY----- and one -----END PUBLIC KEY-----, as in cosign.pub.';
}

/** A key in place, or the path of one. */
export const keyOrPathFault = (text: string): string | null =>
  isInlineKey(text) ? keyFault(text) : pathFault('key', text, 'keys/cosign.pub');

export const isInlineKey = (text: string): boolean => text.includes('-----BEGIN');

export const extendsFault = (path: string): string | null =>
  pathFault('extends', path, '../policies/strict.holdfast.yaml');

/** In the place of a date. */
export const withoutEnd = 'never';

export function expiresFault(text: string): string | null {
  if (text === withoutEnd || isDay(text)) return null;
  return /^\d{4}-\d\d-\d\d$/.test(text)
    ? `There is no day ${text}; write the last day on which the waiver holds, as in 2027-03-31.`
    : 'expires is the last day on which the waiver holds, as in 2027-03-31, or never.';
}
