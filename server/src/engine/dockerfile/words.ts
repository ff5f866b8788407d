import { MappedText } from '../text/mapped-text.ts';

/** A `--name=value` before an instruction's arguments; quotes and escapes are off. */
export interface Flag {
  readonly name: string;
  /** Empty where no `=` is written. */
  readonly value: MappedText;
  /** As written, from the hyphens on. */
  readonly written: MappedText;
}

/** The opening of a heredoc, such as `<<-EOF`. */
export interface Heredoc {
  /** The line that ends the body. */
  readonly closing: string;
  /** Tabs before the closing line do not count. */
  readonly chomp: boolean;
  readonly mark: MappedText;
}

const space = /[\t\v\f\r ]/;

/** Takes the flags off an instruction's arguments. */
export function readFlags(
  rest: MappedText,
  escapeToken: string,
): { readonly flags: readonly Flag[]; readonly rest: MappedText } {
  const flags: Flag[] = [];
  let at = 0;
  for (;;) {
    while (space.test(rest.text.charAt(at))) at++;
    if (!rest.text.startsWith('--', at)) return { flags, rest: rest.slice(at) };
    const end = wordEnd(rest.text, at, escapeToken);
    const written = rest.slice(at, end);
    const word = unquoted(written, escapeToken);
    at = end;
    if (word.text === '--') return { flags, rest: rest.slice(at).trim() };
    const equals = word.text.indexOf('=');
    const nameEnd = equals < 0 ? word.text.length : equals;
    flags.push({ name: word.text.slice(2, nameEnd), value: word.slice(nameEnd + 1), written });
  }
}

/** The words between white space; quotes do not hold words together here. */
export function splitWords(rest: MappedText): readonly MappedText[] {
  return Array.from(rest.text.matchAll(/[^\t\v\f\r ]+/g), (match) =>
    rest.slice(match.index, match.index + match[0].length),
  );
}

/** The words of a text in which quotes and escapes hold a word together; both are kept. */
export function splitQuotedWords(rest: MappedText, escapeToken: string): readonly MappedText[] {
  const words: MappedText[] = [];
  let at = 0;
  while (at < rest.text.length) {
    if (space.test(rest.text.charAt(at))) {
      at++;
      continue;
    }
    const end = wordEnd(rest.text, at, escapeToken);
    words.push(rest.slice(at, end));
    at = end;
  }
  return words;
}

/** The heredocs an instruction opens, in the order their bodies follow. The JSON form has none. */
export function heredocs(rest: MappedText): readonly Heredoc[] {
  if (jsonWords(readFlags(rest, '\\').rest)) return [];
  const found: Heredoc[] = [];
  const { text } = rest;
  let at = 0;
  while (at < text.length) {
    if (space.test(text.charAt(at))) {
      at++;
      continue;
    }
    const opening = /\d*<<-?[\t\r ]*/y;
    opening.lastIndex = at;
    const match = opening.exec(text);
    const end = wordEnd(text, at + (match?.[0].length ?? 0), '\\');
    // As in a shell, text with an open quote has no words at all.
    if (end > text.length) return [];
    const name = text.slice(at + (match?.[0].length ?? 0), end);
    if (match && name !== '' && !name.includes('<')) {
      const closing = unquoted(rest.slice(end - name.length, end), '\\').text;
      found.push({ closing, chomp: match[0].includes('-'), mark: rest.slice(at, end) });
    }
    at = end;
  }
  return found;
}

/** The texts of the JSON form, `["a", "b"]`; null for any other. */
export function jsonWords(rest: MappedText): readonly MappedText[] | null {
  if (!rest.text.startsWith('[')) return null;
  const values = parseJson(rest.text);
  if (!Array.isArray(values) || !values.every((value) => typeof value === 'string')) return null;
  return Array.from(rest.text.matchAll(/"((?:[^"\\]|\\.)*)"/g), ({ index, 1: inner = '' }) =>
    jsonText(rest.slice(index + 1, index + 1 + inner.length)),
  );
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** The inside of a string of JSON with its escapes taken out. */
function jsonText(inner: MappedText): MappedText {
  if (!inner.text.includes('\\')) return inner;
  const parts: MappedText[] = [];
  for (const { 0: part, index } of inner.text.matchAll(/[^\\]+|\\u.{4}|\\./g)) {
    const here = inner.slice(index, index + part.length);
    parts.push(part.startsWith('\\') ? MappedText.within(String(parseJson(`"${part}"`)), here.span) : here);
  }
  return MappedText.join(parts);
}

/** Where the word at `at` ends: at white space outside quotes. Past the text's end where a quote stays open. */
function wordEnd(text: string, at: number, escapeToken: string): number {
  let quote = '';
  let end = at;
  for (; end < text.length; end++) {
    const char = text.charAt(end);
    if (char === escapeToken && quote !== "'") end++;
    else if (quote !== '') quote = char === quote ? '' : quote;
    else if (char === '"' || char === "'") quote = char;
    else if (space.test(char)) return end;
  }
  return quote === '' ? text.length : text.length + 1;
}

/** A word without its quotes and escapes. */
export function unquoted(word: MappedText, escapeToken: string): MappedText {
  if (!/["'\\`]/.test(word.text)) return word;
  const parts: MappedText[] = [];
  let quote = '';
  let from = 0;
  const { text } = word;
  for (let at = 0; at < text.length; at++) {
    const char = text.charAt(at);
    const isMark = quote === '' ? char === '"' || char === "'" : char === quote;
    const isEscape = char === escapeToken && quote !== "'";
    if (!isMark && !isEscape) continue;
    parts.push(word.slice(from, at));
    from = at + 1;
    if (isEscape) at++;
    else quote = quote === '' ? char : '';
  }
  parts.push(word.slice(from));
  const found = parts.filter((part) => part.text !== '');
  return found.length > 0 ? MappedText.join(found) : word.slice(0, 0);
}
