import type { FactsRule } from './rule.ts';

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
        message: `${label} brings in another image as soon as there is one, and nobody reviews it. Turn that off, and bring in a new image by a change of the file.`,
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
