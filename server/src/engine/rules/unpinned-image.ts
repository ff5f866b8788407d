import type { FactsRule } from './rule.ts';
import { isPulledImage, pinReports } from './support/pin.ts';

const whole =
  'It reports every image without a digest; here one without a tag is `implicit-latest`, and one whose tag moves is `floating-tag`.';

export const unpinnedImage: FactsRule = {
  reads: 'facts',
  id: 'unpinned-image',
  title: 'An image by a specific tag, without its digest',
  severity: 'information',
  kinds: 'every',
  sameAs: {
    'Checkov CKV_K8S_43': whole,
    'KICS Image Without Digest': whole,
    'compose-lint CL-0019':
      'It counts tags such as `20` and `bookworm` as versions; here they are `floating-tag`.',
    'Kyverno require-image-checksum': whole,
  },
  fixSafety: 'pin',
  check: (facts) =>
    pinReports(
      facts,
      (use) => isPulledImage(use) && use.mutability === 'tag',
      (image) => `The tag of ${image} can get other content; pin it to its digest.`,
    ),
};
