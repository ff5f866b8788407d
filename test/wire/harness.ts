import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { PassThrough } from 'node:stream';
import type { TestContext } from 'node:test';
import {
  type ApplyWorkspaceEditParams,
  type CancellationToken,
  CancellationTokenSource,
  type ClientCapabilities,
  type CodeAction,
  type CodeActionContext,
  type Connection,
  createConnection,
  createProtocolConnection,
  type Diagnostic,
  type DocumentDiagnosticReport,
  type InitializeParams,
  type InitializeResult,
  type ProtocolConnection,
  type PublishDiagnosticsParams,
  type Range,
  type Registration,
  type ShowMessageParams,
  StreamMessageReader,
  StreamMessageWriter,
  type TextEdit,
  type WorkspaceEdit,
} from 'vscode-languageserver/node';
import { TextDocument } from 'vscode-languageserver-textdocument';
import type {
  Downloads,
  FailedLookup,
  ImageName,
  Inspection,
  Lookup,
  LookupOptions,
  Observation,
  RepositoryName,
  TagList,
  Verification,
} from '../../server/src/engine/index.ts';
import { delays, type Ports, type Switches, type Timer } from '../../server/src/lsp/ports.ts';
import { createLog } from '../../server/src/lsp/protocol/messages.ts';
import type { Seal } from '../../server/src/lsp/protocol/seal.ts';
import { createServer } from '../../server/src/lsp/server.ts';
import { unwatched } from '../../server/src/lsp/supervisor/thread.ts';
import type {
  Allowance,
  Cleared,
  Credential,
  Inspected,
  RegistryClient,
  SignInCheck,
  StoredLogin,
} from '../../server/src/registry/index.ts';
import { plainConfig } from '../support/image-config.ts';

export const folder = 'file:///shop';

export const digestFor = (image: ImageName): string =>
  `sha256:${createHash('sha256').update(`${image.registry}/${image.repository}:${image.version}`).digest('hex')}`;

/** A registry that answers with what the test says, and counts. */
export class FakeRegistry implements RegistryClient {
  readonly calls: ImageName[] = [];
  readonly signals: (AbortSignal | undefined)[] = [];
  readonly #known = new Map<string, Lookup>();
  /** What the registry says; a digest made of the name where the test sets nothing else. */
  answer: (image: ImageName, options: LookupOptions) => Lookup | Promise<Lookup> = (image) => found(image);

  async resolve(image: ImageName, options: LookupOptions): Promise<Lookup> {
    this.calls.push(image);
    this.signals.push(options.signal);
    const answer = await this.answer(image, options);
    this.#known.set(JSON.stringify(image), answer);
    return answer;
  }

  /** What `inspect` says beyond what `resolve` does. */
  contents: Pick<Extract<Inspection, { ok: true }>, 'platforms' | 'config'> = {
    platforms: null,
    config: plainConfig,
  };
  /** Where images differ in that. */
  contentsOf = (_: ImageName): FakeRegistry['contents'] => this.contents;
  readonly #inspected = new Set<string>();
  /** Those of `calls` that asked for contents. */
  readonly inspections: ImageName[] = [];

  async inspect(image: ImageName, options: LookupOptions): Promise<Inspection> {
    this.inspections.push(image);
    const answer = await this.resolve(image, options);
    this.#inspected.add(JSON.stringify(image));
    return answer.ok ? { ...answer, ...this.contentsOf(image) } : answer;
  }

  async verify(): Promise<Verification> {
    return { ok: true, at: 0, verified: false, why: 'It has no signature.' };
  }

  observed(image: ImageName): Observation | undefined {
    const key = JSON.stringify(image);
    const known = this.#known.get(key);
    if (!known || (!known.ok && known.code !== 'not-found')) return undefined;
    const { config, platforms } = this.contentsOf(image);
    return {
      at: known.ok ? known.at : 0,
      digest: known.ok ? known.digest : null,
      isIndex: known.ok && known.mediaType.includes('index'),
      platforms: this.#inspected.has(key) ? platforms : null,
      volumes: this.#inspected.has(key) ? (config?.volumes ?? null) : null,
      signature: null,
    };
  }

  readonly listed: RepositoryName[] = [];
  /** The tags of every repository. */
  tagList: TagList = { ok: true, tags: [] };

  async tags(repository: RepositoryName): Promise<TagList> {
    this.listed.push(repository);
    return this.tagList;
  }

  /** What an earlier run was told. */
  readonly kept: { readonly image: ImageName; readonly lookup: Lookup; readonly isInspected: boolean }[] = [];

  async recall(): Promise<void> {
    for (const { image, isInspected, lookup } of this.kept) {
      this.#known.set(JSON.stringify(image), lookup);
      if (isInspected) this.#inspected.add(JSON.stringify(image));
    }
  }

  inspected(image: ImageName): Inspected | undefined {
    const key = JSON.stringify(image);
    const known = this.#known.get(key);
    return known?.ok && this.#inspected.has(key) ? { ...known, ...this.contentsOf(image) } : undefined;
  }

  /** Registry → what it says is left. */
  readonly allowances = new Map<string, Allowance>();

  allowance(registry: string): Allowance | undefined {
    return this.allowances.get(registry);
  }

  readonly signIns: {
    readonly registry: string;
    readonly credential: Credential;
    readonly registries: LookupOptions['registries'];
  }[] = [];
  /** What every registry says to somebody who signs in. */
  signInCheck: SignInCheck | Promise<SignInCheck> = { ok: true, isOpen: false };

  async checkSignIn(
    registry: string,
    credential: Credential,
    { registries, signal }: LookupOptions,
  ): Promise<SignInCheck> {
    this.signIns.push({ registry, credential, registries });
    this.signals.push(signal);
    return this.signInCheck;
  }

  readonly forgotten: string[] = [];

  forgetSignIn(registry: string): void {
    this.forgotten.push(registry);
  }

  readonly logins: StoredLogin[] = [];

  async storedLogins(): Promise<readonly StoredLogin[]> {
    return this.logins;
  }

  /** Why the disk could not be cleared. */
  clearProblem: string | null = null;

  async clear(): Promise<Cleared> {
    const entries = this.#known.size;
    this.#known.clear();
    this.#inspected.clear();
    return { entries, ...(this.clearProblem !== null && { problem: this.clearProblem }) };
  }

  /** From now on every lookup waits until `release`, or until it is aborted. */
  hold(): { release(): void } {
    let release = (): void => {};
    const released = new Promise<void>((resolve) => {
      release = resolve;
    });
    this.answer = async (image, { signal }) => {
      const aborted = new Promise<void>((resolve) => signal?.addEventListener('abort', () => resolve()));
      await Promise.race([released, aborted]);
      return signal?.aborted ? failed('cancelled', 'The lookup was cancelled.') : found(image);
    };
    return { release };
  }
}

/** How a client of few words says that it has quick fixes resolved when they are chosen. */
export const resolvedLater = {
  codeActionLiteralSupport: { codeActionKind: { valueSet: ['quickfix'] } },
  dataSupport: true,
  resolveSupport: { properties: ['edit'] },
};

export const found = (image: ImageName): Extract<Lookup, { ok: true }> => ({
  ok: true,
  digest: digestFor(image),
  mediaType: 'application/vnd.oci.image.index.v1+json',
  at: Date.UTC(2026, 0, 2),
});

export const failed = (code: FailedLookup['code'], message: string): FailedLookup => ({
  ok: false,
  code,
  message,
});

/** Has every file and every branch, and counts. */
export class FakeDownloads implements Downloads {
  readonly asked: string[] = [];

  async checksum(url: string) {
    this.asked.push(url);
    return { ok: true, digest: `sha256:${createHash('sha256').update(url).digest('hex')}` } as const;
  }

  async commit(repository: string, ref: string) {
    this.asked.push(`${repository} ${ref}`);
    return { ok: true, commit: createHash('sha1').update(repository).digest('hex') } as const;
  }
}

/** Files of a workspace that exist in memory only. */
export class FakeFiles {
  readonly texts = new Map<string, string>();
  readonly reads: string[] = [];

  readonly #held = new Map<string, Promise<void>>();

  /** Reading a file waits until the answer is called. */
  hold(uri: string): () => void {
    let release = (): void => {};
    this.#held.set(
      uri,
      new Promise((resolve) => {
        release = resolve;
      }),
    );
    return () => release();
  }

  async read(uri: string): Promise<string | null> {
    this.reads.push(uri);
    await this.#held.get(uri);
    return this.texts.get(uri) ?? null;
  }

  readBeside(_of: string, uri: string): Promise<string | null> {
    return this.read(uri);
  }

  async isEditable(): Promise<boolean> {
    return true;
  }

  async exists(uri: string): Promise<boolean> {
    return [...this.texts.keys()].some((one) => one === uri || one.startsWith(`${uri}/`));
  }

  async *list(root: string, { isCandidate, isLeftOut, signal }: Parameters<Ports['files']['list']>[1]) {
    for (const uri of [...this.texts.keys()].sort()) {
      if (signal.aborted) return;
      if (!uri.startsWith(`${root}/`) || !(await isCandidate(uri))) continue;
      if (!(await isLeftOut(uri, false))) yield { kind: 'file', uri } as const;
    }
  }
}

/** Short waits are over at once; long ones when the test says so, or when they are aborted. */
export class FakeTimer implements Timer {
  readonly #pending = new Set<() => void>();
  /** Waits of up to this many milliseconds do not wait for the test. */
  passing: number = delays.debounce;
  readonly waits: number[] = [];

  wait(milliseconds: number, signal?: AbortSignal): Promise<void> {
    this.waits.push(milliseconds);
    if (milliseconds <= this.passing || signal?.aborted)
      return new Promise((resolve) => setImmediate(resolve));
    return new Promise((resolve) => {
      const done = (): void => {
        this.#pending.delete(done);
        resolve();
      };
      this.#pending.add(done);
      signal?.addEventListener('abort', done, { once: true });
    });
  }

  get pending(): number {
    return this.#pending.size;
  }

  /** All waits are over. */
  elapse(): void {
    for (const done of [...this.#pending]) done();
  }
}

export interface StartOptions {
  readonly files?: Readonly<Record<string, string>>;
  readonly initializationOptions?: unknown;
  /** Changes the capabilities of the client, which are those of VS Code as far as they matter. */
  readonly capabilities?: (capabilities: Capabilities) => ClientCapabilities;
  readonly registry?: RegistryClient | ((switches: Switches) => RegistryClient);
  /** What secrets cross in. Null where absent, as with a client that gives no key. */
  readonly seal?: Seal;
  readonly folders?: readonly string[];
  /** Milliseconds since the epoch. */
  readonly now?: () => number;
  /** The editor's settings, by the URI they are asked for; `holdfast` section. */
  readonly settings?: (scopeUri: string | undefined) => unknown;
}

const vscode = {
  workspace: {
    applyEdit: true,
    workspaceEdit: { documentChanges: true, changeAnnotationSupport: { groupsOnLabel: true } },
    configuration: true,
    didChangeConfiguration: { dynamicRegistration: true },
    didChangeWatchedFiles: { dynamicRegistration: true },
    workspaceFolders: true,
    diagnostics: { refreshSupport: true },
  },
  textDocument: {
    diagnostic: { dynamicRegistration: true, relatedInformation: true },
    publishDiagnostics: { relatedInformation: true, dataSupport: true, codeDescriptionSupport: true },
    codeAction: {
      codeActionLiteralSupport: { codeActionKind: { valueSet: ['', 'quickfix', 'source', 'source.fixAll'] } },
      dataSupport: true,
      disabledSupport: true,
      isPreferredSupport: true,
      resolveSupport: { properties: ['edit'] },
    },
    hover: { contentFormat: ['markdown', 'plaintext'] },
  },
  window: { workDoneProgress: true },
} satisfies ClientCapabilities;

type Capabilities = typeof vscode;

/** Without what a client needs to pull diagnostics. */
export const pushOnly = ({ textDocument, ...rest }: Capabilities): ClientCapabilities => {
  const { diagnostic: _, ...others } = textDocument;
  return { ...rest, textDocument: others };
};

/** A client that talks to the real server over two streams. */
export class Client {
  readonly connection: ProtocolConnection;
  readonly registry: FakeRegistry;
  readonly downloads: FakeDownloads;
  readonly files: FakeFiles;
  readonly timer: FakeTimer;
  /** All that was said, both ways. */
  readonly crossed: () => string;
  initialized: InitializeResult = { capabilities: {} };
  readonly published: PublishDiagnosticsParams[] = [];
  readonly shown: ShowMessageParams[] = [];
  readonly logged: string[] = [];
  readonly applied: ApplyWorkspaceEditParams[] = [];
  readonly progress: {
    token: string | number;
    value: { kind: string; message?: string; title?: string; cancellable?: boolean; percentage?: number };
  }[] = [];
  readonly registrations: Registration[] = [];
  refreshes = 0;
  /** Asked before an edit is made; false refuses it. */
  acceptsEdits = true;
  readonly #documents = new Map<string, TextDocument>();
  readonly #waiting = new Set<() => void>();

  constructor(
    connection: ProtocolConnection,
    ports: Pick<Client, 'registry' | 'downloads' | 'files' | 'timer'>,
    settings: (scopeUri: string | undefined) => unknown,
    crossed: () => string,
  ) {
    this.connection = connection;
    this.crossed = crossed;
    this.registry = ports.registry;
    this.downloads = ports.downloads;
    this.files = ports.files;
    this.timer = ports.timer;
    const note = (work: () => void): void => {
      work();
      for (const check of [...this.#waiting]) check();
    };
    connection.onNotification('textDocument/publishDiagnostics', (params) =>
      note(() => this.published.push(params)),
    );
    connection.onNotification('window/showMessage', (params) => note(() => this.shown.push(params)));
    connection.onNotification('window/logMessage', ({ message }) => note(() => this.logged.push(message)));
    connection.onNotification('$/progress', (params) => note(() => this.progress.push(params)));
    connection.onRequest('window/workDoneProgress/create', () => null);
    connection.onRequest('workspace/diagnostic/refresh', () => note(() => this.refreshes++));
    connection.onRequest('workspace/configuration', ({ items }: { items: { scopeUri?: string }[] }) =>
      items.map(({ scopeUri }) => settings(scopeUri)),
    );
    connection.onRequest('client/registerCapability', ({ registrations }) =>
      note(() => this.registrations.push(...registrations)),
    );
    connection.onRequest('workspace/applyEdit', async (params: ApplyWorkspaceEditParams) => {
      if (!this.acceptsEdits || !this.#isCurrent(params.edit)) return { applied: false };
      note(() => this.applied.push(params));
      await this.apply(params.edit);
      return { applied: true };
    });
    connection.listen();
  }

  async initialize(params: Partial<InitializeParams>): Promise<void> {
    this.initialized = await this.connection.sendRequest('initialize', {
      processId: null,
      rootUri: null,
      capabilities: {},
      ...params,
    });
    await this.notify('initialized', {});
  }

  notify(method: string, params: unknown): Promise<void> {
    return this.connection.sendNotification(method, params);
  }

  request<T>(method: string, params: unknown): Promise<T> {
    return this.connection.sendRequest(method, params);
  }

  /** Fulfilled once `condition` holds. It is looked at whenever the server has said something, and at every turn. */
  async until(what: string, condition: () => boolean): Promise<void> {
    const late = AbortSignal.timeout(20_000);
    while (!condition()) {
      assert.ok(!late.aborted, `still waiting for: ${what}`);
      await new Promise<void>((resolve) => {
        const again = (): void => {
          this.#waiting.delete(again);
          resolve();
        };
        this.#waiting.add(again);
        setTimeout(again, 5);
      });
    }
  }

  /** Requests are answered in order, so everything sent before has been taken in by then. */
  async settle(): Promise<void> {
    for (let turn = 0; turn < 5; turn++) {
      await this.request('textDocument/hover', {
        textDocument: { uri: 'file:///no/such/file' },
        position: { line: 0, character: 0 },
      });
    }
  }

  async open(uri: string, text: string, languageId = languageOf(uri)): Promise<void> {
    this.#documents.set(uri, TextDocument.create(uri, languageId, 1, text));
    await this.notify('textDocument/didOpen', { textDocument: { uri, languageId, version: 1, text } });
  }

  /** An incremental edit: `before` is replaced by `after`. */
  async edit(uri: string, before: string, after: string): Promise<void> {
    const document = this.#document(uri);
    const start = document.getText().indexOf(before);
    assert.notEqual(start, -1, `${before} is not in ${uri}`);
    const range = { start: document.positionAt(start), end: document.positionAt(start + before.length) };
    await this.change(uri, [{ range, newText: after }]);
  }

  async change(uri: string, edits: readonly TextEdit[]): Promise<void> {
    const document = this.#document(uri);
    const version = document.version + 1;
    // From the end, and of two at one place the second, so that no edit moves the place of the next.
    const ordered = [...edits]
      .reverse()
      .sort((a, b) => document.offsetAt(b.range.start) - document.offsetAt(a.range.start));
    const contentChanges = ordered.map(({ newText, range }) => ({ range, text: newText }));
    TextDocument.update(document, contentChanges, version);
    await this.notify('textDocument/didChange', { textDocument: { uri, version }, contentChanges });
  }

  async close(uri: string): Promise<void> {
    this.#documents.delete(uri);
    await this.notify('textDocument/didClose', { textDocument: { uri } });
  }

  text(uri: string): string {
    return this.#documents.get(uri)?.getText() ?? this.files.texts.get(uri) ?? '';
  }

  pull(uri: string, previousResultId?: string): Promise<DocumentDiagnosticReport> {
    return this.request('textDocument/diagnostic', { textDocument: { uri }, previousResultId });
  }

  pullCancellable(uri: string, signal: AbortSignal): Promise<DocumentDiagnosticReport> {
    return this.connection.sendRequest('textDocument/diagnostic', { textDocument: { uri } }, tokenOf(signal));
  }

  async diagnostics(uri: string): Promise<Diagnostic[]> {
    const report = await this.pull(uri);
    assert.ok(report.kind === 'full');
    return report.items;
  }

  async diagnostic(uri: string, rule: string): Promise<Diagnostic> {
    const one = (await this.diagnostics(uri)).find(({ code }) => code === rule);
    assert.ok(one, `no ${rule} in ${uri}`);
    return one;
  }

  actions(uri: string, diagnostics: readonly Diagnostic[], only?: readonly string[]): Promise<CodeAction[]> {
    const context = { diagnostics: [...diagnostics], ...(only && { only: [...only] }) };
    return this.actionsAt(uri, diagnostics[0]?.range ?? nowhere, context);
  }

  async actionsAt(uri: string, range: Range, context: CodeActionContext): Promise<CodeAction[]> {
    return (await this.request('textDocument/codeAction', { textDocument: { uri }, range, context })) ?? [];
  }

  async action(uri: string, rule: string, title: RegExp): Promise<CodeAction> {
    const actions = await this.actions(uri, [await this.diagnostic(uri, rule)]);
    const one = actions.find((action) => title.test(action.title));
    assert.ok(one, `no ${title} among ${actions.map((action) => action.title).join(' | ')}`);
    return one;
  }

  resolve(action: CodeAction): Promise<CodeAction> {
    return this.request('codeAction/resolve', action);
  }

  execute<T>(command: string, ...args: unknown[]): Promise<T> {
    return this.request('workspace/executeCommand', { command, arguments: args });
  }

  /** Makes an edit as an editor does, in open documents and on the disk. */
  async apply(edit: WorkspaceEdit | undefined): Promise<void> {
    assert.ok(edit);
    for (const [uri, edits] of editsOf(edit)) {
      if (this.#documents.has(uri)) await this.change(uri, edits);
      else {
        const document = TextDocument.create(uri, '', 0, this.files.texts.get(uri) ?? '');
        this.files.texts.set(uri, TextDocument.applyEdits(document, [...edits]));
      }
    }
  }

  lastPublished(uri: string): readonly Diagnostic[] | undefined {
    return this.published.findLast((params) => params.uri === uri)?.diagnostics;
  }

  /** Versioned edits are refused when they were made for another text. */
  #isCurrent(edit: WorkspaceEdit): boolean {
    return (edit.documentChanges ?? []).every((change) => {
      if (!('textDocument' in change)) return false;
      const { uri, version } = change.textDocument;
      return version === null ? !this.#documents.has(uri) : this.#documents.get(uri)?.version === version;
    });
  }

  #document(uri: string): TextDocument {
    const document = this.#documents.get(uri);
    assert.ok(document, `${uri} is not open`);
    return document;
  }
}

/** Cancels a request when the signal is aborted. */
export function tokenOf(signal: AbortSignal): CancellationToken {
  const source = new CancellationTokenSource();
  signal.addEventListener('abort', () => source.cancel());
  return source.token;
}

export const nowhere: Range = { start: { line: 0, character: 0 }, end: { line: 0, character: 0 } };

export function editsOf(edit: WorkspaceEdit): [string, TextEdit[]][] {
  if (edit.changes) return Object.entries(edit.changes);
  return (edit.documentChanges ?? []).flatMap((change) =>
    'textDocument' in change
      ? [[change.textDocument.uri, change.edits.filter((one) => 'newText' in one)] as [string, TextEdit[]]]
      : [],
  );
}

function languageOf(uri: string): string {
  if (/dockerfile/i.test(uri)) return 'dockerfile';
  return uri.endsWith('.json') ? 'json' : 'yaml';
}

/** Two ends that talk to each other, and all that they say, as it crosses. */
export interface Wire {
  readonly server: Connection;
  readonly client: ProtocolConnection;
  /** Both ways. */
  readonly crossed: () => string;
}

/** Neither end listens yet. */
export function createWire(): Wire {
  const toServer = new PassThrough();
  const toClient = new PassThrough();
  const chunks: Buffer[] = [];
  for (const stream of [toServer, toClient]) stream.on('data', (chunk: Buffer) => chunks.push(chunk));
  return {
    server: createConnection(new StreamMessageReader(toServer), new StreamMessageWriter(toClient)),
    client: createProtocolConnection(new StreamMessageReader(toClient), new StreamMessageWriter(toServer)),
    crossed: () => Buffer.concat(chunks).toString('utf8'),
  };
}

/** Starts a server and a client on two streams. Both end with the test. */
export async function start(t: TestContext, options: StartOptions = {}): Promise<Client> {
  const { client: connection, crossed, server } = createWire();
  const registry = new FakeRegistry();
  const downloads = new FakeDownloads();
  const files = new FakeFiles();
  for (const [uri, text] of Object.entries(options.files ?? {})) files.texts.set(uri, text);
  const timer = new FakeTimer();
  const switches: Switches = { trusted: false, offline: false };

  createServer(server, {
    registry:
      typeof options.registry === 'function' ? options.registry(switches) : (options.registry ?? registry),
    downloads,
    files,
    timer,
    clock: { now: options.now ?? Date.now },
    log: createLog(server),
    switches,
    seal: options.seal ?? null,
    watch: unwatched,
  });
  server.listen();

  const ports = { registry, downloads, files, timer };
  const client = new Client(connection, ports, options.settings ?? (() => ({})), crossed);
  t.after(async () => {
    timer.elapse();
    await client.request('shutdown', undefined);
    connection.dispose();
    server.dispose();
  });
  await client.initialize({
    capabilities: options.capabilities ? options.capabilities(vscode) : vscode,
    initializationOptions: options.initializationOptions,
    workspaceFolders: (options.folders ?? [folder]).map((uri) => ({
      uri,
      name: uri.slice(uri.lastIndexOf('/') + 1),
    })),
  });
  return client;
}
