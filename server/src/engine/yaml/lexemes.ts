import { Lexer } from 'yaml';
import { type Span, span } from '../text/span.ts';

/** The lexer's marks, which stand for no text: document mode, a broken bracket, a scalar follows. */
const documentMark = '\u0002';
const bracketMark = '\u0018';
const scalarMark = '\u001f';

export interface Lexeme {
  readonly text: string;
  readonly at: number;
  readonly isScalar: boolean;
}

/** The lexemes of a text as the parser takes it. */
export function* lexemesOf(text: string): Iterable<Lexeme> {
  let at = 0;
  let isScalar = false;
  for (const lexeme of new Lexer().lex(text)) {
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

/** Texts in quotes, with them. */
export const quotedIn = (text: string): readonly Span[] =>
  Array.from(lexemesOf(text)).flatMap(({ at, isScalar, text: lexeme }) =>
    !isScalar && /^["']/.test(lexeme) ? [span(at, at + lexeme.length)] : [],
  );
