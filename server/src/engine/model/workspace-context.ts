import type { ImageName } from '../image/name.ts';
import type { FilePlace } from './finding.ts';

/** What one file tells the others of its workspace: plain data that keeps no text alive. */
export interface FileSummary {
  /** As in `SourceFile.path`. */
  readonly path: string;
  /** Tags that are pinned in it, each digest of a tag and platform once. */
  readonly pins: readonly OutlinePin[];
  /** What the last stage of each Dockerfile, and each stage by its name, leaves behind. */
  readonly built: readonly BuiltImage[];
  /** Builds that it asks for: a Compose service with `build`, a target of bake. */
  readonly builds: readonly BuildRequest[];
  /** Configurations that workloads of it read, as `ConfigMap/namespace/name`; without a namespace that part is empty. */
  readonly consumes: readonly string[];
  /** Names of images, in normal form without a tag, that a tool builds and puts in their place when it deploys what lies in the file's folder. */
  readonly replaced: readonly string[];
  /** Paths of the Compose files that it builds on. */
  readonly includes?: readonly string[];
}

export interface OutlinePin {
  /** `docker.io/library/nginx:1.27.3`. */
  readonly name: string;
  readonly digest: string;
  /** As `PinnedTag.platform`. */
  readonly platform?: string;
  /** Of the first place, from 1. */
  readonly line: number;
  /** How many places of the file have it. */
  readonly count: number;
}

/** A digest that a tag is pinned to, and where. */
export interface PinnedDigest {
  readonly digest: string;
  /** How many places of the workspace have it. */
  readonly count: number;
  /** The first one in each file, a few files at most: this one before the others, those in the order of their paths. */
  readonly places: readonly FilePlace[];
}

/** The image that a Dockerfile builds. */
export interface BuiltImage {
  /** The path of the Dockerfile; for one that stands in another file, that file's path and `#` with the structural path. */
  readonly dockerfile: string;
  /** Name of the stage, in lower case; null for the last one. */
  readonly target: string | null;
  /** Declared by the stage or the stages it goes on from: absolute paths. What the base image declares is not among them. */
  readonly volumes: readonly string[];
  readonly hasHealthcheck: boolean;
}

export interface BuildRequest {
  /** The images it names, in normal form with their tag; none where its result has no name. */
  readonly images: readonly string[];
  /** Path of the Dockerfile, resolved against the file that asks. */
  readonly dockerfile: string;
  readonly target: string | null;
  /** The names of its build contexts, as `contextNameOf` has them: none of them is pulled as an image. */
  readonly contexts?: readonly string[];
}

/** In how many of the builds of a Dockerfile a build context takes the place of an image. */
export interface Replacement {
  readonly extent: 'all' | 'some' | 'none';
  /** The first file with such a build; empty where there is none. */
  readonly path: string;
}

/** The other files of the workspace, with this one among them. */
export interface WorkspaceView {
  /**
   * The digests that a tag is pinned to, most used first; a few at most. With a platform those are left out that are for another one; pins that
   * do not tell are for any.
   */
  pinsOf(name: string, platform?: string): readonly PinnedDigest[];
  /** What a Dockerfile of the workspace builds; undefined where there is no such one. */
  builtFrom(dockerfile: string, target: string | null): BuiltImage | undefined;
  /** What the workspace builds under this name; undefined too where it has several builds for it. */
  builtAs(image: string): BuiltImage | undefined;
  /** Whether the builds of a Dockerfile have a build context of one of these names, which then takes the place of an image. */
  replacedIn(dockerfile: string, names: readonly string[]): Replacement;
  /** Whether a workload of the workspace reads the configuration; a namespace that one side leaves out fits any. */
  isConsumed(configuration: string): boolean;
  /** Whether a tool puts what it built in the place of an image of this name, which is in normal form without a tag. */
  isReplaced(image: string): boolean;
}

/** What a registry once said of an image. Nothing is asked to find out. */
export interface Observation {
  /** Milliseconds since the epoch. */
  readonly at: number;
  /** What the tag named, or the digest itself; null where the registry has no such image. */
  readonly digest: string | null;
  /** It is an index of manifests for several platforms; null where that is not known. */
  readonly isIndex: boolean | null;
  /** Digests of the platforms' manifests; null where it was not asked for, or is no index. */
  readonly platforms: readonly { readonly platform: string; readonly digest: string }[] | null;
  /** Paths that the image declares as volumes; null where it was not asked for. */
  readonly volumes: readonly string[] | null;
  /** Whether a signature that the policy asks for was found to hold; null where it was not asked for. */
  readonly signature: { readonly verified: boolean; readonly why: string } | null;
}

/** What a rule may know beyond the text. */
export interface WorkspaceContext {
  /** Of the file, as in `SourceFile.path`. */
  readonly path: string;
  readonly workspaceView: WorkspaceView;
  observed(image: ImageName): Observation | undefined;
  /** Registries, and repositories under them, that the policy trusts, as patterns; null where it says nothing. */
  readonly trusted: readonly string[] | null;
  /** The policy wants the tag to stand beside the digest. */
  readonly keepsTags: boolean;
  /** Whether the policy demands a signature of this image. */
  readonly demandsSignature: (image: ImageName) => boolean;
}
