import type { Located } from '../../model/facts.ts';

/** Characters of the file's text that a message repeats at most. */
const longest = 200;

/** Text of the file inside a message. */
export const code = (text: string): string =>
  `\`${text.length > longest ? `${text.slice(0, longest)}…` : text}\``;

/** A capability as the kernel's documentation spells it, without `CAP_`: engines take either spelling. */
export const capabilityName = (added: Located<string>): string =>
  added.value.toUpperCase().replace(/^CAP_/, '');

/** `Service web`, to begin a sentence with. */
export const sentenceLabel = ({ label }: { readonly label: string }): string =>
  label.charAt(0).toUpperCase() + label.slice(1);

/** `a`, `a or b`, `a, b or c`, `a, b, c or 4 more`. */
export function listed(items: readonly string[], joint: 'and' | 'or', most = 3): string {
  const shown = items.length > most + 1 ? [...items.slice(0, most), `${items.length - most} more`] : items;
  return shown.length < 2 ? shown.join('') : `${shown.slice(0, -1).join(', ')} ${joint} ${shown.at(-1)}`;
}

/** A digest as people tell it from another one: `sha256:5f3a1b5c0c3d`. */
export const shortDigest = (digest: string): string => digest.replace(/^([^:]*:.{12}).*$/s, '$1');

/** A day in UTC, as `2026-11-21`. */
export const day = (at: number): string => new Date(at).toISOString().slice(0, 10);
