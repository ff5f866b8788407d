import type { ImageUse } from '../model/facts.ts';
import type { FactsRule } from './rule.ts';
import { isPulledImage, pinReports } from './support/pin.ts';

const fromAndLatestAlone =
  'It looks at `FROM` alone and knows `latest` alone; ours knows other tags that move too, such as `20`, `stable` and `bookworm`.';
const latestAlone =
  'It knows `latest` alone; ours also other tags that move, such as `20`, `stable` and `bookworm`.';

export const floatingTag: FactsRule = {
  reads: 'facts',
  id: 'floating-tag',
  title: 'An image by a tag that is made to move, such as `latest` or `20`',
  severity: 'warning',
  kinds: 'every',
  sameAs: {
    'hadolint DL3007': fromAndLatestAlone,
    'Checkov CKV_DOCKER_7': fromAndLatestAlone,
    'Checkov CKV_K8S_14': latestAlone,
    'Trivy DS-0001': fromAndLatestAlone,
    'Trivy KSV-0013': latestAlone,
    'kube-linter latest-tag': latestAlone,
    'Polaris tagNotSpecified': latestAlone,
    "KICS Image Version Using 'latest'": fromAndLatestAlone,
    'KICS Invalid Image Tag': latestAlone,
    'kube-score container-image-tag': latestAlone,
    'dclint service-image-require-explicit-tag':
      'It goes by a list of nine names; ours also knows versions that move, such as `20`, and code names such as `bookworm`.',
    'compose-lint CL-0004':
      'It goes by a list of six names; ours also knows versions that move, such as `20`, and code names such as `bookworm`.',
    'Kyverno disallow-latest-tag': latestAlone,
  },
  fixSafety: 'pin',
  check: (facts) =>
    pinReports(
      facts,
      (use) => isPulledImage(use) && use.mutability === 'floating',
      (image, use) => `${image} ${why(use)}; pin it to its digest.`,
    ),
};

/** Of a version with two numbers the text alone does not always tell whether more belongs to it. */
const why = ({ reading }: ImageUse): string =>
  reading.state === 'parsed' && /^v?\d/i.test(reading.reference.tag ?? '')
    ? 'can stand for several releases'
    : 'is made to move';
