import type { Comment } from '../model/facts.ts';
import { type Span, span } from '../text/span.ts';
import { forParser } from './for-parser.ts';
import { type Lexeme, lexemesOf, quotedIn } from './lexemes.ts';

const lexemes = (text: string): Iterable<Lexeme> => lexemesOf(forParser(text));

/** Every comment of a YAML text: `#` in quotes, in block text and within words begins none. */
export function readComments(text: string): readonly Comment[] {
  if (!text.includes('#')) return [];
  return Array.from(lexemes(text)).flatMap(({ at, isScalar, text: lexeme }) =>
    !isScalar && lexeme.startsWith('#') ? [{ span: span(at, at + lexeme.length), text: lexeme }] : [],
  );
}

/** Texts over several lines, block text from its header on: no comment can stand within one. */
export function readLongTexts(text: string): readonly Span[] {
  const found: Span[] = [];
  let header: number | null = null;
  for (const { at, isScalar, text: lexeme } of lexemes(text)) {
    if (!isScalar && /^[|>]/.test(lexeme)) header = at;
    const isText = isScalar || /^["']/.test(lexeme);
    if (!isText) continue;
    if (lexeme.includes('\n')) found.push(span(header ?? at, at + lexeme.length));
    header = null;
  }
  return found;
}

/** Texts in quotes, with them. */
export const readQuoted = (text: string): readonly Span[] => quotedIn(forParser(text));
