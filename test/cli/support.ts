import { mkdir, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { TestContext } from 'node:test';
import { run } from '../../server/src/cli/run.ts';
import type { ImageName, Lookup, Registry } from '../../server/src/engine/index.ts';
import { quietRegistry } from '../support/quiet-registry.ts';

/** A folder of its own, gone after the test. Around it is a repository, so that nothing above it is looked at. */
export async function makeFolder(
  t: Pick<TestContext, 'after'>,
  files: Readonly<Record<string, string | Uint8Array>>,
): Promise<string> {
  const outer = await realpath(await mkdtemp(join(tmpdir(), 'holdfast-')));
  t.after(() => rm(outer, { recursive: true, force: true }));
  await mkdir(join(outer, '.git'));
  const folder = join(outer, 'work');
  await mkdir(folder);
  await writeFiles(folder, files);
  return folder;
}

export async function writeFiles(
  folder: string,
  files: Readonly<Record<string, string | Uint8Array>>,
): Promise<void> {
  for (const [name, content] of Object.entries(files)) {
    const path = join(folder, name);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, content);
  }
}

export const digest = (digit: string): string => `sha256:${digit.repeat(64)}`;

/** Answers each lookup by what `answer` says of `registry/repository:version`: a digest, or null for an image that is not there. */
export function fakeRegistry(answer: (name: string) => string | null | Promise<string | null>): Registry & {
  readonly asked: readonly string[];
} {
  const asked: string[] = [];
  return {
    ...quietRegistry,
    asked,
    async resolve({ registry, repository, version }: ImageName): Promise<Lookup> {
      const name = `${registry}/${repository}:${version}`;
      asked.push(name);
      const found = await answer(name);
      return found === null
        ? { ok: false, code: 'not-found', message: `${name} was not found.` }
        : { ok: true, digest: found, mediaType: 'application/vnd.oci.image.index.v1+json', at: 0 };
    },
  };
}

/** For tests in which nothing may be looked up. */
export const silentRegistry = fakeRegistry((name) => {
  throw new Error(`${name} was looked up`);
});

export interface Outcome {
  readonly status: number;
  readonly out: string;
  readonly err: string;
}

export interface InvokeOptions {
  readonly registry?: Registry;
  readonly env?: Readonly<Record<string, string>>;
  readonly outIsTTY?: boolean;
  readonly errIsTTY?: boolean;
  readonly columns?: number;
  readonly signal?: AbortSignal;
  readonly now?: () => number;
}

/** Runs the command line in this process, in `cwd`. */
export async function invoke(
  cwd: string,
  argv: readonly string[],
  {
    columns,
    env = {},
    errIsTTY,
    outIsTTY,
    now = Date.now,
    registry = silentRegistry,
    signal,
  }: InvokeOptions = {},
): Promise<Outcome> {
  let out = '';
  let err = '';
  const status = await run(argv, {
    cwd,
    env,
    registry,
    now,
    signal: signal ?? new AbortController().signal,
    stdout: {
      columns,
      isTTY: outIsTTY,
      write: (text) => {
        out += text;
      },
    },
    stderr: {
      columns,
      isTTY: errIsTTY,
      write: (text) => {
        err += text;
      },
    },
  });
  return { status, out, err };
}
