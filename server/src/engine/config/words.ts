import { closest } from './closest.ts';

/** Text of a file, quoted for a message; cut where it is long. */
export const quoted = (text: string): string =>
  JSON.stringify(text.length > 60 ? `${text.slice(0, 60)}…` : text);

/** Longer lists are not read. */
export const mostListed = 12;

/** The end of a sentence that says there is no such word: what was meant, or what there is. */
export function instead(word: string, names: readonly string[], listedAt: string): string {
  const near = closest(word, names);
  if (near !== undefined) return `. Did you mean ${near}?`;
  return names.length > mostListed ? `; ${listedAt}.` : `; there is ${listed(names, 'and')}.`;
}

export const listed = (names: readonly string[], last: 'and' | 'or'): string =>
  names.length < 2 ? names.join('') : `${names.slice(0, -1).join(', ')} ${last} ${names.at(-1)}`;
