import type { FactsRule } from './rule.ts';
import { isPulledImage, pinReports } from './support/pin.ts';

export const implicitLatest: FactsRule = {
  reads: 'facts',
  id: 'implicit-latest',
  title: 'An image without a tag, which means whatever `latest` is at the time',
  severity: 'warning',
  kinds: 'every',
  sameAs: {
    'hadolint DL3006': '',
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
      (use) => isPulledImage(use) && use.mutability === 'implicit',
      (image) =>
        `${image} names no version, so every pull takes whatever \`latest\` is then: it can be another image than the one reviewed. Name the version you want, and pin it to its digest.`,
    ),
};
