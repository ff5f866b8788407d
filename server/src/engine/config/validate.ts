import { enumerated } from '../text/enumerated.ts';
import type { Span } from '../text/span.ts';
import type { YamlValue } from '../yaml/lookup.ts';
import type { ChoiceShape, ListShape, MappingShape, Shape, TableShape, TextShape } from './shape.ts';
import { instead, mostListed, quoted } from './words.ts';

/** Who else finds a mistake: every reader of YAML, every reader of the JSON Schema, or nobody. `size`: there was too much to look at. */
export type FoundBy = 'yaml' | 'schema' | 'policy' | 'size';

/** Called for each mistake; reading goes on, so that all of them are told at once. */
export type Complain = (at: Span, message: string, by: FoundBy) => void;

/** A configuration of more values keeps its reader busy: its aliases stand for each other many times over. */
const mostValues = 100_000;

/** What follows in a text with more mistakes than this, nobody reads. */
export const mostMistakes = 100;

/** Tells the places where a value is not of its shape, as many as anybody reads. */
export function validate(root: YamlValue, shape: Shape, complain: Complain): void {
  new Validator(complain).check(root, shape, null);
}

class Validator {
  readonly #tell: Complain;
  #values = 0;
  #mistakes = 0;

  constructor(complain: Complain) {
    this.#tell = complain;
  }

  #complain(at: Span, message: string, by: FoundBy): void {
    this.#mistakes++;
    this.#tell(at, message, by);
  }

  get #isFull(): boolean {
    return this.#mistakes >= mostMistakes;
  }

  /** `name`: the key of a table that the value stands under. */
  check(value: YamlValue, shape: Shape, name: string | null): void {
    if (this.#isFull) return;
    if (++this.#values > mostValues) {
      if (this.#values === mostValues + 1) this.#complain(value.span, tooMany, 'size');
      return;
    }
    if (shape.type === 'mapping') this.#mapping(value, shape);
    else if (shape.type === 'table') this.#table(value, shape);
    else if (shape.type === 'list') this.#list(value, shape);
    else if (shape.type === 'choice') this.#choice(value, shape, name);
    else if (shape.type === 'text') this.#text(value.span, value.text ?? '', shape, value.type === 'scalar');
    else if (!isFlag(value)) this.#complain(value.span, shape.wants, 'schema');
  }

  #choice(value: YamlValue, shape: ChoiceShape, name: string | null): void {
    const { listedAt, noun, options } = shape;
    const words = valuesOf(options);
    if (value.text === null) {
      const whose = name === null ? '' : ` of ${/^[a-z-]+$/.test(name) ? name : quoted(name)}`;
      const is = words.length > mostListed ? listedAt : `it is ${enumerated(words, 'or')}`;
      this.#complain(value.span, `The ${noun}${whose} is missing; ${is}.`, 'schema');
    } else if (!words.includes(value.text)) {
      const told = instead(value.text, words, listedAt);
      this.#complain(value.span, `${quoted(value.text)} is no ${noun}${told}`, 'schema');
    }
  }

  #text(at: Span, text: string, { fault, pattern }: TextShape, isWritten = true): void {
    const message = fault(text);
    if (message === null) return;
    const bySchema = !isWritten || (pattern !== null && !new RegExp(pattern, 'u').test(text));
    this.#complain(at, message, bySchema ? 'schema' : 'policy');
  }

  #mapping(value: YamlValue, shape: MappingShape): void {
    if (!value.isMap) {
      if (!(shape.optional && value.type === 'null')) this.#complain(value.span, shape.wants, 'schema');
      return;
    }
    this.#repeated(value);
    const entries = value.entries();
    for (const { key, keySpan, value: under } of entries) {
      if (this.#isFull) return;
      const known = Object.hasOwn(shape.keys, key) ? shape.keys[key] : undefined;
      if (known) this.check(under, known.shape, null);
      else {
        const names = Object.keys(shape.keys);
        const told = `there is ${enumerated(names, 'and')}`;
        this.#complain(keySpan, `${shape.lacks} ${quoted(key)}${instead(key, names, told)}`, 'schema');
      }
    }
    for (const [key, { required }] of Object.entries(shape.keys)) {
      if (required === undefined || entries.some((entry) => entry.key === key)) continue;
      const at = entries[0]?.keySpan ?? value.span;
      this.#complain(at, required, 'schema');
    }
  }

  #table(value: YamlValue, shape: TableShape): void {
    if (!value.isMap) {
      if (!(shape.optional && value.type === 'null')) this.#complain(value.span, shape.wants, 'schema');
      return;
    }
    this.#repeated(value);
    const { names, noun } = shape;
    for (const { key, keySpan, value: under } of value.entries()) {
      if (this.#isFull) return;
      if ('type' in names) {
        this.#text(keySpan, key, names);
        this.check(under, shape.value, key);
      } else if (names.some((option) => option.value === key)) this.check(under, shape.value, key);
      else {
        const told = instead(key, valuesOf(names), shape.listedAt);
        this.#complain(keySpan, `There is no ${noun} ${quoted(key)}${told}`, 'schema');
      }
    }
  }

  #list(value: YamlValue, shape: ListShape): void {
    const { item, optional, single, wants } = shape;
    if (value.type === 'sequence') {
      const items = value.items();
      if (items.length === 0 && !optional) this.#complain(value.span, wants, 'schema');
      for (const one of items) this.check(one, item, null);
    } else if (value.type === 'null') {
      if (!optional) this.#complain(value.span, wants, 'schema');
    } else if (single && value.type === 'scalar') this.check(value, item, null);
    else this.#complain(value.span, wants, 'schema');
  }

  #repeated(value: YamlValue): void {
    for (const at of value.repeatedKeys()) {
      this.#complain(
        at,
        'This key stands here twice, and only one of them can count. Put them together.',
        'yaml',
      );
    }
  }
}

const tooMany = `The configuration has more than ${mostValues.toLocaleString('en')} values, counting what aliases stand for; take the aliases out.`;

const isFlag = ({ scalar }: YamlValue): boolean =>
  scalar?.style === 'plain' && /^(?:true|false)$/.test(scalar.text);

const valuesOf = (options: readonly { readonly value: string }[]): readonly string[] =>
  options.map(({ value }) => value);
