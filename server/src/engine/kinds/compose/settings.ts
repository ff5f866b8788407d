import type { Setting } from '../../model/setting.ts';
import { refuse } from '../../text/edit.ts';
import type { Span } from '../../text/span.ts';
import type { YamlValue } from '../../yaml/lookup.ts';
import { type Meaning, readFlag, settingOf } from '../../yaml/setting.ts';
import { decidedElsewhere, interpolate, type Values } from './interpolate.ts';
import { isReset } from './layer.ts';
import type { Layers, Project } from './project.ts';

/** One service with what is known around it. */
export interface ServicePlace {
  readonly key: string;
  readonly keySpan: Span;
  readonly service: YamlValue;
  /** `services.web` */
  readonly path: string;
  /** `service web` */
  readonly label: string;
  readonly layers: Layers;
  /** What is not written in this file is written nowhere. */
  readonly whole: boolean;
  readonly project: Project;
}

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

/** A boolean of a service, false where nothing is written. */
export function readFlagSetting(name: string, place: ServicePlace): Setting<boolean> {
  const { keySpan, layers, project, service, whole } = place;
  const later = layers.later?.find(name);
  if (later && !isReset(later)) return elsewhere(keySpan, project);
  const found = layers.own.find(name);
  const reset = isReset(found) || later !== undefined;
  const { overrideName, values } = project;
  const resetIn = later === undefined ? 'the service' : `\`${overrideName}\``;
  return settingOf<boolean>({
    owner: service,
    keys: [name],
    written: reset ? null : (found ?? null),
    name: keySpan,
    fallback: whole && layers.earlier?.find(name) === undefined ? false : 'unknown',
    read: (value) => readBoolean(value, values),
    locked: reset
      ? `\`!reset\` in ${resetIn} takes this setting away; remove it there first.`
      : lockOf(service.get(name), values),
    after: ['image', 'build'],
  });
}

/** A setting that the file merged into this one decides: it is reported there, where it can be changed. */
export const elsewhere = (underline: Span, { overrideName }: Project): Setting<boolean> => ({
  value: undefined,
  origin: 'unknown',
  underline,
  set: () => refuse(`\`${overrideName}\` decides this setting; change it there.`),
});

/** Nothing of what the file before says is left. */
export const replacesAll = (value: YamlValue | undefined): boolean =>
  value?.tag === '!override' || value?.tag === '!reset';
