import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import type { Timers } from '../../server/src/http/timers.ts';
import { type Disk, nodeDisk } from '../../server/src/registry/cache/store/disk.ts';
import {
  createFileStore,
  type FileStoreOptions,
  fileName,
} from '../../server/src/registry/cache/store/file.ts';
import type { Store, StoredAnswer } from '../../server/src/registry/cache/store/store.ts';
import type { Contents } from '../../server/src/registry/client/inspect.ts';

export type StoredLookup = Extract<StoredAnswer, { kind: 'found' }>;

export const digestOf = (text: string): string => `sha256:${createHash('sha256').update(text).digest('hex')}`;

export const mediaType = 'application/vnd.oci.image.index.v1+json';

/** The key of `docker.io/team/app:<version>`. */
export const keyOf = (version: string, repository = 'team/app'): string =>
  JSON.stringify(['docker.io', repository, version, 'https://registry-1.docker.io']);

/** The digest that a key and a time are always told to have, so that any other is seen to be wrong. */
export const honestDigest = (key: string, at: number): string => digestOf(`${key} ${at}`);

export function found(version: string, at = 1): StoredLookup {
  const key = keyOf(version);
  return { kind: 'found', key, at, digest: honestDigest(key, at), mediaType };
}

export const gone = (version: string, at = 1): StoredAnswer => ({ kind: 'gone', key: keyOf(version), at });

export function contentsOf(volume = '/data'): Contents {
  return {
    platforms: [{ platform: 'linux/amd64', digest: digestOf('amd64') }],
    config: {
      platform: 'linux/amd64',
      created: Date.UTC(2024, 0, 1),
      size: 1000,
      volumes: [volume],
      labels: { 'org.opencontainers.image.title': 'Ärger & "Freude"\n\u2028' },
      base: { name: 'docker.io/library/debian:12', digest: digestOf('debian') },
    },
  };
}

export function contents(text: string, at = 1): StoredAnswer {
  return { kind: 'contents', key: keyOf(digestOf(text)), at, contents: contentsOf(`/${text}`) };
}

/** No digest but those that were told. */
export function assertHonest(answers: readonly StoredAnswer[]): void {
  for (const answer of answers) {
    if (answer.kind === 'found') assert.equal(answer.digest, honestDigest(answer.key, answer.at));
  }
}

export interface TestStore {
  readonly store: Store;
  readonly folder: string;
  readonly file: string;
  readonly log: string[];
  /** Called before the folder is deleted. */
  stopAtEnd(stop: () => Promise<unknown>): void;
  /** As another process sees it. */
  another(options?: Partial<FileStoreOptions>): Store;
  /** All that a new process reads, by key. */
  readAll(): Promise<readonly StoredAnswer[]>;
}

/** A store in a folder of its own that does not exist yet. */
export async function setUpStore(
  t: TestContext,
  options: Partial<FileStoreOptions> = {},
): Promise<TestStore> {
  const parent = await mkdtemp(join(tmpdir(), 'holdfast-store-'));
  const users: (() => Promise<unknown>)[] = [];
  t.after(async () => {
    for (const stop of users) await stop();
    await rm(parent, { recursive: true, force: true });
  });
  const folder = join(parent, 'holdfast');
  const log: string[] = [];
  const another = (more: Partial<FileStoreOptions> = {}): Store =>
    createFileStore(folder, {
      clock: { now: () => Date.now() },
      log: { info: (message) => log.push(message), warn: (message) => log.push(message) },
      ...options,
      ...more,
    });
  return {
    store: another(),
    folder,
    file: join(folder, fileName),
    log,
    stopAtEnd: (stop) => users.push(stop),
    another,
    readAll: async () => (await another().read()).answers,
  };
}

export async function addAll(store: Store, answers: readonly StoredAnswer[]): Promise<void> {
  for (const answer of answers) store.add(answer);
  await store.flush();
}

/** A disk that answers some calls with an error of this code. */
export function faultyDisk(codes: Partial<Record<keyof Disk, string>>): Disk {
  return new Proxy(nodeDisk, {
    get(disk, name: keyof Disk) {
      const code = codes[name];
      return code === undefined ? disk[name] : () => Promise.reject(Object.assign(new Error(code), { code }));
    },
  });
}

/** Timers that go off without a wait. */
export const atOnce: Timers = {
  after(_ms, run) {
    const timer = setImmediate(run);
    return () => clearImmediate(timer);
  },
};
