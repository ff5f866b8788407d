import type { YamlValue } from '../../yaml/lookup.ts';
import { type Meaning, readFlag } from '../../yaml/setting.ts';
import { decidedElsewhere, interpolate, type Values } from './interpolate.ts';

/** A boolean, which may come from a variable: Compose reads its text then. */
export function readBoolean(value: YamlValue, values: Values): Meaning<boolean> {
  const interpolated = interpolate(value.text ?? '', values);
  const flag = interpolated.holes.length === 0 ? readFlag(interpolated.text) : undefined;
  if (flag !== undefined) return { value: flag };
  return { unknown: decidedElsewhere(interpolated) ?? 'The value written here is neither true nor false.' };
}

/** Why a written value cannot be changed; null where it can, or where nothing is written. */
export function lockOf(value: YamlValue | undefined, values: Values): string | null {
  return value?.text ? decidedElsewhere(interpolate(value.text, values)) : null;
}
