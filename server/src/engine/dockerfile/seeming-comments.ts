import type { Comment } from '../model/facts.ts';
import { span } from '../text/span.ts';
import type { Dockerfile } from './dockerfile.ts';

/**
 * What is written like a comment of Holdfast behind an instruction: a shell may take it for one, a Dockerfile does not. What stands in
 * quotes or in a heredoc is for somebody else. `source` is the text that `file` was split from.
 */
export function readSeemingComments(file: Dockerfile, source: string): readonly Comment[] {
  const comments = new Map(file.comments.map(({ end, start }) => [start, end]));
  return file.instructions.flatMap(({ text }) => seemingIn(text.span, source, comments, file.escapeToken));
}

function seemingIn(
  at: { readonly start: number; readonly end: number },
  source: string,
  comments: ReadonlyMap<number, number>,
  escapeToken: string,
): readonly Comment[] {
  const found: Comment[] = [];
  let quote = '';
  for (let index = at.start; index < at.end; index++) {
    const char = source.charAt(index);
    const comment = comments.get(index);
    if (comment !== undefined) index = comment;
    else if (char === escapeToken || char === '\\') {
      if (/[^\r\n]/.test(source.charAt(index + 1))) index++;
    } else if (quote !== '') quote = char === quote ? '' : quote;
    else if (char === '"' || char === "'") quote = char;
    else if (char === '#' && /\s/.test(source.charAt(index - 1))) {
      const feed = source.indexOf('\n', index);
      const end = feed < 0 || feed > at.end ? at.end : feed;
      const text = withoutEscape(source.slice(index, end).trimEnd(), escapeToken);
      if (/^#+\s*holdfast/i.test(text)) found.push({ span: span(index, index + text.length), text });
      index = end - 1;
    }
  }
  return found;
}

const withoutEscape = (text: string, escapeToken: string): string =>
  text.endsWith(escapeToken) ? text.slice(0, -1).trimEnd() : text;
