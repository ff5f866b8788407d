import type { BuildStep, CopyStep } from '../model/build.ts';
import type { Report } from '../model/finding.ts';
import { isGitSource } from '../packages/git-source.ts';
import type { FactsRule } from './rule.ts';
import { isRemote } from './support/files.ts';
import { code } from './support/words.ts';

export const addInsteadOfCopy: FactsRule = {
  reads: 'facts',
  id: 'add-instead-of-copy',
  title: '`ADD` where `COPY` does the same',
  severity: 'hint',
  kinds: ['dockerfile'],
  sameAs: {
    'hadolint DL3020': 'It reports `ADD git@…` too, which `COPY` cannot take.',
    'Checkov CKV_DOCKER_4': 'It reports every `ADD`, those too for which there is no `COPY`.',
    'Trivy DS-0005':
      'It takes what has `.tar` in it for an archive, so it reports `app.tgz` too, which `COPY` does not unpack.',
    'KICS Add Instead of Copy':
      'It reports every `ADD` without `.tar` in it, addresses and repositories too, which `COPY` cannot take.',
  },
  fixSafety: 'behaviour',
  check: ({ stages }) => stages.flatMap(({ steps }) => steps.filter(isPlainAdd).flatMap(report)),
};

const isPlainAdd = (step: BuildStep): step is CopyStep =>
  step.type === 'copy' &&
  step.keyword.value === 'ADD' &&
  !step.flags.some(({ name }) => own.has(name)) &&
  step.sources.every(({ value }) => isPlain(value));

/** Flags that `COPY` does not have, and `from`, which makes another thing of it. */
const own: ReadonlySet<string> = new Set(['checksum', 'keep-git-dir', 'unpack', 'from']);

/** By its name, not something that `ADD` downloads, clones or unpacks. A variable or a pattern can stand for an archive. */
const isPlain = (source: string): boolean =>
  !/[$`]/.test(source) &&
  !isRemote(source) &&
  !isGitSource(source) &&
  !archive.test(source) &&
  !isOpen(source);

/** Archives and packed files that `ADD` may unpack, which it tells by their content. */
const archive = /\.(?:tar|t?(?:gz|bz2?|xz|lzma|zst)|tbz2|tzst|tar\.\w+|img)$|rootfs[^/]*$/i;

/** A pattern whose end is open. */
const isOpen = (source: string): boolean => /[*?[][^.]*$/.test(source);

function report({ keyword, sources: [first, ..._more] }: CopyStep): readonly Report[] {
  if (!first) return [];
  return [
    {
      // Where this one becomes COPY, the next ADD has its number.
      path: keyword.path.replace(/\d+$/, first.value),
      span: first.span,
      message: `${code('ADD')} only copies here; use ${code('COPY')}, which does nothing else.`,
      fixes: () => [
        {
          id: 'copy',
          title: 'Use COPY',
          description:
            'Files and folders are copied as before. An archive whose name does not tell that it is one is no longer unpacked.',
          safety: 'behaviour',
          edits: () => [{ span: keyword.span, newText: 'COPY' }],
        },
      ],
    },
  ];
}
