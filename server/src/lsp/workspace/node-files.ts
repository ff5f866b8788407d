import { stat } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { URI } from 'vscode-uri';
import { isWhole, readBeside, readText } from '../../files/read.ts';
import { walk } from '../../files/walk.ts';
import type { Ports, Timer } from '../ports.ts';

/** The disk of this machine. What has no `file:` URI is not there. */
export const nodeFiles: Ports['files'] = {
  async read(uri) {
    const path = pathOf(uri);
    if (path === null) return null;
    const read = await readText(path, false);
    return read.ok ? read.file.text : null;
  },
  async readBeside(of, uri) {
    const [owner, path] = [pathOf(of), pathOf(uri)];
    if (owner === null || path === null) return null;
    const read = await readBeside(owner, path);
    return read.ok ? read.file.text : null;
  },
  async exists(uri) {
    const path = pathOf(uri);
    if (path === null) return false;
    try {
      await stat(path);
      return true;
    } catch {
      return false;
    }
  },
  async isEditable(uri) {
    const path = pathOf(uri);
    const read = path === null ? null : await readText(path, false);
    return read?.ok === true && isWhole(read.file);
  },
  async *list(folder, { isCandidate, isLeftOut, signal }) {
    const path = pathOf(folder);
    if (path === null) return;
    const entries = walk([path], {
      isCandidate: (found) => isCandidate(uriOf(found)),
      isLeftOut: (found, isFolder) => isLeftOut(uriOf(found), isFolder),
      signal,
    });
    for await (const entry of entries) {
      const uri = uriOf(entry.path);
      yield entry.kind === 'file' ? { kind: 'file', uri } : { kind: 'skip', uri, reason: entry.reason };
    }
  },
};

export const nodeTimer: Timer = {
  wait: (milliseconds, signal) =>
    sleep(milliseconds, undefined, signal && { signal }).then(
      () => {},
      () => {},
    ),
};

const uriOf = (path: string): string => URI.file(path).toString();

function pathOf(uri: string): string | null {
  try {
    const parsed = URI.parse(uri, true);
    return parsed.scheme === 'file' ? parsed.fsPath : null;
  } catch {
    return null;
  }
}
