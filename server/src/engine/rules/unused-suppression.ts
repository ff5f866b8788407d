import type { Fix, Related, Report } from '../model/finding.ts';
import type { AstrayComment, SuppressionComment, SuppressionName } from '../model/suppression.ts';
import type { SuppressionRule } from './rule.ts';
import { code } from './support/words.ts';

export const unusedSuppression: SuppressionRule = {
  reads: 'suppressions',
  id: 'unused-suppression',
  title: 'A `holdfast-ignore` comment, or a name in one, that silences nothing',
  severity: 'information',
  kinds: 'every',
  sameAs: {},
  fixSafety: 'suggestion',
  check: (comments) => comments.flatMap(reports),
};

function reports(comment: SuppressionComment): readonly Report[] {
  const { astray, names, path, span } = comment;
  if (astray) return [{ path, span, message: misread(astray), fixes: () => correction(astray) }];
  if (names.length === 0) {
    const message =
      'This comment names no rule, so it silences nothing. Write the name of a rule behind `holdfast-ignore`, or remove the comment.';
    return [{ path, span, message }];
  }
  if (names.every(({ state }) => state === 'unused' || state === 'repeated')) {
    const placed = names.find(({ near }) => near);
    if (placed?.near) {
      const message = elsewhere('comment', comment, placed.near.line, placed.value);
      return [{ path, span, message, related: pointers(placed) }];
    }
    return [{ path, span, message: nothing(comment), fixes: () => [removal(comment, names)] }];
  }
  return names.flatMap((name) => nameReport(comment, name) ?? []);
}

function misread({ first, isComment, meant, written }: AstrayComment): string {
  const words = `${meant} ${first ?? 'RULE'} -- why`;
  if (!isComment)
    return `Behind other text this is no comment in such a file, so it silences nothing. Put ${code(`# ${words}`)} on the line above.`;
  const where = meant === 'holdfast-ignore' ? ', on the line above what it is about' : '';
  return `No comment that begins with ${code(written)} silences anything. Write ${code(words)} instead${where}.`;
}

/** A version that takes other words is not to be expected, so the ones that are meant can be put in. */
const correction = ({ edits, meant }: AstrayComment): readonly Fix[] =>
  edits ? [{ id: 'respell', title: `Change it to ${meant}`, safety: 'safe', edits: () => edits }] : [];

/** Whether it stands in the wrong place or has served its time, only its author knows. */
const elsewhere = (
  what: 'comment' | 'name',
  comment: SuppressionComment,
  line: number,
  rule: string,
): string =>
  `This ${what} silences nothing ${where(comment)}: ${code(rule)} is found on line ${line}. Move the ${what} there if that is meant, or remove it.`;

const pointers = ({ near, value }: SuppressionName): readonly Related[] =>
  near ? [{ message: `${code(value)} is found here.`, span: near.span }] : [];

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
    related: pointers(name),
    fixes: () => fixes(comment, name),
  };
}

function messageOf(
  comment: SuppressionComment,
  { meant, near, state, value }: SuppressionName,
): string | null {
  const name = code(value);
  switch (state) {
    case 'unused':
      if (near) return elsewhere('name', comment, near.line, value);
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
  const { meant, near } = name;
  if (near) return [];
  if (name.state !== 'no-rule') return [removal(comment, [name])];
  if (meant === null) return [];
  return [
    {
      id: 'rename',
      title: `Change it to ${meant}`,
      safety: 'suggestion',
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
    safety: 'suggestion',
    edits: () => comment.without(gone),
  };
}
