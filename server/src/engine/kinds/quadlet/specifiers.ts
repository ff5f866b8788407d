/**
 * What is not known before the unit is started: specifiers such as `%i` (systemd.unit(5)), variables of the environment
 * (systemd.exec(5)), and the actions of templates that such files are often made from.
 */
const unknown = /%%|\$\$|%[A-Za-z]|\$\{\w+\}|\$\w+|\{\{[^{}]*\}\}/g;

/** The parts of a text that only the running system fills in. */
export const holesIn = (text: string): readonly string[] => [
  ...new Set(text.match(unknown)?.filter((found) => found !== '%%' && found !== '$$')),
];

/** The text, or null where only the running system knows it. */
export const seen = (text: string): string | null => (holesIn(text).length === 0 ? text : null);
