import type { Setting } from '../model/setting.ts';
import { type Edits, refuse } from '../text/edit.ts';
import type { Span } from '../text/span.ts';
import { type Placement, setIn } from './insert.ts';
import type { YamlValue } from './lookup.ts';

/**
 * What a written value means; `unknown` where this file cannot tell, with the reason it cannot be set either. `mistyped`: a value of
 * another type, which what takes the file refuses.
 */
export type Meaning<T> = { readonly value: T } | { readonly unknown: string; readonly mistyped?: true };

export interface SettingSpec<T> extends Placement {
  /** The mapping that holds the setting, and the keys from there. */
  readonly owner: YamlValue;
  readonly keys: readonly [string, ...string[]];
  /** The value that holds, where it may stand elsewhere than under `keys`; null where none does. */
  readonly written?: YamlValue | null;
  /** Underlined where nothing is written. */
  readonly name: Span;
  /** What holds where nothing is written; `unknown` where another file may say it. */
  readonly fallback: T | undefined | 'unknown';
  readonly read: (value: YamlValue) => Meaning<T>;
  /** Why it cannot be set here at all. */
  readonly locked?: string | null;
}

/** One setting of a workload that stands under a chain of keys. */
export function settingOf<T extends string | boolean>(spec: SettingSpec<T>): Setting<T> {
  const { fallback, keys, name, owner, read } = spec;
  const written = spec.written === undefined ? owner.at(...keys) : spec.written;
  const set = (wanted: T, locked = spec.locked): Edits =>
    locked ? refuse(locked) : setIn(owner, keys, wanted, spec);
  if (!written || written.type === 'null') {
    const seen = fallback !== 'unknown';
    return { value: seen ? fallback : undefined, origin: seen ? 'default' : 'unknown', underline: name, set };
  }
  const meaning = read(written);
  if ('unknown' in meaning) {
    return {
      value: undefined,
      origin: 'unknown',
      underline: written.span,
      ...(meaning.mistyped && { mistyped: true }),
      set: (wanted) => set(wanted, meaning.unknown),
    };
  }
  return {
    value: meaning.value,
    origin: written.merged ? 'merged' : 'explicit',
    underline: written.span,
    set,
  };
}

/** The texts that Compose takes for booleans, in any case (compose-go, `loader/interpolate.go`, `toBoolean`): those of YAML 1.1 among them. */
export function readFlag(text: string | null): boolean | undefined {
  if (text === null) return undefined;
  if (/^(?:true|yes|y|on|1|t)$/i.test(text)) return true;
  return /^(?:false|no|n|off|0|f)$/i.test(text) ? false : undefined;
}
