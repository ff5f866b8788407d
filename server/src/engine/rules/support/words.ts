import type { Located } from '../../model/facts.ts';
import { enumerated } from '../../text/enumerated.ts';
import { shortened } from '../../text/visible.ts';

/** Characters of the file's text that a message repeats at most. */
const longest = 200;

/** Text of the file inside a message. */
export const code = (text: string): string => `\`${shortened(text, longest)}\``;

/** Characters of a message that is read at a glance. */
const longestMessage = 90;

export const isShort = (message: string): boolean => message.length <= longestMessage;

/** A message with a text of the file in it, which is cut where the message would be too long. */
export function fitted(text: string, message: (shown: string) => string): string {
  let shown = shortened(text, longestMessage);
  while (shown.length > 8 && !isShort(message(shown))) {
    shown = shortened(shown, shown.length - 1);
  }
  return message(shown);
}

/** A capability as the kernel's documentation spells it, without `CAP_`: engines take either spelling. */
export const capabilityName = (added: Located<string>): string =>
  added.value.toUpperCase().replace(/^CAP_/, '');

/** `Service web`, to begin a sentence with. */
export const sentenceLabel = ({ label }: { readonly label: string }): string => capitalized(label);

export const capitalized = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

/** `a`, `a or b`, `a, b or c`, `a, b, c or 4 more`. */
export const listed = (items: readonly string[], joint: 'and' | 'or', most = 3): string =>
  enumerated(
    items.length > most + 1 ? [...items.slice(0, most), `${items.length - most} more`] : items,
    joint,
  );

/** A digest as people tell it from another one: `sha256:5f3a1b5c0c3d`. */
export const shortDigest = (digest: string): string => digest.replace(/^([^:]*:.{12}).*$/s, '$1');

/** A day in UTC, as `2026-11-21`. */
export const day = (at: number): string => new Date(at).toISOString().slice(0, 10);
