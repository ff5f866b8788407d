import { type Call, type Grammar, grammar } from './call.ts';
import { isCommit, isShortCommit, mayHoldCommit } from './git-source.ts';

/**
 * `install` what is named · `choose` which version a later `install` takes · `restore` what the project's own files ask for · `run`
 * fetches a program and runs it · `upgrade` what is named, or else everything · `refresh` the lists of what there is.
 */
export type Verb = 'install' | 'choose' | 'restore' | 'run' | 'upgrade' | 'refresh' | 'remove';

/**
 * How much the version of a package is settled. `exact` by a version, a commit, a checksum or a variable · `range` within bounds that
 * somebody chose, or by a branch or tag ·
 * `open` whatever is newest, in other words: `>=1`, `latest` · `none` is written · `unknown` it may be settled elsewhere.
 */
export type VersionState = 'exact' | 'range' | 'open' | 'none' | 'unknown';

export interface PackageName {
  /** Without its version. */
  readonly name: string;
  readonly version: VersionState;
  /** `package` of a registry · `git` a repository · `file` on disk · `url` a download · `list` a file that names packages · `group` of packages. */
  readonly kind: 'package' | 'git' | 'file' | 'url' | 'list' | 'group';
  /** The branch, tag or commit of a git repository; empty where none is named. */
  readonly ref?: string;
}

/** A package manager, as far as commands tell it. */
export interface Manager {
  /** What it is called by, without a version at its end: `pip` of `pip3.12`. */
  readonly programs: readonly string[];
  /** It looks after the packages of the operating system. */
  readonly isSystem: boolean;
  readonly grammar: Grammar;
  /** By the one or two words that say what to do; `''` where there is none, `*` for any word, which is then a package. */
  readonly verbs: ReadonlyMap<string, Verb>;
  /** For the few that say by options what to do. */
  readonly verbByOptions: ((call: Call) => Verb | null) | null;
  /** To install nothing in particular is to restore. */
  readonly restores: boolean;
  /** There are archives of its packages as they were on a day. */
  readonly isArchived: boolean;
  /** An upgrade is one of everything, whatever else is named. */
  readonly upgradesAll: boolean;
  /** Options whose value is a file that names packages. */
  readonly lists: ReadonlySet<string>;
  /** Options whose value is a package. */
  readonly named: ReadonlySet<string>;
  /** Options that give the version of what is named. */
  readonly versions: ReadonlySet<string>;
  /** Options whose value is the git repository that the packages are in. */
  readonly repositories: ReadonlySet<string>;
  /** Options whose value is a commit of that repository. */
  readonly commits: ReadonlySet<string>;
  /** Options whose value is a branch or a tag of it. */
  readonly branches: ReadonlySet<string>;
  /** Options by which something else decides on versions: constraints, a lock, a date. */
  readonly settled: ReadonlySet<string>;
  /** Options with which nothing is installed. */
  readonly dry: ReadonlySet<string>;
  /** Options that switch a check off, with their value where it takes a certain one: `--strict-ssl=false`. */
  readonly unchecked: ReadonlySet<string>;
  /** How a package from an address is checked. Null where the program checks its signature anyway, or can be told of no check. */
  readonly checked: AddressCheck | null;
  /** Whether the signature of a package from an address is checked unless an option says otherwise. */
  readonly checksSignatures: boolean;
  /** What one operand names. */
  item(text: string): PackageName;
  /** How a version of the package is asked for; null where it cannot be. */
  readonly pinned: ((name: string) => string) | null;
}

/** How a package from an address is checked before it is installed. */
export interface AddressCheck {
  /** Options with which it is, with their value where it takes a certain one. */
  readonly options: readonly string[];
  /** What to add, to finish `add …`. */
  readonly advice: string;
}

type Texts =
  | 'lists'
  | 'named'
  | 'versions'
  | 'repositories'
  | 'commits'
  | 'branches'
  | 'settled'
  | 'dry'
  | 'unchecked';

interface Spec
  extends Pick<Manager, 'item'>,
    Partial<
      Pick<
        Manager,
        | 'isSystem'
        | 'isArchived'
        | 'verbByOptions'
        | 'restores'
        | 'upgradesAll'
        | 'pinned'
        | 'checked'
        | 'checksSignatures'
      >
    >,
    Partial<Record<Texts, string>> {
  readonly programs: string;
  /** Its words are separated by commas. */
  readonly verbs?: Partial<Record<Verb, string>>;
  /** Other options with a value than those of `lists`, `named`, `versions`, `repositories`, `commits` and `branches`. */
  readonly valued?: string;
  readonly grammar?: Partial<Omit<Grammar, 'valued'>>;
}

/** Options are given in one text, with blanks between. */
export function manager(spec: Spec): Manager {
  const { branches = '', commits = '', item, lists = '', named = '', repositories = '' } = spec;
  const { valued = '', versions = '' } = spec;
  const sources = `${repositories} ${commits} ${branches}`;
  return {
    programs: spec.programs.split(' '),
    isSystem: spec.isSystem ?? false,
    isArchived: spec.isArchived ?? false,
    grammar: grammar(`${valued} ${lists} ${named} ${versions} ${sources}`, spec.grammar),
    verbs: verbTable(spec.verbs ?? {}),
    verbByOptions: spec.verbByOptions ?? null,
    restores: spec.restores ?? false,
    upgradesAll: spec.upgradesAll ?? false,
    lists: new Set(lists.split(' ')),
    named: new Set(named.split(' ')),
    versions: new Set(versions.split(' ')),
    repositories: new Set(repositories.split(' ')),
    commits: new Set(commits.split(' ')),
    branches: new Set(branches.split(' ')),
    settled: new Set(spec.settled?.split(' ')),
    dry: new Set(spec.dry?.split(' ')),
    unchecked: new Set(spec.unchecked?.split(' ')),
    checked: spec.checked ?? null,
    checksSignatures: spec.checksSignatures ?? false,
    item,
    pinned: spec.pinned ?? null,
  };
}

function verbTable(spec: Partial<Record<Verb, string>>): ReadonlyMap<string, Verb> {
  const pairs: [string, Verb][] = [];
  for (const [verb, words] of Object.entries(spec) as [Verb, string][]) {
    for (const word of words.split(', ')) pairs.push([word, verb]);
  }
  return new Map(pairs);
}

/** A path of the machine, or of the build context. */
export const isPath = (text: string): boolean => /^(?:\.{0,2}\/|\.{1,2}$|~\/|file:|\.\[)/.test(text);

/** An address, except those of git repositories. */
export const isUrl = (text: string): boolean => /^(?:https?|ftp|s3):\/\//i.test(text);

/** A package in a git repository. */
export const gitPackage = (name: string, ref: string): PackageName => ({
  name,
  version: refState(ref),
  kind: 'git',
  ref,
});

/** A commit settles what comes. Branches move, and tags can be moved. */
export function refState(ref: string): VersionState {
  if (ref === '') return 'none';
  return isCommit(ref) || isShortCommit(ref) || mayHoldCommit(ref) ? 'exact' : 'range';
}

/** A package at an address. It is settled by a checksum in the fragment, and by a commit that a forge makes an archive of. */
export const urlPackage = (name: string): PackageName => ({
  name,
  version: hasChecksum.test(name) || refState(archivedRef(name)) === 'exact' ? 'exact' : 'unknown',
  kind: 'url',
});

/** `#sha256=…` of pip, `#…` of conda and Yarn, `#sha224.…` of Corepack. */
const hasChecksum = /#(?:[^#]*&)?(?:(?:sha\d+|md5)[=:.-]?)?(?:[0-9a-f]{32,128}(?:$|&)|\$)/i;

/** What an address of GitHub, GitLab or Bitbucket makes an archive of; empty for any other address. */
function archivedRef(address: string): string {
  const path = address.slice(0, 1000).replace(/[?#].*$/s, '');
  const ref =
    /\/(?:archive|get)\/([^/]+?)(?:\.zip|\.tgz|\.tar(?:\.\w+)?)?$/.exec(path)?.[1] ??
    /\/(?:tarball|zipball|tar\.gz|zip)\/([^/]+)$/.exec(path)?.[1] ??
    /\/-\/archive\/([^/]+)\//.exec(path)?.[1];
  return ref ?? '';
}

/** What is settled by a version that stands behind `=`, as distributions write it: `8.5.0-2`, `8.5*`, `>1.2`. */
export function versionState(version: string): VersionState {
  if (version === '' || version === '*') return 'none';
  if (/[*~<]/.test(version)) return 'range';
  return /[>!]/.test(version) ? 'open' : 'exact';
}
