import type { BuildStage } from '../../model/build.ts';

/** The last stage and those that it goes on from: what they do is in the image. */
export function finalChain(stages: readonly BuildStage[]): ReadonlySet<BuildStage> {
  const chain = new Set<BuildStage>();
  let stage = stages.find(({ isFinal }) => isFinal);
  while (stage && !chain.has(stage)) {
    chain.add(stage);
    stage = stage.parent === null ? undefined : stages[stage.parent];
  }
  return chain;
}
