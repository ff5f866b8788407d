import type { FactsRule } from './rule.ts';
import { brief } from './support/words.ts';

export const barePod: FactsRule = {
  reads: 'facts',
  id: 'bare-pod',
  title: 'A pod that nothing starts again',
  severity: 'hint',
  kinds: ['kubernetes'],
  sameAs: {
    'Kyverno prevent-bare-pods':
      'Ours passes over pods that run once, hooks of Helm and Argo CD, and static pods.',
  },
  fixSafety: null,
  check: (facts) =>
    facts.barePods.map(({ path, span, value }) => ({
      path: `${path}.bare`,
      span,
      message: `${brief(value, 18)} has no controller to restart it; let a Deployment or a Job create it.`,
    })),
};
