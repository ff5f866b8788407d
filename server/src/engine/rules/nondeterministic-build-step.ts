import type { BuildStage } from '../model/build.ts';
import type { Report } from '../model/finding.ts';
import type { Script } from '../model/script.ts';
import type { FactsRule } from './rule.ts';
import { chanceIn } from './support/nondeterminism.ts';
import { Ordinals } from './support/ordinals.ts';
import { sparedIfEmpty } from './support/remembered.ts';
import { brief, code } from './support/words.ts';

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

const inScript = sparedIfEmpty((script: Script): readonly Report[] => {
  const ordinals = new Ordinals();
  return chanceIn(script.commands()).map(({ gives, into, name, span }) => ({
    path: ordinals.next(`${script.path}/${name}`),
    span,
    message: `${brief(name, 16)} puts ${gives} into ${into}; pass it as ${code('ARG')}.`,
  }));
});
