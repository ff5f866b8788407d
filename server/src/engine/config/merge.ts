import type { Settings } from './settings.ts';

/**
 * The settings of a file that both an editor and a `.holdfast.yaml` speak about: what the file says wins, rule by rule and
 * registry by registry. Patterns add up, those of the file last, so that it can take one back.
 */
export const mergeSettings = (editor: Settings, file: Settings): Settings => ({
  rules: { ...editor.rules, ...file.rules },
  ignore: [...editor.ignore, ...file.ignore],
  registries: { ...editor.registries, ...file.registries },
  files: { ...editor.files, ...file.files },
  profile: file.profile,
  pinStyle: file.pinStyle,
  trusted: file.trusted,
  waivers: file.waivers,
});
