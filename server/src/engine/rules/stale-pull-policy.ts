import type { ImageUse, Workload } from '../model/facts.ts';
import type { Report } from '../model/finding.ts';
import type { FactsRule } from './rule.ts';
import { pinFixes } from './support/pin.ts';
import { brief } from './support/words.ts';

const everyTag =
  'It asks for `Always` with every tag; ours reports a policy that is written out, where the tag moves.';

export const stalePullPolicy: FactsRule = {
  reads: 'facts',
  id: 'stale-pull-policy',
  title: 'A pull policy that keeps an old copy of an image whose tag moves',
  severity: 'warning',
  kinds: ['kubernetes'],
  isAboutPull: true,
  sameAs: {
    'Checkov CKV_K8S_15': everyTag,
    'Polaris pullPolicyNotAlways':
      'It asks for `Always` with every image, one with a digest too; ours reports a policy that is written out, where the tag moves.',
    'KICS Image Pull Policy Of The Container Is Not Set To Always': everyTag,
    'kube-score container-image-pull-policy':
      'It asks for `Always` with every image, one with a digest too; ours reports a policy that is written out, where the tag moves.',
    'Kyverno imagepullpolicy-always':
      'It knows `latest` alone, and reports a policy that is not written out; ours also knows other tags that move.',
  },
  fixSafety: 'pin',
  check: (facts) => facts.workloads.flatMap(report),
};

function report({ image, path, pullPolicy }: Workload): readonly Report[] {
  if (!image || !moves(image) || !pullPolicy || pullPolicy.origin === 'default') return [];
  if (!keepsCopy.has(pullPolicy.value ?? '')) return [];
  return [
    {
      path: `${path}.pull-policy`,
      span: pullPolicy.underline,
      message: `With ${brief(pullPolicy.value ?? '')} nodes can run different builds; pin the image to its digest.`,
      related: [{ span: image.site.span, message: 'This is the image whose tag can move.' }],
      image,
      fixes: () => pinFixes(image),
    },
  ];
}

const moves = ({ mutability, role }: ImageUse): boolean =>
  role !== 'build-output' && (mutability === 'floating' || mutability === 'implicit');

/** Policies that leave an old copy in place. */
const keepsCopy: ReadonlySet<string> = new Set(['IfNotPresent', 'Never']);
