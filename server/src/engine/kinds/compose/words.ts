import { MappedText } from '../../text/mapped-text.ts';
import { quotedWords } from '../../text/quoted-words.ts';

/**
 * The words of a `command` that is written as one text. Compose runs no shell: quotes and backslashes hold words together, and an
 * operator of the shell ends what is read (compose-go takes the words with mattn/go-shellwords).
 */
export const splitCommand = (value: MappedText): readonly MappedText[] => quotedWords(value, "'", ';&|<>');

/** The text after Compose has read it: two dollar signs are one. Its variables stay as they are written, which a shell reads much alike. */
export function undoubled(value: MappedText): MappedText {
  const parts: MappedText[] = [];
  let from = 0;
  for (let at = value.text.indexOf('$$'); at >= 0; at = value.text.indexOf('$$', from)) {
    parts.push(value.slice(from, at + 1));
    from = at + 2;
  }
  return from === 0 ? value : MappedText.join([...parts, value.slice(from)]);
}
