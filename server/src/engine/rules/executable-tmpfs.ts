import type { Mount, Workload } from '../model/facts.ts';
import type { Report } from '../model/finding.ts';
import type { FactsRule } from './rule.ts';
import { code } from './support/words.ts';

export const executableTmpfs: FactsRule = {
  reads: 'facts',
  id: 'executable-tmpfs',
  title: 'Scratch space that programs can be started from',
  severity: 'hint',
  kinds: ['compose', 'quadlet'],
  sameAs: {
    'compose-lint CL-0022': 'It also counts `suid` and `dev`.',
  },
  fixSafety: 'behaviour',
  check: (facts) =>
    facts.workloads.flatMap((workload) =>
      workload.mounts
        .filter(({ executable }) => executable?.value === true)
        .map((mount) => report(workload, mount)),
    ),
};

const report = ({ label }: Workload, mount: Mount): Report => ({
  path: `${mount.path}.exec`,
  span: mount.executable?.underline ?? mount.span,
  message: `Programs can be started from ${code(mount.target ?? 'this tmpfs')}, so ${label} can run what was never part of its image. Mount it \`noexec\`, unless the program unpacks its own code there.`,
  fixes: () => [
    {
      id: 'mount-noexec',
      title: `Mount ${mount.target ?? 'it'} noexec`,
      safety: 'behaviour',
      edits: () => mount.executable?.set(false) ?? [],
    },
  ],
});
