/** What the values of a configuration look like: the words that its description, `schema.ts`, is written in. */
export type Shape = MappingShape | TableShape | ListShape | ChoiceShape | TextShape | FlagShape;

/** A word that can be written, and what it means. Markdown. */
export interface Option {
  readonly value: string;
  readonly description: string;
  /** Where more is told. */
  readonly page?: string;
}

/** A mapping with the same keys wherever it stands. */
export interface MappingShape {
  readonly type: 'mapping';
  readonly keys: Readonly<Record<string, Key>>;
  /** The beginning of the sentence that says a key is none: `A waiver has no setting`. */
  readonly lacks: string;
  /** The sentence for something else in its place. */
  readonly wants: string;
  /** Nothing at all may stand in its place: the section is there, and empty. */
  readonly optional: boolean;
}

export interface Key {
  /** Markdown. */
  readonly description: string;
  /** As people write it, for the documentation. */
  readonly example: string;
  readonly shape: Shape;
  /** The sentence for a mapping without it; absent where it may be left out. */
  readonly required?: string;
}

/** A mapping whose keys are names. */
export interface TableShape {
  readonly type: 'table';
  /** What can be a key: one of these, or any text of this form. */
  readonly names: readonly Option[] | TextShape;
  /** As in `There is no rule "x"`. */
  readonly noun: string;
  /** The end of a sentence that tells where many names are listed. */
  readonly listedAt: string;
  readonly value: Shape;
  readonly wants: string;
  readonly optional: boolean;
}

export interface ListShape {
  readonly type: 'list';
  readonly item: Shape;
  readonly wants: string;
  /** One item may stand in the place of a list of one. */
  readonly single: boolean;
  /** Nothing at all may stand in its place, or a list without items. */
  readonly optional: boolean;
}

export interface ChoiceShape {
  readonly type: 'choice';
  readonly options: readonly Option[];
  /** As in `"x" is no level`. */
  readonly noun: string;
  /** The end of a sentence that tells where many options are listed. */
  readonly listedAt: string;
}

export interface TextShape {
  readonly type: 'text';
  /** What can be told of it by a regular expression (ECMA-262, flag `u`): whatever fits no part of it is a fault. */
  readonly pattern: string | null;
  /** The sentence that tells what is wrong; null for a text that is right. Nothing written is an empty text. */
  readonly fault: (text: string) => string | null;
  /** What is worth offering. `today`: as `2027-03-31`. */
  readonly suggest?: (today: string) => readonly Option[];
}

export interface FlagShape {
  readonly type: 'flag';
  /** The sentence for anything but `true` and `false`. */
  readonly wants: string;
}

/** What stands under a key of a mapping or table; undefined where there is no such key. */
export function valueShape(shape: Shape, key: string): Shape | undefined {
  if (shape.type === 'table') return shape.value;
  if (shape.type !== 'mapping') return undefined;
  return Object.hasOwn(shape.keys, key) ? shape.keys[key]?.shape : undefined;
}
