import {
  Arg,
  DockerfileParser,
  Env,
  From,
  JSONInstruction,
  ModifiableInstruction,
  type Instruction as ParsedInstruction,
  PropertyInstruction,
} from 'dockerfile-ast';
import type { Script } from '../model/script.ts';
import { MappedText } from '../text/mapped-text.ts';
import { type Span, span } from '../text/span.ts';
import { isBlank, unquoted, wordEnd } from './words.ts';

/** A `--name=value` before an instruction's arguments; quotes and escapes are off. */
export interface Flag {
  readonly name: string;
  /** Empty where no `=` is written. */
  readonly value: MappedText;
  /** As written, from the hyphens on. */
  readonly written: MappedText;
}

/** A name and a value of `ENV` or `ARG`, as written. */
export interface Property {
  readonly name: MappedText;
  /** Null where only a name is written. */
  readonly value: MappedText | null;
}

/** A heredoc with its body. */
export interface HeredocText {
  /** Its opening in the instruction: `<<-EOF`. */
  readonly mark: MappedText;
  /** What stands between the instruction, or the heredoc before, and the line that closes it. */
  readonly body: MappedText;
  /** With the line that closes it. */
  readonly whole: MappedText;
}

/** What `FROM` names, as written. */
export interface FromParts {
  readonly image: MappedText | null;
  readonly stage: MappedText | null;
}

/**
 * One instruction, its continued lines joined, as a builder reads it. What its text says is read on demand, once, and shared by all copies
 * of the instruction that `moved` makes.
 */
export class Instruction {
  readonly #reading: Reading;
  readonly #by: number;

  private constructor(reading: Reading, by: number) {
    this.#reading = reading;
    this.#by = by;
  }

  /** Reads a logical line. Never fails: what it does not know is an instruction too. */
  static read(line: MappedText, escapeToken: string, heredocs: readonly HeredocText[] = []): Instruction {
    return new Instruction(new Reading(line, escapeToken, heredocs), 0);
  }

  /** The same instruction where its file has it `by` characters further on. */
  moved(by: number): Instruction {
    return by === 0 ? this : new Instruction(this.#reading, this.#by + by);
  }

  /** In capitals. */
  get keyword(): string {
    return this.#reading.keyword;
  }

  /** From the keyword on. Heredoc bodies are not in it. */
  get text(): MappedText {
    return this.#reading.text.moved(this.#by);
  }

  /** What follows the keyword, trimmed. */
  get rest(): MappedText {
    return this.#reading.rest.moved(this.#by);
  }

  /** In the order of their marks. */
  get heredocs(): readonly HeredocText[] {
    return this.#placed(this.#reading.heredocs, ({ body, mark, whole }) => ({
      mark: mark.moved(this.#by),
      body: body.moved(this.#by),
      whole: whole.moved(this.#by),
    }));
  }

  /** Empty for an instruction that takes none. */
  get flags(): readonly Flag[] {
    return this.#placed(this.#reading.flags, ({ name, value, written }) => ({
      name,
      value: value.moved(this.#by),
      written: written.moved(this.#by),
    }));
  }

  /** What follows the flags. */
  get arguments(): MappedText {
    return this.#reading.arguments.moved(this.#by);
  }

  /**
   * The words of the arguments. Quotes hold words together in `ARG`, `ENV` and `LABEL` alone; they are kept. Empty where the arguments are
   * a script or another instruction (`RUN`, `ONBUILD`).
   */
  get words(): readonly MappedText[] {
    return this.#texts(this.#reading.words);
  }

  /** The texts of the JSON form, `["a", "b"]`; null for any other. */
  get json(): readonly MappedText[] | null {
    const { json } = this.#reading;
    return json && this.#texts(json);
  }

  /** Those of `ARG` and `ENV`; empty for other instructions. */
  get properties(): readonly Property[] {
    return this.#placed(this.#reading.properties, ({ name, value }) => ({
      name: name.moved(this.#by),
      value: value?.moved(this.#by) ?? null,
    }));
  }

  /** Null in both for an instruction that is no `FROM`. */
  get from(): FromParts {
    const { image, stage } = this.#reading.from;
    return { image: image?.moved(this.#by) ?? null, stage: stage?.moved(this.#by) ?? null };
  }

  /** The instruction in the arguments of `ONBUILD` and `HEALTHCHECK`; it has the heredocs of this one. */
  get inner(): Instruction {
    return this.#reading.inner.moved(this.#by);
  }

  /** What `read` made of its commands when it was first asked for, and how far on the instruction stands now. */
  script(read: () => Script): { readonly script: Script; readonly by: number } {
    this.#reading.script ??= { script: read(), by: this.#by };
    return { script: this.#reading.script.script, by: this.#by - this.#reading.script.by };
  }

  #texts(texts: readonly MappedText[]): readonly MappedText[] {
    return this.#placed(texts, (text) => text.moved(this.#by));
  }

  #placed<T>(all: readonly T[], place: (one: T) => T): readonly T[] {
    return this.#by === 0 ? all : all.map(place);
  }
}

const takesFlags: ReadonlySet<string> = new Set(['ADD', 'COPY', 'FROM', 'HEALTHCHECK', 'RUN']);

/** Their words are held together by quotes. */
const takesProperties: ReadonlySet<string> = new Set(['ARG', 'ENV', 'LABEL']);

/** Their arguments are for a shell, or an instruction of their own. */
const takesScript: ReadonlySet<string> = new Set(['CMD', 'ENTRYPOINT', 'ONBUILD', 'RUN']);

/** What one text says, each part read when it is first asked for. */
class Reading {
  readonly text: MappedText;
  readonly keyword: string;
  readonly rest: MappedText;
  readonly heredocs: readonly HeredocText[];
  script: { readonly script: Script; readonly by: number } | null = null;
  readonly #escapeToken: string;
  /** In `rest`. */
  readonly #flagsEnd: number;
  /** In `rest`. */
  readonly #argumentsAt: number;
  #parts: Parts | null = null;
  #flags: readonly Flag[] | null = null;
  #arguments: MappedText | null = null;
  #words: readonly MappedText[] | null = null;
  #properties: readonly Property[] | null = null;
  #json: { readonly texts: readonly MappedText[] | null } | null = null;
  #inner: Instruction | null = null;

  constructor(line: MappedText, escapeToken: string, heredocs: readonly HeredocText[]) {
    const text = line.trim();
    const keyword = /^[^\t\v\f\r ]*/.exec(text.text)?.[0] ?? '';
    this.text = text;
    this.keyword = keyword.toUpperCase();
    this.rest = text.slice(keyword.length).trim();
    this.heredocs = heredocs;
    this.#escapeToken = escapeToken;
    const hasFlags = takesFlags.has(this.keyword) && this.rest.text.startsWith('--');
    const { argumentsAt, flagsEnd } = hasFlags ? this.#flagExtent() : { argumentsAt: 0, flagsEnd: 0 };
    this.#argumentsAt = argumentsAt;
    this.#flagsEnd = flagsEnd;
  }

  get flags(): readonly Flag[] {
    this.#flags ??= this.#readFlags();
    return this.#flags;
  }

  get arguments(): MappedText {
    this.#arguments ??= this.#argumentsAt === 0 ? this.rest : this.rest.slice(this.#argumentsAt);
    return this.#arguments;
  }

  get words(): readonly MappedText[] {
    this.#words ??= takesScript.has(this.keyword) ? [] : this.#read().words.map((at) => this.#slice(at));
    return this.#words;
  }

  get properties(): readonly Property[] {
    this.#properties ??= this.#readProperties();
    return this.#properties;
  }

  get from(): FromParts {
    const { image, stage } = this.#read();
    return { image: image && this.#slice(image), stage: stage && this.#slice(stage) };
  }

  get json(): readonly MappedText[] | null {
    this.#json ??= { texts: jsonTexts(this.arguments) };
    return this.#json.texts;
  }

  get inner(): Instruction {
    this.#inner ??= Instruction.read(this.arguments, this.#escapeToken, this.heredocs);
    return this.#inner;
  }

  /** Where the flags end: at the first word that is none, or at a lone `--`, which is left out. */
  #flagExtent(): { readonly flagsEnd: number; readonly argumentsAt: number } {
    const { text } = this.rest;
    const pastBlanks = (from: number): number => {
      let at = from;
      while (isBlank(text.charAt(at))) at++;
      return at;
    };
    let flagsEnd = 0;
    for (;;) {
      const at = pastBlanks(flagsEnd);
      if (!text.startsWith('--', at)) return { flagsEnd, argumentsAt: at };
      const end = Math.min(wordEnd(text, at, this.#escapeToken), text.length);
      const word = unquoted(this.rest.slice(at, end), this.#escapeToken).text;
      if (word === '--') return { flagsEnd, argumentsAt: pastBlanks(end) };
      flagsEnd = end;
    }
  }

  #readFlags(): readonly Flag[] {
    if (this.#flagsEnd === 0) return [];
    const masked = quotesMasked(this.rest.text.slice(0, this.#flagsEnd), this.#escapeToken);
    return flagsIn(masked).map(({ end, nameEnd, start }) => {
      const written = this.rest.slice(start, end);
      const name = unquoted(this.rest.slice(start + 2, nameEnd), this.#escapeToken).text;
      return { name, value: unquoted(written, this.#escapeToken).slice(name.length + 3), written };
    });
  }

  #readProperties(): readonly Property[] {
    const { properties } = this.#read();
    const [first] = properties;
    if (this.keyword === 'ENV' && first && properties.length === 1) {
      const rest = this.arguments.slice(first.name.end);
      // The old form: a name, and the value behind it, which can be empty.
      if (!rest.text.startsWith('=')) return [{ name: this.#slice(first.name), value: rest.trim() }];
    }
    return properties.map(({ name, value }) => ({
      name: this.#slice(name),
      value: value && this.#slice(value),
    }));
  }

  #read(): Parts {
    const { text } = this.arguments;
    this.#parts ??= partsIn(
      this.keyword,
      takesProperties.has(this.keyword) ? quotesMasked(text, this.#escapeToken) : wordsMasked(text),
    );
    return this.#parts;
  }

  #slice({ end, start }: Span): MappedText {
    return this.arguments.slice(start, end);
  }
}

/** Where the parts of an instruction's arguments stand in them. */
interface Parts {
  readonly words: readonly Span[];
  readonly properties: readonly { readonly name: Span; readonly value: Span | null }[];
  readonly image: Span | null;
  readonly stage: Span | null;
}

interface FlagPlace extends Span {
  readonly nameEnd: number;
}

// The parser gets one instruction on one line, in which nothing is left that it would take for something else (docs/dockerfile-ast.md):
// what quotes and escapes hide is masked, and all values are cut out of the text itself.

/** Words are parted by blanks alone: escapes mean nothing, and two hyphens make no flag. */
const wordsMasked = (text: string): string =>
  text.replace(/[\t\v\f\r]/g, ' ').replace(/[\\`]|--/g, (found) => mask.repeat(found.length));

/** Words are held together by quotes and escapes. An equals sign counts in them too. */
function quotesMasked(text: string, escapeToken: string): string {
  if (!/["'\\`\t\v\f\r]/.test(text)) return text;
  const hidden = (char: string): string => (char === '=' ? char : mask);
  let quote = '';
  let masked = '';
  for (let at = 0; at < text.length; at++) {
    const char = text.charAt(at);
    if (char === escapeToken && quote !== "'") {
      masked += mask + (at + 1 < text.length ? hidden(text.charAt(at + 1)) : '');
      at++;
    } else if (quote !== '') {
      if (char === quote) quote = '';
      masked += hidden(char);
    } else if (char === '"' || char === "'") {
      quote = char;
      masked += mask;
    } else if (char === '\\' || char === '`') masked += mask;
    else masked += isBlank(char) ? ' ' : char;
  }
  return masked;
}

const mask = 'x';

/** Of other instructions the parser tells but words. */
const withParts: ReadonlySet<string> = new Set(['FROM', ...takesProperties]);

function partsIn(keyword: string, masked: string): Parts {
  const { parsed, place } = parse(withParts.has(keyword) ? keyword : 'EXPOSE', masked);
  const words =
    parsed instanceof PropertyInstruction ? parsed.getPropertyArguments() : (parsed?.getArguments() ?? []);
  const image = parsed instanceof From ? parsed.getImageRange() : null;
  const stage = parsed instanceof From ? parsed.getBuildStageRange() : null;
  return {
    words: words.map((word) => place(word.getRange())),
    properties: propertiesOf(parsed, masked, place),
    image: image && place(image),
    stage: stage && place(stage),
  };
}

/** `HEALTHCHECK` has nothing but flags read: before other arguments they cost the square of their number. */
function flagsIn(masked: string): readonly FlagPlace[] {
  const { parsed, place } = parse('HEALTHCHECK', masked);
  if (!(parsed instanceof ModifiableInstruction)) return [];
  return parsed
    .getFlags()
    .map((flag) => ({ ...place(flag.getRange()), nameEnd: place(flag.getNameRange()).end }));
}

/** `place` turns the ranges of the parser into offsets in `args`. */
function parse(
  keyword: string,
  args: string,
): { readonly parsed: ParsedInstruction | undefined; readonly place: Place } {
  const [parsed] = DockerfileParser.parse(`${keyword} ${args}`).getInstructions();
  const from = keyword.length + 1;
  return { parsed, place: ({ end, start }) => span(start.character - from, end.character - from) };
}

interface Range {
  readonly start: { readonly character: number };
  readonly end: { readonly character: number };
}

type Place = (range: Range) => Span;

function propertiesOf(
  parsed: ParsedInstruction | undefined,
  masked: string,
  place: Place,
): Parts['properties'] {
  if (parsed instanceof Arg) {
    // The parser knows one argument alone.
    const words = parsed.getPropertyArguments().map((word) => place(word.getRange()));
    if (words.length > 1) return words.flatMap((word) => propertyAt(word, masked));
  }
  const properties =
    parsed instanceof Env ? parsed.getProperties() : parsed instanceof Arg ? [parsed.getProperty()] : [];
  return properties.flatMap((property) => {
    if (!property) return [];
    const value = property.getValueRange();
    return { name: place(property.getNameRange()), value: value && place(value) };
  });
}

function propertyAt({ end, start }: Span, masked: string): Parts['properties'] {
  const moved = (at: Span): Span => span(at.start + start, at.end + start);
  return partsIn('ARG', masked.slice(start, end)).properties.map(({ name, value }) => ({
    name: moved(name),
    value: value && moved(value),
  }));
}

/** `["a", "b"]`. The parser takes what is no JSON too, and loses blanks and escapes: it tells where the texts stand. */
function jsonTexts(args: MappedText): readonly MappedText[] | null {
  if (!args.text.startsWith('[')) return null;
  const values = parseJson(args.text);
  if (!Array.isArray(values) || !values.every((value) => typeof value === 'string')) return null;
  const { parsed, place } = parse('CMD', args.text.replace(/[\t\r]/g, ' '));
  const strings = parsed instanceof JSONInstruction ? parsed.getJSONStrings() : [];
  return strings.map((string) => {
    const { end, start } = place(string.getJSONRange());
    return jsonText(args.slice(start, end));
  });
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
