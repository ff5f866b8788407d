import { join } from 'node:path';
import type { Clock } from '../../engine/ports.ts';
import type { Machine, Unreadable } from '../environment.ts';
import { InFlight } from '../schedule/single-flight.ts';
import { type AuthFile, credentialIn, helperIn, hostsIn, isNamedIn, readAuthFile } from './auth-file.ts';
import type { Credential, FoundCredential } from './credential.ts';
import { createHelpers } from './helper.ts';

export interface Credentials {
  /** What is stored for `host`, spelled as in references (`docker.io`). Rejects only with the signal's reason. */
  find(host: string, repository: string, signal: AbortSignal): Promise<FoundCredential>;
  /** Whether the user has ever signed in at `host`, or named a helper for it. No helper is started. Never rejects. */
  knows(host: string): Promise<boolean>;
  /** What `docker login` and `podman login` stored, as far as their files tell. No helper is started. Never rejects. Absent where there are no files. */
  stored?(): Promise<readonly StoredLogin[]>;
  /** Somebody signed in or out at `host`: what was found for it earlier no longer counts. Absent where nothing is kept. */
  forget?(host: string): void;
}

/** A host that a file names. */
export interface StoredLogin {
  readonly host: string;
  /** The file, or the variable that holds its content. */
  readonly place: string;
}

/** Credentials that were given to Holdfast itself, as through a command of the editor. */
export interface Keychain {
  /** Null where there is none for `host`, spelled as in references (`docker.io`). Never rejects. */
  get(host: string): Promise<Credential | null>;
}

export interface CredentialsOptions {
  readonly machine: Machine;
  readonly clock: Clock;
  /** Asked before the files. */
  readonly keychain?: Keychain;
  /** Whether a credential helper may be started now. Always where absent. */
  readonly mayRunHelpers?: () => boolean;
}

interface Source {
  /** How messages call it. */
  readonly name: string;
  read(): Promise<string | Unreadable | null>;
  /** The variable that names this very place: a file is expected there. */
  readonly namedBy?: string;
}

/** What a source stores, or why that is not used. Neither where there is nothing. */
type Content = { readonly file: AuthFile } | { readonly notice: string } | Readonly<Record<string, never>>;

/** Reads what `docker login` and `podman login` stored. Nothing is written. */
export function createCredentials({
  machine,
  clock,
  keychain,
  mayRunHelpers,
}: CredentialsOptions): Credentials {
  const sources = sourcesOf(machine);
  const helpers = createHelpers(machine, clock);
  const allowed = mayRunHelpers ?? (() => true);
  const asking = new InFlight<Credential | null>();

  /** Asked once for the lookups of one moment. */
  async function own(host: string, signal?: AbortSignal): Promise<Credential | null> {
    if (!keychain) return null;
    try {
      return await asking.join(host, signal, () => keychain.get(host));
    } catch {
      signal?.throwIfAborted();
      return null;
    }
  }

  async function fromHelper(
    file: AuthFile,
    from: string,
    host: string,
    signal: AbortSignal,
  ): Promise<FoundCredential> {
    const helper = helperIn(file, host);
    if (helper === undefined) return { credential: null };
    if (!allowed()) {
      return {
        credential: null,
        notice: 'Credential helpers are not started in a workspace that is not trusted.',
      };
    }
    return helpers.get(helper, from, host, signal);
  }

  return {
    async find(host, repository, signal) {
      const given = await own(host, signal);
      if (given) return { credential: given, isOwn: true };
      const notices: string[] = [];
      for (const source of sources) {
        const content = await contentOf(source);
        if ('notice' in content) notices.push(content.notice);
        if (!('file' in content)) continue;
        const helped = await fromHelper(content.file, source.name, host, signal);
        if (helped.notice) notices.push(helped.notice);
        const credential = helped.credential ?? credentialIn(content.file, host, repository);
        if (credential) return { credential };
      }
      return { credential: null, ...(notices.length > 0 ? { notice: notices.join(' ') } : {}) };
    },
    async knows(host) {
      if (await own(host)) return true;
      for (const source of sources) {
        const content = await contentOf(source);
        if ('file' in content && isNamedIn(content.file, host)) return true;
      }
      return false;
    },

    async stored() {
      const places = new Map<string, string>();
      for (const source of sources) {
        const content = await contentOf(source);
        if (!('file' in content)) continue;
        for (const host of hostsIn(content.file)) if (!places.has(host)) places.set(host, source.name);
      }
      return [...places].map(([host, place]) => ({ host, place }));
    },

    forget(host) {
      asking.forget(host);
      helpers.forget(host);
    },
  };
}

async function contentOf({ name, namedBy, read }: Source): Promise<Content> {
  const text = await read();
  if (text === null) return namedBy ? { notice: `${namedBy} names ${name}, which is not there.` } : {};
  const unused = 'so what it stores is not used.';
  if (typeof text !== 'string') return { notice: `${name} ${text.problem}, ${unused}` };
  const file = readAuthFile(text);
  return file ? { file } : { notice: `${name} is not valid JSON, ${unused}` };
}

/**
 * Most explicit first: a variable set for this run, then Docker's file, then Podman's.
 * Podman's places: `containers-auth.json(5)`. The variable with the file's content: docker/cli `configfile`.
 */
function sourcesOf(machine: Machine): readonly Source[] {
  const { env, home, uid } = machine;
  const file = (...parts: string[]): Source => {
    const path = join(...parts);
    let reading: ReturnType<Machine['readText']> | undefined;
    const forget = () => {
      reading = undefined;
    };
    return {
      name: path,
      // Read once for the lookups of one moment.
      read() {
        reading ??= machine.readText(path).finally(forget);
        return reading;
      },
    };
  };
  const inline = env.DOCKER_AUTH_CONFIG;
  const sources: Source[] = [];
  if (inline) sources.push({ name: 'DOCKER_AUTH_CONFIG', read: () => Promise.resolve(inline) });
  if (env.REGISTRY_AUTH_FILE) {
    sources.push({ ...file(env.REGISTRY_AUTH_FILE), namedBy: 'REGISTRY_AUTH_FILE' });
  }
  sources.push(
    env.DOCKER_CONFIG ? file(env.DOCKER_CONFIG, 'config.json') : file(home, '.docker', 'config.json'),
  );
  if (env.XDG_RUNTIME_DIR) sources.push(file(env.XDG_RUNTIME_DIR, 'containers', 'auth.json'));
  else if (uid !== undefined) sources.push(file('/run', 'containers', String(uid), 'auth.json'));
  sources.push(file(env.XDG_CONFIG_HOME || join(home, '.config'), 'containers', 'auth.json'));
  return sources;
}
