/** Where the line of an offset begins. */
export function lineStart(text: string, at: number): number {
  const start = at === 0 ? 0 : text.lastIndexOf('\n', at - 1) + 1;
  // Within the line alone: most texts have no `\r`, and a search for it would go back to their start.
  return start + text.slice(start, at).lastIndexOf('\r') + 1;
}

/** Where the line of an offset ends, before its line break. */
export function lineEnd(text: string, from: number): number {
  const at = text.slice(from).search(/[\r\n]/);
  return at === -1 ? text.length : from + at;
}

/** The white space that the line of an offset begins with. */
export const indentOf = (text: string, at: number): string =>
  /^[ \t]*/.exec(text.slice(lineStart(text, at), at))?.[0] ?? '';

/** Whether nothing but white space stands before an offset in its line. */
export const beginsLine = (text: string, at: number): boolean =>
  text.slice(lineStart(text, at), at).trim() === '';
