import type { Edits } from '../text/edit.ts';
import type { Span } from '../text/span.ts';
import type { Ambiguity } from './ambiguity.ts';
import type { BuildStage } from './build.ts';
import type { ImageUse, Located } from './image-use.ts';
import type { Script } from './script.ts';
import type { Setting } from './setting.ts';
import type { FileSummary } from './workspace-context.ts';

export type { ImageRole, ImageUse, Located } from './image-use.ts';

/** A mount of something that outlives the container. */
export interface Mount {
  /** `host` a path of the node · `volume` a named or managed volume · `scratch` tmpfs or emptyDir · `other` config, secret, image … */
  readonly type: 'host' | 'volume' | 'scratch' | 'other';
  /** The path on the node, for `host`; null where it cannot be seen (a variable). */
  readonly source: string | null;
  /** Where it is mounted; null where it cannot be seen. */
  readonly target: string | null;
  readonly readOnly: Setting<boolean>;
  /** How much may be written to scratch space, as a quantity of Kubernetes or a size of tmpfs (`64Mi`, `64m`); null where the kind has no such limit. */
  readonly sizeLimit: Setting<string> | null;
  /** Programs in scratch space can be run; null where the kind cannot say. */
  readonly executable: Setting<boolean> | null;
  /** The mount's own text. */
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
  /** A process in it may get more privileges than its parent has; null where the kind has no such setting. */
  readonly privilegeEscalation: Setting<boolean> | null;
  /** Keeps its standard input open, and has a terminal; null where the kind has no such settings. */
  readonly interactive: { readonly stdin: Setting<boolean>; readonly tty: Setting<boolean> } | null;
  /** Environment variables written as text. */
  readonly variables: readonly Variable[];
  /** Ports on which it listens, as far as it says. */
  readonly ports: readonly Located<number>[];
  readonly mounts: readonly Mount[];
  /** Whether something tells that it is ready, where that matters; null where it does not, or cannot be seen. */
  readonly readiness: Readiness | null;
  /** Syncs a developer's files into it while it runs (`develop.watch`). */
  readonly watches: readonly Located<string>[];
  /** The image that the same workspace builds for it; null where it pulls one. */
  readonly build: BuildSource | null;
  /** Its engine mounts a volume at each path that the image declares as one, which can be written to even where the root cannot. */
  readonly mountsImageVolumes: boolean;
  /** What its scratch space is called: `an emptyDir`, `emptyDirs`. */
  readonly scratchWords: { readonly one: string; readonly several: string };
  /** Mounts scratch space at these absolute paths. */
  provideScratch(targets: readonly string[]): Edits;
}

/** A name with a value in the text: of an environment, of a ConfigMap. */
export interface Variable {
  readonly name: Located<string>;
  /** As the program gets it; variables of the manifest stay as they are written. */
  readonly value: Located<string>;
  /** No variable of the manifest is in the value. */
  readonly isLiteral: boolean;
  /** Reads it from a key of a Secret instead, which somebody has to create first; absent where the kind has no way to. */
  readonly secretRef?: { readonly name: string; readonly key: string; edits(): Edits };
}

export interface Readiness {
  readonly present: boolean;
  /** Why it matters here, to finish a sentence: `service web waits for it`. */
  readonly because: string;
  /** What to add where it is missing, to finish a sentence: `` `readinessProbe` ``. */
  readonly remedy: string;
}

/** A Dockerfile of the workspace, as `WorkspaceView.builtFrom` takes it. */
export interface BuildSource {
  readonly dockerfile: string;
  readonly target: string | null;
}

/** A ConfigMap or Secret. */
export interface Configuration {
  /** `ConfigMap settings`. */
  readonly label: string;
  readonly type: 'config' | 'secret';
  /** `ConfigMap/namespace/name`, as `FileSummary.consumes` has it. */
  readonly key: string;
  readonly path: string;
  /** What to underline: its name. */
  readonly name: Span;
  readonly immutable: Setting<boolean>;
  /** What stands in it as plain text. */
  readonly variables: readonly Variable[];
}

/** How a workload is replaced by its next version. */
export interface Rollout {
  /** `Deployment web`, `service web`. */
  readonly label: string;
  readonly path: string;
  /** `history`: whether the version before can be gone back to · `automatic`: whether a failed update goes back by itself. */
  readonly type: 'history' | 'automatic';
  readonly canGoBack: Setting<boolean>;
}

/** Something that puts another image in the place of the written one, without a change of the file. */
export interface ImageFollower {
  /** In words, to begin a sentence: `The image change trigger of DeploymentConfig web`. */
  readonly label: string;
  readonly path: string;
  readonly automatic: Setting<boolean>;
}

/** Something in the text that keeps it from being read whole. */
export interface Skip {
  readonly span: Span;
  /** One sentence without a full stop, beginning in lower case: `it is a template …`. */
  readonly reason: string;
  /** The text has a mistake that hides a part of it; else there is nothing wrong, it just cannot be known from this file. */
  readonly broken?: true;
  /** Only commands were not read: they are written for a shell that is not understood. Everything else was. */
  readonly commandsOnly?: true;
  /** It speaks of the file as a whole, so it is told for the first of its documents alone. */
  readonly once?: true;
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
  readonly stages: readonly BuildStage[];
  /** Every script of the text, those of the stages' steps among them. */
  readonly scripts: readonly Script[];
  readonly configurations: readonly Configuration[];
  readonly rollouts: readonly Rollout[];
  readonly followers: readonly ImageFollower[];
  /** Pods that nothing starts again: `Pod migrate`, at its name. */
  readonly barePods: readonly Located<string>[];
  /** Why the file counts as one that deploys, rather than one for a developer's machine: `its name says "prod"`; null for any other. */
  readonly deploys: string | null;
  /** What it tells other files; `path` and the pins are put in by the engine. */
  readonly outline: Pick<FileSummary, 'built' | 'builds' | 'consumes' | 'replaced' | 'includes'>;
  readonly skipped: readonly Skip[];
  /** What the programs that read the text take in different ways. Read on demand. */
  ambiguities(): readonly Ambiguity[];
  /**
   * Stretches over several lines that a comment above them speaks about as a whole: an instruction with its heredocs, a text in quotes or
   * under `|`. In the order of the text, without overlaps. Read on demand.
   */
  units(): readonly Span[];
  /** Read on demand: only suppressions and the check of an edit need them. */
  comments(): readonly Comment[];
  /** What looks like a comment behind other text, in a format where that is none. Read on demand. */
  seemingComments(): readonly Comment[];
}
