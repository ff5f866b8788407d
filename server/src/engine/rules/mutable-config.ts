import type { ContextRule } from './rule.ts';
import { brief } from './support/words.ts';

export const mutableConfig: ContextRule = {
  reads: 'context',
  id: 'mutable-config',
  title: 'A ConfigMap or Secret in use that can be changed in place',
  severity: 'hint',
  kinds: ['kubernetes'],
  sameAs: {},
  fixSafety: 'behaviour',
  check: ({ configurations }, { workspaceView }) =>
    configurations
      .filter(({ immutable, key }) => immutable.value === false && workspaceView.isConsumed(key))
      .map(({ immutable, label, path }) => ({
        path: `${path}.immutable`,
        span: immutable.underline,
        message: `${brief(label, 18)} can change in place; make it immutable, with a name for each version.`,
        fixes: () => [
          {
            id: 'immutable',
            title: 'Make it immutable',
            description:
              'What runs stays the same, but the cluster refuses the next change of this object: it has to get another name then, or to be deleted first. This cannot be taken back.',
            safety: 'behaviour',
            edits: () => immutable.set(true),
          },
        ],
      })),
};
