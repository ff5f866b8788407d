import {
  forEachChild,
  type SyntaxNode,
  type Assignment as UnbashAssignment,
  type Word as UnbashWord,
} from 'unbash';
import { MappedText } from '../text/mapped-text.ts';
import type { Span } from '../text/span.ts';

/** One word of a command, before what stands in its substitutions is read. */
export interface RawWord {
  /** Quotes and escapes off. */
  readonly text: string;
  readonly isLiteral: boolean;
  readonly span: Span;
  /** Where the shell's parser has it; null for a word of the exec form. */
  readonly node: SyntaxNode | null;
  /** `text` with the place of each character. */
  mapped(): MappedText;
}

/** A word that no shell reads. Whoever fills the manifest in may know a variable in it. */
export const wordOf = (written: MappedText): RawWord => ({
  text: written.text,
  isLiteral: !/\$[\w({]/.test(written.text),
  span: written.span,
  node: null,
  mapped: () => written,
});

/** A word of shell text; `source` is the text that the node's positions count in. */
export const wordOfNode = (node: UnbashWord, source: MappedText): RawWord => ({
  text: node.value,
  isLiteral: !expands(node),
  span: placeOf(node, source),
  node,
  mapped: () => laidBeside(node.value, source.slice(node.pos, node.end)),
});

/** `NAME=value` as a word: what `export` and `env` are given. */
export function wordOfAssignment(node: UnbashAssignment, source: MappedText): RawWord {
  const { value } = node;
  const before = source.text.slice(node.pos, value.pos);
  const text = before + (value.type === 'Word' ? value.value : source.text.slice(value.pos, node.end));
  return {
    text,
    isLiteral: value.type === 'Word' && !expands(value),
    span: placeOf(node, source),
    node,
    mapped: () => laidBeside(text, source.slice(node.pos, node.end)),
  };
}

/** The parser may see the end of text that is cut off behind a backslash one character too far. */
export function placeOf(
  { end, pos }: { readonly pos: number; readonly end: number },
  source: MappedText,
): Span {
  const { length } = source.text;
  return source.spanOf(Math.min(pos, length), Math.min(end, length));
}

const expansions: ReadonlySet<SyntaxNode['type']> = new Set([
  'SimpleExpansion',
  'ParameterExpansion',
  'CommandExpansion',
  'ArithmeticExpansion',
  'ProcessSubstitution',
  'BraceExpansion',
]);

/** Whether the shell puts something else in the place of a part of it. A pattern counts as text: it stays where no file fits. */
export function expands(node: SyntaxNode): boolean {
  if (expansions.has(node.type)) return true;
  let found = false;
  forEachChild(node, (child) => {
    found ||= expands(child);
  });
  return found;
}

/** `text` is what `written` is without some of its characters; if it is not, all that is known is where it stands. */
export function laidBeside(text: string, written: MappedText): MappedText {
  if (text === written.text) return written;
  const parts: MappedText[] = [];
  let at = 0;
  let from = 0;
  for (const char of text) {
    const found = written.text.indexOf(char, at);
    if (found < 0) return MappedText.within(text, written.span);
    if (found > at) {
      if (at > from) parts.push(written.slice(from, at));
      from = found;
    }
    at = found + char.length;
  }
  if (at > from) parts.push(written.slice(from, at));
  return parts.length > 0 ? MappedText.join(parts) : written.slice(0, 0);
}
