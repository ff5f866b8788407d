import type { RegistryTable } from '../ports.ts';
import type { Span } from '../text/span.ts';
import type { IgnoreTest } from './ignore.ts';
import {
  defaultSettings,
  type PinStyle,
  type Profile,
  type Settings,
  type SignatureDemand,
  type Waiver,
} from './settings.ts';

/** Patterns of files as in `.gitignore`. */
export interface FilePatterns {
  readonly patterns: readonly string[];
  /** Where each of them stands in its file. */
  readonly places: readonly Span[];
  readonly fits: IgnoreTest;
}

/** What is different for some files. */
export interface Override {
  readonly files: FilePatterns;
  readonly rules: Settings['rules'];
  /** Null where it says none. */
  readonly profile: Profile | null;
}

/** A waiver as it is written. */
export interface PolicyWaiver extends Omit<Waiver, 'expired'> {
  /** Null for every file. */
  readonly files: FilePatterns | null;
  /** Where it stands in its file. */
  readonly span: Span;
  /** Where its last day does. */
  readonly expiresAt: Span;
}

/** What one file says. Null where it says nothing. */
export interface PolicyLayer {
  readonly profile: Profile | null;
  readonly rules: Settings['rules'];
  readonly overrides: readonly Override[];
  readonly ignore: readonly string[];
  readonly files: Settings['files'];
  readonly trusted: readonly string[] | null;
  readonly registries: RegistryTable;
  readonly pinStyle: PinStyle | null;
  readonly signatures: readonly SignatureDemand[];
  readonly variables: Settings['variables'];
  readonly waivers: readonly PolicyWaiver[];
  readonly mayLoosen: boolean | null;
  readonly isRoot: boolean | null;
}

/**
 * A configuration with those it extends. Later layers win; of the first is what is extended. All patterns are relative to the folder of
 * the file that was loaded, which is that of the last layer.
 */
export interface Policy {
  readonly layers: readonly PolicyLayer[];
}

export const emptyLayer: PolicyLayer = {
  profile: null,
  rules: {},
  overrides: [],
  ignore: [],
  files: {},
  trusted: null,
  registries: {},
  pinStyle: null,
  signatures: [],
  variables: {},
  waivers: [],
  mayLoosen: null,
  isRoot: null,
};

export const emptyPolicy: Policy = { layers: [] };

/**
 * What a policy comes to for one file. `path` is relative to the folder of the policy, with forward slashes; overrides and waivers for
 * some files are never for one outside it. `today`: the day in UTC as `2027-03-31`.
 */
export function policyFor({ layers }: Policy, path: string, today: string): Settings {
  const own = layers.map((layer) => inLayer(layer, path));
  const lists = layers.flatMap(({ trusted }) => trusted ?? []);
  return {
    rules: joined(own.map(({ rules }) => rules)),
    profile: last(own.map(({ profile }) => profile)) ?? defaultSettings.profile,
    ignore: layers.flatMap(({ ignore }) => ignore),
    files: joined(layers.map(({ files }) => files)),
    registries: joined(layers.map(({ registries }) => registries)),
    pinStyle: last(layers.map(({ pinStyle }) => pinStyle)) ?? defaultSettings.pinStyle,
    trusted: layers.some(({ trusted }) => trusted !== null) ? lists : null,
    signatures: layers.flatMap(({ signatures }) => signatures),
    variables: joined(layers.map(({ variables }) => variables)),
    waivers: layers.flatMap(({ waivers }) => waivers.flatMap((waiver) => heldFor(waiver, path, today))),
  };
}

/** Whether the settings of an editor may make it less strict. */
export const mayLoosen = ({ layers }: Policy): boolean =>
  last(layers.map((layer) => layer.mayLoosen)) ?? false;

/** Whether policies of folders below must not loosen it. What is extended says that for nobody else. */
export const isRootPolicy = ({ layers }: Policy): boolean => layers.at(-1)?.isRoot ?? false;

function inLayer(layer: PolicyLayer, path: string): Pick<Override, 'profile' | 'rules'> {
  const fitting = layer.overrides.filter(({ files }) => files.fits(path));
  return {
    rules: joined([layer.rules, ...fitting.map(({ rules }) => rules)]),
    profile: last([layer.profile, ...fitting.map(({ profile }) => profile)]),
  };
}

function heldFor(waiver: PolicyWaiver, path: string, today: string): readonly Waiver[] {
  if (waiver.files && !waiver.files.fits(path)) return [];
  const { approvedBy, expires, image, reason, rules } = waiver;
  return [{ rules, image, reason, approvedBy, expires, expired: expires !== null && expires < today }];
}

const last = <T>(values: readonly (T | null)[]): T | null =>
  values.findLast((value) => value !== null) ?? null;

/** One table of many; of a key that several have, the last counts. Keys that every object of JavaScript has are keys like others. */
const joined = <T>(tables: readonly Readonly<Record<string, T>>[]): Readonly<Record<string, T>> =>
  Object.fromEntries(tables.flatMap((table) => Object.entries(table)));
