import { MappedText } from '../text/mapped-text.ts';

/** What parts the words of an instruction (BuildKit `frontend/dockerfile/parser`, `reWhitespace`). */
export const isBlank = (char: string): boolean =>
  char === ' ' || char === '\t' || char === '\r' || char === '\v' || char === '\f';

/** Where the word at `at` ends: at a blank outside quotes. Past the text's end where a quote stays open. */
export function wordEnd(text: string, at: number, escapeToken: string): number {
  let quote = '';
  let end = at;
  for (; end < text.length; end++) {
    const char = text.charAt(end);
    if (char === escapeToken && quote !== "'") end++;
    else if (quote !== '') quote = char === quote ? '' : quote;
    else if (char === '"' || char === "'") quote = char;
    else if (isBlank(char)) return end;
  }
  return quote === '' ? text.length : text.length + 1;
}

/** A word without its quotes and escapes. */
export function unquoted(word: MappedText, escapeToken: string): MappedText {
  if (!/["'\\`]/.test(word.text)) return word;
  const parts: MappedText[] = [];
  let quote = '';
  let from = 0;
  const { text } = word;
  for (let at = 0; at < text.length; at++) {
    const char = text.charAt(at);
    const isMark = quote === '' ? char === '"' || char === "'" : char === quote;
    const isEscape = char === escapeToken && quote !== "'";
    if (!isMark && !isEscape) continue;
    parts.push(word.slice(from, at));
    from = at + 1;
    if (isEscape) at++;
    else quote = quote === '' ? char : '';
  }
  parts.push(word.slice(from));
  const found = parts.filter((part) => part.text !== '');
  return found.length > 0 ? MappedText.join(found) : word.slice(0, 0);
}
