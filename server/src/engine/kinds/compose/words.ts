import { isSpace, MappedText } from '../../text/mapped-text.ts';

/**
 * The words of a `command` that is written as one text. Compose runs no shell: quotes and backslashes hold words together, and an
 * operator of the shell ends what is read (compose-go takes the words with mattn/go-shellwords).
 */
export function splitCommand(value: MappedText): readonly MappedText[] {
  const words: MappedText[][] = [[]];
  let quote = '';
  let from = 0;
  /** Takes what stands before the character at `at`, which is left out. */
  const takeBefore = (at: number): void => {
    if (from < at) words.at(-1)?.push(value.slice(from, at));
    from = at + 1;
  };
  let at = 0;
  for (; at < value.text.length; at++) {
    const char = value.text.charAt(at);
    if (char === quote || (quote === '' && (char === '"' || char === "'"))) {
      takeBefore(at);
      quote = char === quote ? '' : char;
    } else if (char === '\\' && quote !== "'") {
      takeBefore(at++);
    } else if (quote === '' && isSpace(char)) {
      takeBefore(at);
      words.push([]);
    } else if (quote === '' && ';&|<>'.includes(char)) {
      break;
    }
  }
  takeBefore(Math.min(at, value.text.length));
  return words.filter((parts) => parts.length > 0).map((parts) => MappedText.join(parts));
}

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
