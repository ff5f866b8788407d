import type { Mount } from '../model/facts.ts';
import type { FactsRule } from './rule.ts';
import { type Draft, perPlace } from './support/dedupe-reports.ts';
import { mountName, reachesEngine } from './support/mounts.ts';
import { brief } from './support/words.ts';

const onePath =
  'It knows `/var/run/docker.sock` alone, and reports a volume that no container mounts too; ours also knows the sockets of other engines, other paths, and the folders that hold them.';

export const containerSocketMount: FactsRule = {
  reads: 'facts',
  id: 'container-socket-mount',
  title: "A mount of the container engine's socket, which gives away the host",
  severity: 'error',
  kinds: ['compose', 'kubernetes', 'quadlet'],
  sameAs: {
    'Checkov CKV_K8S_27': onePath,
    'Trivy KSV-0006': onePath,
    'kube-linter docker-sock':
      'It knows `docker.sock` alone; ours also the sockets of other engines, and the folders that hold them.',
    'KICS Docker Socket Mounted In Container':
      'It knows `docker.sock` alone, in the short form of a mount; ours also the sockets of other engines, and the folders that hold them.',
    'KICS Docker Daemon Socket is Exposed to Containers': onePath,
    'compose-lint CL-0001':
      'It also counts the private socket of systemd, and the folders above, up to `/`; ours reports those as `writable-host-mount`, unless they are mounted read-only.',
    'Kyverno disallow-container-sock-mounts':
      'It knows four paths, and reports volumes that no container mounts too; ours also knows other paths, the socket of Podman, and the folders that hold them.',
  },
  fixSafety: null,
  check: (facts) => perPlace(facts.workloads, ({ mounts }) => mounts.flatMap(report)),
};

function report(mount: Mount): readonly Draft[] {
  const reached = reachesEngine(mount);
  if (!reached) return [];
  const holds = reached === 'socket' ? 'is' : 'holds';
  return [
    {
      path: mount.path,
      span: mount.span,
      message: () =>
        `${brief(mountName(mount) ?? '')} ${holds} the engine's socket; remove it, or go through a proxy.`,
    },
  ];
}
