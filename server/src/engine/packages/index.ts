import type { Command, Word } from '../model/script.ts';
import { type Span, span } from '../text/span.ts';
import { type Call, type Option, optionOf, readCall } from './call.ts';
import {
  apk,
  apt,
  dnf,
  dnfGroups,
  dnfModules,
  dpkg,
  installPackages,
  pacman,
  rpm,
  zypper,
} from './distributions.ts';
import { corepack, npm, npmExec, npx, pnpm, yarn } from './javascript.ts';
import { bundler, cargo, composer, dotnet, gem, go, goGet, goRun, pecl } from './languages.ts';
import {
  gitPackage,
  type Manager,
  type PackageName,
  refState,
  type Verb,
  type VersionState,
} from './manager.ts';
import { conda, pip, pipx, projects, uv, uvx } from './python.ts';

export type { Call, Option } from './call.ts';
export type { Manager, PackageName, Verb, VersionState } from './manager.ts';

/** Where a program is one of several, the first that knows the verb is meant. */
const managers: readonly Manager[] = [
  apt,
  installPackages,
  apk,
  dnf,
  dnfGroups,
  dnfModules,
  zypper,
  pacman,
  rpm,
  dpkg,
  pip,
  uv,
  uvx,
  pipx,
  projects,
  conda,
  npm,
  npx,
  npmExec,
  pnpm,
  yarn,
  corepack,
  gem,
  bundler,
  go,
  goGet,
  goRun,
  cargo,
  composer,
  pecl,
  dotnet,
];

const byProgram = new Map<string, Manager[]>();
for (const manager of managers) {
  for (const program of manager.programs) {
    const known = byProgram.get(program);
    if (known) known.push(manager);
    else byProgram.set(program, [manager]);
  }
}

export interface PackageItem extends PackageName {
  readonly span: Span;
}

/** What a command asks a package manager for. */
export interface PackageAction {
  readonly manager: Manager;
  readonly verb: Verb;
  /** As it is written: `apt-get install`, `yarn`. */
  readonly name: string;
  /** From the program to the verb. */
  readonly span: Span;
  readonly call: Call;
  readonly items: readonly PackageItem[];
}

/** A program's name without a version at its end, and the words behind it. */
interface Program {
  readonly name: string;
  readonly words: readonly Word[];
  readonly written: string;
}

/** No program that is known here has a longer name. */
const longestName = 40;

/** Sees through `python -m pip` and `corepack yarn`. */
function programOf({ name, words }: Command): Program | null {
  if (name === '' || name.length > longestName) return null;
  const bare = name.replace(/[\d.]+$/, '');
  if (bare === 'python' || bare === 'pypy') {
    const at = words.findIndex(({ text }) => text === '-m' || !text.startsWith('-'));
    const module = words[at + 1]?.text ?? '';
    if (words[at]?.text !== '-m' || !byProgram.has(module)) return null;
    return { name: module, words: words.slice(at + 2), written: `${name} -m ${module}` };
  }
  const first = words[0]?.text ?? '';
  if (bare === 'corepack' && /^(?:npm|pnpm|yarn)(?:@|$)/.test(first)) {
    return { name: first.replace(/@.*$/s, ''), words: words.slice(1), written: `${name} ${first}` };
  }
  return { name: bare, words, written: name };
}

/** The package managers that a command may call, each with the command's words as it takes them apart. */
export function packageCalls(
  command: Command,
): readonly { readonly manager: Manager; readonly call: Call }[] {
  const program = programOf(command);
  if (!program) return [];
  const known = byProgram.get(program.name) ?? [];
  return known.map((manager) => ({ manager, call: readCall(program.words, manager.grammar) }));
}

/** Several rules ask about the same commands. */
const actions = new WeakMap<Command, PackageAction | null>();

/** What a command does with packages; null where it is no package manager, or does nothing of interest. */
export function packageAction(command: Command): PackageAction | null {
  let action = actions.get(command);
  if (action === undefined) {
    action = actionOf(command);
    actions.set(command, action);
  }
  return action;
}

function actionOf(command: Command): PackageAction | null {
  const program = programOf(command);
  if (!program) return null;
  for (const manager of byProgram.get(program.name) ?? []) {
    const action = readAction(command, program, manager);
    if (action) return action;
  }
  return null;
}

function readAction(command: Command, { words, written }: Program, manager: Manager): PackageAction | null {
  const call = readCall(words, manager.grammar);
  const found = verbIn(call, manager);
  if (!found || optionOf(call, manager.dry) || call.options.some(asksForHelp)) return null;
  const packages = found.verb === 'run' ? found.rest.slice(0, 1) : found.rest;
  const items = [...itemsOfOptions(call, manager), ...packages.map((word) => itemOf(word, manager))];
  const lastWord = found.words.at(-1);
  return {
    manager,
    verb: found.verb === 'install' && manager.restores && items.length === 0 ? 'restore' : found.verb,
    name: [written, ...found.words.map(({ text }) => text)].join(' '),
    span: span(command.nameSpan.start, (lastWord ?? words[0] ?? { span: command.nameSpan }).span.end),
    call,
    items: settled(items, call, manager),
  };
}

const aboutItself: ReadonlySet<string> = new Set(['--version', '-v', '-V']);

/** Among other letters an `h` means something else: `rpm -Uvh`. */
const asksForHelp = ({ letter, name }: Option): boolean =>
  name === '--help' || (name === '-h' && letter === null);

interface FoundVerb {
  readonly verb: Verb;
  readonly words: readonly Word[];
  readonly rest: readonly Word[];
}

function verbIn(call: Call, { verbByOptions, verbs }: Manager): FoundVerb | null {
  // A variable before the verb holds options, and a `+` in front chooses a toolchain of Rust.
  const from = call.operands.findIndex(({ isLiteral, text }) => isLiteral && !text.startsWith('+'));
  const operands = from < 0 ? [] : call.operands.slice(from);
  if (verbByOptions) {
    const verb = verbByOptions(call);
    return verb && { verb, words: [], rest: call.operands };
  }
  const any = verbs.get('*');
  if (any) return { verb: any, words: [], rest: call.operands };
  for (const count of [2, 1]) {
    const words = operands.slice(0, count);
    const verb = words.length === count && verbs.get(words.map(({ text }) => text).join(' '));
    if (verb) return { verb, words, rest: operands.slice(count) };
  }
  const asks = optionOf(call, aboutItself) !== undefined || call.operands.length > 0;
  const alone = asks ? undefined : verbs.get('');
  return alone ? { verb: alone, words: [], rest: [] } : null;
}

function itemsOfOptions({ options }: Call, manager: Manager): readonly PackageItem[] {
  const { item, lists, named, repositories } = manager;
  return options.flatMap(({ name, value, words }) => {
    const at = words.at(-1)?.span;
    if (value === null || !at) return [];
    if (repositories.has(name)) return { ...gitPackage(value, ''), span: at };
    if (lists.has(name)) return { name: value, version: 'unknown', kind: 'list', span: at } as const;
    return named.has(name) ? { ...item(value), span: at } : [];
  });
}

function itemOf({ isLiteral, span: at, text }: Word, { item }: Manager): PackageItem {
  const named = item(text);
  // A variable may hold a version, or many packages; who signs in at which host is neither.
  const mayHold = named.kind === 'git' ? text.replace(/^[^/]*\/\/[^/]*/, '') : text;
  const isOpen =
    !isLiteral && (/^(?:`|\$\()/.test(text) || (named.version === 'none' && /[$`]/.test(mayHold)));
  return { ...named, ...(isOpen && { version: 'unknown' }), span: at };
}

/** What an option says of the versions of all items. */
function settled(items: readonly PackageItem[], call: Call, manager: Manager): readonly PackageItem[] {
  const commit = optionOf(call, manager.commits);
  const ref = commit ?? optionOf(call, manager.branches);
  const chosen = optionOf(call, manager.versions);
  const state: VersionState | null = optionOf(call, manager.settled)
    ? 'unknown'
    : chosen
      ? versionOfOption(chosen.value ?? '')
      : null;
  return items.map((item) => {
    if (item.kind === 'git') {
      if (!ref) return item;
      const value = ref.value ?? '';
      return { ...item, ref: value, version: commit ? refState(value) : 'range' };
    }
    const isSettled = item.version !== 'none' && item.version !== 'open';
    return state === null || isSettled ? item : { ...item, version: state };
  });
}

/** `1.2.3`, `~> 1.2`, `>= 1`. */
const versionOfOption = (value: string): VersionState =>
  /[~^*<]/.test(value) ? 'range' : value.includes('>') ? 'open' : 'exact';
