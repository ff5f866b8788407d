import type { Mount } from '../model/facts.ts';
import type { FactsRule } from './rule.ts';
import { type Draft, perPlace } from './support/dedupe-reports.ts';
import { brief, code } from './support/words.ts';

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
    perPlace(facts.workloads, ({ mounts }) =>
      mounts.filter(({ executable }) => executable?.value === true).map(report),
    ),
};

const report = (mount: Mount): Draft => ({
  path: `${mount.path}.exec`,
  span: mount.executable?.underline ?? mount.span,
  message: () =>
    `Programs can start from ${brief(mount.target ?? 'this tmpfs')}; mount it ${code('noexec')}.`,
  fixes: () => [
    {
      id: 'mount-noexec',
      title: `Mount ${mount.target ?? 'it'} noexec`,
      description: `Nothing can be started from ${code(mount.target ?? 'this tmpfs')} any more, and no library loaded from there: a program that unpacks code of its own into it stops working.`,
      safety: 'behaviour',
      edits: () => mount.executable?.set(false) ?? [],
    },
  ],
});
