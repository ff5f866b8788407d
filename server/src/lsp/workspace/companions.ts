import { URI, Utils } from 'vscode-uri';
import { companionsOf, type Input } from '../../engine/index.ts';
import type { Ports } from '../ports.ts';
import type { Documents } from './documents.ts';
import { uriKey } from './uri.ts';

/** The texts of files that others depend on: unsaved where they are open, else what the disk has, read once. */
export interface Companions {
  /** `input` with the texts of its companions, where there are any. */
  complete(uri: string, input: Input): Promise<Input>;
  /** Whether some file was read with this one beside it. */
  has(uri: string): boolean;
  /** A file changed on disk. */
  changed(uri: string): void;
}

export function createCompanions(
  documents: Documents,
  files: Pick<Ports['files'], 'readBeside'>,
): Companions {
  const onDisk = new Map<string, Promise<string | null>>();

  async function read(of: string, uri: string): Promise<string | null> {
    const key = uriKey(uri);
    const found = onDisk.get(key) ?? files.readBeside(of, uri);
    onDisk.set(key, found);
    return documents.snapshot(uri)?.text ?? (await found);
  }

  return {
    async complete(uri, input) {
      const wanted = companionsOf(input);
      if (wanted.length === 0) return input;
      const found = new Map<string, string>();
      for (const path of wanted) {
        const companion = beside(uri, path);
        const text = companion === null ? null : await read(uri, companion);
        if (text !== null) found.set(path, text);
      }
      return { ...input, companions: found };
    },
    has: (uri) => onDisk.has(uriKey(uri)),
    changed: (uri) => {
      onDisk.delete(uriKey(uri));
    },
  };
}

/** The file at `path` relative to the folder of `uri`; null for what has no folder (an unsaved document). */
function beside(uri: string, path: string): string | null {
  try {
    const parsed = URI.parse(uri, true);
    return parsed.path.startsWith('/') ? Utils.joinPath(Utils.dirname(parsed), path).toString() : null;
  } catch {
    return null;
  }
}
