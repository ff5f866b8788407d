import type { Located, Workload } from '../model/facts.ts';
import type { FactsRule } from './rule.ts';
import { type Draft, perPlace } from './support/dedupe-reports.ts';
import { brief, capabilityName, sentenceLabel } from './support/words.ts';

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
    perPlace(facts.workloads, (workload) => [
      ...privileged(workload),
      ...workload.addedCapabilities.flatMap(capability),
    ]),
};

function privileged(workload: Workload): readonly Draft[] {
  if (workload.privileged.value !== true) return [];
  return [
    {
      path: `${workload.path}.privileged`,
      span: workload.privileged.underline,
      message: (owners) => {
        const runs = owners.several ? 'run' : 'runs';
        return `${sentenceLabel(owners)} ${runs} privileged; add single capabilities instead.`;
      },
      fixes: () => [
        {
          id: 'unprivileged',
          title: 'Run it without privileges',
          description:
            'It loses the devices of the host and all but the usual capabilities: what its program did with them stops working.',
          safety: 'behaviour',
          edits: () => workload.privileged.set(false),
        },
      ],
    },
  ];
}

function capability(added: Located<string>): readonly Draft[] {
  const gives = reach.get(capabilityName(added));
  if (!gives) return [];
  return [
    {
      path: added.path,
      span: added.span,
      message: () =>
        `${brief(added.value)} is nearly control of the host; add a narrower capability instead.`,
    },
  ];
}
