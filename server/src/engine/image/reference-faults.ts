import { type Span, span } from '../text/span.ts';
import { shortened } from '../text/visible.ts';

/** Why a text is no image reference. `span` is the offending part, as offsets into the text. */
export interface ReferenceFault {
  readonly code: ReferenceFaultCode;
  /** One sentence: what is wrong and what would be right. */
  readonly message: string;
  readonly span: Span;
}

export type ReferenceFaultCode =
  | 'empty'
  | 'no-name'
  | 'uppercase-name'
  | 'bad-name'
  | 'bad-domain'
  | 'bad-port'
  | 'bad-tag'
  | 'bad-digest'
  | 'hex-name'
  | 'url'
  | 'too-long';

const pathLengthMax = 255;
const tagLengthMax = 128;
const hexLengths: ReadonlyMap<string, number> = new Map([
  ['sha256', 64],
  ['sha384', 96],
  ['sha512', 128],
]);

const fault = (code: ReferenceFaultCode, start: number, end: number, message: string): ReferenceFault => ({
  code,
  message,
  span: span(start, end),
});

/** A piece of the text for a message: quoted, escaped, and cut short. */
const quote = (text: string): string => JSON.stringify(shortened(text, 41));

/** Texts that stand where references stand, and mean something else. */
export function specialFault(raw: string): ReferenceFault | null {
  if (raw.trim() === '') {
    return fault('empty', 0, raw.length, 'There is no image name here; write one, such as nginx:1.27.4.');
  }
  const scheme = /^[a-z][a-z0-9+.-]{0,30}:\/\//i.exec(raw)?.[0];
  if (scheme) {
    return fault(
      'url',
      0,
      scheme.length,
      `${quote(scheme)} makes this an address with a scheme; an image reference has none, so it starts with the registry or the repository.`,
    );
  }
  if (/^(?:sha256:)?[0-9a-f]{64}$/.test(raw)) {
    return fault(
      'hex-name',
      0,
      raw.length,
      'This is the ID of an image on one machine, which no registry knows; write the repository too, as in nginx@sha256:….',
    );
  }
  return null;
}

/** What is wrong with the registry in front of the first slash. */
export function domainFault(raw: string, domain: Span): ReferenceFault | null {
  const text = raw.slice(domain.start, domain.end);
  const bracket = text.startsWith('[') ? text.indexOf(']') : -1;
  const colon = text.indexOf(':', bracket + 1);
  const hostEnd = colon < 0 ? text.length : colon;
  if (bracket < 0 && colon >= 0 && text.includes(':', colon + 1)) {
    return fault(
      'bad-domain',
      domain.start,
      domain.end,
      `${quote(text)} has more than one colon; write host:port, and an IPv6 address in brackets, as in [fc00::1]:5000.`,
    );
  }
  const host = text.slice(0, hostEnd);
  if (!isHost(host)) {
    return fault(
      'bad-domain',
      domain.start,
      domain.start + Math.max(1, hostEnd),
      `${quote(host)} is no host name of a registry; it takes letters, digits and dots, and hyphens inside a part.`,
    );
  }
  if (colon < 0) return null;
  const port = text.slice(colon + 1);
  const number = /^[0-9]+$/.test(port) ? Number(port) : 0;
  if (number >= 1 && number <= 65535) return null;
  return fault(
    'bad-port',
    port === '' ? colon : colon + 1,
    domain.end,
    `${quote(port)} is no port; between the host and the first slash stands a number from 1 to 65535, and a tag stands after the last slash.`,
  );
}

function isHost(host: string): boolean {
  if (host.startsWith('[')) return /^\[[0-9a-fA-F:]+\]$/.test(host);
  return host
    .split('.')
    .every((part) => /^[a-zA-Z0-9-]+$/.test(part) && !part.startsWith('-') && !part.endsWith('-'));
}

/** What is wrong with the repository name. */
export function pathFault(raw: string, path: Span, domain: Span | undefined): ReferenceFault | null {
  if (!domain && /^\[[0-9a-fA-F:]+\](?::\d*)?$/.test(raw)) {
    return fault(
      'no-name',
      0,
      raw.length,
      'This is the address of a registry; after it stands a slash and a repository name.',
    );
  }
  if (path.start === path.end) {
    const message = domain
      ? 'After the registry there is no repository name; write one, as in quay.io/prometheus/node-exporter.'
      : 'There is no repository name before this; write one, as in nginx:1.27.4.';
    return fault(
      'no-name',
      domain ? path.start - 1 : 0,
      domain ? path.start : Math.max(1, path.end),
      message,
    );
  }
  let start = path.start;
  for (const component of raw.slice(path.start, path.end).split('/')) {
    const found = componentFault(start, component, path);
    if (found) return found;
    start += component.length + 1;
  }
  return null;
}

function componentFault(start: number, component: string, path: Span): ReferenceFault | null {
  if (component === '') {
    return fault(
      'bad-name',
      Math.max(path.start, start - 1),
      Math.min(path.end, start + 1),
      'A slash stands between two parts of the name; one of the parts is missing here.',
    );
  }
  const foreign = /[^a-zA-Z0-9._-]+/.exec(component);
  if (foreign) {
    const from = start + foreign.index;
    return fault(
      'bad-name',
      from,
      from + foreign[0].length,
      `${quote(foreign[0])} cannot stand in a repository name; it takes lowercase letters and digits, and dots, underscores or hyphens between them.`,
    );
  }
  if (/[A-Z]/.test(component)) {
    return fault(
      'uppercase-name',
      start,
      start + component.length,
      `A repository name is lowercase: ${quote(component.toLowerCase())} instead of ${quote(component)}.`,
    );
  }
  for (const separator of component.matchAll(/[._-]+/g)) {
    const from = start + separator.index;
    const to = from + separator[0].length;
    const outside = from === start || to === start + component.length;
    if (!outside && /^(?:\.|__?|-+)$/.test(separator[0])) continue;
    return fault(
      'bad-name',
      from,
      to,
      outside
        ? `A part of a repository name starts and ends with a letter or digit; here ${quote(separator[0])} is outside.`
        : `${quote(separator[0])} cannot separate parts of a repository name; one dot, one or two underscores, or hyphens can.`,
    );
  }
  return null;
}

/** What is wrong with the tag, whose colon stands just before it. */
export function tagFault(raw: string, tag: Span): ReferenceFault | null {
  const text = raw.slice(tag.start, tag.end);
  if (text === '') {
    return fault(
      'bad-tag',
      tag.start - 1,
      tag.start,
      'The tag after the colon is missing; write one, or leave the colon out.',
    );
  }
  const second = text.indexOf(':');
  if (second >= 0) {
    return fault(
      'bad-tag',
      tag.start + second,
      tag.end,
      `A reference has one tag; leave out ${quote(text.slice(second))}.`,
    );
  }
  const foreign = /[^\w.-]+/.exec(text);
  if (foreign) {
    const from = tag.start + foreign.index;
    return fault(
      'bad-tag',
      from,
      from + foreign[0].length,
      `${quote(foreign[0])} cannot stand in a tag; it takes letters, digits, underscores, dots and hyphens.`,
    );
  }
  if (/^[.-]/.test(text)) {
    return fault(
      'bad-tag',
      tag.start,
      tag.start + 1,
      `A tag starts with a letter, a digit or an underscore, not with ${quote(text.charAt(0))}.`,
    );
  }
  if (text.length > tagLengthMax) {
    return fault(
      'bad-tag',
      tag.start,
      tag.end,
      `The tag has ${text.length} characters; at most ${tagLengthMax} are allowed.`,
    );
  }
  return null;
}

/** What is wrong with the digest, whose at sign stands just before it. */
export function digestFault(raw: string, digest: Span): ReferenceFault | null {
  const text = raw.slice(digest.start, digest.end);
  const bad = (from: number, to: number, message: string): ReferenceFault =>
    fault('bad-digest', digest.start + from, digest.start + to, message);
  const colon = text.indexOf(':');
  const algorithm = colon < 0 ? text : text.slice(0, colon);
  if (text === '') {
    return bad(-1, 0, 'The digest after @ is missing; write sha256: and 64 hexadecimal digits.');
  }
  const length = hexLengths.get(algorithm);
  if (length === undefined) {
    const known = hexLengths.has(algorithm.toLowerCase());
    return bad(
      0,
      Math.max(1, algorithm.length),
      known
        ? `The algorithm is written in lowercase: ${algorithm.toLowerCase()}.`
        : `${quote(algorithm)} is no digest algorithm of images; after @ stands sha256: and 64 hexadecimal digits.`,
    );
  }
  const from = algorithm.length + 1;
  const hex = text.slice(from);
  const extra = /[:@]/.exec(hex)?.index;
  if (extra !== undefined) {
    return bad(
      from + extra,
      text.length,
      hex.charAt(extra) === ':'
        ? `After the digest nothing follows; a tag stands before the @, as in nginx:1.27.4@sha256:….`
        : 'A reference has one digest; leave the second one out.',
    );
  }
  const foreign = /[^0-9a-f]+/.exec(hex);
  if (foreign) {
    return bad(
      from + foreign.index,
      from + foreign.index + foreign[0].length,
      /^[A-F]+$/.test(foreign[0])
        ? 'The hexadecimal digits of a digest are lowercase.'
        : `${quote(foreign[0])} cannot stand in a digest; it takes the digits 0-9 and a-f.`,
    );
  }
  if (hex.length === length) return null;
  return bad(
    hex === '' ? 0 : from,
    text.length,
    `A ${algorithm} digest has ${length} hexadecimal digits; this one has ${hex.length}.`,
  );
}

/** The limit holds for the name that is looked up, with `library/` for an official image. */
export function lengthFault(path: Span, repository: string): ReferenceFault | null {
  if (repository.length <= pathLengthMax) return null;
  const added = repository.length > path.end - path.start ? ' with library/ before it' : '';
  return fault(
    'too-long',
    path.start,
    path.end,
    `The repository name has ${repository.length} characters${added}; at most ${pathLengthMax} are allowed.`,
  );
}
