import {
  Arg,
  DockerfileParser,
  Env,
  From,
  JSONInstruction,
  ModifiableInstruction,
  type Instruction as Parsed,
  PropertyInstruction,
} from 'dockerfile-ast';
import { TextDocument } from 'vscode-languageserver-textdocument';
import { splitDockerfile } from '../../../../server/src/engine/dockerfile/dockerfile.ts';
import type { Instruction } from '../../../../server/src/engine/dockerfile/instruction.ts';
import type { MappedText } from '../../../../server/src/engine/text/mapped-text.ts';
import type { Span } from '../../../../server/src/engine/text/span.ts';

/** One line for each instruction, and one for the comments. */
export interface Read {
  readonly instructions: readonly string[];
  readonly comments: string;
}

const shown = (at: Span | null | undefined): string => (at ? `${at.start}-${at.end}` : 'none');
const listed = (all: readonly (Span | null | undefined)[]): string => all.map(shown).join(' ');

/** What both readers have a word for. Of scripts neither tells the words. */
const hasWords = /^(?:ADD|COPY|EXPOSE|FROM|LABEL|MAINTAINER|STOPSIGNAL|USER|WORKDIR)$/;

/** What our reader makes of a text. */
export function readOurs(text: string): Read {
  const file = splitDockerfile(text);
  return { instructions: file.instructions.map(oursOf), comments: listed(file.comments) };
}

function oursOf(one: Instruction): string {
  const { flags, from, heredocs, json, keyword, properties, words } = one;
  const spanOf = (part: MappedText | null): Span | null => part?.span ?? null;
  const start = one.text.span.start;
  const end = heredocs.at(-1)?.whole.span.end ?? one.text.span.end;
  return [
    `${keyword} ${start}-${end}`,
    `flags ${flags.map(({ name, value, written }) => `${name}=${value.text}@${shown(written.span)}`).join(' ')}`,
    ...(hasWords.test(keyword) && json === null && heredocs.length === 0
      ? [`words ${listed(words.map(spanOf))}`]
      : []),
    `from ${shown(spanOf(from.image))} ${shown(spanOf(from.stage))}`,
    `properties ${properties.map(({ name, value }) => `${shown(name.span)}=${shown(spanOf(value))}`).join(' ')}`,
    `json ${listed((json ?? []).map(({ span }) => span))}`,
  ].join(' · ');
}

/** What dockerfile-ast makes of the whole of it. */
export function readTheirs(text: string): Read {
  const document = TextDocument.create('', '', 0, text);
  const spanOf = (range: { start: object; end: object } | null): Span | null =>
    range && {
      start: document.offsetAt(range.start as { line: number; character: number }),
      end: document.offsetAt(range.end as { line: number; character: number }),
    };
  const file = DockerfileParser.parse(text);
  // Blanks behind an instruction are a part of it there.
  const instructionSpan = (one: Parsed): Span | null => {
    const at = spanOf(one.getRange());
    return at && { ...at, end: at.start + text.slice(at.start, at.end).trimEnd().length };
  };
  return {
    instructions: file.getInstructions().map((one) => theirsOf(one, instructionSpan(one), spanOf)),
    comments: listed(file.getComments().map((one) => spanOf(one.getRange()))),
  };
}

function theirsOf(
  one: Parsed,
  whole: Span | null,
  spanOf: (range: { start: object; end: object } | null) => Span | null,
): string {
  const keyword = one.getKeyword();
  const flags = one instanceof ModifiableInstruction ? one.getFlags() : [];
  const json = one instanceof JSONInstruction ? one.getJSONStrings() : [];
  const found = one instanceof Env ? one.getProperties() : one instanceof Arg ? [one.getProperty()] : [];
  const words = one instanceof PropertyInstruction ? one.getPropertyArguments() : one.getArguments();
  const image = one instanceof From ? one.getImageRange() : null;
  const stage = one instanceof From ? one.getBuildStageRange() : null;
  return [
    `${keyword} ${shown(whole)}`,
    `flags ${flags.map((flag) => `${flag.getName()}=${flag.getValue() ?? ''}@${shown(spanOf(flag.getRange()))}`).join(' ')}`,
    ...(hasWords.test(keyword) && json.length === 0 && !one.getTextContent().includes('<<')
      ? [`words ${listed(words.map((word) => spanOf(word.getRange())))}`]
      : []),
    `from ${shown(spanOf(image))} ${shown(spanOf(stage))}`,
    `properties ${found
      .flatMap((property) =>
        property
          ? `${shown(spanOf(property.getNameRange()))}=${shown(spanOf(property.getValueRange()))}`
          : [],
      )
      .join(' ')}`,
    `json ${listed(json.map((string) => spanOf(string.getJSONRange())))}`,
  ].join(' · ');
}
