import type { ImageUse, Workload } from '../model/facts.ts';
import type { Report } from '../model/finding.ts';
import type { FactsRule } from './rule.ts';
import { pinFixes } from './support/pin.ts';
import { code } from './support/words.ts';

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

function report({ label, image, path, pullPolicy }: Workload): readonly Report[] {
  if (!image || !moves(image) || !pullPolicy || pullPolicy.origin === 'default') return [];
  const keeps = effect.get(pullPolicy.value ?? '');
  if (!keeps) return [];
  return [
    {
      path: `${path}.pull-policy`,
      span: pullPolicy.underline,
      message: `With ${code(pullPolicy.value ?? '')} a node ${keeps}, and what ${code(image.resolved)} stands for can move: two nodes can run different images as ${label}. Pin the image to its digest.`,
      related: [{ span: image.site.span, message: 'This is the image whose tag can move.' }],
      image,
      fixes: () => pinFixes(image),
    },
  ];
}

const moves = ({ mutability, role }: ImageUse): boolean =>
  role !== 'build-output' && (mutability === 'floating' || mutability === 'implicit');

/** What a node does under the policies that leave an old copy in place. */
const effect: ReadonlyMap<string, string> = new Map([
  ['IfNotPresent', 'keeps the copy of the image it pulled first'],
  ['Never', 'runs whichever copy of the image it has'],
]);
