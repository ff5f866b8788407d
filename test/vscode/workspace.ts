import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { workspaces } from './fixtures.ts';

export async function writeFiles(folder: string, files: Readonly<Record<string, string>>): Promise<void> {
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), text);
  }
}

/** Settings that send lookups of Docker Hub to another registry. */
export const mirrorSettings = (url: string) => ({ 'holdfast.registries': { 'docker.io': { mirror: url } } });

/** Writes fixtures, as a folder to open. */
export async function writeWorkspace(
  folder: string,
  name: keyof typeof workspaces,
  settings: Readonly<Record<string, unknown>>,
): Promise<void> {
  await writeFiles(folder, { ...workspaces[name], '.vscode/settings.json': JSON.stringify(settings) });
}
