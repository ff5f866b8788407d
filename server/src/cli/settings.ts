import { stat } from 'node:fs/promises';
import { dirname, join, relative, resolve, sep } from 'node:path';
import {
  configFileName,
  defaultSettings,
  type IgnoreTest,
  ignoreTest,
  type KindTest,
  kindTest,
  parseConfig,
  type Settings,
} from '../engine/index.ts';
import { readText } from '../files/read.ts';
import { errorCode } from '../files/reason.ts';
import { shownPath } from './files.ts';

/** The settings of one folder, or the file that should give them and does not. */
export type Found =
  | {
      readonly ok: true;
      readonly settings: Settings;
      /** Whether the file at an absolute path is left out; folders are given with `isFolder`. */
      isLeftOut(path: string, isFolder: boolean): boolean;
      /** The kind that the settings say the file at an absolute path is of. */
      kindOf(path: string): string | null;
    }
  | {
      readonly ok: false;
      /** As people see it. */
      readonly file: string;
    };

/** The settings that count for the files of a folder. Nothing rejects. */
export interface SettingsSource {
  of(folder: string): Promise<Found>;
  /** What is wrong with the files read so far: one line each, with the place and what would be right. */
  errors(): readonly string[];
}

const none: Found = { ok: true, settings: defaultSettings, isLeftOut: () => false, kindOf: () => null };

/** `given`: the one file that counts for all; else the nearest `.holdfast.yaml` upward from each folder, up to the root of the repository. */
export function createSettings(cwd: string, given: string | null): SettingsSource {
  const known = new Map<string, Promise<Found>>();
  const errors: string[] = [];
  if (given !== null) {
    const only = load(cwd, resolve(cwd, given), errors);
    return { of: () => only, errors: () => errors };
  }
  const of = (folder: string): Promise<Found> => {
    const found = known.get(folder) ?? nearest(folder);
    known.set(folder, found);
    return found;
  };
  const nearest = async (folder: string): Promise<Found> => {
    const path = join(folder, configFileName);
    if (await exists(path)) return load(cwd, path, errors);
    const above = dirname(folder);
    return above === folder || (await exists(join(folder, '.git'))) ? none : of(above);
  };
  return { of, errors: () => errors };
}

async function load(cwd: string, path: string, errors: string[]): Promise<Found> {
  const file = shownPath(cwd, path);
  const read = await readText(path, true);
  if (!read.ok) {
    errors.push(`${file}: the configuration cannot be used: ${read.reason}`);
    return { ok: false, file };
  }
  const parsed = parseConfig(read.file.text);
  if (!parsed.ok) {
    errors.push(...parsed.errors.map(({ column, line, message }) => `${file}:${line}:${column}: ${message}`));
    return { ok: false, file };
  }
  const { settings } = parsed;
  const folder = dirname(path);
  const isLeftOut = leftOutBelow(folder, ignoreTest(settings.ignore));
  return { ok: true, settings, isLeftOut, kindOf: kindBelow(folder, kindTest(settings.files)) };
}

const leftOutBelow =
  (folder: string, test: IgnoreTest) =>
  (path: string, isFolder: boolean): boolean =>
    test(below(folder, path) + (isFolder ? '/' : ''));

const kindBelow =
  (folder: string, test: KindTest) =>
  (path: string): string | null =>
    test(below(folder, path));

const below = (folder: string, path: string): string => relative(folder, path).split(sep).join('/');

async function exists(path: string): Promise<boolean> {
  try {
    await stat(path);
    return true;
  } catch (error) {
    // What stands there but cannot be looked at must not be passed over in silence.
    return errorCode(error) !== 'ENOENT' && errorCode(error) !== 'ENOTDIR';
  }
}
