import type { Span } from '../text/span.ts';
import type { Dockerfile } from './dockerfile.ts';
import type { Instruction } from './instruction.ts';

/** Something beside a base image that gets the value of a build argument declared before the first stage. */
export interface ArgumentReader {
  readonly argument: string;
  /** Of the instruction. */
  readonly keyword: string;
  readonly span: Span;
}

/** Where variables are named, in the ways of any shell. */
const mention = /\$\{?(?:env:)?[!#]?([a-z_]\w*)|%([a-z_]\w*)%/gi;

/**
 * The first reader of each argument. A stage sees an argument from `ARG NAME` on, and so do the stages that go on from it; the commands of
 * `RUN` get it in their environment, so that this line alone counts as one.
 */
export function readReaders({ instructions }: Dockerfile): ReadonlyMap<string, ArgumentReader> {
  const shown = new Map<string, ArgumentReader>();
  const readers = new Map<string, ArgumentReader>();
  let inStage = false;
  const note = (text: string, { keyword, text: { span } }: Instruction, names: Has | null): void => {
    for (const { 1: braced, 2: percent } of text.matchAll(mention)) {
      const argument = braced ?? percent ?? '';
      if ((names && !names.has(argument)) || readers.has(argument)) continue;
      readers.set(argument, { argument, keyword, span });
    }
  };
  for (const instruction of instructions) {
    const { heredocs, keyword, rest } = instruction;
    if (keyword === 'FROM') {
      inStage = true;
      // The flags see all of them.
      const written = instruction.flags.map(({ value }) => value.text);
      note(written.join(' '), instruction, null);
    } else if (inStage) {
      note(rest.text, instruction, shown);
      for (const { body } of heredocs) note(body.text, instruction, shown);
      if (keyword === 'ARG') {
        for (const { text } of instruction.words) {
          if (!text.includes('=') && !shown.has(text)) {
            shown.set(text, { argument: text, keyword, span: instruction.text.span });
          }
        }
      }
    }
  }
  return new Map([...shown, ...readers]);
}

interface Has {
  has(name: string): boolean;
}
