import type { Facts } from '../model/facts.ts';
import type { Report } from '../model/finding.ts';
import type { Script } from '../model/script.ts';
import { type PackageItem, packageAction } from '../packages/index.ts';
import type { FactsRule } from './rule.ts';
import { Ordinals } from './support/ordinals.ts';
import { remembered } from './support/remembered.ts';
import { code, fitted, isShort } from './support/words.ts';

export const unpinnedPackage: FactsRule = {
  reads: 'facts',
  id: 'unpinned-package',
  title: 'A package that a build installs in no version in particular',
  severity: 'information',
  kinds: ['dockerfile'],
  sameAs: {
    'hadolint DL3008':
      'Ours reports a command once, whatever it leaves out, and is silent where packages come from a dated snapshot.',
    'hadolint DL3013':
      'A lower bound or an excluded version alone (`flask>=3`, `flask!=2`) settles nothing, so ours reports it, and other installers such as `pipenv` too. A repository without a commit is for `unpinned-git-source`.',
    'hadolint DL3016':
      'A tag or an open range (`latest`, `>=1.0.0`) settles nothing, so ours reports it. A repository without a commit is for `unpinned-git-source`.',
    'hadolint DL3018': 'A lower bound alone (`curl>8`) settles nothing, so ours reports it.',
    'hadolint DL3028': '',
    'hadolint DL3033': 'A hyphen in a name (`java-17-openjdk`) is no version for ours.',
    'hadolint DL3037': 'A lower bound alone (`curl>=8`) settles nothing, so ours reports it.',
    'hadolint DL3041': 'A hyphen in a name (`java-17-openjdk`) is no version for ours.',
    'hadolint DL3062':
      'Without `@` the module around decides on the version, so ours is silent there, and at `go get -tool`, which writes it into `go.mod`.',
    'KICS Apt Get Install Pin Version Not Defined': '',
    'KICS Gem Install Without Version': '',
    'KICS Missing Version Specification In dnf install': '',
    'KICS NPM Install Command Without Pinned Version':
      'A tag or an open range (`latest`, `>=1.0.0`) settles nothing, so ours reports it; it reports packages from files too. A repository without a commit is for `unpinned-git-source`.',
    'KICS Unpinned Package Version in Apk Add': '',
    'KICS Unpinned Package Version in Pip Install':
      'It knows `pip` and `pip3` alone; ours other installers, such as `pipenv`, too.',
    'KICS Yum install Without Version': '',
    'KICS Zypper Install Without Version': '',
  },
  fixSafety: null,
  check: (facts) => {
    const builds = facts.scripts.filter(({ moment }) => moment === 'build');
    const dated = datedPackages(facts, builds);
    return builds.flatMap((script) => reports(script, dated));
  },
};

/** Archives that have the packages of a distribution as they were on a day, and the script that Debian's images take them with. */
const archive = /snapshot\.(?:debian\.org|ubuntu\.com)|snapshot\.debian\.net|repro-sources-list/;

const namesArchive = remembered((script) =>
  script
    .commands()
    .some(
      ({ redirects, words }) =>
        words.some(({ text }) => archive.test(text)) ||
        redirects.some(({ target }) => archive.test(target.text)),
    ),
);

/** Whether some package is taken at all. */
const takesPackages = remembered((script) =>
  script.commands().some((command) => takesNames.has(packageAction(command)?.verb ?? '')),
);

/** Whether the packages of the distribution are those of a day, which settles their versions. */
function datedPackages({ stages }: Facts, builds: readonly Script[]): boolean {
  if (builds.some(namesArchive)) return true;
  return stages.some(({ steps }) =>
    steps.some((step) => {
      if (step.type === 'variable') return archive.test(step.value?.value ?? '');
      return step.type === 'copy' && step.sources.some(({ value }) => archive.test(value));
    }),
  );
}

function reports(script: Script, isDated: boolean): readonly Report[] {
  if (!takesPackages(script)) return [];
  const ordinals = new Ordinals();
  return script.commands().flatMap((command) => {
    const action = packageAction(command);
    if (!action || !takesNames.has(action.verb)) return [];
    const path = `${script.path}/${ordinals.next(action.name)}`;
    if (isDated && action.manager.isSystem) return [];
    const unpinned = action.items.filter(isUnpinned);
    const [first] = unpinned;
    const { isArchived, pinned } = action.manager;
    if (!first || !pinned) return [];
    const names = unpinned.map(({ name }) => name);
    const orArchive = isArchived ? ' or a dated archive' : '';
    const messageOf = (name: string, example: string): string =>
      `${subject([name, ...names.slice(1)])} not pinned: use ${code(pinned(example))}${orArchive}.`;
    const whole = messageOf(first.name, first.name);
    const message = isShort(whole) ? whole : fitted(first.name, (name) => messageOf(name, 'pkg'));
    return { path, span: first.span, message };
  });
}

/** Two names, or one and how many more there are. */
function subject([first = '', second, ...more]: readonly string[]): string {
  if (second === undefined) return `${code(first)} is`;
  const isNamed = more.length === 0 && second.length < 16;
  return `${code(first)} and ${isNamed ? code(second) : `${more.length + 1} more`} are`;
}

const takesNames: ReadonlySet<string> = new Set(['install', 'choose', 'run', 'upgrade']);

const isUnpinned = ({ kind, version }: PackageItem): boolean =>
  kind === 'package' && (version === 'none' || version === 'open');
