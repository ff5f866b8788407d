import { stat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { URI } from 'vscode-uri';
import { type FileSummary, namedFiles } from '../engine/index.ts';
import type { Boundary } from './environment.ts';
import { shownPath } from './files.ts';
import type { SettingsSource } from './settings.ts';
import type { FileTarget } from './targets.ts';
import { isBelow } from './workspace-index.ts';

export interface NamedTargets {
  /** The files that are there, below a folder that was searched, and not left out: each once. */
  from(outlines: Iterable<FileSummary>): Promise<readonly FileTarget[]>;
}

/** Finds the files that manifests name as Dockerfiles or Compose files, whatever their names. Each is given once. */
export async function createNamedTargets(
  { cwd }: Pick<Boundary, 'cwd'>,
  operands: readonly string[],
  settings: SettingsSource,
): Promise<NamedTargets> {
  const paths = (operands.length > 0 ? operands : ['.']).map((operand) => resolve(cwd, operand));
  const folders: string[] = [];
  for (const path of paths) if (await isOf(path, 'folder')) folders.push(path);
  const known = new Set<string>();
  return {
    async from(outlines) {
      const found: FileTarget[] = [];
      for (const outline of outlines) {
        for (const { kind, path: named } of namedFiles(outline)) {
          const path = URI.from({ scheme: 'file', path: named }).fsPath;
          if (known.has(path)) continue;
          known.add(path);
          if (!folders.some((folder) => isBelow(dirname(path), folder))) continue;
          const own = await settings.of(dirname(path));
          if (own.ok && own.isLeftOut(path, false)) continue;
          if (!(await isOf(path, 'file'))) continue;
          found.push({ kind: 'file', path, shown: shownPath(cwd, path), explicit: false, as: kind });
        }
      }
      return found;
    },
  };
}

async function isOf(path: string, type: 'file' | 'folder'): Promise<boolean> {
  try {
    const found = await stat(path);
    return type === 'file' ? found.isFile() : found.isDirectory();
  } catch {
    return false;
  }
}
