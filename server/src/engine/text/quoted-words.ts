import { isSpace, MappedText } from './mapped-text.ts';

/**
 * The words of a text in which quotes and backslashes hold words together; both are taken off. Within the quote `raw` a backslash is a
 * character like any other. Outside of quotes, one of the characters `ends` ends what is read.
 */
export function quotedWords(value: MappedText, raw = '', ends = ''): readonly MappedText[] {
  const words: MappedText[][] = [[]];
  let quote = '';
  let from = 0;
  /** Takes what stands before the character at `at`, which is left out. */
  const takeBefore = (at: number): void => {
    if (from < at) words.at(-1)?.push(value.slice(from, at));
    from = at + 1;
  };
  let at = 0;
  for (; at < value.text.length; at++) {
    const char = value.text.charAt(at);
    if (char === quote || (quote === '' && (char === '"' || char === "'"))) {
      takeBefore(at);
      quote = char === quote ? '' : char;
    } else if (char === '\\' && (quote === '' || quote !== raw)) {
      takeBefore(at++);
    } else if (quote === '' && isSpace(char)) {
      takeBefore(at);
      words.push([]);
    } else if (quote === '' && ends.includes(char)) {
      break;
    }
  }
  takeBefore(Math.min(at, value.text.length));
  return words.filter((parts) => parts.length > 0).map((parts) => MappedText.join(parts));
}
