import { type Span, span } from '../text/span.ts';
import {
  digestFault,
  domainFault,
  lengthFault,
  pathFault,
  type ReferenceFault,
  specialFault,
  tagFault,
} from './reference-faults.ts';

export type { ReferenceFault, ReferenceFaultCode } from './reference-faults.ts';

/** Where the parts of a reference stand, as offsets into its `raw` text. */
export interface ReferenceSpans {
  /** Domain and path together, without tag and digest. */
  readonly name: Span;
  readonly domain?: Span;
  readonly path: Span;
  /** Without the colon. */
  readonly tag?: Span;
  /** `algorithm:hex`, without the at sign. */
  readonly digest?: Span;
}

/**
 * An image reference taken apart, as written and as it is looked up.
 * Grammar: distribution/reference `reference.go`; normal form: `normalize.go` of the same package.
 */
export interface ImageReference {
  readonly raw: string;
  /** As written; absent where the reference names no domain. */
  readonly domain?: string;
  /** As written, without `library/`. */
  readonly path: string;
  readonly tag?: string;
  readonly digest?: string;
  readonly spans: ReferenceSpans;
  /** The registry it stands for: `docker.io` where no domain is written. */
  readonly registry: string;
  /** The repository at that registry: with `library/` for an official image. */
  readonly repository: string;
}

export type ReferenceResult =
  | { readonly ok: true; readonly reference: ImageReference }
  | { readonly ok: false; readonly error: ReferenceFault };

/**
 * Takes an image reference apart. Never throws; the time it takes grows with the text's length and no faster.
 * Source: distribution/reference `regexp.go`, `normalize.go`. Stricter in two
 * places: a port is from 1 to 65535, and what stands where a registry stands is never taken for a part of the path.
 */
export function parseReference(raw: string): ReferenceResult {
  const special = specialFault(raw);
  if (special) return { ok: false, error: special };

  const spans = split(raw);
  const { digest, domain, path, tag } = spans;
  const text = (part: Span): string => raw.slice(part.start, part.end);
  const registry = domain && text(domain) !== 'index.docker.io' ? text(domain) : 'docker.io';
  const official = registry === 'docker.io' && !text(path).includes('/');
  const repository = official ? `library/${text(path)}` : text(path);
  const error =
    (domain && domainFault(raw, domain)) ??
    pathFault(raw, path, domain) ??
    (tag && tagFault(raw, tag)) ??
    (digest && digestFault(raw, digest)) ??
    lengthFault(path, repository);
  if (error) return { ok: false, error };
  return {
    ok: true,
    reference: {
      raw,
      ...(domain && { domain: text(domain) }),
      path: text(path),
      ...(tag && { tag: text(tag) }),
      ...(digest && { digest: text(digest) }),
      spans,
      registry,
      repository,
    },
  };
}

/** Where the parts would stand, whether or not each is well formed. */
function split(raw: string): ReferenceSpans {
  const at = raw.indexOf('@');
  const nameEnd = at < 0 ? raw.length : at;
  const slash = raw.indexOf('/');
  const hasDomain = slash > 0 && slash < nameEnd && isDomainLike(raw.slice(0, slash));
  const pathStart = hasDomain ? slash + 1 : 0;
  const colon = raw.indexOf(':', pathStart);
  const hasTag = colon >= 0 && colon < nameEnd;
  const pathEnd = hasTag ? colon : nameEnd;
  return {
    name: span(0, pathEnd),
    ...(hasDomain && { domain: span(0, slash) }),
    path: span(pathStart, pathEnd),
    ...(hasTag && { tag: span(colon + 1, nameEnd) }),
    ...(at >= 0 && { digest: span(at + 1, raw.length) }),
  };
}

/** Whether the text before the first slash names a registry rather than a part of the repository. */
const isDomainLike = (segment: string): boolean => segment === 'localhost' || /[.:A-Z]/.test(segment);
