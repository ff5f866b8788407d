import { stat } from 'node:fs/promises';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { URI } from 'vscode-uri';
import {
  configFileName,
  dayOf,
  defaultSettings,
  type Files,
  ignoreTest,
  isRootPolicy,
  kindTest,
  loadPolicy,
  mayHoldManifest,
  misnamedConfig,
  policyFor,
  policyNotices,
  type Settings,
  SourceText,
  withinRoot,
} from '../engine/index.ts';
import { readText } from '../files/read.ts';
import { errorCode } from '../files/reason.ts';
import type { Boundary } from './environment.ts';
import { shownPath } from './files.ts';

/** The settings that count for the files of one folder, or the file that should give them and does not. Paths are absolute. */
export type Found =
  | {
      readonly ok: true;
      /** The file they come from; null where there is none. */
      readonly own: { readonly path: string; readonly text: string } | null;
      /** The other files it depends on. */
      readonly files: readonly string[];
      /** The policy that this one must not loosen: itself where it says so, or one of a folder above. */
      readonly root: Found | null;
      settingsOf(path: string): Settings;
      /** Whether the file at a path is left out; folders are given with `isFolder`. */
      isLeftOut(path: string, isFolder: boolean): boolean;
      /** The kind that the settings say the file at a path is of. */
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
  /** What the user should know and what stops nothing, as sentences. */
  warnings(): readonly string[];
}

const none: Found = {
  ok: true,
  own: null,
  files: [],
  root: null,
  settingsOf: () => defaultSettings,
  isLeftOut: () => false,
  kindOf: () => null,
};

/** `given`: the one file that counts for all; else the nearest `.holdfast.yaml` upward from each folder, up to the root of the repository. */
export function createSettings(
  { cwd, now }: Pick<Boundary, 'cwd' | 'now'>,
  given: string | null,
): SettingsSource {
  const known = new Map<string, Promise<Found>>();
  const told: Told = { errors: [], warnings: [] };
  const today = dayOf(now());
  const loaded = (path: string): Promise<Found> => load({ cwd, path, today, told, root: null });
  const source = { errors: () => told.errors, warnings: () => told.warnings };
  if (given !== null) {
    const only = loaded(resolve(cwd, given));
    return { ...source, of: () => only };
  }
  const of = (folder: string): Promise<Found> => {
    const found = known.get(folder) ?? nearest(folder);
    known.set(folder, found);
    return found;
  };
  const nearest = async (folder: string): Promise<Found> => {
    if (await exists(join(folder, misnamedConfig))) {
      const path = shownPath(cwd, join(folder, misnamedConfig));
      told.warnings.push(
        `${path} is not read: its name has to end in .yaml. Rename it to ${configFileName}.`,
      );
    }
    const path = join(folder, configFileName);
    const above = (await isRoot(folder)) ? null : dirname(folder);
    if (!(await exists(path))) return above === null ? none : of(above);
    const outer = above === null ? none : await of(above);
    const found = await load({ cwd, path, today, told, root: outer.ok ? outer.root : null });
    // Whether the other one holds here, too, cannot be told.
    if (!outer.ok) return found.ok ? outer : found;
    if (outer.own !== null && found.ok && outer.root === null && !found.files.includes(outer.own.path)) {
      told.warnings.push(
        `${shownPath(cwd, path)} counts for what is below it, in the place of ${shownPath(cwd, outer.own.path)}, which it does not extend.`,
      );
    }
    return found;
  };
  return { ...source, of };
}

/** Configurations are looked for up to the root of the repository. */
const isRoot = async (folder: string): Promise<boolean> =>
  dirname(folder) === folder || (await exists(join(folder, '.git')));

/** What was found on the way. */
interface Told {
  readonly errors: string[];
  readonly warnings: string[];
}

const files: Files = {
  async read(uri) {
    const read = await readText(URI.parse(uri).fsPath, false);
    return read.ok ? read.file.text : null;
  },
};

/** What a policy is read with. */
interface Loading {
  readonly cwd: string;
  readonly path: string;
  readonly today: string;
  readonly told: Told;
  /** The one of a folder above that it must not loosen. */
  readonly root: Found | null;
}

async function load({ cwd, path, root, today, told: { errors, warnings } }: Loading): Promise<Found> {
  const file = shownPath(cwd, path);
  const read = await readText(path, true);
  if (!read.ok) {
    errors.push(`${file}: the configuration cannot be used: ${read.reason}`);
    return { ok: false, file };
  }
  const loaded = await loadPolicy(URI.file(path).toString(), read.file.text, files);
  if (loaded.errors.length > 0) {
    for (const { column, file: uri, line, message } of loaded.errors) {
      const told = `${shownPath(cwd, URI.parse(uri).fsPath)}:${line}:${column}: ${message}`;
      // Two configurations may extend the same one.
      if (!errors.includes(told)) errors.push(told);
    }
    return { ok: false, file };
  }
  const source = new SourceText(read.file.text);
  for (const { message, severity, span } of policyNotices(read.file.text, today)) {
    const { line } = source.placeAt(span.start);
    if (severity === 'warning') warnings.push(`${file}:${line + 1}: ${message}`);
  }
  const below = (found: string): string => relative(dirname(path), found).split(sep).join('/');
  const all = policyFor(loaded.policy, '', today);
  const ignores = ignoreTest(all.ignore);
  const kindOf = kindTest(all.files);
  const alone = {
    ok: true,
    own: { path, text: read.file.text },
    files: loaded.files.map((uri) => URI.parse(uri).fsPath),
    settingsOf: (found: string) => policyFor(loaded.policy, below(found), today),
    isLeftOut: (found: string, isFolder: boolean) => ignores(below(found) + (isFolder ? '/' : '')),
    kindOf: (found: string) => kindOf(below(found)),
  } as const;
  const isRoot = isRootPolicy(loaded.policy);
  if (!root?.ok) {
    const found: Found = { ...alone, root: null };
    return isRoot ? Object.assign(found, { root: found }) : found;
  }
  const refused = new Set<string>();
  const found: Found = {
    ...alone,
    root,
    settingsOf(at) {
      const outcome = withinRoot(root.settingsOf(at), alone.settingsOf(at));
      for (const key of outcome.refused) {
        if (refused.has(key)) continue;
        refused.add(key);
        warnings.push(
          `${file}: ${key} does not count: ${shownPath(cwd, root.own?.path ?? '')} has root: true.`,
        );
      }
      return outcome.settings;
    },
    isLeftOut: root.isLeftOut,
    // A file that is read anyway could be hidden as one of another kind.
    kindOf: (at) => root.kindOf(at) ?? (mayHoldManifest(URI.file(at).path) ? null : alone.kindOf(at)),
  };
  return isRoot ? Object.assign(found, { root: found }) : found;
}

async function exists(path: string): Promise<boolean> {
  try {
    await stat(path);
    return true;
  } catch (error) {
    // What stands there but cannot be looked at must not be passed over in silence.
    return errorCode(error) !== 'ENOENT' && errorCode(error) !== 'ENOTDIR';
  }
}
