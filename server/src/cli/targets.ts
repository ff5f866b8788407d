import { basename, dirname, resolve } from 'node:path';
import { URI } from 'vscode-uri';
import {
  type Analysis,
  analyze,
  companionsOf,
  configFileName,
  type Input,
  isConfigName,
  mayHoldManifest,
  type Outline,
  readOutline,
} from '../engine/index.ts';
import { readBeside, readText, type TextFile } from '../files/read.ts';
import { reasonOf } from '../files/reason.ts';
import { type WalkOptions, walk } from '../files/walk.ts';
import type { Boundary } from './boundary.ts';
import { shownPath } from './files.ts';
import type { Progress } from './progress.ts';
import type { SettingsSource } from './settings.ts';

/** A file the user wants looked at, or something left out. */
export type Target =
  | { readonly kind: 'file'; readonly path: string; readonly shown: string; readonly explicit: boolean }
  | Skipped;

/** What is not looked at. */
export interface Skipped {
  readonly kind: 'skip';
  readonly shown: string;
  /** A few words without a full stop. */
  readonly reason: string;
  /** The user has to know by the exit status: the input could not be read. */
  readonly failed: boolean;
}

/** A file that was read. */
export interface Opened {
  readonly kind: 'opened';
  readonly path: string;
  readonly shown: string;
  readonly file: TextFile;
  readonly analysis: Analysis;
}

/** As engine kinds see files: decoded, with forward slashes on every platform. */
const enginePath = (path: string): string => URI.file(path).path;

/** Finds the files that the operands (`.` where there are none) stand for. */
export async function findTargets(
  { cwd, signal }: Pick<Boundary, 'cwd' | 'signal'>,
  operands: readonly string[],
  settings: SettingsSource,
  progress: Progress,
): Promise<readonly Target[]> {
  const targets: Target[] = [];
  const paths = (operands.length > 0 ? operands : ['.']).map((operand) => resolve(cwd, operand));
  for await (const entry of walk(paths, searchFor(settings, signal))) {
    targets.push({ ...entry, shown: shownPath(cwd, entry.path) });
    progress.show(`Searching: ${targets.length} files`);
  }
  return targets;
}

/** What is wanted of the folders that are searched. */
export const searchFor = (settings: SettingsSource, signal: AbortSignal): WalkOptions => ({
  signal,
  async isCandidate(path) {
    if (isConfigName(basename(path))) return false;
    return mayHoldManifest(enginePath(path)) || (await kindOf(path, settings)) !== null;
  },
  async isLeftOut(path, isFolder) {
    const found = await settings.of(dirname(path));
    return found.ok && found.isLeftOut(path, isFolder);
  },
});

async function kindOf(path: string, settings: SettingsSource): Promise<string | null> {
  const found = await settings.of(dirname(path));
  return found.ok ? found.kindOf(path) : null;
}

/** Reads and analyses one target, with what is known around it. Never rejects. */
export async function openTarget(
  target: Target,
  settings: SettingsSource,
  around: Pick<Input, 'workspace'> = {},
): Promise<Opened | Skipped> {
  if (target.kind === 'skip') return target;
  const { explicit, path, shown } = target;
  const found = await settings.of(dirname(path));
  if (!found.ok) {
    // The errors of the configuration itself are told once, and make the exit status.
    return { kind: 'skip', shown, reason: `its configuration ${found.file} has errors`, failed: false };
  }
  const read = await readText(path, explicit);
  if (!read.ok) return { kind: 'skip', shown, reason: read.reason, failed: read.failed || explicit };
  try {
    const input = await inputOf(path, read.file.text, found.kindOf(path));
    const named = analyze({ ...input, ...around }, found.settingsOf(path));
    const isDockerfile = explicit && named.kinds.length === 0 && beginsWithFrom.test(read.file.text);
    const analysis = isDockerfile
      ? analyze({ ...input, ...around, kind: 'dockerfile' }, found.settingsOf(path))
      : named;
    if (explicit && analysis.kinds.length === 0)
      return { kind: 'skip', shown, reason: unrecognised, failed: false };
    return { kind: 'opened', path, shown, file: read.file, analysis };
  } catch (error) {
    // A mistake in Holdfast: the other files are looked at nevertheless.
    return { kind: 'skip', shown, reason: `its analysis failed: ${reasonOf(error)}`, failed: true };
  }
}

/** A Dockerfile under a name of its own: comments and arguments, then a stage. */
const beginsWithFrom = /^\uFEFF?(?:[ \t]*(?:#.*|ARG[ \t].*)?\r?\n){0,200}[ \t]*FROM[ \t]+\S/i;

/** What a file found in a folder tells others; null where it tells nothing, or cannot be read. Never rejects. */
export async function readOutlineOf(path: string, settings: SettingsSource): Promise<Outline | null> {
  const found = await settings.of(dirname(path));
  const read = found.ok ? await readText(path, false) : null;
  if (!found.ok || !read?.ok) return null;
  try {
    return readOutline(await inputOf(path, read.file.text, found.kindOf(path)));
  } catch {
    // A mistake in Holdfast: nobody asked about this file, so the others do without it.
    return null;
  }
}

/** With the files beside `path` that its meaning depends on. */
async function inputOf(path: string, text: string, kind: string | null): Promise<Input> {
  const input = { path: enginePath(path), text, ...(kind !== null && { kind }) };
  const wanted = companionsOf(input);
  if (wanted.length === 0) return input;
  const companions = new Map<string, string>();
  const found = await Promise.all(wanted.map((beside) => readBeside(path, beside)));
  for (const [at, beside] of wanted.entries()) {
    const read = found[at];
    if (read?.ok) companions.set(beside, read.file.text);
  }
  return { ...input, companions };
}

const unrecognised = `it is not recognised as a manifest; if it is one, say so under \`files\` in ${configFileName}`;

/** The places of a file whose text has a mistake, so that a part of it could not be read. */
export const brokenIn = ({ analysis, shown }: Opened): readonly string[] =>
  analysis.skipped
    .filter(({ broken }) => broken)
    .map(({ reason, span }) => `${shown}:${analysis.source.placeAt(span.start).line + 1}: ${reason}`);
