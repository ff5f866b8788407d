import { join } from 'node:path';
import type { Clock } from '../engine/ports.ts';
import { type AuthFile, credentialIn, helperIn, isNamedIn, readAuthFile } from './auth-file.ts';
import type { Credential, FoundCredential } from './credential.ts';
import { createHelpers } from './helper.ts';
import type { Machine } from './machine.ts';

export interface Credentials {
  /** What is stored for `host`, spelled as in references (`docker.io`). Rejects only with the signal's reason. */
  find(host: string, repository: string, signal: AbortSignal): Promise<FoundCredential>;
  /** Whether the user has ever signed in at `host`, or named a helper for it. No helper is started. Never rejects. */
  knows(host: string): Promise<boolean>;
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
  read(): Promise<string | null>;
}

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
      const own = await keychain?.get(host);
      if (own) return { credential: own };
      const notices: string[] = [];
      for (const source of sources) {
        const text = await source.read();
        if (text === null) continue;
        const file = readAuthFile(text);
        if (!file) {
          notices.push(`${source.name} is not valid JSON, so what it stores is not used.`);
          continue;
        }
        const helped = await fromHelper(file, source.name, host, signal);
        if (helped.notice) notices.push(helped.notice);
        const credential = helped.credential ?? credentialIn(file, host, repository);
        if (credential) return { credential };
      }
      return { credential: null, ...(notices.length > 0 ? { notice: notices.join(' ') } : {}) };
    },
    async knows(host) {
      if (await keychain?.get(host)) return true;
      for (const source of sources) {
        const file = readAuthFile((await source.read()) ?? '');
        if (file && isNamedIn(file, host)) return true;
      }
      return false;
    },
  };
}

/**
 * Most explicit first: a variable set for this run, then Docker's file, then Podman's.
 * Podman's places: `containers-auth.json(5)`. The variable with the file's content: docker/cli `configfile`.
 */
function sourcesOf(machine: Machine): readonly Source[] {
  const { env, home } = machine;
  const file = (...parts: string[]): Source => {
    const path = join(...parts);
    return { name: path, read: () => machine.readText(path) };
  };
  const inline = env.DOCKER_AUTH_CONFIG;
  const sources: Source[] = [];
  if (inline) sources.push({ name: 'DOCKER_AUTH_CONFIG', read: () => Promise.resolve(inline) });
  if (env.REGISTRY_AUTH_FILE) sources.push(file(env.REGISTRY_AUTH_FILE));
  sources.push(
    env.DOCKER_CONFIG ? file(env.DOCKER_CONFIG, 'config.json') : file(home, '.docker', 'config.json'),
  );
  if (env.XDG_RUNTIME_DIR) sources.push(file(env.XDG_RUNTIME_DIR, 'containers', 'auth.json'));
  sources.push(file(env.XDG_CONFIG_HOME || join(home, '.config'), 'containers', 'auth.json'));
  return sources;
}
