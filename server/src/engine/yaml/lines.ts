import type { SourceText } from '../text/source-text.ts';

/** Where the line of an offset begins. */
export const lineStart = (source: SourceText, at: number): number =>
  source.lineStart(source.placeAt(at).line);

/** Where the line of an offset ends, before its line break. */
export function lineEnd(source: SourceText, from: number): number {
  const { line } = source.placeAt(from);
  return Math.max(from, source.lineEnd(line));
}

/** The white space that the line of an offset begins with. */
export const indentOf = (source: SourceText, at: number): string =>
  /^[ \t]*/.exec(source.text.slice(lineStart(source, at), at))?.[0] ?? '';

/** Whether nothing but white space stands before an offset in its line. */
export const beginsLine = (source: SourceText, at: number): boolean =>
  !/\S/.test(source.text.slice(lineStart(source, at), at));
