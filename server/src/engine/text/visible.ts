/** Text of a file may hold anything; control and direction characters, and halves of characters, are shown as their code points. */
export const visible = (text: string): string =>
  text.replace(
    /[\p{Cc}\p{Cs}\u061c\u200b\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069]/gu,
    (one) => `\\u{${(one.codePointAt(0) ?? 0).toString(16)}}`,
  );

/** Characters without a blank, and of a whole sentence, that people read. */
const longest = { word: 300, text: 900 };

/** Who signs in at an address, and with what; the address may be cut off before the `@`. */
const signIn = /:\/\/(?:[^\s/@`…]{1,300}@|[^\s/@:`…]{0,100}:[^\s/@`…]{6,300}…)/g;

/** What people are told: `text` may quote a file, which may hold anything of any length. Passwords in addresses are left out. */
export const told = (text: string): string => {
  const words = withShortWords(visible(text));
  return shortened(words.includes('://') ? words.replace(signIn, '://…@') : words, longest.text);
};

/** Leaves out who signs in at an address, and with what, before the address is cut. */
export const withoutSignIn = (text: string): string => text.replace(/:\/\/[^\s/@`]{1,2000}@/g, '://…@');

const withShortWords = (text: string): string =>
  text.length > longest.word ? text.replace(/\S{301,}/g, (word) => shortened(word, longest.word)) : text;

/** Cut where it is long. */
export const shortened = (text: string, most: number): string =>
  text.length > most ? `${text.slice(0, most - 1)}…` : text;
