import type { Disposable, SecretStorage } from 'vscode';
import type { StoredSignIn } from '../../../server/src/lsp/protocol/protocol.ts';

/** The one secret that holds every sign-in: as JSON, registry → user name and password. */
const secretName = 'holdfast.signIns';

type SignIns = ReadonlyMap<string, StoredSignIn>;

/** What the user signed in with, in the secret storage of the editor. */
export class Keychain {
  readonly #secrets: SecretStorage;
  #known: ReadonlySet<string> = new Set();
  /** One change after the other: each begins with what is stored by then. */
  #last: Promise<void> = Promise.resolve();

  constructor(secrets: SecretStorage) {
    this.#secrets = secrets;
  }

  /** By registry, in the order of the alphabet. */
  async all(): Promise<SignIns> {
    const signIns = parse(await this.#secrets.get(secretName));
    this.#known = new Set(signIns.keys());
    return signIns;
  }

  async get(registry: string): Promise<StoredSignIn | null> {
    return (await this.all()).get(registry) ?? null;
  }

  store(registry: string, signIn: StoredSignIn): Promise<void> {
    return this.#change((signIns) => signIns.set(registry, signIn));
  }

  remove(registry: string): Promise<void> {
    return this.#change((signIns) => signIns.delete(registry));
  }

  /** Calls with every registry that may be concerned when a window has signed in or out, this one or another. */
  onDidChange(listener: (registry: string) => void): Disposable {
    const tell = async (): Promise<void> => {
      const before = this.#known;
      const now = await this.all();
      for (const registry of new Set([...before, ...now.keys()])) listener(registry);
    };
    return this.#secrets.onDidChange(({ key }) => {
      // A storage that cannot be read says so when a sign-in is asked for.
      if (key === secretName) tell().catch(() => {});
    });
  }

  #change(work: (signIns: Map<string, StoredSignIn>) => void): Promise<void> {
    const change = async (): Promise<void> => {
      const signIns = new Map(await this.all());
      work(signIns);
      if (signIns.size === 0) await this.#secrets.delete(secretName);
      else await this.#secrets.store(secretName, JSON.stringify(Object.fromEntries(signIns)));
    };
    const done = this.#last.then(change);
    this.#last = done.catch(() => {});
    return done;
  }
}

/** What cannot be read counts as not there, and goes with the next change. */
function parse(text: string | undefined): SignIns {
  let stored: unknown;
  try {
    stored = JSON.parse(text ?? '{}');
  } catch {
    return new Map();
  }
  if (typeof stored !== 'object' || stored === null) return new Map();
  const entries = Object.entries(stored).filter((entry): entry is [string, StoredSignIn] =>
    isSignIn(entry[1]),
  );
  return new Map(entries.sort(([a], [b]) => a.localeCompare(b)));
}

function isSignIn(value: unknown): value is StoredSignIn {
  if (typeof value !== 'object' || value === null) return false;
  const { password, username }: { [Name in keyof StoredSignIn]?: unknown } = value;
  return typeof username === 'string' && typeof password === 'string';
}
