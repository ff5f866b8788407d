import type { BuildStage } from '../model/build.ts';
import type { Fix, Report } from '../model/finding.ts';
import type { Script, Word } from '../model/script.ts';
import type { TextEdit } from '../text/edit.ts';
import { span } from '../text/span.ts';
import type { FactsRule } from './rule.ts';
import { Ordinals } from './support/ordinals.ts';
import { type Bypass, bypassesOf, type Check, checkOffBy } from './support/signature-bypass.ts';
import { code, fitted } from './support/words.ts';

const verified =
  'Ours is silent where the same step compares the download with a checksum, and where it asks this machine itself.';

export const signatureCheckBypass: FactsRule = {
  reads: 'facts',
  id: 'signature-check-bypass',
  title: 'A build that takes what it downloads without a check of who made it',
  severity: 'warning',
  kinds: ['dockerfile'],
  sameAs: {
    'Checkov CKV2_DOCKER_2': verified,
    'Checkov CKV2_DOCKER_3': verified,
    'Checkov CKV2_DOCKER_4': '',
    'Checkov CKV2_DOCKER_5': '',
    'Checkov CKV2_DOCKER_6': '',
    'Checkov CKV2_DOCKER_7': '',
    'Checkov CKV2_DOCKER_8': '',
    'Checkov CKV2_DOCKER_9': '',
    'Checkov CKV2_DOCKER_10': '',
    'Checkov CKV2_DOCKER_11': '',
    'Checkov CKV2_DOCKER_12': '',
    'Checkov CKV2_DOCKER_13': '',
    'Checkov CKV2_DOCKER_14': '',
    'Checkov CKV2_DOCKER_15': '',
    'Checkov CKV2_DOCKER_16': '',
  },
  fixSafety: 'behaviour',
  check: ({ scripts, stages }) => [
    ...stages.flatMap(ofVariables),
    ...scripts.filter(({ moment }) => moment === 'build').flatMap(ofScript),
  ],
};

const danger: Readonly<Record<Check, string>> = {
  signature: "installs unsigned packages: remove it, and add the repository's key",
  checksum: 'takes modules unchecked: remove it, and name private ones in `GOPRIVATE`',
  certificate: 'accepts any certificate: remove it, and install the missing authority',
};

const message = (name: string, program: string, check: Check): string =>
  fitted(`${program} ${name}`.trim(), (shown) => `${code(shown)} ${danger[check]}.`);

/** What happens once the check is made again. */
const afterwards: Readonly<Record<Check, string>> = {
  signature:
    'The build stops where a package is not signed with a key it knows. Then add the key of the repository.',
  checksum:
    'The build stops where a module is not what everyone else got, or is not public. Then name the private ones in `GOPRIVATE`.',
  certificate:
    'The build stops where it does not know who made the certificate of a server. Then install the certificate authority that is missing.',
};

/** Variables that every later step of the build runs with. */
function ofVariables({ steps }: BuildStage): readonly Report[] {
  return steps.flatMap((step) => {
    if (step.type !== 'variable' || step.value === null) return [];
    const { name, value } = step;
    const check = checkOffBy(name.value, value.value);
    if (!check) return [];
    return {
      path: name.path,
      span: span(name.span.start, Math.max(name.span.end, value.span.end)),
      message: message(`${name.value}=${value.value}`, '', check),
    };
  });
}

function ofScript(script: Script): readonly Report[] {
  const ordinals = new Ordinals();
  return bypassesOf(script).map((bypass) => ({
    path: `${script.path}/${ordinals.next(bypass.name)}`,
    span: bypass.span,
    message: message(bypass.name, bypass.program, bypass.check),
    fixes: () => fixes(bypass),
  }));
}

function fixes({ check, name, option }: Bypass): readonly Fix[] {
  const edit = option && removal(option);
  if (!edit) return [];
  return [
    {
      id: 'remove-option',
      title: `Remove ${name}`,
      description: afterwards[check],
      safety: 'behaviour',
      edits: () => [edit],
    },
  ];
}

/** Null where the option is not written with single blanks around its parts: as a list, over several lines. */
function removal({ command, written }: NonNullable<Bypass['option']>): TextEdit | null {
  const { letter, words } = written;
  const [first] = words;
  const last = words.at(-1);
  if (!first || !last) return null;
  if (letter !== null) {
    const isVerbatim = first.span.end - first.span.start === first.text.length;
    const at = first.span.start + letter;
    return isVerbatim ? { span: span(at, at + 1), newText: '' } : null;
  }
  const index = command.words.indexOf(first);
  const before: Pick<Word, 'span'> = command.words[index - 1] ?? { span: command.nameSpan };
  const parts = [before, ...words];
  const isApart = parts.every(
    (part, at) => at === 0 || part.span.start === (parts[at - 1]?.span.end ?? 0) + 1,
  );
  return index >= 0 && isApart ? { span: span(before.span.end, last.span.end), newText: '' } : null;
}
