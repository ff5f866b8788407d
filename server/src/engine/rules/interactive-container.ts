import type { Workload } from '../model/facts.ts';
import { joinEdits } from '../text/edit.ts';
import type { FactsRule } from './rule.ts';
import { type Draft, perPlace } from './support/dedupe-reports.ts';
import { sentenceLabel } from './support/words.ts';

export const interactiveContainer: FactsRule = {
  reads: 'facts',
  id: 'interactive-container',
  title: 'A deployed container that waits for somebody to type into it',
  severity: 'hint',
  kinds: ['compose', 'kubernetes', 'quadlet'],
  sameAs: {},
  fixSafety: 'behaviour',
  check: (facts) => (facts.deploys === null ? [] : perPlace(facts.workloads, report)),
};

function report(workload: Workload): readonly Draft[] {
  const { interactive, path } = workload;
  if (interactive?.stdin.value !== true || interactive.tty.value !== true) return [];
  const { stdin, tty } = interactive;
  return [
    {
      path: `${path}.interactive`,
      span: stdin.underline,
      message: (owners) =>
        `${sentenceLabel(owners)} ${owners.several ? 'wait' : 'waits'} for input at a terminal; close both.`,
      related: [{ span: tty.underline, message: 'This gives it a terminal.' }],
      fixes: () => [
        {
          id: 'not-interactive',
          title: 'Close its input and take the terminal away',
          description:
            'A shell ends at once when there is nobody to type, so a container whose program is one stops. Some programs write their output in another way without a terminal.',
          safety: 'behaviour',
          edits: () => joinEdits(stdin.set(false), tty.set(false)),
        },
      ],
    },
  ];
}
