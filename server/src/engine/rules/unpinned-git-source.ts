import type { BuildFlag, BuildStage, CopyStep } from '../model/build.ts';
import type { Located } from '../model/facts.ts';
import type { Fix, Report } from '../model/finding.ts';
import type { Command, Word } from '../model/script.ts';
import {
  type GitSource,
  isCommit,
  isCommitStart,
  isShortCommit,
  mayHoldCommit,
  readGitSource,
} from '../packages/git-source.ts';
import { packageAction } from '../packages/index.ts';
import { refuse } from '../text/edit.ts';
import { span } from '../text/span.ts';
import type { FactsRule } from './rule.ts';
import { Ordinals } from './support/ordinals.ts';
import { gitCall } from './support/programs.ts';
import { remembered } from './support/remembered.ts';
import { code, fitted } from './support/words.ts';

export const unpinnedGitSource: FactsRule = {
  reads: 'facts',
  id: 'unpinned-git-source',
  title: 'A git repository taken without a commit',
  severity: 'warning',
  kinds: ['dockerfile'],
  sameAs: {},
  fixSafety: 'pin',
  check: ({ stages }) =>
    stages.flatMap((stage) => [
      ...stage.steps.flatMap((step) =>
        step.type === 'copy' && step.keyword.value === 'ADD' ? added(step) : [],
      ),
      ...cloned(stage),
      ...installed(stage),
    ]),
};

/** `advice` finishes the sentence. */
const messageOf = (ref: string, advice: string): string =>
  ref === ''
    ? `The default branch moves; ${advice}.`
    : fitted(ref, (shown) => `${code(shown)} is a branch or a tag, which can be moved; ${advice}.`);

function added(step: CopyStep): readonly Report[] {
  const checksum = step.flags.findLast(({ name, value }) => name === 'checksum' && value !== '');
  if (checksum && isCommitStart(checksum.value)) return [];
  return step.sources.flatMap((source) => {
    const git = readGitSource(source.value);
    if (!git || isFixed(git)) return [];
    return {
      path: source.path,
      span: source.span,
      message: checksum
        ? `A checksum of files cannot check a git repository; give ${code('--checksum')} a commit.`
        : messageOf(refOf(git), `name a commit after ${code('#')}`),
      fixes: () => commitFix(git, source, checksum),
    };
  });
}

const isFixed = ({ query, ref }: GitSource): boolean =>
  isCommit(ref) ||
  mayHoldCommit(ref) ||
  isCommitStart(/(?:^|&)(?:commit|checksum)=([^&]*)/.exec(query)?.[1] ?? '') ||
  isFixedRef(refIn(query));

const isFixedRef = (ref: string): boolean => isCommit(ref) || mayHoldCommit(ref);

/** What the parameters say, which newer builders take in the place of the fragment. */
const refIn = (query: string): string => /(?:^|&)(?:ref|tag|branch)=([^&]*)/.exec(query)?.[1] ?? '';

const refOf = ({ query, ref }: GitSource): string => ref || refIn(query);

/** The commit goes into the address, or into the flag that is there to check it. */
function commitFix(
  git: GitSource,
  { span: at, value }: Located<string>,
  checksum: BuildFlag | undefined,
): readonly Fix[] {
  const { hasFragment, query, ref, refEnd, refStart, repository } = git;
  if (repository.includes('$') || ref.includes('$') || query !== '') return [];
  return [
    {
      id: 'commit',
      title: `Take the commit that ${ref === '' ? 'the default branch' : ref} names now`,
      safety: 'pin',
      question: { ask: 'commit', repository, ref },
      sample: ['0'.repeat(40)],
      edits: ([commit = '']) => {
        if (checksum) return [{ span: checksum.span, newText: `--checksum=${commit}` }];
        return at.end - at.start === value.length
          ? [
              {
                span: span(at.start + refStart, at.start + refEnd),
                newText: hasFragment ? commit : `#${commit}`,
              },
            ]
          : refuse('The address is written with quotes or escapes in it; name the commit by hand.');
      },
    },
  ];
}

const runsGit = remembered((script) => script.commands().some(({ name }) => name === 'git'));

/** Clones of a stage after which nothing there takes a certain commit. */
function cloned({ steps }: BuildStage): readonly Report[] {
  const reports: Report[] = [];
  let settled = false;
  let taken = '';
  for (const step of steps.toReversed()) {
    if (step.type !== 'script' || step.script.moment !== 'build' || !runsGit(step.script)) continue;
    const here: Located<string>[] = [];
    for (const command of step.script.commands().toReversed()) {
      settled ||= takesCommit(command);
      if (settled) break;
      const found = clone(command);
      if (found) {
        here.push({ ...found, value: found.value || taken });
        taken = '';
      } else taken = checkedOut(command) ?? taken;
    }
    const ordinals = new Ordinals();
    const inOrder = here.toReversed().map(({ span: at, value }) => ({
      path: ordinals.next(`${step.script.path}/clone`),
      span: at,
      message: messageOf(value, 'check out a commit'),
    }));
    reports.unshift(...inOrder);
  }
  return reports;
}

/** What is cloned: the branch or tag that is asked for, at the repository's address. */
function clone(command: Command): Located<string> | null {
  const call = gitCall(command);
  const [verb, source] = call?.operands ?? [];
  if (!call || verb?.text !== 'clone' || !source || !isElsewhere(source)) return null;
  if (call.options.some(({ name }) => name === '--revision')) return null;
  const branch = call.options.findLast(({ name }) => name === '-b' || name === '--branch');
  return { value: branch?.value ?? '', span: source.span, path: '' };
}

/** The branch or tag that a command takes after a clone. */
function checkedOut(command: Command): string | null {
  const [verb, ...rest] = gitCall(command)?.operands ?? [];
  return verb && /^(?:checkout|switch|reset)$/.test(verb.text) ? (rest[0]?.text ?? null) : null;
}

/** A path is no repository of somebody else; a lone variable can be one. */
const isElsewhere = ({ text }: Word): boolean =>
  /^[a-z][a-z+]*:\/\/|^[\w.-]+@[\w.-]+:/i.test(text)
    ? !/^file:/i.test(text)
    : /^\$\{?\w*(?:url|repo|remote|origin|git)\w*\}?/i.test(text);

/** Packages that are installed from a repository. */
function installed({ steps }: BuildStage): readonly Report[] {
  return steps.flatMap((step) => {
    if (step.type !== 'script' || step.script.moment !== 'build') return [];
    const { script } = step;
    const ordinals = new Ordinals();
    return script.commands().flatMap((command) => {
      const action = packageAction(command);
      if (!action || !installing.has(action.verb)) return [];
      return action.items
        .filter(({ kind, version }) => kind === 'git' && version !== 'exact' && version !== 'unknown')
        .filter(({ name }) => !/(?:^|\+)file:/.test(name))
        .map(({ ref = '', span: at }) => ({
          path: ordinals.next(`${script.path}/${action.name}`),
          span: at,
          message: messageOf(ref, 'name a commit'),
        }));
    });
  });
}

const installing: ReadonlySet<string> = new Set(['install', 'run', 'upgrade']);

/** What comes after a clone and settles which commit is taken, or checks it. */
function takesCommit(command: Command): boolean {
  const operands = gitCall(command)?.operands ?? [];
  const [verb, ...rest] = operands.map(({ text }) => text);
  if (verb === undefined || verb === 'clone') return false;
  if (/^(?:rev-parse|verify-commit|verify-tag)$/.test(verb)) return true;
  return rest.some((text) => isCommit(text) || isShortCommit(text) || mayHoldCommit(text));
}
