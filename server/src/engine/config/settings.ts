import { severities } from '../model/finding.ts';
import type { RegistryTable } from '../ports.ts';

/** What a rule is raised or lowered to. */
export const ruleLevels = ['off', ...severities] as const;
export type RuleLevel = (typeof ruleLevels)[number];

export const isRuleLevel = (text: string): text is RuleLevel => ruleLevels.some((level) => level === text);

/** The configuration of one file, whatever it came from: `.holdfast.yaml`, editor settings, or nothing. */
export interface Settings {
  /** Rule id → level. A rule that is not named keeps its own severity. */
  readonly rules: Readonly<Record<string, RuleLevel>>;
  /** Patterns of files that are not looked at, in `.gitignore` syntax, relative to the configuration's folder. */
  readonly ignore: readonly string[];
  readonly registries: RegistryTable;
  /**
   * Pattern of files in `.gitignore` syntax, relative to the configuration's folder → id of the kind they are of, whatever their
   * name and content. The last pattern that fits a file counts.
   */
  readonly files: Readonly<Record<string, string>>;
}

export const defaultSettings: Settings = { rules: {}, ignore: [], registries: {}, files: {} };

/** The file whose settings come before those of the editor; the nearest one upward counts. */
export const configFileName = '.holdfast.yaml';
