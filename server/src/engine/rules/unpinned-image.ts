import type { FactsRule } from './rule.ts';
import { isPulledImage, pinReports } from './support/pin.ts';

export const unpinnedImage: FactsRule = {
  reads: 'facts',
  id: 'unpinned-image',
  title: 'An image by the tag of a version, without its digest',
  severity: 'information',
  kinds: 'every',
  sameAs: {
    'Checkov CKV_K8S_43': '',
    'KICS Image Without Digest': '',
    'compose-lint CL-0019': '',
  },
  fixSafety: 'safe',
  check: (facts) =>
    pinReports(
      facts,
      (use) => isPulledImage(use) && use.mutability === 'tag',
      (image) =>
        `${image} names a version, but its owner can push other content under the same tag. Pin it to its digest, so that what runs is what was reviewed.`,
    ),
};
