import type { BuildStage, BuildStep } from '../model/build.ts';
import type { Script } from '../model/script.ts';
import type { BuiltImage } from '../model/workspace-context.ts';
import type { Dockerfile } from './dockerfile.ts';
import type { Base } from './images.ts';
import type { Instruction } from './instruction.ts';
import { isWindowsShell } from './interpreter.ts';
import { StepReader } from './steps.ts';

/** Where a Dockerfile stands. */
export interface BuildPlace {
  /** As in `BuiltImage.dockerfile`. */
  readonly dockerfile: string;
  /** Begins every structural path; empty for a file of its own. */
  readonly prefix: string;
}

export interface Build {
  readonly stages: readonly BuildStage[];
  /** Those of the stages' steps. */
  readonly scripts: readonly Script[];
  readonly built: readonly BuiltImage[];
}

/** What a Dockerfile does, stage by stage, and what its stages leave behind. `bases` are those of the same file. */
export function readBuild(file: Dockerfile, bases: readonly Base[], place: BuildPlace): Build {
  const stages = readStages(file, bases, place.prefix);
  return {
    stages,
    scripts: stages.flatMap(({ steps }) =>
      steps.flatMap((step) => (step.type === 'script' ? step.script : [])),
    ),
    built: readBuilt(stages, bases, place.dockerfile),
  };
}

interface ReadStage {
  readonly stage: BuildStage;
  /** The `SHELL` that is in force at its end. */
  readonly shell: readonly string[] | null;
}

function readStages(file: Dockerfile, bases: readonly Base[], prefix: string): readonly BuildStage[] {
  const { before, bodies } = cut(file.instructions);
  const read: ReadStage[] = [];
  bases.forEach((base, number) => {
    const parent = base.parent === null ? undefined : read[base.parent];
    const instructions = number === 0 ? [...before, ...(bodies[0] ?? [])] : (bodies[number] ?? []);
    const isFinal = number === bases.length - 1;
    read.push(readStage({ base, escapeToken: file.escapeToken, instructions, isFinal, parent, prefix }));
  });
  return read.map(({ stage }) => stage);
}

/** The `ARG` instructions before the first `FROM`, and what follows each `FROM`. */
function cut(instructions: readonly Instruction[]): {
  readonly before: readonly Instruction[];
  readonly bodies: readonly (readonly Instruction[])[];
} {
  const before: Instruction[] = [];
  const bodies: Instruction[][] = [];
  for (const instruction of instructions) {
    if (instruction.keyword === 'FROM') bodies.push([]);
    else if (bodies.length > 0) bodies.at(-1)?.push(instruction);
    else if (instruction.keyword === 'ARG') before.push(instruction);
  }
  return { before, bodies };
}

interface StageInput {
  readonly base: Base;
  readonly escapeToken: string;
  readonly instructions: readonly Instruction[];
  readonly isFinal: boolean;
  readonly parent: ReadStage | undefined;
  readonly prefix: string;
}

function readStage({ base, escapeToken, instructions, isFinal, parent, prefix }: StageInput): ReadStage {
  const { stage, use } = base;
  const path = `${prefix}${stage.path}`;
  const windows =
    parent?.stage.windows === true ||
    escapeToken === '`' ||
    /^windows(?:$|[/(])/i.test(stage.platform?.text ?? '') ||
    (use !== null && windowsImage.test(use.resolved)) ||
    instructions.some(({ keyword, rest }) => keyword === 'SHELL' && isWindowsShell(shellIn(rest.text)));
  const shell = parent?.shell ?? null;
  const reader = new StepReader({ escapeToken, path, label: stage.label, windows, shell });
  const steps: BuildStep[] = [];
  for (const instruction of instructions) steps.push(...reader.read(instruction));
  const read: BuildStage = {
    label: stage.label,
    path: path.slice(0, -1),
    span: stage.base?.span ?? stage.keyword,
    base: use,
    parent: base.parent,
    isFinal,
    windows,
    steps,
  };
  return { stage: read, shell: reader.shell };
}

/** The images of Windows itself, and tags that say which of them an image stands on. */
const windowsImage =
  /^mcr\.microsoft\.com\/windows(?:[/:@]|$)|(?:^|[/:-])(?:nanoserver|(?:windows)?servercore)/i;

/** The program in a `SHELL` instruction, whichever way it is written. */
const shellIn = (text: string): readonly string[] => [/[^\s["',\]]+/.exec(text)?.[0] ?? ''];

/** What a stage leaves behind, by itself or through the stage it goes on from. */
interface Left {
  readonly volumes: readonly string[];
  readonly hasHealthcheck: boolean;
}

function readBuilt(
  stages: readonly BuildStage[],
  bases: readonly Base[],
  dockerfile: string,
): readonly BuiltImage[] {
  const left: Left[] = [];
  const built: BuiltImage[] = [];
  stages.forEach((stage, number) => {
    const here = leftBy(stage, stage.parent === null ? undefined : left[stage.parent]);
    left.push(here);
    const name = bases[number]?.stage.name ?? null;
    if (name !== null) built.push({ dockerfile, target: name, ...here });
    if (stage.isFinal) built.push({ dockerfile, target: null, ...here });
  });
  return built;
}

/** Each stage hands on all that it has: more, through thousands of stages, nobody wrote by hand. */
const mostVolumes = 100;

function leftBy({ steps }: BuildStage, before: Left | undefined): Left {
  const volumes = new Set(before?.volumes);
  let hasHealthcheck = before?.hasHealthcheck ?? false;
  for (const step of steps) {
    if (step.onBuild) continue;
    if (step.keyword.value === 'HEALTHCHECK') hasHealthcheck = step.type === 'script';
    if (step.type !== 'plain') continue;
    const words = step.words.map(({ value }) => value);
    if (step.keyword.value !== 'VOLUME') continue;
    for (const word of words) {
      const path = known(word);
      if (path?.startsWith('/') && volumes.size < mostVolumes) {
        volumes.add(path.length > 1 ? path.replace(/\/$/, '') : path);
      }
    }
  }
  return { volumes: [...volumes], hasHealthcheck };
}

/** Null where a variable decides. */
const known = (word: string | undefined): string | null => (word && !word.includes('$') ? word : null);
