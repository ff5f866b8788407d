import type { Mount, Workload } from '../model/facts.ts';
import type { Report } from '../model/finding.ts';
import type { FactsRule } from './rule.ts';
import { mountName, reachesEngine } from './support/mounts.ts';
import { code, sentenceLabel } from './support/words.ts';

export const writableHostMount: FactsRule = {
  reads: 'facts',
  id: 'writable-host-mount',
  title: 'A path of the host that the container can write to',
  severity: 'warning',
  kinds: ['compose', 'kubernetes', 'quadlet'],
  sameAs: {
    'kube-linter writable-host-mount': '',
  },
  fixSafety: 'behaviour',
  check: (facts) =>
    facts.workloads.flatMap((workload) =>
      workload.mounts.filter(isWritableHostMount).map((mount) => report(workload, mount)),
    ),
};

/** An engine's socket is worse than writable, and has a rule of its own. */
const isWritableHostMount = (mount: Mount): boolean =>
  mount.type === 'host' &&
  mount.readOnly.value !== true &&
  mount.readOnly.origin !== 'unknown' &&
  reachesEngine(mount) === null;

const report = (workload: Workload, mount: Mount): Report => ({
  path: mount.path,
  span: mount.readOnly.underline,
  message: `${sentenceLabel(workload)} can write to ${place(mount)}: what it changes there outlives the container and can reach whatever else uses that path. Mount it read-only, or keep the data in a volume.`,
  fixes: () => [
    {
      id: 'mount-read-only',
      title: `Mount ${mountName(mount) ?? 'it'} read-only`,
      safety: 'behaviour',
      edits: () => mount.readOnly.set(true),
    },
  ],
});

function place({ source, target }: Mount): string {
  if (source !== null) return `${code(source)} on the host`;
  return target === null ? 'a path of the host' : `the host through ${code(target)}`;
}
