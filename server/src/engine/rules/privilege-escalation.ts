import type { Workload } from '../model/facts.ts';
import type { FactsRule } from './rule.ts';
import { type Draft, perPlace } from './support/dedupe-reports.ts';
import { capabilityName, sentenceLabel } from './support/words.ts';

const privilegedToo =
  'It asks privileged containers too; they are `privileged-container` here, and Kubernetes refuses the field beside `privileged: true`.';

export const privilegeEscalation: FactsRule = {
  reads: 'facts',
  id: 'privilege-escalation',
  title: 'A process can get more privileges than it was started with',
  severity: 'information',
  kinds: ['compose', 'kubernetes', 'quadlet'],
  sameAs: {
    'Checkov CKV_K8S_20': privilegedToo,
    'Trivy KSV-0001': privilegedToo,
    'kube-linter privilege-escalation-container':
      'It reports `true`, privileged containers and `SYS_ADMIN`, and passes over a field that is missing; ours reports that too, and has the others in `privileged-container`.',
    'Polaris privilegeEscalationAllowed':
      'It also accepts the field on the pod, where Kubernetes has none and ignores it.',
    'KICS Privilege Escalation Allowed': privilegedToo,
    'KICS No New Privileges Not Set': 'It looks only where a service has `security_opt` at all.',
    'KICS Security Opt Not Set': 'It is content with any option; ours asks for `no-new-privileges`.',
    'compose-lint CL-0003': 'It asks privileged services too; they are `privileged-container` here.',
    'Kyverno disallow-privilege-escalation': privilegedToo,
  },
  fixSafety: 'behaviour',
  check: (facts) =>
    perPlace(facts.workloads, (workload) => {
      const { path, privilegeEscalation: escalation } = workload;
      if (escalation?.value !== true || hasItAll(workload)) return [];
      const draft: Draft = {
        path: `${path}.privilege-escalation`,
        span: escalation.underline,
        message: (owners) =>
          `${sentenceLabel(owners)} can gain privileges; forbid it if nothing needs setuid.`,
        fixes: () => [
          {
            id: 'no-escalation',
            title: 'Keep processes from getting more privileges',
            description:
              'A program that needs its setuid bit or the capabilities of its file stops working: `sudo`, `su`, `ping` of some images, servers that are given a low port that way.',
            safety: 'behaviour',
            edits: () => escalation.set(false),
          },
        ],
      };
      return [draft];
    }),
};

/** There is nothing left to be got, and Kubernetes refuses to forbid it: that is for `privileged-container` to say. */
const hasItAll = ({ addedCapabilities, privileged }: Workload): boolean =>
  privileged.value === true ||
  addedCapabilities.some((added) => ['ALL', 'SYS_ADMIN'].includes(capabilityName(added)));
