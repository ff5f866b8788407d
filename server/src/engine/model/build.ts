import type { Span } from '../text/span.ts';
import type { ImageUse, Located } from './image-use.ts';
import type { Script } from './script.ts';

/** One stage of a build. */
export interface BuildStage {
  /** `stage build`, `final stage`. */
  readonly label: string;
  readonly path: string;
  /** The name of its base in `FROM`. */
  readonly span: Span;
  readonly base: ImageUse | null;
  /** Index of the earlier stage that it goes on from. */
  readonly parent: number | null;
  readonly isFinal: boolean;
  /** It builds an image for Windows, whose shell and files are others. */
  readonly windows: boolean;
  readonly steps: readonly BuildStep[];
}

interface StepBase {
  /** The keyword, in capitals, with its place. */
  readonly keyword: Located<string>;
  /** The whole instruction. */
  readonly span: Span;
  /** Written behind `ONBUILD`: it happens in the builds that go on from this image. */
  readonly onBuild: boolean;
}

export interface BuildFlag {
  readonly name: string;
  readonly value: string;
  /** From the hyphens on. */
  readonly span: Span;
}

/** `RUN`, `CMD`, `ENTRYPOINT` and `HEALTHCHECK`, by what their script says of the moment. */
export interface ScriptStep extends StepBase {
  readonly type: 'script';
  readonly flags: readonly BuildFlag[];
  readonly script: Script;
}

/** `COPY` and `ADD`. */
export interface CopyStep extends StepBase {
  readonly type: 'copy';
  readonly flags: readonly BuildFlag[];
  /** Without those that heredocs are; variables stay as they are written. */
  readonly sources: readonly Located<string>[];
  readonly target: Located<string> | null;
  /** Files that stand in the Dockerfile itself, with what is in them. */
  readonly heredocs: readonly Located<string>[];
}

/** One name of an `ENV` or `ARG`; in the first stage's place also those before the first `FROM`. */
export interface VariableStep extends StepBase {
  readonly type: 'variable';
  readonly name: Located<string>;
  /** Quotes off; null for an `ARG` without a default. */
  readonly value: Located<string> | null;
}

/** `EXPOSE`, `VOLUME`, `USER`, `SHELL`, `WORKDIR` and the rest, with their words, quotes off. */
export interface PlainStep extends StepBase {
  readonly type: 'plain';
  readonly words: readonly Located<string>[];
}

export type BuildStep = ScriptStep | CopyStep | VariableStep | PlainStep;
