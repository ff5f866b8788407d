import type { Mount, Workload } from '../model/facts.ts';
import type { Report } from '../model/finding.ts';
import type { FactsRule } from './rule.ts';
import { mountName, reachesEngine } from './support/mounts.ts';
import { code } from './support/words.ts';

export const containerSocketMount: FactsRule = {
  reads: 'facts',
  id: 'container-socket-mount',
  title: "A mount of the container engine's socket, which gives away the host",
  severity: 'error',
  kinds: ['compose', 'kubernetes', 'quadlet'],
  sameAs: {
    'Trivy KSV-0006': '',
    'Checkov CKV_K8S_27': '',
    'kube-linter docker-sock': '',
    'KICS Docker Socket Mounted In Container': '',
    'compose-lint CL-0001': '',
  },
  fixSafety: null,
  check: (facts) =>
    facts.workloads.flatMap((workload) => workload.mounts.flatMap((mount) => report(workload, mount))),
};

function report({ label }: Workload, mount: Mount): readonly Report[] {
  const reached = reachesEngine(mount);
  if (!reached) return [];
  const holds = reached === 'socket' ? 'is' : 'holds';
  return [
    {
      path: mount.path,
      span: mount.span,
      message: `${code(mountName(mount) ?? '')} ${holds} the container engine's socket: through it ${label} can start, change and replace any container and take over the host, even when it is mounted read-only. Remove the mount, or reach the engine through a proxy that lets only the needed calls pass.`,
    },
  ];
}
