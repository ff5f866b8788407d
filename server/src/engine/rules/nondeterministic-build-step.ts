import type { BuildStage } from '../model/build.ts';
import type { Report } from '../model/finding.ts';
import type { Script } from '../model/script.ts';
import type { FactsRule } from './rule.ts';
import { chanceIn } from './support/chance.ts';
import { Ordinals } from './support/ordinals.ts';
import { code } from './support/words.ts';

export const nondeterministicBuildStep: FactsRule = {
  reads: 'facts',
  id: 'nondeterministic-build-step',
  title: 'A build step that puts the time or a random number into the image',
  severity: 'hint',
  kinds: ['dockerfile'],
  sameAs: {},
  fixSafety: null,
  check: ({ stages }) => stages.flatMap(inStage),
};

function inStage({ steps }: BuildStage): readonly Report[] {
  const isReproducible = steps.some(
    (step) => step.type === 'variable' && step.name.value === 'SOURCE_DATE_EPOCH',
  );
  if (isReproducible) return [];
  return steps.flatMap((step) =>
    step.type === 'script' && step.script.moment === 'build' ? inScript(step.script) : [],
  );
}

function inScript(script: Script): readonly Report[] {
  const ordinals = new Ordinals();
  return chanceIn(script.commands()).map(({ gives, into, name, span }) => ({
    path: ordinals.next(`${script.path}/${name}`),
    span,
    message: `${code(name)} puts ${gives} into ${into}, so two builds of the same sources never give the same image. Leave it out, or give it to the build as an argument (${code('ARG')}).`,
  }));
}
