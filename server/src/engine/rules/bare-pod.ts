import type { FactsRule } from './rule.ts';
import { code } from './support/words.ts';

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
      message: `${code(value)} has no controller: nothing starts it again on another node, and a new version means deleting it by hand, with no way back. Let a Deployment, StatefulSet, DaemonSet or Job create it.`,
    })),
};
