import type { Word } from '../model/script.ts';

/** How a program's words are told apart. */
export interface Grammar {
  /** Options whose value is the next word, unless `=` or the rest of the word gives it: `-t`, `--repository`. */
  readonly valued: ReadonlySet<string>;
  /** `letters` `-yq` is `-y -q` · `words` one hyphen begins a whole word, as in `-ldflags`. */
  readonly shorts: 'letters' | 'words';
  /** What comes behind the first operand belongs to another program. */
  readonly endsAtOperand: boolean;
  /** What comes behind `--` belongs to another program, as the options of a compiler do in `gem install x -- --with-y`. */
  readonly endsAtHyphens: boolean;
}

/** `valued` in one text, with blanks between. */
export const grammar = (valued: string, more: Partial<Omit<Grammar, 'valued'>> = {}): Grammar => ({
  shorts: 'letters',
  endsAtOperand: false,
  endsAtHyphens: false,
  ...more,
  valued: new Set(valued.split(' ')),
});

export interface Option {
  /** With its hyphens: `-k`, `--insecure`. */
  readonly name: string;
  /** As it is written; null where it has none. */
  readonly value: string | null;
  /** The word it stands in, and the one after it where that is its value. */
  readonly words: readonly Word[];
  /** Where it is one of several letters, which character of its word it is; else null. */
  readonly letter: number | null;
}

/** A program's words, told apart. */
export interface Call {
  readonly options: readonly Option[];
  readonly operands: readonly Word[];
}

export function readCall(
  words: readonly Word[],
  { endsAtHyphens, endsAtOperand, shorts, valued }: Grammar,
): Call {
  const options: Option[] = [];
  const operands: Word[] = [];
  for (let at = 0; at < words.length; at++) {
    const word = words[at];
    if (!word) break;
    const { text } = word;
    if (text === '--') {
      if (!endsAtHyphens) operands.push(...words.slice(at + 1));
      break;
    }
    if (text.length < 2 || !text.startsWith('-')) {
      operands.push(word);
      if (!endsAtOperand) continue;
      operands.push(...words.slice(at + 1));
      break;
    }
    const read =
      text.startsWith('--') || shorts === 'words'
        ? [wholeOption(word, shorts === 'words' ? text.replace(/^--/, '-') : text, valued)]
        : letterOptions(word, valued);
    const last = read.at(-1);
    const next = words[at + 1];
    const takesNext = last && last.value === null && valued.has(last.name) && next;
    options.push(
      ...(takesNext ? [...read.slice(0, -1), { ...last, value: next.text, words: [word, next] }] : read),
    );
    if (takesNext) at++;
  }
  return { options, operands };
}

/** `text` is the word as its program takes it: where one hyphen begins a whole word, two do too. */
function wholeOption(word: Word, text: string, valued: ReadonlySet<string>): Option {
  const equals = text.indexOf('=');
  if (equals < 0 || valued.has(text)) return { name: text, value: null, words: [word], letter: null };
  return { name: text.slice(0, equals), value: text.slice(equals + 1), words: [word], letter: null };
}

/** `-yqttesting` is `-y -q -t testing`. */
function letterOptions(word: Word, valued: ReadonlySet<string>): readonly Option[] {
  const { text } = word;
  const read: Option[] = [];
  for (let at = 1; at < text.length; at++) {
    const name = `-${text.charAt(at)}`;
    const letter = text.length > 2 ? at : null;
    const isValued = valued.has(name);
    const rest = text.slice(at + 1);
    const value = isValued && rest !== '' ? rest.replace(/^=/, '') : null;
    read.push({ name, value, words: [word], letter });
    if (isValued) break;
  }
  return read;
}

/** The last one with any of the names, as the last one counts. */
export const optionOf = ({ options }: Call, names: ReadonlySet<string>): Option | undefined =>
  options.findLast(({ name }) => names.has(name));
