import { stat } from 'node:fs/promises';
import { dirname, join, sep } from 'node:path';
import { configFileName, WorkspaceIndex } from '../engine/index.ts';
import { walk } from '../files/walk.ts';
import type { Boundary } from './environment.ts';
import { mapOrdered } from './map-in-order.ts';
import type { Progress } from './progress.ts';
import type { Readers } from './readers.ts';
import type { SettingsSource } from './settings.ts';
import { openFound, searchFor, type Target } from './targets.ts';

/** Files that are read around those the user named. */
const filesMax = 10_000;

/** What the targets say, and the files around them, for a command that reads each target once. */
export async function readWorkspace(
  boundary: Pick<Boundary, 'signal'>,
  targets: readonly Target[],
  settings: SettingsSource,
  readers: Readers,
  progress: Progress,
): Promise<WorkspaceIndex> {
  const workspace = new WorkspaceIndex();
  const paths = targets.flatMap((target) => (target.kind === 'file' ? [target.path] : []));
  const read = (path: string) => readers.outline(() => openFound(path, settings));
  for await (const outline of mapOrdered(paths, Number.POSITIVE_INFINITY, read)) {
    if (boundary.signal.aborted) return workspace;
    if (outline) workspace.put(outline);
  }
  await readAround(boundary, targets, settings, readers, workspace, progress);
  return workspace;
}

/**
 * Puts into `workspace` what the files around the targets say: those of the same repository, or below the nearest configuration where there is
 * none. So a file has the same findings whichever way it was named. They are not reported themselves.
 */
export async function readAround(
  { signal }: Pick<Boundary, 'signal'>,
  targets: readonly Target[],
  settings: SettingsSource,
  readers: Readers,
  workspace: WorkspaceIndex,
  progress: Progress,
): Promise<void> {
  const known = new Set(targets.flatMap((target) => (target.kind === 'file' ? [target.path] : [])));
  const folders = new Set([...known].map((path) => dirname(path)));
  const around: string[] = [];
  for await (const entry of walk(await rootsOf(folders), searchFor(settings, signal))) {
    if (entry.kind === 'skip' || known.has(entry.path)) continue;
    around.push(entry.path);
    if (around.length === filesMax) break;
  }
  let done = 0;
  const read = (path: string) => readers.outline(() => openFound(path, settings));
  for await (const outline of mapOrdered(around, Number.POSITIVE_INFINITY, read)) {
    if (signal.aborted) return;
    if (outline) workspace.put(outline);
    progress.show(`Reading the files around: ${++done} of ${around.length}`);
  }
}

/** The folders that hold what belongs together, each once. */
async function rootsOf(folders: Iterable<string>): Promise<readonly string[]> {
  const known = new Map<string, Root | null>();
  const roots = new Set<string>();
  for (const folder of folders) {
    if ([...roots].some((root) => isBelow(folder, root))) continue;
    const root = await rootOf(folder, known);
    if (root !== null) roots.add(root.path);
  }
  return [...roots];
}

/** Whether a folder is another one or below it. */
export const isBelow = (folder: string, root: string): boolean =>
  folder === root || folder.startsWith(root.endsWith(sep) ? root : root + sep);

interface Root {
  readonly path: string;
  readonly isRepository: boolean;
}

/** `known` takes in what is found of each folder on the way up, so that none is looked at twice. */
async function rootOf(folder: string, known: Map<string, Root | null>): Promise<Root | null> {
  const before = known.get(folder);
  if (before !== undefined) return before;
  const root = await findRoot(folder, known);
  known.set(folder, root);
  return root;
}

async function findRoot(folder: string, known: Map<string, Root | null>): Promise<Root | null> {
  if (await exists(join(folder, '.git'))) return { path: folder, isRepository: true };
  const above = dirname(folder) === folder ? null : await rootOf(dirname(folder), known);
  if (above?.isRepository) return above;
  return (await exists(join(folder, configFileName))) ? { path: folder, isRepository: false } : above;
}

async function exists(path: string): Promise<boolean> {
  try {
    await stat(path);
    return true;
  } catch {
    return false;
  }
}
