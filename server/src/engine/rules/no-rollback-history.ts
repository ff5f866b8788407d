import type { Rollout } from '../model/facts.ts';
import { shortened } from '../text/visible.ts';
import type { FactsRule } from './rule.ts';
import { capitalized } from './support/words.ts';

export const noRollbackHistory: FactsRule = {
  reads: 'facts',
  id: 'no-rollback-history',
  title: 'A rollout that cannot go back to the version before',
  severity: 'information',
  kinds: ['compose', 'kubernetes'],
  sameAs: {},
  fixSafety: 'behaviour',
  check: (facts) =>
    facts.rollouts
      .filter(({ canGoBack }) => canGoBack.value === false)
      .map((rollout) => ({
        path: `${rollout.path}.rollback`,
        span: rollout.canGoBack.underline,
        message: message(rollout),
        fixes: () => [
          {
            id: 'go-back',
            title: titles[rollout.type],
            description: effects[rollout.type],
            safety: 'behaviour',
            edits: () => rollout.canGoBack.set(true),
          },
        ],
      })),
};

const titles: Readonly<Record<Rollout['type'], string>> = {
  history: 'Keep ten versions to go back to',
  automatic: 'Go back when an update fails',
};

const effects: Readonly<Record<Rollout['type'], string>> = {
  history:
    'The cluster keeps the ten versions before, as objects that run nothing. What runs stays the same until somebody goes back.',
  automatic:
    'An update that fails is taken back by itself, so the version before runs again. One that was meant to stop there, or to go on, no longer does.',
};

/** Characters of a label in a message. */
const longestLabel = 30;

const message = ({ label, type }: Rollout): string =>
  type === 'history'
    ? `${shortened(capitalized(label), longestLabel)} keeps no earlier version; keep some to go back to.`
    : `A failed update of ${shortened(label, longestLabel)} stays; let it roll back by itself.`;
