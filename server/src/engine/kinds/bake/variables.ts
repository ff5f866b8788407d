import { type Entry, entriesOf } from './hcl.ts';
import type { Text } from './tokens.ts';

/** A text with the known variables put in. */
export interface Resolved {
  readonly text: string;
  /** What stays unknown, as it stands in `text`. */
  readonly holes: readonly string[];
  /** `text` with a NUL for each character of a hole. */
  readonly masked: string;
}

/** No reference is so long, and none is put together from so many variables: beyond it a text counts as unknown. */
const limits = { length: 2048, steps: 50 };

const mask = ({ length }: string): string => '\0'.repeat(length);

/**
 * The variables of a file, by their defaults. A build can be given other values, which no file tells. An attribute outside
 * of all blocks is a variable too.
 */
export class Variables {
  readonly #values = new Map<string, Text>();

  constructor(file: readonly Entry[]) {
    for (const { key, value } of file) {
      if (value.type === 'text') this.#values.set(key, value);
      if (key !== 'variable') continue;
      for (const variable of entriesOf(value)) {
        const initial = entriesOf(variable.value).find((entry) => entry.key === 'default')?.value;
        if (initial?.type === 'text') this.#values.set(variable.key, initial);
      }
    }
  }

  /** `unknown` are variables that have other values here; `emptyIsUnknown` takes an empty default for one that the build must give. */
  resolve(text: Text, unknown: ReadonlySet<string>, emptyIsUnknown: boolean): Resolved {
    const holes = new Set<string>();
    let result = '';
    let masked = '';
    let steps = 0;
    const known = (name: string | null): Text | undefined => {
      const value = name === null || unknown.has(name) ? undefined : this.#values.get(name);
      return value?.written === '' && emptyIsUnknown ? undefined : value;
    };
    const add = (part: string, shown = part): void => {
      result += part;
      masked += shown;
    };
    const put = ({ templates, written }: Text): void => {
      let from = 0;
      for (const { end, name, start } of templates) {
        if (++steps > limits.steps || result.length > limits.length) return;
        add(written.slice(from, start));
        from = end;
        const value = known(name);
        if (value) put(value);
        else {
          const hole = written.slice(start, end);
          holes.add(hole);
          add(hole, mask(hole));
        }
      }
      add(written.slice(from));
    };
    put(text);
    const isTooLong = steps > limits.steps || result.length > limits.length;
    return isTooLong
      ? { text: text.written, holes: [text.written], masked: mask(text.written) }
      : { text: result, holes: [...holes], masked };
  }
}
