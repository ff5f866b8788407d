import type { Located, Workload } from '../model/facts.ts';
import type { Report } from '../model/finding.ts';
import type { FactsRule } from './rule.ts';
import { capabilityName, code, sentenceLabel } from './support/words.ts';

/** What a capability of this reach allows, to finish `… gives container api`. */
const reach: ReadonlyMap<string, string> = new Map([
  ['ALL', 'every capability there is'],
  ['SYS_ADMIN', "the right to mount filesystems and to change the kernel's settings"],
]);
const oneName = 'It knows the name `SYS_ADMIN` alone; ours also `CAP_SYS_ADMIN` and `ALL`.';

export const privilegedContainer: FactsRule = {
  reads: 'facts',
  id: 'privileged-container',
  title: 'A container with the rights of the host',
  severity: 'warning',
  kinds: ['compose', 'kubernetes', 'quadlet'],
  sameAs: {
    'Checkov CKV_K8S_16': '',
    'Checkov CKV_K8S_39': oneName,
    'Trivy KSV-0017': '',
    'Trivy KSV-0005': oneName,
    'kube-linter privileged-container': '',
    'Polaris runAsPrivileged': '',
    'Polaris dangerousCapabilities': 'It also counts `NET_ADMIN`.',
    'KICS Container Is Privileged': '',
    'KICS Containers With Sys Admin Capabilities': oneName,
    'KICS Privileged Containers Enabled': '',
    'kube-score container-security-context-privileged': '',
    'compose-lint CL-0002': '',
    'compose-lint CL-0024': 'It also counts `SYS_MODULE` and `SYS_RAWIO`.',
    'Kyverno disallow-privileged-containers': '',
  },
  fixSafety: 'behaviour',
  check: (facts) =>
    facts.workloads.flatMap((workload) => [
      ...privileged(workload),
      ...workload.addedCapabilities.flatMap((added) => capability(workload, added)),
    ]),
};

function privileged(workload: Workload): readonly Report[] {
  if (workload.privileged.value !== true) return [];
  return [
    {
      path: `${workload.path}.privileged`,
      span: workload.privileged.underline,
      message: `${sentenceLabel(workload)} runs privileged: it has every capability and the host's devices, so nothing keeps it from changing the host. Take the privilege away, and add only the capabilities it needs.`,
      fixes: () => [
        {
          id: 'unprivileged',
          title: 'Run it without privileges',
          safety: 'behaviour',
          edits: () => workload.privileged.set(false),
        },
      ],
    },
  ];
}

function capability({ label }: Workload, added: Located<string>): readonly Report[] {
  const gives = reach.get(capabilityName(added));
  if (!gives) return [];
  return [
    {
      path: added.path,
      span: added.span,
      message: `${code(added.value)} gives ${label} ${gives}, which is nearly control of the host. Remove it, or add the narrower capabilities it needs.`,
    },
  ];
}
