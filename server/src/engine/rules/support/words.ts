import type { Located, Workload } from '../../model/facts.ts';

/** Characters of the file's text that a message repeats at most. */
const longest = 200;

/** Text of the file inside a message. */
export const code = (text: string): string =>
  `\`${text.length > longest ? `${text.slice(0, longest)}…` : text}\``;

/** A capability as the kernel's documentation spells it, without `CAP_`: engines take either spelling. */
export const capabilityName = (added: Located<string>): string =>
  added.value.toUpperCase().replace(/^CAP_/, '');

/** `Service web`, to begin a sentence with. */
export const sentenceLabel = ({ label }: Workload): string => label.charAt(0).toUpperCase() + label.slice(1);
