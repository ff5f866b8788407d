import { sampleDigest } from '../image/name.ts';
import type { BuildStage, CopyStep } from '../model/build.ts';
import type { Fix, Report } from '../model/finding.ts';
import { refuse } from '../text/edit.ts';
import { span } from '../text/span.ts';
import { shortened } from '../text/visible.ts';
import type { FactsRule } from './rule.ts';
import { StageChecks, type UncheckedDownload, uncheckedDownloads } from './support/downloads.ts';
import { addressedFile, fileName, isLocalAddress, isRemote } from './support/files.ts';
import { isGitSource } from './support/git.ts';
import { Ordinals } from './support/ordinals.ts';
import { packageSources } from './support/package-sources.ts';
import { code } from './support/words.ts';

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

function messageOf({ file, into, use }: UncheckedDownload): string {
  if (into !== null) {
    const [does, then] = use === 'run' ? ['runs', 'run'] : ['unpacks', 'unpack'];
    return `${code(into)} ${does} this unchecked. Save it, compare its checksum, and ${then} it then.`;
  }
  const what = file === '' ? 'This download' : code(shortened(file, longestName));
  return `${what} is ${use} unchecked. Compare its checksum first.`;
}

const longestName = 30;

/** Packages at an address, which the program that installs them does not check. */
function installed({ steps }: BuildStage): readonly Report[] {
  const scripts = steps.flatMap((step) =>
    step.type === 'script' && step.script.moment === 'build' ? step.script : [],
  );
  const sources = scripts.map((script) => script.commands().flatMap(packageSources));
  if (sources.every((found) => found.length === 0)) return [];
  const checks = new StageChecks(scripts.map((script) => script.commands()));
  const ordinals = new Ordinals();
  return scripts.flatMap(({ path }, at) =>
    (sources[at] ?? []).flatMap((source) => {
      if (source.from !== 'file' || isLocalAddress(source.address)) return [];
      if (checks.covers(addressedFile(source.address), at)) return [];
      return {
        path: ordinals.next(`${path}/${source.program}`),
        span: source.span,
        message: `${code(source.program)} installs this unchecked. Download it, and compare its checksum first.`,
      };
    }),
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
    if (step.flags.some(({ name }) => name === 'checksum')) return [];
    return step.sources
      .filter(({ value }) => isRemote(value) && !isGitSource(value) && !isLocalAddress(value))
      .filter(({ value }) => !checks.covers(savedAs(value, step), at))
      .map((source) => ({
        path: source.path,
        span: source.span,
        message: `Nothing checks what this address gives. Write down its checksum with ${code('--checksum')}.`,
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
  const at = flags.at(-1)?.span.end ?? keyword.span.end;
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
          : [{ span: span(at, at), newText: ` --checksum=${checksum}` }],
    },
  ];
}
