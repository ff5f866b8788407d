import { type Edits, refuse, smallestEdit } from '../../text/edit.ts';
import { isSpace, MappedText } from '../../text/mapped-text.ts';

/** The words of a value as systemd splits them. Quotes hold a word together; neither they nor backslashes are part of it. */
export function splitWords(value: MappedText): readonly MappedText[] {
  const words: MappedText[][] = [[]];
  let quote = '';
  let from = 0;
  /** Takes what stands before the character at `at`, which is left out. */
  const takeBefore = (at: number): void => {
    if (from < at) words.at(-1)?.push(value.slice(from, at));
    from = at + 1;
  };
  for (let at = 0; at < value.text.length; at++) {
    const char = value.text.charAt(at);
    if (char === quote || (quote === '' && (char === '"' || char === "'"))) {
      takeBefore(at);
      quote = char === quote ? '' : char;
    } else if (quote === '' && isSpace(char)) {
      takeBefore(at);
      words.push([]);
    } else if (char === '\\') {
      takeBefore(at++);
    }
  }
  takeBefore(value.text.length);
  return words.filter((parts) => parts.length > 0).map((parts) => MappedText.join(parts));
}

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
