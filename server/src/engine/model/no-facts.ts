import type { Facts, Workload } from './facts.ts';

/** The facts of a text that holds nothing: a kind says what is there, and leaves the rest as it is here. */
export const noFacts: Omit<Facts, 'kind' | 'comments'> = {
  images: [],
  workloads: [],
  stages: [],
  scripts: [],
  configurations: [],
  rollouts: [],
  followers: [],
  barePods: [],
  deploys: null,
  outline: { built: [], builds: [], consumes: [], replaced: [] },
  skipped: [],
  ambiguities: () => [],
  units: () => [],
  seemingComments: () => [],
};

/** What a workload has where its kind knows nothing of it. */
export const noTraits = {
  privilegeEscalation: null,
  interactive: null,
  variables: [],
  ports: [],
  readiness: null,
  watches: [],
  build: null,
  mountsImageVolumes: false,
  scratchWords: { one: 'a tmpfs', several: 'tmpfs' },
} satisfies Partial<Workload>;
