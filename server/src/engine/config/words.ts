import { enumerated } from '../text/enumerated.ts';
import { shortened } from '../text/visible.ts';
import { closest } from './closest.ts';

/** Text of a file, quoted for a message; cut where it is long. */
export const quoted = (text: string): string => JSON.stringify(shortened(text, 61));

/** Longer lists are not read. */
export const mostListed = 12;

/** The end of a sentence that says there is no such word: what was meant, or what there is. */
export function instead(word: string, names: readonly string[], listedAt: string): string {
  const near = closest(word, names);
  if (near !== undefined) return `. Did you mean ${near}?`;
  return names.length > mostListed ? `; ${listedAt}.` : `; there is ${enumerated(names, 'and')}.`;
}
