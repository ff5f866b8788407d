import { Lexer } from 'yaml';
import type { Comment } from '../model/facts.ts';
import { span } from '../text/span.ts';
import { forParser } from './parse.ts';

/** The lexer's marks, which stand for no text: document mode, a broken bracket, a scalar follows. */
const documentMark = '\u0002';
const bracketMark = '\u0018';
const scalarMark = '\u001f';

/** Every comment of a YAML text: `#` in quotes, in block text and within words begins none. */
export function readComments(text: string): readonly Comment[] {
  if (!text.includes('#')) return [];
  const comments: Comment[] = [];
  let at = 0;
  let isScalar = false;
  for (const lexeme of new Lexer().lex(forParser(text))) {
    if (lexeme === scalarMark) {
      isScalar = true;
      continue;
    }
    if (lexeme === documentMark || lexeme === bracketMark) continue;
    if (!isScalar && lexeme.startsWith('#')) {
      comments.push({ span: span(at, at + lexeme.length), text: lexeme });
    }
    isScalar = false;
    at += lexeme.length;
  }
  return comments;
}
