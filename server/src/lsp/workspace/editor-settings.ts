import { defaultSettings, isKindId, isRuleLevel, type Settings } from '../../engine/index.ts';
import type { EditorSettings } from '../protocol/protocol.ts';

/** Reads the section `holdfast` of the editor's settings. What has another shape is left out: editors check it against the schema. */
export function readEditorSettings(section: unknown): Settings {
  const rules: unknown = property(section, 'rules' satisfies keyof EditorSettings);
  const registries: unknown = property(section, 'registries' satisfies keyof EditorSettings);
  const files: unknown = property(section, 'files' satisfies keyof EditorSettings);
  return {
    ...defaultSettings,
    rules: Object.fromEntries(
      entries(rules).flatMap(([id, level]) =>
        typeof level === 'string' && isRuleLevel(level) ? [[id, level]] : [],
      ),
    ),
    registries: Object.fromEntries(
      entries(registries).map(([name, settings]) => {
        const mirror = property(settings, 'mirror');
        const insecure = property(settings, 'insecure');
        return [
          name,
          {
            ...(typeof mirror === 'string' && mirror !== '' && { mirror }),
            ...(typeof insecure === 'boolean' && { insecure }),
          },
        ];
      }),
    ),
    files: Object.fromEntries(
      entries(files).flatMap(([pattern, kind]) =>
        typeof kind === 'string' && isKindId(kind) ? [[pattern, kind]] : [],
      ),
    ),
  };
}

/** Settings that are about the whole window. */
export type WindowSettings = Required<Pick<EditorSettings, 'offline' | 'automaticChecks'>>;

/** Reads those of the section that are about the whole window. */
export const readWindowSettings = (section: unknown): WindowSettings => ({
  offline: property(section, 'offline' satisfies keyof EditorSettings) === true,
  automaticChecks: property(section, 'automaticChecks' satisfies keyof EditorSettings) === true,
});

const entries = (value: unknown): readonly [string, unknown][] =>
  typeof value === 'object' && value !== null ? Object.entries(value) : [];

/** A property of something that came over the wire. */
export const property = (value: unknown, name: string): unknown =>
  typeof value === 'object' && value !== null
    ? Object.getOwnPropertyDescriptor(value, name)?.value
    : undefined;
