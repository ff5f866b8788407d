import type { Workload } from '../model/facts.ts';
import type { Report } from '../model/finding.ts';
import type { WorkspaceContext } from '../model/workspace-context.ts';
import { shortened } from '../text/visible.ts';
import type { ContextRule } from './rule.ts';
import { builtFor } from './support/built-image.ts';
import { capitalized } from './support/words.ts';

/** How the peers' rule differs. */
const everyContainer =
  'It asks every container; ours one of each pod that is rolled out, where a port says that it serves something.';

export const missingReadinessGate: ContextRule = {
  reads: 'context',
  id: 'missing-readiness-gate',
  title: 'A container that others wait for, and that never tells when it is ready',
  severity: 'hint',
  kinds: ['compose', 'kubernetes'],
  sameAs: {
    'Checkov CKV_K8S_9': everyContainer,
    'kube-linter no-readiness-probe': everyContainer,
    'Polaris readinessProbeMissing': everyContainer,
    'KICS Readiness Probe Is Not Configured': everyContainer,
    'KICS Healthcheck Not Set':
      'It asks every service for a health check; ours those that another service waits for.',
    'kube-score pod-probes':
      'It asks for a probe where a Service of the same file selects the pod, and suggests a liveness probe too.',
    'Kyverno require-pod-probes':
      'It asks every container for one probe of any kind; ours one container of each pod for a readiness probe.',
  },
  fixSafety: null,
  check: ({ workloads }, around) => workloads.flatMap((workload) => report(workload, around)),
};

/** Characters of a label in a message. */
const longestLabel = 30;

function report(workload: Workload, around: WorkspaceContext): readonly Report[] {
  const { label, name, path, readiness } = workload;
  if (readiness?.present !== false || mayCheckItself(workload, around)) return [];
  return [
    {
      path: `${path}.readiness`,
      span: name,
      message: `Nothing tells when ${shortened(label, longestLabel)} is ready; add a ${readiness.remedy}.`,
      related: [{ span: name, message: `${capitalized(readiness.because)}.` }],
    },
  ];
}

/** An image that is built can bring a health check, which only its Dockerfile shows. */
const mayCheckItself = (workload: Workload, around: WorkspaceContext): boolean =>
  workload.build !== null && builtFor(workload, around)?.hasHealthcheck !== false;
