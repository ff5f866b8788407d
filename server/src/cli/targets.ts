import { basename, dirname, resolve } from 'node:path';
import { configFileName, isConfigName, mayHoldManifest } from '../engine/index.ts';
import { readText, type TextFile } from '../files/read.ts';
import { type WalkOptions, walk } from '../files/walk.ts';
import type { Boundary } from './environment.ts';
import { enginePath, shownPath } from './files.ts';
import type { Progress } from './progress.ts';
import type { TextToAnalyse, TextToRead } from './reader.ts';
import type { SettingsSource } from './settings.ts';

/** A file the user wants looked at, or something left out. */
export type Target = FileTarget | Skipped;

export interface FileTarget {
  readonly kind: 'file';
  /** Absolute. */
  readonly path: string;
  readonly shown: string;
  /** The user named this very file. */
  readonly explicit: boolean;
  /** Id of the kind that another file says it is of. */
  readonly as?: string;
}

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
  readonly file: TextFile;
  readonly text: TextToAnalyse;
}

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

/** Reads one target. Never rejects. */
export async function openTarget(target: Target, settings: SettingsSource): Promise<Opened | Skipped> {
  if (target.kind === 'skip') return target;
  const { explicit, path, shown } = target;
  const found = await settings.of(dirname(path));
  if (!found.ok) {
    // The errors of the configuration itself are told once, and make the exit status.
    return { kind: 'skip', shown, reason: `its configuration ${found.file} has errors`, failed: false };
  }
  const read = await readText(path, explicit);
  if (!read.ok) return { kind: 'skip', shown, reason: read.reason, failed: read.failed || explicit };
  const { file } = read;
  const text: TextToAnalyse = {
    path,
    shown,
    explicit,
    text: file.text,
    kind: found.kindOf(path) ?? target.as ?? null,
    settings: found.settingsOf(path),
  };
  return { kind: 'opened', file, text };
}

/** A target that was read and is no manifest. */
export const unrecognised = (shown: string): Skipped => ({
  kind: 'skip',
  shown,
  reason: `it is not recognised as a manifest; if it is one, say so under \`files\` in ${configFileName}`,
  failed: false,
});

/** Reads a file found in a folder; null where it cannot be read. Never rejects. */
export async function openFound(path: string, settings: SettingsSource): Promise<TextToRead | null> {
  const found = await settings.of(dirname(path));
  const read = found.ok ? await readText(path, false) : null;
  if (!found.ok || !read?.ok) return null;
  return { path, text: read.file.text, kind: found.kindOf(path), settings: found.settingsOf(path) };
}
