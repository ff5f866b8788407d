import { type Call, type Grammar, grammar } from './call.ts';

/**
 * `install` what is named · `restore` what the project's own files ask for · `run` fetches a program and runs it · `upgrade` what is
 * named, or else everything · `refresh` the lists of what there is.
 */
export type Verb = 'install' | 'restore' | 'run' | 'upgrade' | 'refresh' | 'remove';

/**
 * How much the version of a package is settled. `exact` by a version or a variable · `range` within bounds that somebody chose ·
 * `open` whatever is newest, in other words: `>=1`, `latest` · `none` is written · `unknown` it may be settled elsewhere.
 */
export type VersionState = 'exact' | 'range' | 'open' | 'none' | 'unknown';

export interface PackageName {
  /** Without its version. */
  readonly name: string;
  readonly version: VersionState;
  /** `package` of a registry · `git` a repository · `file` on disk · `url` a download · `list` a file that names packages · `group` of packages. */
  readonly kind: 'package' | 'git' | 'file' | 'url' | 'list' | 'group';
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
  /** An upgrade is one of everything, whatever else is named. */
  readonly upgradesAll: boolean;
  /** Options whose value is a file that names packages. */
  readonly lists: ReadonlySet<string>;
  /** Options whose value is a package. */
  readonly named: ReadonlySet<string>;
  /** Options that give the version of what is named. */
  readonly versions: ReadonlySet<string>;
  /** Options by which something else decides on versions: constraints, a lock, a date. */
  readonly settled: ReadonlySet<string>;
  /** Options with which nothing is installed. */
  readonly dry: ReadonlySet<string>;
  /** Options that switch a check off, with their value where it takes a certain one: `--strict-ssl=false`. */
  readonly unchecked: ReadonlySet<string>;
  /** It installs what an address gives without a check of who made it. */
  readonly takesAnyAddress: boolean;
  /** What one operand names. */
  item(text: string): PackageName;
  /** How a version of the package is asked for; null where it cannot be. */
  readonly pinned: ((name: string) => string) | null;
}

type Texts = 'lists' | 'named' | 'versions' | 'settled' | 'dry' | 'unchecked';

interface Spec
  extends Pick<Manager, 'item'>,
    Partial<
      Pick<Manager, 'isSystem' | 'verbByOptions' | 'restores' | 'upgradesAll' | 'takesAnyAddress' | 'pinned'>
    >,
    Partial<Record<Texts, string>> {
  readonly programs: string;
  /** Its words are separated by commas. */
  readonly verbs?: Partial<Record<Verb, string>>;
  /** Other options with a value than those that `lists`, `named`, and `versions` have. */
  readonly valued?: string;
  readonly grammar?: Partial<Omit<Grammar, 'valued'>>;
}

/** Options are given in one text, with blanks between. */
export function manager(spec: Spec): Manager {
  const { item, lists = '', named = '', valued = '', versions = '' } = spec;
  return {
    programs: spec.programs.split(' '),
    isSystem: spec.isSystem ?? false,
    grammar: grammar(`${valued} ${lists} ${named} ${versions}`, spec.grammar),
    verbs: verbTable(spec.verbs ?? {}),
    verbByOptions: spec.verbByOptions ?? null,
    restores: spec.restores ?? false,
    upgradesAll: spec.upgradesAll ?? false,
    takesAnyAddress: spec.takesAnyAddress ?? false,
    lists: new Set(lists.split(' ')),
    named: new Set(named.split(' ')),
    versions: new Set(versions.split(' ')),
    settled: new Set(spec.settled?.split(' ')),
    dry: new Set(spec.dry?.split(' ')),
    unchecked: new Set(spec.unchecked?.split(' ')),
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

/** What is settled by a version that stands behind `=`, as distributions write it: `8.5.0-2`, `8.5*`, `>1.2`. */
export function versionState(version: string): VersionState {
  if (version === '' || version === '*') return 'none';
  if (/[*~<]/.test(version)) return 'range';
  return /[>!]/.test(version) ? 'open' : 'exact';
}
