import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { text } from 'node:stream/consumers';
import type { TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';
import type { Boundary } from '../../server/src/cli/environment.ts';
import { createReader } from '../../server/src/cli/reader.ts';
import { run } from '../../server/src/cli/run.ts';
import type { ImageName, Lookup, Registry } from '../../server/src/engine/index.ts';
import { createNodeRegistry, type RegistryClient } from '../../server/src/registry/index.ts';
import type { WorkerListener, WorkerThread } from '../../server/src/workers/messages.ts';
import { performed } from '../../server/src/workers/serve.ts';
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

const unasked = (): never => {
  throw new Error('The client was asked for what no command needs.');
};

/** What a client has besides a registry. */
export const silentClient: Omit<RegistryClient, keyof Registry> = {
  recall: async () => {},
  inspected: unasked,
  allowance: unasked,
  checkSignIn: unasked,
  forgetSignIn: unasked,
  storedLogins: unasked,
  clear: unasked,
};

export interface Outcome {
  readonly status: number;
  readonly out: string;
  readonly err: string;
}

/** The real client on a computer without passwords and without a cache. */
export const realRegistry = (): RegistryClient =>
  createNodeRegistry({ env: { HOME: '/nonexistent', DOCKER_CONFIG: '/nonexistent' }, cacheFolder: null });

/** A reader without a thread of its own. What goes there and back is copied all the same. */
export function readerHere(): WorkerThread {
  const service = createReader();
  let listener: WorkerListener | null = null;
  let last: Promise<void> = Promise.resolve();
  return {
    listen(one) {
      listener = one;
    },
    post(message) {
      const copy = structuredClone(message);
      last = last.then(async () => {
        if (copy.does === 'share') service.share(copy.shared);
        else listener?.answered(structuredClone(await performed(service, copy.task)));
      });
    },
    end() {
      listener = null;
    },
  };
}

export interface InvokeOptions {
  readonly registry?: Registry;
  /** In place of `registry`. */
  readonly connect?: Boundary['connect'];
  readonly env?: Readonly<Record<string, string>>;
  readonly outIsTTY?: boolean;
  readonly errIsTTY?: boolean;
  readonly columns?: number;
  readonly signal?: AbortSignal;
  /** Reads in this thread where it is absent. */
  readonly startReader?: Boundary['startReader'];
  readonly now?: () => number;
}

/** Runs the command line in this process, in `cwd`. */
export async function invoke(
  cwd: string,
  argv: readonly string[],
  {
    columns,
    connect,
    env = {},
    errIsTTY,
    outIsTTY,
    now = Date.now,
    registry = silentRegistry,
    signal,
    startReader,
  }: InvokeOptions = {},
): Promise<Outcome> {
  let out = '';
  let err = '';
  const status = await run(argv, {
    cwd,
    // What is kept of the user's own lookups is neither read nor changed.
    env: { HOLDFAST_CACHE_DIR: 'off', ...env },
    connect: connect ?? (async () => ({ ...silentClient, ...registry })),
    startReader: startReader ?? readerHere,
    now,
    signal: signal ?? new AbortController().signal,
    stdout: {
      columns,
      isTTY: outIsTTY,
      write: (text) => {
        out += typeof text === 'string' ? text : Buffer.from(text).toString();
      },
    },
    stderr: {
      columns,
      isTTY: errIsTTY,
      write: (text) => {
        err += typeof text === 'string' ? text : Buffer.from(text).toString();
      },
    },
  });
  return { status, out, err };
}

/** The program itself. */
export const main = fileURLToPath(new URL('../../server/src/cli/main.ts', import.meta.url));

/**
 * Starts Node as a user would, in `cwd`, which is the user's home too, with no Docker configuration and no cache of the user's. `env`: the
 * variables that are different.
 */
export function start(
  t: Pick<TestContext, 'after'>,
  cwd: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): ChildProcess {
  const child = spawn(process.execPath, args, {
    cwd,
    env: { PATH: process.env.PATH, HOME: cwd, HOLDFAST_CACHE_DIR: 'off', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  t.after(() => child.kill('SIGKILL'));
  return child;
}

/** All that a program said, once it has ended. */
export async function ended(child: ChildProcess): Promise<Outcome> {
  const [out, err, [status]] = await Promise.all([
    child.stdout ? text(child.stdout) : '',
    child.stderr ? text(child.stderr) : '',
    once(child, 'exit'),
  ]);
  return { status, out, err };
}
