import type { Fix, Report } from '../model/finding.ts';
import type { SuppressionComment, SuppressionName } from '../model/suppression.ts';
import type { SuppressionRule } from './rule.ts';
import { code } from './support/words.ts';

export const unusedSuppression: SuppressionRule = {
  reads: 'suppressions',
  id: 'unused-suppression',
  title: 'A `holdfast-ignore` comment, or a name in one, that silences nothing',
  severity: 'information',
  kinds: 'every',
  sameAs: {},
  fixSafety: 'safe',
  check: (comments) => comments.flatMap(reports),
};

function reports(comment: SuppressionComment): readonly Report[] {
  const { names, path, span } = comment;
  if (names.length === 0) {
    const message =
      'This comment names no rule, so it silences nothing. Write the name of a rule behind `holdfast-ignore`, or remove the comment.';
    return [{ path, span, message }];
  }
  if (names.every(({ state }) => state === 'unused' || state === 'repeated')) {
    return [{ path, span, message: nothing(comment), fixes: () => [removal(comment, names)] }];
  }
  return names.flatMap((name) => nameReport(comment, name) ?? []);
}

function nothing(comment: SuppressionComment): string {
  const [first, second] = comment.names;
  const who = first && !second ? code(first.value) : 'none of the rules it names';
  const finds = first && !second ? 'finds nothing' : 'finds anything';
  return `This comment silences nothing: ${who} ${finds} ${where(comment)}. Remove it, so that it does not hide what comes later.`;
}

const where = ({ isFileWide }: SuppressionComment): string =>
  isFileWide ? 'in this file' : 'in the lines it speaks about';

function nameReport(comment: SuppressionComment, name: SuppressionName): Report | null {
  const told = messageOf(comment, name);
  if (told === null) return null;
  return {
    path: `${comment.path}/${name.value.slice(0, 60)}`,
    span: name.span,
    message: told,
    fixes: () => fixes(comment, name),
  };
}

function messageOf(comment: SuppressionComment, { meant, state, value }: SuppressionName): string | null {
  const name = code(value);
  switch (state) {
    case 'unused':
      return `This name silences nothing: ${name} finds nothing ${where(comment)}. Remove it, so that it does not hide what comes later.`;
    case 'repeated':
      return `This comment names ${name} twice, and once is enough. Remove the second one.`;
    case 'unsilenceable':
      return `${name} speaks about comments like this one, and no comment silences it. Remove the name, and do what the finding says.`;
    case 'no-rule':
      return `There is no rule ${name}, so the name silences nothing. ${meant === null ? 'Check how it is written, or remove it.' : `Write ${code(meant)} if that is meant.`}`;
    default:
      return null;
  }
}

/** A name that is no rule here may be one in a newer version: it is corrected, but not taken away. */
function fixes(comment: SuppressionComment, name: SuppressionName): readonly Fix[] {
  const { meant } = name;
  if (name.state !== 'no-rule') return [removal(comment, [name])];
  if (meant === null) return [];
  return [
    {
      id: 'rename',
      title: `Change it to ${meant}`,
      safety: 'safe',
      edits: () => comment.renamed(name, meant),
    },
  ];
}

function removal(comment: SuppressionComment, gone: readonly SuppressionName[]): Fix {
  const isWhole = gone.length === comment.names.length;
  return {
    id: 'remove',
    title: isWhole
      ? 'Remove this comment'
      : `Remove ${(gone[0]?.value ?? '').slice(0, 60)} from this comment`,
    safety: 'safe',
    edits: () => comment.without(gone),
  };
}
