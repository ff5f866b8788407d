import type { FactsRule } from './rule.ts';
import { isPulledImage, pinReports } from './support/pin.ts';

export const floatingTag: FactsRule = {
  reads: 'facts',
  id: 'floating-tag',
  title: 'An image by a tag that is made to move, such as `latest` or `20`',
  severity: 'warning',
  kinds: 'every',
  sameAs: {
    'hadolint DL3007': '',
    'Trivy DS-0001': '',
    'Trivy KSV-0013': '',
    'Checkov CKV_DOCKER_7': '',
    'Checkov CKV_K8S_14': '',
    'kube-linter latest-tag': '',
    'Polaris tagNotSpecified': '',
    'kube-score container-image-tag': '',
    'compose-lint CL-0004': '',
    'dclint service-image-require-explicit-tag': '',
  },
  fixSafety: 'safe',
  check: (facts) =>
    pinReports(
      facts,
      (use) => isPulledImage(use) && use.mutability === 'floating',
      (image) =>
        `${image} is a tag that is made to move: the next pull can bring another image than the one reviewed. Pin it to its digest.`,
    ),
};
