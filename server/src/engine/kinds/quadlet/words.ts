import { type Edits, refuse, smallestEdit } from '../../text/edit.ts';
import type { MappedText } from '../../text/mapped-text.ts';
import { quotedWords } from '../../text/quoted-words.ts';

/** The words of a value as systemd splits them. Quotes hold a word together; neither they nor backslashes are part of it. */
export const splitWords = (value: MappedText): readonly MappedText[] => quotedWords(value);

/** The parts between separators; what is past the `most`-th part stays in it. */
export function splitOn(
  value: MappedText,
  separator: string,
  most = Number.POSITIVE_INFINITY,
): readonly MappedText[] {
  const parts: MappedText[] = [];
  let from = 0;
  while (parts.length + 1 < most) {
    const end = value.text.indexOf(separator, from);
    if (end < 0) break;
    parts.push(value.slice(from, end));
    from = end + separator.length;
  }
  return [...parts, value.slice(from)];
}

/** Writes another text in the place of a value, a word or a part of one. */
export function replaceText(written: MappedText, text: string): Edits {
  if (written.isVerbatim) return [smallestEdit(written.span.start, written.text, text)];
  return refuse('This is written over several lines or with quotes inside it: write it in one piece first.');
}
