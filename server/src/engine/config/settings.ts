import { type Severity, severities } from '../model/finding.ts';
import type { RegistryTable } from '../ports.ts';

/** What a rule is raised or lowered to. */
export const ruleLevels = [...severities, 'off'] as const;
export type RuleLevel = (typeof ruleLevels)[number];

export const isRuleLevel = (text: string): text is RuleLevel => ruleLevels.some((level) => level === text);

/** `strict` raises every rule by a step. */
export const profiles = ['recommended', 'strict'] as const;
export type Profile = (typeof profiles)[number];

/** `digest-with-comment` keeps the tag in a comment, for tools that refuse a tag beside a digest. */
export const pinStyles = ['tag-and-digest', 'digest-only', 'digest-with-comment'] as const;
export type PinStyle = (typeof pinStyles)[number];

/** An exception that somebody answers for. */
export interface Waiver {
  /** Ids. */
  readonly rules: readonly string[];
  /** Pattern of the images it is for, with `*` for any text; null for whatever the rules find. */
  readonly image: string | null;
  readonly reason: string;
  readonly approvedBy: string;
  /** The last day it holds, as `2027-03-31`; null for one without end. */
  readonly expires: string | null;
  /** That day has passed. */
  readonly expired: boolean;
}

/** A demand that images be signed. */
export interface SignatureDemand {
  /** Pattern of the images, as in a waiver. */
  readonly images: string;
  /** The public key, or several one after the other, in PEM. */
  readonly key: string;
}

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
  readonly profile: Profile;
  readonly pinStyle: PinStyle;
  /** Patterns of registries and of repositories under them; null where every registry is trusted. */
  readonly trusted: readonly string[] | null;
  /** An image that several fit has to satisfy each of them. */
  readonly signatures: readonly SignatureDemand[];
  /** Name → value of variables that no file sets. */
  readonly variables: Readonly<Record<string, string>>;
  /** Those that speak about the file. */
  readonly waivers: readonly Waiver[];
}

export const defaultSettings: Settings = {
  rules: {},
  ignore: [],
  registries: {},
  files: {},
  profile: 'recommended',
  pinStyle: 'tag-and-digest',
  trusted: null,
  signatures: [],
  variables: {},
  waivers: [],
};

/** The file whose settings come before those of the editor; the nearest one upward counts. */
export const configFileName = '.holdfast.yaml';

/** Its name with the other ending of YAML files: not read, which its writer has to be told. */
export const misnamedConfig = '.holdfast.yml';

/** Whether a file by its name is a configuration, or one that others extend: `strict.holdfast.yaml`. */
export const isConfigName = (name: string): boolean => name.endsWith(configFileName);

/** The severity of a rule's findings; null where it is off. */
export function levelOf(
  { profile, rules }: Settings,
  rule: { readonly id: string; readonly severity: Severity },
): Severity | null {
  const level = rules[rule.id];
  if (level !== undefined) return level === 'off' ? null : level;
  return profile === 'strict'
    ? (severities[severities.indexOf(rule.severity) - 1] ?? rule.severity)
    : rule.severity;
}
