import type { Span } from '../text/span.ts';

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

export type ReferenceResult =
  | { readonly ok: true; readonly reference: ImageReference }
  | { readonly ok: false; readonly error: ReferenceFault };
