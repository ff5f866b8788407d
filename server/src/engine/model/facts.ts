import type { Mutability } from '../image/mutability.ts';
import type { ReferenceReading } from '../image/reading.ts';
import type { Edits } from '../text/edit.ts';
import type { Span } from '../text/span.ts';
import type { Setting } from './setting.ts';
import type { Site } from './site.ts';

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
  /** Structural path, such as `services.web.image`: stable across edits elsewhere in the file. */
  readonly path: string;
  /** What uses it, in words: `service web`, `container api`. At least one. */
  readonly owners: readonly string[];
}

/** A mount of something that outlives the container. */
export interface Mount {
  /** `host` a path of the node · `volume` a named or managed volume · `scratch` tmpfs or emptyDir · `other` config, secret, image … */
  readonly type: 'host' | 'volume' | 'scratch' | 'other';
  /** The path on the node, for `host`; null where it cannot be seen (a variable). */
  readonly source: string | null;
  /** Where it is mounted; null where it cannot be seen. */
  readonly target: string | null;
  readonly readOnly: Setting<boolean>;
  /** The mount's own text. */
  readonly span: Span;
  readonly path: string;
}

/** A piece of text at a place, such as one added capability. */
export interface Located<T> {
  readonly value: T;
  readonly span: Span;
  readonly path: string;
}

/** One container to be run: a Compose service, a container of a pod. */
export interface Workload {
  /** In words: `service web`, `container api`. */
  readonly label: string;
  readonly path: string;
  /** The name to underline when something is missing altogether. */
  readonly name: Span;
  readonly image: ImageUse | null;
  /** Its pods run Windows, where a read-only root filesystem does not exist. */
  readonly windows: boolean;
  readonly readOnlyRoot: Setting<boolean>;
  /** A `readOnlyRootFilesystem` at pod level, where the API has no such field: it does nothing. */
  readonly misplacedReadOnlyRoot: Span | null;
  readonly privileged: Setting<boolean>;
  readonly addedCapabilities: readonly Located<string>[];
  /** Kubernetes only. */
  readonly pullPolicy: Setting<string> | null;
  readonly mounts: readonly Mount[];
  /** Mounts scratch space (`tmpfs`, `emptyDir`) at these absolute paths. */
  provideScratch(targets: readonly string[]): Edits;
}

/** Something in the text that keeps it from being read whole. */
export interface Skip {
  readonly span: Span;
  /** One sentence without a full stop, beginning in lower case: `it is a template …`. */
  readonly reason: string;
  /** The text has a mistake that hides a part of it; else there is nothing wrong, it just cannot be known from this file. */
  readonly broken?: true;
}

/** A comment with its mark, without the line break. */
export interface Comment {
  readonly span: Span;
  readonly text: string;
}

/** All that is known about one piece of text. Everything is offsets into that piece. */
export interface Facts {
  readonly kind: string;
  readonly images: readonly ImageUse[];
  readonly workloads: readonly Workload[];
  readonly skipped: readonly Skip[];
  /** Read on demand: only suppressions and the check of an edit need them. */
  comments(): readonly Comment[];
}
