import { Lexer } from 'yaml';
import type { Comment } from '../model/facts.ts';
import { type Span, span } from '../text/span.ts';
import { forParser } from './parse.ts';

/** The lexer's marks, which stand for no text: document mode, a broken bracket, a scalar follows. */
const documentMark = '\u0002';
const bracketMark = '\u0018';
const scalarMark = '\u001f';

interface Lexeme {
  readonly text: string;
  readonly at: number;
  readonly isScalar: boolean;
}

function* lexemes(text: string): Iterable<Lexeme> {
  let at = 0;
  let isScalar = false;
  for (const lexeme of new Lexer().lex(forParser(text))) {
    if (lexeme === scalarMark) {
      isScalar = true;
      continue;
    }
    if (lexeme === documentMark || lexeme === bracketMark) continue;
    yield { text: lexeme, at, isScalar };
    isScalar = false;
    at += lexeme.length;
  }
}

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
