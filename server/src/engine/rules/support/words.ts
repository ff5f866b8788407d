import type { Located } from '../../model/facts.ts';
import { enumerated } from '../../text/enumerated.ts';
import { shortened, withoutSignIn } from '../../text/visible.ts';

/** Characters of the file's text that a message repeats at most. */
const longest = 200;

/** Text of the file inside a message. */
export const code = (text: string): string => `\`${shortened(text, longest)}\``;

/** Characters of a finding's message: the Problems panel of an editor shows little more. */
export const longestMessage = 90;

export const isShort = (message: string): boolean => message.length <= longestMessage;

/** A message with a text of the file in it, which is cut where the message would be too long. */
export function fitted(text: string, message: (shown: string) => string): string {
  let shown = shortened(text, longestMessage);
  while (shown.length > 8 && !isShort(message(shown))) {
    shown = shortened(shown, shown.length - 1);
  }
  return message(shown);
}

/** A name inside a message, cut where it is long. */
export const brief = (text: string, most = 24): string => code(shortened(withoutSignIn(text), most));

/** An image inside a message: of a long name the end says most, and of a digest the beginning. */
export function briefImage(reference: string, most = 32): string {
  const text = withoutSignIn(reference).replace(/@([^:]*:.{6}).*$/s, '@$1…');
  const version = /[:@][^/]*$/.exec(text)?.index ?? text.length;
  const end = text.slice(text.lastIndexOf('/', version) + 1);
  return brief(text.length > most ? `…/${end}` : text, most);
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
