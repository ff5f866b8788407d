import type { YamlValue } from '../../yaml/lookup.ts';
import { type Meaning, readFlag } from '../../yaml/setting.ts';
import { fill } from './holes.ts';
import { noParameters } from './parameters.ts';

/** A boolean. In quotes it is a text, which the API server does not take for one. */
export function readFlagHere(value: YamlValue): Meaning<boolean> {
  const flag = value.scalar?.style === 'plain' ? readFlag(value.text) : undefined;
  if (flag !== undefined) return { value: flag };
  const { locked } = fill(value.text ?? '', noParameters);
  return { unknown: locked ?? 'The value written here is neither true nor false.' };
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
