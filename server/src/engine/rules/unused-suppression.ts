import type { Fix, Related, Report } from '../model/finding.ts';
import type { MisspeltSuppression, SuppressionComment, SuppressionName } from '../model/suppression.ts';
import type { SuppressionRule } from './rule.ts';
import { brief, code } from './support/words.ts';

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
    const message = 'This comment names no rule, so it silences nothing; name one, or remove the comment.';
    return [{ path, span, message }];
  }
  if (names.every(({ state }) => state === 'unused' || state === 'repeated')) {
    const placed = names.find(({ near }) => near);
    if (placed?.near) {
      const message = elsewhere('comment', placed.near.line);
      return [{ path, span, message, related: pointers(placed) }];
    }
    return [{ path, span, message: nothing(comment), fixes: () => [removal(comment, names)] }];
  }
  return names.flatMap((name) => nameReport(comment, name) ?? []);
}

function misread({ first, isComment, meant, written }: MisspeltSuppression): string {
  const words = `${meant} ${first ?? 'RULE'} -- why`;
  if (!isComment) return `This is no comment; put ${brief(`# ${words}`, 42)} on the line above.`;
  return `${brief(written, 18)} silences nothing; write ${brief(words, 42)}.`;
}

/** A version that takes other words is not to be expected, so the ones that are meant can be put in. */
const correction = ({ edits, meant }: MisspeltSuppression): readonly Fix[] =>
  edits ? [{ id: 'respell', title: `Change it to ${meant}`, safety: 'safe', edits: () => edits }] : [];

/** Whether it stands in the wrong place or has served its time, only its author knows. */
const elsewhere = (what: 'comment' | 'name', line: number): string =>
  `This ${what} silences nothing here; move it to line ${line}, or remove it.`;

const pointers = ({ near, value }: SuppressionName): readonly Related[] =>
  near ? [{ message: `${code(value)} is found here.`, span: near.span }] : [];

function nothing(comment: SuppressionComment): string {
  return `This comment silences nothing ${where(comment)}; remove it.`;
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
  const name = brief(value, 30);
  switch (state) {
    case 'unused':
      if (near) return elsewhere('name', near.line);
      return `${name} finds nothing ${where(comment)}; remove the name.`;
    case 'repeated':
      return `This comment names ${name} twice; remove the second one.`;
    case 'unsilenceable':
      return `No comment silences ${name}; remove the name, and do what it says.`;
    case 'no-rule':
      return `There is no rule ${name}; ${meant === null ? 'correct the name, or remove it' : `write ${code(meant)} if that is meant`}.`;
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
