import type { Mutability } from '../image/mutability.ts';
import type { FactsRule } from './rule.ts';
import { pinReports } from './support/pin.ts';

const movable: readonly Mutability[] = ['implicit', 'floating', 'tag'];

export const unpinnedFrontend: FactsRule = {
  reads: 'facts',
  id: 'unpinned-frontend',
  title: 'A `# syntax=` frontend without its digest',
  severity: 'information',
  kinds: ['dockerfile'],
  sameAs: {},
  fixSafety: 'pin',
  check: (facts) =>
    pinReports(
      facts,
      (use) => use.role === 'frontend' && movable.includes(use.mutability),
      (image) => `The frontend ${image} can change; pin it to its digest.`,
    ),
};
