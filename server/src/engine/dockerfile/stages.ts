import type { MappedText } from '../text/mapped-text.ts';
import { type Span, span } from '../text/span.ts';
import { fitsParts } from '../text/wildcard.ts';
import type { Dockerfile } from './dockerfile.ts';
import type { Value } from './expand.ts';
import type { Instruction } from './instruction.ts';

export interface Stage {
  /** In lower case: stage names do not tell cases apart. Null for a stage that is known by its number only. */
  readonly name: string | null;
  /** The word that names the base; undefined while it is not written yet. */
  readonly base: MappedText | undefined;
  /** Begins the structural path of everything in the stage; ends with a slash unless it is empty. */
  readonly path: string;
  readonly label: string;
  /** Of the keyword `FROM`. */
  readonly keyword: Span;
  /** As `--platform` has it; null without that flag. */
  readonly platform: MappedText | null;
}

/** Where an instruction stands that no `FROM` precedes. */
export const outside: Stage = {
  name: null,
  base: undefined,
  path: '',
  label: 'no stage',
  keyword: span(0, 0),
  platform: null,
};

/** The stages in the order of their `FROM` instructions. */
export function readStages({ instructions }: Dockerfile): readonly Stage[] {
  const starts = instructions.filter(({ keyword }) => keyword === 'FROM');
  return starts.map((start, number) => stageOf(start, number, number === starts.length - 1));
}

function stageOf({ flags, from, keyword, text }: Instruction, number: number, isLast: boolean): Stage {
  const name = from.stage?.text.toLowerCase() ?? null;
  const label = name === null && isLast ? 'final stage' : `stage ${name ?? number}`;
  const platform = flags.find((flag) => flag.name === 'platform')?.value ?? null;
  return {
    name,
    base: from.image ?? undefined,
    path: `stage/${name ?? number}/`,
    label,
    keyword: text.spanOf(0, keyword.length),
    platform,
  };
}

const mostStages = 200;

/**
 * Whether a name is `scratch` or one of `stages`. With unknown variables in it, it is when it can be one:
 * `base-${TARGETARCH}` beside the stages `base-amd64` and `base-arm64`.
 */
export function namesStage(
  { holes, text }: Value,
  stages: ReadonlySet<string> | ReadonlyMap<string, unknown>,
): boolean {
  if (text === 'scratch') return true;
  if (holes.length === 0) return stages.has(text.toLowerCase());
  if (stages.size === 0) return false;
  const parts = partsAround(holes, text).map((part) => part.toLowerCase());
  const known = parts.join('');
  if (known === '' || /[/:@]/.test(known)) return false;
  // Beyond what people write, each name is not held against every stage.
  return stages.size <= mostStages && [...stages.keys()].some((stage) => fitsParts(stage, parts));
}

function partsAround(holes: readonly string[], text: string): readonly string[] {
  const parts: string[] = [];
  let from = 0;
  for (const hole of holes) {
    const at = text.indexOf(hole, from);
    if (at < 0) continue;
    parts.push(text.slice(from, at));
    from = at + hole.length;
  }
  return [...parts, text.slice(from)];
}
