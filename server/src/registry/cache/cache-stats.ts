import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Clock } from '../../engine/ports.ts';
import { createNodeMachine, type Machine } from '../environment.ts';
import { createFileStore, fileName } from './store/file.ts';
import { defaultCacheFolder } from './store/folder.ts';

/** What there is on disk of the answers that registries gave. */
export interface Kept {
  /** Null where none are kept between runs. */
  readonly folder: string | null;
  /** Images that there are any of. */
  readonly answers: number;
  readonly bytes: number;
  /** When the newest one was given, in milliseconds since the epoch; null where there is none. */
  readonly newest: number | null;
  /** Why they could not be read; a sentence. */
  readonly problem?: string;
}

/** Looks at the answers that are on disk. Changes nothing and never rejects. */
export async function readKept(env: Machine['env'], clock: Clock): Promise<Kept> {
  const { home } = createNodeMachine(env);
  const folder = defaultCacheFolder(env, process.platform, home);
  if (folder === null) return { folder, answers: 0, bytes: 0, newest: null };
  const problems: string[] = [];
  const note = (message: string): void => {
    problems.push(message);
  };
  const store = createFileStore(folder, { clock, log: { info: note, warn: note } });
  const { answers } = await store.read();
  const [problem] = problems;
  return {
    folder,
    answers: new Set(answers.map(({ key }) => key)).size,
    bytes: await sizeOf(join(folder, fileName)),
    newest: answers.reduce<number | null>((newest, { at }) => Math.max(newest ?? at, at), null),
    ...(problem !== undefined && { problem }),
  };
}

const sizeOf = (path: string): Promise<number> =>
  stat(path).then(
    ({ size }) => size,
    () => 0,
  );
