import type { FactsRule } from './rule.ts';
import { isPulledImage, pinReports } from './support/pin.ts';

const fromAlone = 'It looks at `FROM` alone; ours at every image that a build takes something from.';
const port = 'It takes the port of a registry for a tag.';

export const implicitLatest: FactsRule = {
  reads: 'facts',
  id: 'implicit-latest',
  title: 'An image without a tag, which means whatever `latest` is at the time',
  severity: 'warning',
  kinds: 'every',
  sameAs: {
    'hadolint DL3006': fromAlone,
    'Checkov CKV_DOCKER_7': fromAlone,
    'Checkov CKV_K8S_14': '',
    'Trivy DS-0001': fromAlone,
    'Trivy KSV-0013': '',
    'kube-linter latest-tag': '',
    'Polaris tagNotSpecified': port,
    'KICS Image Version Not Explicit': fromAlone,
    'KICS Invalid Image Tag': '',
    'kube-score container-image-tag': port,
    'dclint service-image-require-explicit-tag': '',
    'compose-lint CL-0004': '',
    'Kyverno disallow-latest-tag': port,
  },
  fixSafety: 'pin',
  check: (facts) =>
    pinReports(
      facts,
      (use) => isPulledImage(use) && use.mutability === 'implicit',
      (image) => `${image} has no tag and means \`latest\`; pin a version.`,
    ),
};
