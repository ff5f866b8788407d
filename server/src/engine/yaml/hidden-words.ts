/** Escapes of double quotes that stand for a letter or a digit, and a line break that they take away. */
const escapes =
  /\\(?:x([3-7][\da-fA-F])|u(00[3-7][\da-fA-F])|U(000000[3-7][\da-fA-F])|(?:\r\n?|[\n\u0085\u2028\u2029])[ \t]*)/g;

/** Tags with which a text is written as Base64: `!!binary`, `!<tag:yaml.org,2002:binary>`, or under a handle of its own. */
const encodes = /!!|!<|^%TAG/m;

/**
 * Whether a key or value of a YAML text can be `word`, told without parsing. Never wrong where it says no: a word can be written with
 * escapes, or in Base64.
 */
export function mayHold(text: string, word: string): boolean {
  return text.includes(word) || (mayHide(text) && (encodes.test(text) || unescaped(text).includes(word)));
}

/** The same for words that a pattern tells. */
export function mayMatch(text: string, pattern: RegExp): boolean {
  return pattern.test(text) || (mayHide(text) && (encodes.test(text) || pattern.test(unescaped(text))));
}

const mayHide = (text: string): boolean => text.includes('\\') || text.includes('!') || text.includes('%TAG');

const unescaped = (text: string): string =>
  text.replace(escapes, (_, x?: string, u?: string, long?: string) => {
    const code = x ?? u ?? long;
    return code === undefined ? '' : String.fromCharCode(Number.parseInt(code, 16));
  });
