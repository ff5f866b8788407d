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
      (image) =>
        `${image} is the program that reads this Dockerfile, and its tag can move: the same file can build differently tomorrow. Pin it to its digest.`,
    ),
};
