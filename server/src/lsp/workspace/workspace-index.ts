import { setImmediate as turn } from 'node:timers/promises';
import { readSummary, WorkspaceIndex } from '../../engine/index.ts';
import { delays } from '../ports.ts';
import { guarded, inBackground } from '../protocol/guard.ts';
import type { Session } from '../session.ts';
import { findManifests, isCandidate, readInput } from './manifests.ts';
import { folderOf, uriKey, uriPath } from './uri.ts';
import type { Workspace } from './workspace.ts';

/** Files that are read; more belong together nowhere. */
const filesMax = 20_000;

/** Characters. What is longer was written by a machine, and would hold up what people wait for. */
const textMax = 1024 * 1024;

const isElsewhere = (uri: string): boolean => /\/(?:node_modules|\.git)\//.test(uriPath(uri));

/** `refresh` is given the open documents that have to be read again because other files say something else. */
export function createWorkspace(session: Session, refresh: (uris: readonly string[]) => void): Workspace {
  const { analyses, ports } = session;
  const outline = new WorkspaceIndex();
  const isBelow = (uri: string): boolean => folderOf(session.folders, uri) !== undefined;
  let told = outline.epoch;
  let telling = new AbortController();

  /** After the last change of a burst. */
  const tell = (): void => {
    if (outline.epoch === told || reader.isBusy) return;
    told = outline.epoch;
    if (analyses.unsettled().length === 0) return;
    telling.abort();
    telling = new AbortController();
    const { signal } = telling;
    inBackground(ports.log, 'refreshing diagnostics', async () => {
      await ports.timer.wait(delays.debounce, signal);
      const uris = signal.aborted ? [] : analyses.unsettled();
      if (uris.length > 0) refresh(uris);
    });
  };
  const reader = new Reader(session, outline, tell);

  return {
    around: (uri) => (isBelow(uri) ? outline : undefined),
    took(uri, said) {
      if (said && isBelow(uri)) outline.put(said);
      else outline.remove(uriPath(uri));
      tell();
    },
    restart: () => reader.readAll(),
    changed(uris) {
      const wanted = uris.filter((uri) => isBelow(uri) && !isElsewhere(uri));
      if (wanted.length > 0) reader.read(wanted);
    },
    ready: (signal) => reader.done(signal),
    stop() {
      telling.abort();
      reader.stop();
    },
  };
}

/** Reads files one after the other; between two of them everybody else gets a turn. */
class Reader {
  readonly #session: Session;
  readonly #outline: WorkspaceIndex;
  readonly #onDone: () => void;
  /** Key → URI of the files that the last search found. */
  readonly #listed = new Map<string, string>();
  /** Key → URI of those that are to be read. */
  readonly #waiting = new Map<string, string>();
  readonly #stopped = new AbortController();
  #isListOld = false;
  #run: Promise<void> | null = null;

  constructor(session: Session, outline: WorkspaceIndex, onDone: () => void) {
    this.#session = session;
    this.#outline = outline;
    this.#onDone = onDone;
  }

  get isBusy(): boolean {
    return this.#run !== null;
  }

  readAll(): void {
    this.#isListOld = true;
    for (const [key, uri] of this.#listed) this.#waiting.set(key, uri);
    this.#start();
  }

  read(uris: readonly string[]): void {
    for (const uri of uris) this.#waiting.set(uriKey(uri), uri);
    this.#start();
  }

  async done(signal: AbortSignal): Promise<void> {
    const aborted = new Promise<void>((resolve) => {
      signal.addEventListener('abort', () => resolve(), { once: true });
    });
    while (this.#run && !signal.aborted) await Promise.race([this.#run, aborted]);
  }

  stop(): void {
    this.#stopped.abort();
  }

  #start(): void {
    if (this.#run) return;
    const run = guarded(
      this.#session.ports.log,
      'reading the workspace',
      () => {},
      () => this.#work(),
    );
    this.#run = run.then(() => {
      this.#run = null;
      this.#onDone();
    });
  }

  async #work(): Promise<void> {
    const { signal } = this.#stopped;
    for (;;) {
      await turn();
      if (signal.aborted) return;
      const [next] = this.#waiting;
      if (next) await this.#take(...next);
      else if (this.#isListOld) await this.#list(signal);
      else return;
    }
  }

  async #take(key: string, uri: string): Promise<void> {
    const { documents } = this.#session;
    this.#waiting.delete(key);
    if (!this.#listed.has(key) && !documents.snapshot(uri)) {
      this.#outline.remove(uriPath(uri));
      // It may be new; whether it is left out is for the search to say.
      if (await isCandidate(this.#session, uri)) this.#isListOld = true;
      return;
    }
    const read = documents.snapshot(uri) ? null : await readInput(this.#session, uri);
    // Of an open document the text in the editor counts, and is taken in when it is read.
    if (documents.snapshot(uri)) await this.#session.analyses.current(uri);
    else if (read && read.input.text.length <= textMax) {
      this.#session.ports.watch.reads(uri, read.input.text.length);
      this.#outline.put(readSummary(read.input, read.settings));
    } else this.#outline.remove(uriPath(uri));
  }

  async #list(signal: AbortSignal): Promise<void> {
    this.#isListOld = false;
    const found = await findManifests(this.#session, signal);
    if (signal.aborted) return;
    const before = new Map(this.#listed);
    this.#listed.clear();
    for (const { kind, uri } of found) {
      if (kind === 'file' && this.#listed.size < filesMax) this.#listed.set(uriKey(uri), uri);
    }
    for (const [key, uri] of this.#listed) if (!before.has(key)) this.#waiting.set(key, uri);
    for (const [key, uri] of before) {
      if (!this.#listed.has(key) && !this.#session.documents.snapshot(uri)) {
        this.#outline.remove(uriPath(uri));
      }
    }
  }
}
