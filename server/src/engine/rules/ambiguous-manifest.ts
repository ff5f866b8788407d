import type { Ambiguity } from '../model/ambiguity.ts';
import type { Facts } from '../model/facts.ts';
import type { Fix, Report } from '../model/finding.ts';
import type { Setting } from '../model/setting.ts';
import { shortened } from '../text/visible.ts';
import type { FactsRule } from './rule.ts';
import { code } from './support/words.ts';

/** Characters of a key or tag that a message repeats at most. */
const longestName = 24;

export const ambiguousManifest: FactsRule = {
  reads: 'facts',
  id: 'ambiguous-manifest',
  title: 'A text that programs read in different ways',
  severity: 'error',
  kinds: ['compose', 'kubernetes', 'kustomize', 'helm-values', 'gitlab-ci', 'github-actions'],
  sameAs: {
    'yamllint key-duplicates': 'Ours also looks at merge keys, tags, line breaks and types.',
  },
  fixSafety: 'behaviour',
  check: (facts) => [...facts.ambiguities().map(report), ...mistyped(facts)],
};

const words: Readonly<Record<Ambiguity['type'], (name: string) => string>> = {
  'line-break': (name) => `${name} ends the line for some programs only; use an ordinary line break.`,
  'byte-order-mark': () => 'A byte order mark within the text is read in different ways; delete it.',
  'repeated-key': (name) => `${name} is here twice: programs take the last, or none; keep one.`,
  'repeated-merge': () => 'The mapping has `<<` twice: programs differ on which wins; list both in one.',
  'late-merge': (name) => `This \`<<\` also sets ${name}: programs differ on which wins; put it first.`,
  'many-merges': () => 'These merge keys bring too much to be compared; write the values out.',
  binary: () => '`!!binary` is text to some programs and bytes to others; write it as text.',
  marker: () => 'A line with `---` and more begins a document for some programs only; indent it.',
  tag: (name) => `The tag ${name} is ignored by some programs and refused by others; remove it.`,
};

const fixWords: Readonly<Partial<Record<Ambiguity['type'], Pick<Fix, 'title' | 'description'>>>> = {
  'line-break': {
    title: 'Use ordinary line breaks',
    description:
      'What kubectl, Helm, Compose and GitLab read stays the same. What begins behind each of these characters stands on a line of its own then, for everybody to see.',
  },
  'byte-order-mark': {
    title: 'Delete the byte order mark',
    description: 'A program that took it for a part of the first key reads the document for the first time.',
  },
};

function report({ edits, name, path, span, type }: Ambiguity): Report {
  const said = fixWords[type];
  const fixes: readonly Fix[] = edits && said ? [{ id: type, ...said, safety: 'behaviour', edits }] : [];
  return {
    path: `${path}.${type}`,
    span,
    message: words[type](type === 'line-break' ? name : code(shortened(name, longestName))),
    fixes: () => fixes,
  };
}

/** Settings that are true or false, and have a value that is neither. */
function mistyped({ configurations, followers, workloads }: Facts): readonly Report[] {
  const settings: readonly (readonly [string, Setting<boolean> | undefined])[] = [
    ...workloads.flatMap(({ interactive, mounts, path, privilegeEscalation, privileged, readOnlyRoot }) => [
      [`${path}.readOnlyRoot`, readOnlyRoot] as const,
      [`${path}.privileged`, privileged] as const,
      [`${path}.privilegeEscalation`, privilegeEscalation ?? undefined] as const,
      [`${path}.stdin`, interactive?.stdin] as const,
      [`${path}.tty`, interactive?.tty] as const,
      ...mounts.map((mount) => [`${mount.path}.readOnly`, mount.readOnly] as const),
    ]),
    ...configurations.map(({ immutable, path }) => [`${path}.immutable`, immutable] as const),
    ...followers.map(({ automatic, path }) => [`${path}.automatic`, automatic] as const),
  ];
  return settings.flatMap(([path, setting]) =>
    setting?.mistyped
      ? [
          {
            path,
            span: setting.underline,
            message: 'This is no boolean, so the cluster refuses it; write `true` or `false` without quotes.',
          },
        ]
      : [],
  );
}
