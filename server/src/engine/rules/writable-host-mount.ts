import type { Mount } from '../model/facts.ts';
import type { FactsRule } from './rule.ts';
import { type Draft, perPlace } from './support/dedupe-reports.ts';
import { isSocketOrDevice, mountName, reachesEngine } from './support/mounts.ts';
import { brief } from './support/words.ts';

const everyHostPath =
  'It reports every `hostPath`, those that are mounted read-only, or by no container, too.';
const systemFolders =
  'It reports system folders alone, and read-only mounts of them too; ours every path that can be written to.';

export const writableHostMount: FactsRule = {
  reads: 'facts',
  id: 'writable-host-mount',
  title: 'A path of the host that the container can write to',
  severity: 'warning',
  kinds: ['compose', 'kubernetes', 'quadlet'],
  sameAs: {
    'Trivy KSV-0023': everyHostPath,
    'kube-linter writable-host-mount': '',
    'kube-linter sensitive-host-mounts': systemFolders,
    'Polaris hostPathSet': everyHostPath,
    'KICS Volume Mount With OS Directory Write Permissions':
      'It goes by the path inside the container, and by system folders alone; ours by what is mounted from the host.',
    'KICS Volume Has Sensitive Host Directory': systemFolders,
    'KICS Workload Mounting With Sensitive OS Directory':
      'It reports system folders alone, those that are mounted read-only, or by no container, too, and PersistentVolumes; ours every path that can be written to.',
    'KICS Non Kube System Pod With Host Mount':
      'It reports every `hostPath` outside `kube-system`, those that are mounted read-only, or by no container, too, and PersistentVolumes.',
    'compose-lint CL-0013': systemFolders,
    'compose-lint CL-0025': 'It reports the folders alone with which the whole host is given away.',
    'Kyverno ensure-readonly-hostpath': '',
    'Kyverno disallow-host-path': everyHostPath,
  },
  fixSafety: 'behaviour',
  check: (facts) => perPlace(facts.workloads, ({ mounts }) => mounts.filter(isWritableHostMount).map(report)),
};

/** An engine's socket is worse than writable, and has a rule of its own. */
const isWritableHostMount = (mount: Mount): boolean =>
  mount.type === 'host' &&
  mount.readOnly.value !== true &&
  mount.readOnly.origin !== 'unknown' &&
  reachesEngine(mount) === null &&
  !isSocketOrDevice(mount);

const report = (mount: Mount): Draft => ({
  path: mount.path,
  span: mount.readOnly.underline,
  message: () => `The container can write to ${place(mount)}; mount it read-only.`,
  fixes: () => [
    {
      id: 'mount-read-only',
      title: `Mount ${mountName(mount) ?? 'it'} read-only`,
      description: `The container can read ${place(mount)} as before, but a program that writes there stops working.`,
      safety: 'behaviour',
      edits: () => mount.readOnly.set(true),
    },
  ],
});

function place({ source, target }: Mount): string {
  if (source !== null) return `${brief(source)} on the host`;
  return target === null ? 'a path of the host' : `the host through ${brief(target, 20)}`;
}
