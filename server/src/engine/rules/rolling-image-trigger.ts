import { shortened } from '../text/visible.ts';
import type { FactsRule } from './rule.ts';

/** Characters of a label in a message. */
const longestLabel = 45;

export const rollingImageTrigger: FactsRule = {
  reads: 'facts',
  id: 'rolling-image-trigger',
  title: 'Something that brings in another image without a review',
  severity: 'warning',
  kinds: ['compose', 'kubernetes', 'quadlet'],
  sameAs: {},
  fixSafety: 'behaviour',
  check: (facts) =>
    facts.followers
      .filter(({ automatic }) => automatic.value === true)
      .map(({ automatic, label, path }) => ({
        path,
        span: automatic.underline,
        message: `${shortened(label, longestLabel)} brings in images unreviewed; turn it off.`,
        fixes: () => [
          {
            id: 'not-automatic',
            title: 'Turn it off',
            description:
              'New images do not come by themselves any more, security updates among them: each has to be brought in by a change of the file.',
            safety: 'behaviour',
            edits: () => automatic.set(false),
          },
        ],
      })),
};
