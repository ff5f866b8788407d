import type { Report } from '../model/finding.ts';
import type { Script } from '../model/script.ts';
import { type PackageAction, packageAction } from '../packages/index.ts';
import type { FactsRule } from './rule.ts';
import { Ordinals } from './support/ordinals.ts';
import { sparedIfEmpty } from './support/remembered.ts';
import { brief } from './support/words.ts';

const dropped = 'Newer versions of hadolint no longer have it.';
const goneFromKics = 'Newer versions of KICS no longer have it.';

export const systemUpgrade: FactsRule = {
  reads: 'facts',
  id: 'system-upgrade',
  title: 'A build that upgrades every package of its base image',
  severity: 'warning',
  kinds: ['dockerfile'],
  sameAs: {
    'hadolint DL3005': dropped,
    'hadolint DL3017': dropped,
    'hadolint DL3031': dropped,
    'hadolint DL3035': 'It reports `zypper dist-upgrade` alone; ours `update` and `patch` too.',
    'hadolint DL3039': dropped,
    'Trivy DS-0024': 'It reports `apt-get … dist-upgrade` alone.',
    'KICS Run Using Upgrade Commands': goneFromKics,
    'KICS Run Using dnf Update': goneFromKics,
    'KICS Run Using Zypper Update': goneFromKics,
    'KICS Use of Apk Upgrade': goneFromKics,
    'KICS Yum Update Enabled': goneFromKics,
  },
  fixSafety: null,
  check: ({ scripts }) => scripts.filter(({ moment }) => moment === 'build').flatMap(inScript),
};

const inScript = sparedIfEmpty((script: Script): readonly Report[] => {
  const ordinals = new Ordinals();
  return script.commands().flatMap((command) => {
    const action = packageAction(command);
    if (!action || !upgradesEverything(action)) return [];
    return {
      path: `${script.path}/${ordinals.next(action.name)}`,
      span: action.span,
      message: `${brief(action.name)} takes whatever is newest; take a newer base image instead.`,
    };
  });
});

const upgradesEverything = ({ items, manager, verb }: PackageAction): boolean =>
  verb === 'upgrade' && manager.isSystem && (items.length === 0 || manager.upgradesAll);
