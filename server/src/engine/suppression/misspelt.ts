import type { Comment } from '../model/facts.ts';
import type { MisspeltSuppression } from '../model/suppression.ts';
import { span } from '../text/span.ts';

/** How a comment stands in its file. */
interface Standing {
  /** Its text stands in the file as it is. */
  readonly isVerbatim: boolean;
  /** Nothing else stands on its lines. */
  readonly isAlone: boolean;
  /** The format takes it for a comment. */
  readonly isComment: boolean;
}

const verbs = 'ignore|disable|suppress|skip|silence|mute|allow|exclude|waive|nolint|noqa|off';
const scopes = 'next[-_ ]?line|this[-_ ]?line|line|files?|global';

/** The mark · the words in the place of `holdfast-ignore` with their scope · what sets off the names · the first one. */
const attempt = new RegExp(
  `^(?:#+|//+|/\\*+|;+)\\s*(holdfast[\\s:._-]*(?:${verbs})(?:[\\s:._-]?(${scopes}))?)(?![\\w-])([\\s:=,("'[]*)([\\w.-]*)`,
  'i',
);

/** What every text with such a comment has; quicker than to read the comments. */
const hint = new RegExp(`holdfast[\\s:._-]*(?:${verbs})`, 'i');

export const maySuppress = (text: string): boolean => hint.test(text);

/**
 * A comment that is meant to silence a finding and does not: in other words than `holdfast-ignore`, as other tools have them, or where the
 * format takes it for no comment. Null where it is neither, or could be prose. `isRule` tells the names of rules.
 */
export function readMisspelt(
  { span: at, text }: Comment,
  { isAlone, isComment, isVerbatim }: Standing,
  isRule: (name: string) => boolean,
): MisspeltSuppression | null {
  const match = attempt.exec(text);
  if (!match) return null;
  const [all, written = '', scope = '', between = '', first = ''] = match;
  const isNamed = isRule(first);
  const rest = text.slice(all.length - first.length);
  const isDirective = !/\s/.test(written) && (/^(?:--)?(?:\s|\*\/|$)/.test(rest) || nameLike.test(first));
  if (!isNamed && !isDirective) return null;
  const meant = /^(?:file|global)/i.test(scope) ? 'holdfast-ignore-file' : 'holdfast-ignore';
  const start = all.indexOf(written);
  const isPlain =
    isComment && isVerbatim && isNamed && /^[\s:=,]*$/.test(between) && fits(scope.toLowerCase(), isAlone);
  return {
    written: written === meant ? `${written}${between.trim()}` : written,
    meant,
    first: isNamed ? first : null,
    isComment,
    edits: isPlain
      ? [
          {
            span: span(at.start + start, at.start + all.length - first.length),
            newText: `${meant} `,
          },
        ]
      : null,
  };
}

/** Every id has a hyphen, so a word without one may belong to a sentence. */
const nameLike = /^[a-z]+-[\w.-]+$/;

/** A comment on a line of its own speaks about the next one, and any other about its own. */
function fits(scope: string, isAlone: boolean): boolean {
  if (scope.startsWith('next')) return isAlone;
  return scope.endsWith('line') ? !isAlone : true;
}
