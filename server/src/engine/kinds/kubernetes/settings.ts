import type { YamlValue } from '../../yaml/lookup.ts';
import type { Meaning } from '../../yaml/setting.ts';
import { booleanOf } from '../../yaml/typed.ts';
import { fill } from './holes.ts';
import { noParameters } from './parameters.ts';

/** A boolean. In quotes it is a text, which the API server does not take for one. */
export function readFlagHere(value: YamlValue): Meaning<boolean> {
  const flag = booleanOf(value);
  if (flag !== undefined) return { value: flag };
  const { locked } = fill(value.text ?? '', noParameters);
  if (locked !== null) return { unknown: locked };
  return { unknown: 'The value written here is neither true nor false.', mistyped: true };
}

export function readTextHere(value: YamlValue): Meaning<string> {
  const { text } = value;
  if (text === null) return { unknown: 'The value written here is no text.' };
  const { locked } = fill(text, noParameters);
  return locked === null ? { value: text } : { unknown: locked };
}

/** A text without holes; null for everything else. */
export function textHere(value: YamlValue | undefined): string | null {
  const { text } = value ?? {};
  return text != null && fill(text, noParameters).holes.length === 0 ? text : null;
}
