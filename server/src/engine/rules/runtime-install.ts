import type { Report } from '../model/finding.ts';
import type { Command, Moment, Script } from '../model/script.ts';
import { type PackageAction, packageAction } from '../packages/index.ts';
import { type Span, span } from '../text/span.ts';
import type { FactsRule } from './rule.ts';
import { Ordinals } from './support/ordinals.ts';
import { gitCall, isDownload, runDownload } from './support/programs.ts';
import { brief } from './support/words.ts';

/** When, to finish a sentence; a probe and a build are none of these. */
const moments: Readonly<Partial<Record<Moment, string>>> = {
  start: 'when the container starts',
  hook: 'in a hook of the running container',
};

export const runtimeInstall: FactsRule = {
  reads: 'facts',
  id: 'runtime-install',
  title: 'A container that installs software when it starts',
  severity: 'warning',
  kinds: ['dockerfile', 'compose', 'kubernetes', 'quadlet'],
  sameAs: {},
  fixSafety: null,
  check: ({ scripts }) => scripts.flatMap(reports),
};

/** What is fetched, and where that is said. */
interface Fetch {
  readonly name: string;
  readonly span: Span;
  readonly message: string;
}

function reports(script: Script): readonly Report[] {
  const when = moments[script.moment];
  if (!when) return [];
  const ordinals = new Ordinals();
  return script.commands().flatMap((command, at, commands) => {
    const next = commands[at + 1];
    const fetch = installed(command, when) ?? cloned(command, when) ?? downloaded(command, next, when);
    if (!fetch) return [];
    return { path: `${script.path}/${ordinals.next(fetch.name)}`, span: fetch.span, message: fetch.message };
  });
}

function installed(command: Command, when: string): Fetch | null {
  const action = packageAction(command);
  if (!action || !fetches(action)) return null;
  const { name, span: at } = action;
  return {
    name,
    span: at,
    message: `${brief(name)} runs ${when}; do it in the build instead.`,
  };
}

/** A program that is only run may be in the image already: that is told by a version, or by leave to fetch it. */
function fetches({ call, items, verb }: PackageAction): boolean {
  if (verb === 'install' || verb === 'upgrade') return items.length > 0 || verb === 'upgrade';
  if (verb !== 'run') return verb === 'restore';
  const isAsked = call.options.some(({ name }) => name === '-y' || name === '--yes');
  return items.some(
    ({ kind, version }) =>
      kind === 'git' || (kind === 'package' && version !== 'exact' && (version !== 'unknown' || isAsked)),
  );
}

function cloned(command: Command, when: string): Fetch | null {
  const [first] = gitCall(command)?.operands ?? [];
  if (!first || (first.text !== 'clone' && first.text !== 'pull')) return null;
  const name = `git ${first.text}`;
  return {
    name,
    span: span(command.nameSpan.start, first.span.end),
    message: `${brief(name)} fetches files ${when}; copy them in instead.`,
  };
}

function downloaded(command: Command, next: Command | undefined, when: string): Fetch | null {
  const download = runDownload(command) ?? inside(command, next);
  if (!download) return null;
  const isPiped = download.span.end <= command.span.start;
  return {
    name: 'download',
    span: isPiped ? span(download.span.start, command.nameSpan.end) : command.span,
    message: `A download is run as a script ${when}; put it into the image.`,
  };
}

/** A command that is nothing but the outcome of a download: `sh -c "$(curl …)"`. What stands in it comes right behind it. */
function inside({ name, nameSpan }: Command, next: Command | undefined): Command | null {
  if (name !== '' || !next || !isDownload(next)) return null;
  return nameSpan.start < next.span.start && next.span.end < nameSpan.end ? next : null;
}
