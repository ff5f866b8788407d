import type { Mutability } from '../image/mutability.ts';
import type { ReferenceReading } from '../image/reading.ts';
import type { Span } from '../text/span.ts';
import type { Site } from './site.ts';

/** A piece of text at a place, such as one added capability. */
export interface Located<T> {
  readonly value: T;
  readonly span: Span;
  readonly path: string;
}

/**
 * What a reference is for. Only a `build-output` names something that is produced rather than pulled. `job` runs in CI; `override` replaces
 * the image of a manifest that stands elsewhere.
 */
export type ImageRole =
  | 'base'
  | 'copy-source'
  | 'mount-source'
  | 'frontend'
  | 'workload'
  | 'image-volume'
  | 'cache-source'
  | 'build-context'
  | 'job'
  | 'override'
  | 'build-output';

/** One image reference in a file. An anchored reference used five times is one ImageUse with five owners. */
export interface ImageUse {
  readonly role: ImageRole;
  readonly site: Site;
  /** The text after known variables are put in; what `reading` was read from. Equals `site.value` without holes. */
  readonly resolved: string;
  readonly reading: ReferenceReading;
  readonly mutability: Mutability;
  /** The platform that is asked for, such as `linux/arm64`; absent where the place says none. */
  readonly platform?: string;
  /** Structural path, such as `services.web.image`: stable across edits elsewhere in the file. */
  readonly path: string;
  /** What uses it, in words: `service web`, `container api`. At least one. */
  readonly owners: readonly string[];
  /**
   * Variables of a `.env` file that `resolved` is, or may be, made with; absent where there are none. Such a name is looked up only for
   * somebody who asks for this very image: anything may stand in that file, and the name would carry it to a registry.
   */
  readonly envFileVariables?: readonly string[];
  /** Of a Dockerfile: the names under which a build context can take its place, as in `WorkspaceView.replacedIn`. */
  readonly replaceable?: { readonly dockerfile: string; readonly names: readonly string[] };
}
