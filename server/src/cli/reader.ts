import {
  type Analysis,
  type AuditResult,
  analyze,
  auditFile,
  type CheckedImage,
  checkedImages,
  companionsOf,
  type FailedLookup,
  type FileSummary,
  fullName,
  type ImageName,
  type Input,
  type Lookup,
  type Observation,
  type PinPlan,
  planPins,
  type Registry,
  readSummary,
  type Settings,
  type Skip,
  type ViewAnswer,
  type Waiver,
  WorkspaceIndex,
} from '../engine/index.ts';
import { readBeside } from '../files/read.ts';
import type { Service } from '../workers/serve.ts';
import { enginePath } from './files.ts';

// All that reads a text runs in a thread that can be ended. What goes there and comes back is plain data.

/** A text, with what decides how it is read. */
export interface TextToRead {
  /** Absolute. */
  readonly path: string;
  readonly text: string;
  /** The kind that the settings say it is of. */
  readonly kind: string | null;
  readonly settings: Settings;
}

/** A text that somebody wants to know about. */
export interface TextToAnalyse extends TextToRead {
  /** As people see the path. */
  readonly shown: string;
  /** The user named this very file. */
  readonly explicit: boolean;
}

/** Answers of registries by the `fullName` of the image. What one did not tell is undefined. */
export type Known<Told> = ReadonlyMap<string, Told>;

export type ReaderTask =
  | {
      readonly does: 'audit';
      readonly of: TextToAnalyse;
      readonly known: Known<Observation | undefined>;
    }
  | { readonly does: 'plan'; readonly of: TextToAnalyse; readonly known: Known<Lookup> }
  | { readonly does: 'outline'; readonly of: TextToRead };

/** What an audit keeps of a file: neither its text nor its analysis. */
export interface AuditReading {
  readonly kind: 'audit';
  readonly part: AuditResult;
  /** The places that could not be read, as people are told. */
  readonly broken: readonly string[];
  /** The waivers that let something in it pass; null for what is no manifest. */
  readonly used: readonly Waiver[] | null;
  readonly outline: FileSummary;
  /** What the other files said to it. */
  readonly workspaceView: readonly ViewAnswer[];
  /** What there is to ask registries about. */
  readonly checked: readonly CheckedImage[];
  /** What it wanted to know of registries and was not told. */
  readonly unknown: readonly ImageName[];
}

export interface PlanReading {
  readonly kind: 'plan';
  readonly plan: PinPlan;
  readonly skipped: readonly Skip[];
  /** As in an `AuditReading`: where there are any, the plan is not the last word. */
  readonly unknown: readonly ImageName[];
}

export interface OutlineReading {
  readonly kind: 'outline';
  readonly outline: FileSummary;
}

/** What is no manifest. */
export interface NoReading {
  readonly kind: 'unrecognised';
}

export type ReaderAnswer = AuditReading | PlanReading | OutlineReading | NoReading;

/** Performs `ReaderTask`s. What is shared with it is what the files of the workspace say: `readonly FileSummary[]`. */
export function createReader(): Service {
  let workspace: WorkspaceIndex | undefined;
  return {
    share(shared) {
      workspace = new WorkspaceIndex();
      for (const outline of shared as readonly FileSummary[]) workspace.put(outline);
    },
    perform: (task) => read(task as ReaderTask, workspace && { workspace }),
  };
}

type Around = Pick<Input, 'workspace' | 'observed'>;

async function read(task: ReaderTask, around: Around = {}): Promise<ReaderAnswer> {
  const input = await inputOf(task.of);
  switch (task.does) {
    case 'outline':
      return { kind: 'outline', outline: readSummary(input, task.of.settings) };
    case 'audit': {
      const { observed, unknown } = observations(task.known);
      const analysis = analysed({ ...input, ...around, observed }, task.of);
      return analysis ? { ...auditReading(task.of, analysis), unknown: unknown() } : unrecognised;
    }
    case 'plan': {
      const analysis = analysed({ ...input, ...around }, task.of);
      return analysis ? planReading(analysis, task.known) : unrecognised;
    }
  }
}

const unrecognised: NoReading = { kind: 'unrecognised' };

/** Null for a file that somebody named and that is no manifest. */
function analysed(input: Input, { explicit, settings }: TextToAnalyse): Analysis | null {
  const analysis = analyze(input, settings);
  if (!explicit || analysis.kinds.length > 0) return analysis;
  const asDockerfile = beginsWithFrom.test(input.text)
    ? analyze({ ...input, kind: 'dockerfile' }, settings)
    : null;
  return asDockerfile?.kinds.length ? asDockerfile : null;
}

/** A Dockerfile under a name of its own: comments and arguments, then a stage. */
const beginsWithFrom = /^\uFEFF?(?:[ \t]*(?:#.*|ARG[ \t].*)?\r?\n){0,200}[ \t]*FROM[ \t]+\S/i;

/** With the files beside it that its meaning depends on. */
async function inputOf({ kind, path, text }: TextToRead): Promise<Input> {
  const input = { path: enginePath(path), text, ...(kind !== null && { kind }) };
  const wanted = companionsOf(input);
  if (wanted.length === 0) return input;
  const companions = new Map<string, string>();
  const found = await Promise.all(wanted.map((beside) => readBeside(path, beside)));
  for (const [at, beside] of wanted.entries()) {
    const read = found[at];
    if (read?.ok) companions.set(beside, read.file.text);
  }
  return { ...input, companions };
}

/** What registries told, and what they were not asked yet. */
function observations(known: Known<Observation | undefined>): {
  readonly observed: NonNullable<Input['observed']>;
  readonly unknown: () => readonly ImageName[];
} {
  const unknown = new Map<string, ImageName>();
  return {
    observed(image) {
      const name = fullName(image);
      if (!known.has(name)) unknown.set(name, image);
      return known.get(name);
    },
    unknown: () => [...unknown.values()],
  };
}

function auditReading({ shown }: TextToAnalyse, analysis: Analysis): Omit<AuditReading, 'unknown'> {
  const { kinds, workspaceView, outline, waived } = analysis;
  return {
    kind: 'audit',
    part: auditFile(shown, analysis),
    broken: brokenIn(analysis, shown),
    used: kinds.length > 0 ? [...new Set(waived.map(({ waiver }) => waiver))] : null,
    outline,
    workspaceView: workspaceView.answers,
    checked: checkedImages(analysis),
  };
}

/** A plan with what registries told. What has to be asked first is no failure yet. */
async function planReading(analysis: Analysis, known: Known<Lookup>): Promise<PlanReading> {
  const unknown = new Map<string, ImageName>();
  const registry: Registry = {
    ...silent,
    async resolve(image) {
      const name = fullName(image);
      const told = known.get(name);
      if (told === undefined) unknown.set(name, image);
      return told ?? unasked;
    },
  };
  const plan = await planPins(analysis, { registry });
  return { kind: 'plan', plan, skipped: analysis.skipped, unknown: [...unknown.values()] };
}

const unasked: FailedLookup = { ok: false, code: 'cancelled', message: 'Nobody has been asked yet.' };

const silent: Registry = {
  resolve: async () => unasked,
  inspect: async () => unasked,
  verify: async () => unasked,
  tags: async () => unasked,
  observed: () => undefined,
};

/** The places of a text that have a mistake, so that a part of it could not be read. */
export const brokenIn = (
  { skipped, source }: Pick<Analysis, 'skipped' | 'source'>,
  shown: string,
): readonly string[] =>
  skipped
    .filter(({ broken }) => broken)
    .map(({ reason, span }) => `${shown}:${source.placeAt(span.start).line + 1}: ${reason}`);
