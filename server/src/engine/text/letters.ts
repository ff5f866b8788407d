/** Whether a text has a letter of any script: what has none is no reason. */
export const hasLetters = (text: string): boolean => /\p{L}/u.test(text);
