import { sampleDigest } from '../image/name.ts';
import type { BuildStage, CopyStep } from '../model/build.ts';
import type { Fix, Report } from '../model/finding.ts';
import { isGitSource } from '../packages/git-source.ts';
import { type Manager, type PackageAction, type PackageItem, packageAction } from '../packages/index.ts';
import { refuse } from '../text/edit.ts';
import { span } from '../text/span.ts';
import type { FactsRule } from './rule.ts';
import { StageChecks, type UncheckedDownload, uncheckedDownloads } from './support/downloads.ts';
import { addressedFile, fileName, isLocalAddress, isRemote } from './support/files.ts';
import { checkOf } from './support/integrity-checks.ts';
import { Ordinals } from './support/ordinals.ts';
import { code, fitted } from './support/words.ts';

export const unverifiedDownload: FactsRule = {
  reads: 'facts',
  id: 'unverified-download',
  title: 'A download that is used without a check of what came',
  severity: 'warning',
  kinds: ['dockerfile'],
  sameAs: {
    'KICS Curl or Wget Instead of Add':
      'It asks for `curl` or `wget` in place of `ADD` with an address; ours for a check of what comes, with either of them.',
    'OpenSSF Scorecard Pinned-Dependencies':
      'It looks at downloads that a `RUN` runs too, but not at `ADD` and at archives; its other checks are `unpinned-image` and `unpinned-package` here.',
  },
  fixSafety: 'pin',
  check: ({ stages }) =>
    stages.flatMap((stage) => [...added(stage), ...downloaded(stage), ...installed(stage)]),
};

function downloaded(stage: BuildStage): readonly Report[] {
  const ordinals = new Ordinals();
  return uncheckedDownloads(stage).map((download) => ({
    path: ordinals.next(`${download.path}/${download.program}`),
    span: download.span,
    message: messageOf(download),
  }));
}

const check = `check it with ${code('sha256sum -c')}`;

function messageOf({ file, into, use }: UncheckedDownload): string {
  if (into !== null) {
    const does = use === 'run' ? 'runs' : 'unpacks';
    return `${code(into)} ${does} this download unchecked: save it and ${check} first.`;
  }
  return file === ''
    ? `This download is ${use} unchecked: ${check} first.`
    : fitted(file, (shown) => `${code(shown)} is ${use} unchecked: ${check} first.`);
}

/** Packages that are installed from an address, and lists of packages. */
function installed({ steps }: BuildStage): readonly Report[] {
  const scripts = steps.flatMap((step) =>
    step.type === 'script' && step.script.moment === 'build' ? step.script : [],
  );
  const checked = new Set(
    scripts
      .flatMap((script) => script.commands().filter((command) => checkOf(command) !== null))
      .flatMap(({ words }) => words.map(({ text }) => text)),
  );
  const ordinals = new Ordinals();
  return scripts.flatMap((script) =>
    script.commands().flatMap((command) => {
      const action = packageAction(command);
      if (!action || !isUnchecked(action)) return [];
      const { items, manager, name } = action;
      return items
        .filter((item) => isFetched(item) && !isLocalAddress(addressIn(item.name)) && !checked.has(item.name))
        .map(({ kind, span: at }) => ({
          path: ordinals.next(`${script.path}/${name}`),
          span: at,
          message:
            kind === 'list'
              ? `Nothing checks this list of packages: ${code('COPY')} it from the build context.`
              : `Nothing checks this package: ${adviceOf(manager)}.`,
        }));
    }),
  );
}

const isFetched = ({ kind, name, version }: PackageItem): boolean =>
  kind === 'list' ? isRemote(name) : kind === 'url' && version !== 'exact';

/** `tool @ https://…`, `tool@https://…`. */
const addressIn = (name: string): string => name.replace(/^[^/]*?@\s*(?=https?:)/, '');

const adviceOf = ({ checked }: Manager): string =>
  checked ? `add ${checked.advice}` : `save it and ${check} first`;

function isUnchecked({ call, manager, verb }: PackageAction): boolean {
  if (verb !== 'install' && verb !== 'run' && verb !== 'upgrade') return false;
  const options = manager.checked?.options ?? [];
  return (
    !manager.checksSignatures &&
    !call.options.some(({ name, value }) => options.includes(name) || options.includes(`${name}=${value}`))
  );
}

function added({ steps }: BuildStage): readonly Report[] {
  const adds = steps.filter((step) => step.type === 'copy' && step.keyword.value === 'ADD');
  if (adds.length === 0) return [];
  const checks = new StageChecks(
    steps.map((step) =>
      step.type === 'script' && step.script.moment === 'build' ? step.script.commands() : [],
    ),
  );
  return steps.flatMap((step, at) => {
    if (step.type !== 'copy' || step.keyword.value !== 'ADD') return [];
    if (step.flags.some(({ name, value }) => name === 'checksum' && value !== '')) return [];
    return step.sources
      .filter(({ value }) => isRemote(value) && !isGitSource(value) && !isLocalAddress(value))
      .filter(({ value }) => !checks.covers(savedAs(value, step), at))
      .map((source) => ({
        path: source.path,
        span: source.span,
        message: `Nothing checks what this address gives: write down its ${code('--checksum')}.`,
        fixes: () => checksumFix(step, source.value),
      }));
  });
}

/** The name that `ADD` gives the file. */
const savedAs = (address: string, { target }: CopyStep): string =>
  fileName(target?.value ?? '') || addressedFile(address);

/** A variable can bring another address, and a password in it nobody is asked with. */
function checksumFix({ flags, keyword, sources }: CopyStep, url: string): readonly Fix[] {
  if (url.includes('$') || /^[^/]*\/\/[^/]*@/.test(url)) return [];
  // A flag may not be there twice.
  const empty = flags.find(({ name }) => name === 'checksum');
  const end = flags.at(-1)?.span.end ?? keyword.span.end;
  const at = empty?.span ?? span(end, end);
  return [
    {
      id: 'checksum',
      title: 'Write down its checksum',
      description: `What the address gives now is downloaded once, and its SHA-256 is written into the instruction. Builds then fail when something else comes.`,
      safety: 'pin',
      question: { ask: 'checksum', url },
      sample: [sampleDigest],
      edits: ([checksum = '']) =>
        sources.length > 1
          ? refuse('One checksum can only speak of one file; give each address an ADD of its own.')
          : [{ span: at, newText: `${empty ? '' : ' '}--checksum=${checksum}` }],
    },
  ];
}
