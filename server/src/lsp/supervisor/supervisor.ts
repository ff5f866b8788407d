import {
  ApplyWorkspaceEditRequest,
  DidChangeConfigurationNotification,
  DidChangeTextDocumentNotification,
  DidChangeWatchedFilesNotification,
  DidChangeWorkspaceFoldersNotification,
  DidCloseTextDocumentNotification,
  DidOpenTextDocumentNotification,
  DidSaveTextDocumentNotification,
  ErrorCodes,
  ExecuteCommandRequest,
  ExitNotification,
  InitializedNotification,
  InitializeRequest,
  LogMessageNotification,
  LSPErrorCodes,
  Message,
  MessageType,
  type NotificationMessage,
  PublishDiagnosticsNotification,
  RegistrationRequest,
  type RequestMessage,
  type ResponseMessage,
  ShowMessageNotification,
  ShutdownRequest,
  type TextDocumentContentChangeEvent,
  WorkDoneProgressCreateRequest,
} from 'vscode-languageserver/node';
import { TextDocument } from 'vscode-languageserver-textdocument';
import { suppressRequest, trustNotification } from '../protocol/protocol.ts';
import { property } from '../workspace/editor-settings.ts';
import { uriKey } from '../workspace/uri.ts';
import { type FromThread, releaseNotification, type ToThread } from './thread.ts';

/** A thread that serves. */
export interface Serving {
  post(message: ToThread): void;
  /** Stops it at once, in the midst of whatever it does. Nothing is told after that. */
  end(): void;
}

export interface ServingListener {
  told(message: FromThread): void;
  /** It has stopped by itself. `reason`: a few words without a full stop. */
  died(reason: string): void;
}

export interface SupervisorOptions {
  /** Starts a thread that does not read certain texts. */
  start(givenUp: readonly string[], listener: ServingListener): Serving;
  /** To the client. */
  send(message: Message): void;
  /** Ends the process. */
  exit(code: number): void;
  /** Whether a debugger is attached. It stops the thread for as long as somebody looks at it, so no time counts. */
  isDebugged?(): boolean;
  /** In the place of `limits`, for tests. */
  readonly limits?: SupervisorLimits;
}

export interface SupervisorLimits {
  /** Milliseconds between two looks at what the thread does. */
  readonly look: number;
  /** Milliseconds that the thread may hear nothing, whatever it reads. */
  readonly deaf: number;
  /** Milliseconds more for each million UTF-16 code units of the text. */
  readonly million: number;
  /** Milliseconds that a text is left alone after it was given up; twice as long after each time. */
  readonly rest: number;
  /** Milliseconds without an edit, after which a text is tried again. */
  readonly quiet: number;
  /** Threads that are started in the place of others within `restartsWithin` milliseconds. */
  readonly restarts: number;
  readonly restartsWithin: number;
  /** Milliseconds that the thread has to answer `shutdown`: editors wait two seconds. */
  readonly shutdown: number;
}

/** Texts take 0.2 s for a million code units as a rule and 2 s at worst: this is some times that, for slow machines. */
export const limits: SupervisorLimits = {
  look: 250,
  deaf: 3_000,
  million: 5_000,
  rest: 5_000,
  quiet: 2_000,
  restarts: 20,
  restartsWithin: 10 * 60_000,
  shutdown: 1_000,
};

/** Times that the rest of a text is doubled. */
const doublings = 6;

/** A text that took too long. */
interface GivenUp {
  readonly uri: string;
  times: number;
  /** Whether its text has changed since. */
  isChanged: boolean;
  isReleased: boolean;
  restsUntil: number;
  timer: NodeJS.Timeout | null;
}

/** Requests that change files. */
const changing: ReadonlySet<string> = new Set([ExecuteCommandRequest.method, suppressRequest]);

const cancelMethod = '$/cancelRequest';

type Id = string | number;

/**
 * Stands between the client and the thread that serves it. A thread that hears nothing for too long, or dies, is replaced: the next one is
 * told what the client has said so far, gets the requests that wait for an answer, and leaves alone the text that was being read.
 */
export class Supervisor {
  readonly #options: SupervisorOptions;
  readonly #limits: SupervisorLimits;
  #thread: Serving;
  /** Counts threads: nothing that an earlier one asked for reaches a later one. */
  #generation = 0;
  #isReady = false;
  #restarts: number[] = [];

  // What the client has said.
  #initialize: RequestMessage | null = null;
  #initialized: NotificationMessage | null = null;
  #settings: NotificationMessage | null = null;
  #trust: NotificationMessage | null = null;
  readonly #folders: NotificationMessage[] = [];
  readonly #open = new Map<string, TextDocument>();
  /** Requests of the client that wait for an answer, in their order. */
  readonly #waiting = new Map<Id, RequestMessage>();
  /** Those of them that the client has given up: no other thread is asked. */
  readonly #cancelled = new Set<Id>();
  /** Those that had files changed: made again they could change them twice. */
  readonly #acted = new Set<Id>();
  #isShutDown = false;

  // What the client was told.
  /** By the id that the client sees: the request of the thread that waits for its answer. */
  readonly #asked = new Map<number, Id>();
  #lastAsked = 0;
  readonly #registered = new Set<string>();
  /** Key → URI of the files that findings were published of. */
  readonly #published = new Map<string, string>();
  readonly #progress = new Set<Id>();

  // What the thread does.
  #reading: { readonly uri: string; readonly length: number } | null = null;
  #pinged = 0;
  #ponged = 0;
  /** Looks since it was pinged. */
  #looked = 0;
  #looks: NodeJS.Timeout | null = null;
  readonly #givenUp = new Map<string, GivenUp>();

  constructor(options: SupervisorOptions) {
    this.#options = options;
    this.#limits = options.limits ?? limits;
    this.#thread = this.#start();
  }

  /** Takes a message of the client. */
  take(message: Message): void {
    if (Message.isRequest(message)) this.#takeRequest(message);
    else if (Message.isNotification(message)) this.#takeNotification(message);
    else if (Message.isResponse(message)) this.#takeResponse(message);
  }

  /** The client has gone. */
  hangUp(): void {
    this.#options.exit(this.#isShutDown ? 0 : 1);
  }

  #takeRequest(message: RequestMessage): void {
    const { id, method } = message;
    if (id === null) return;
    if (this.#isShutDown) {
      const error = { code: ErrorCodes.InvalidRequest, message: 'The server was shut down.' };
      this.#respond({ jsonrpc: '2.0', id, error });
      return;
    }
    this.#waiting.set(id, message);
    if (method === InitializeRequest.method) this.#initialize ??= message;
    if (method === ShutdownRequest.method) {
      this.#isShutDown = true;
      setTimeout(() => {
        if (!this.#waiting.delete(id)) return;
        this.#thread.end();
        this.#respond({ jsonrpc: '2.0', id, result: null });
      }, this.#limits.shutdown).unref();
    }
    this.#pass(watched(message));
    this.#watch();
  }

  #takeNotification(message: NotificationMessage): void {
    const { method, params } = message;
    // The thread would end itself alone.
    if (method === ExitNotification.method) {
      this.hangUp();
      return;
    }
    if (method === cancelMethod) {
      const id = property(params, 'id');
      if ((typeof id === 'string' || typeof id === 'number') && this.#waiting.has(id))
        this.#cancelled.add(id);
    } else this.#remember(message);
    this.#pass(message);
  }

  #remember(message: NotificationMessage): void {
    const { method, params } = message;
    switch (method) {
      case InitializedNotification.method:
        this.#initialized = message;
        return;
      case DidChangeConfigurationNotification.method:
        this.#settings = message;
        return;
      case trustNotification:
        this.#trust = message;
        return;
      case DidChangeWorkspaceFoldersNotification.method:
        this.#folders.push(message);
        return;
      case DidChangeWatchedFilesNotification.method: {
        const changes = property(params, 'changes');
        for (const change of Array.isArray(changes) ? changes : []) this.#changed(property(change, 'uri'));
        return;
      }
      default:
        this.#follow(method, property(params, 'textDocument'), property(params, 'contentChanges'));
    }
  }

  #follow(method: string, document: unknown, changes: unknown): void {
    const uri = property(document, 'uri');
    if (typeof uri !== 'string') return;
    const key = uriKey(uri);
    const version = Number(property(document, 'version'));
    if (method === DidOpenTextDocumentNotification.method) {
      const languageId = String(property(document, 'languageId'));
      const text = property(document, 'text');
      if (typeof text === 'string') this.#open.set(key, TextDocument.create(uri, languageId, version, text));
    } else if (method === DidCloseTextDocumentNotification.method) {
      this.#open.delete(key);
      this.#changed(uri);
    } else if (method === DidSaveTextDocumentNotification.method) {
      this.#retry(uri, 0);
    } else if (method === DidChangeTextDocumentNotification.method) {
      const open = this.#open.get(key);
      if (!open || !Array.isArray(changes) || !changes.every(isSound)) return;
      TextDocument.update(open, changes, version);
      this.#changed(uri);
    }
  }

  #takeResponse(message: ResponseMessage): void {
    const id = this.#asked.get(Number(message.id));
    this.#asked.delete(Number(message.id));
    // Otherwise it is an answer to a thread that has ended.
    if (id !== undefined) this.#pass({ ...message, id } as ResponseMessage);
  }

  #start(): Serving {
    const generation = ++this.#generation;
    this.#isReady = false;
    this.#reading = null;
    this.#ponged = this.#pinged;
    const givenUp = [...this.#givenUp.values()].flatMap(({ isReleased, uri }) => (isReleased ? [] : uri));
    return this.#options.start(givenUp, {
      told: (message) => {
        if (generation === this.#generation) this.#told(message);
      },
      died: (reason) => {
        if (generation === this.#generation) this.#replace(reason);
      },
    });
  }

  #told(told: FromThread): void {
    switch (told.does) {
      case 'ready':
        this.#isReady = true;
        this.#watch();
        return;
      case 'reads':
        this.#reading = told;
        this.#looked = 0;
        this.#thread.post({ does: 'ping', number: ++this.#pinged });
        this.#watch();
        return;
      case 'pong':
        this.#ponged = told.number;
        if (this.#isDeaf) return;
        this.#looked = 0;
        this.#read();
        return;
      case 'pass':
        this.#toClient(told.message);
    }
  }

  get #isDeaf(): boolean {
    return this.#ponged < this.#pinged;
  }

  /** What was being read is read. */
  #read(): void {
    const known = this.#reading && this.#givenUp.get(uriKey(this.#reading.uri));
    if (known?.isReleased) this.#givenUp.delete(uriKey(known.uri));
    this.#reading = null;
  }

  /** Looks from time to time while there is something to look at. */
  #watch(): void {
    this.#looks ??= setInterval(() => this.#look(), this.#limits.look);
  }

  /** Looks are counted, not the time: while the process is suspended nothing takes too long. */
  #look(): void {
    if (!this.#isReady || this.#options.isDebugged?.()) return;
    const { deaf, look, million } = this.#limits;
    if (this.#isDeaf) {
      const limit = deaf + (million * (this.#reading?.length ?? 0)) / 1e6;
      if (++this.#looked * look > limit) this.#replace('it did not answer');
    } else if (this.#waiting.size > 0) {
      this.#looked = 0;
      this.#thread.post({ does: 'ping', number: ++this.#pinged });
    } else if (this.#looks) {
      clearInterval(this.#looks);
      this.#looks = null;
    }
  }

  #toClient(message: Message): void {
    if (Message.isResponse(message)) {
      if (message.id === null || !this.#waiting.delete(message.id)) return;
      this.#cancelled.delete(message.id);
      this.#acted.delete(message.id);
      this.#respond(message);
    } else if (Message.isRequest(message)) this.#ask(message);
    else if (Message.isNotification(message)) this.#tell(message);
  }

  #ask(message: RequestMessage): void {
    const { id, method, params } = message;
    if (id === null) return;
    if (method === RegistrationRequest.method) {
      const registrations = property(params, 'registrations');
      const methods = Array.isArray(registrations)
        ? registrations.map((one) => String(property(one, 'method')))
        : [];
      if (methods.every((one) => this.#registered.has(one))) {
        this.#pass({ jsonrpc: '2.0', id, result: null } as ResponseMessage);
        return;
      }
      for (const one of methods) this.#registered.add(one);
    }
    if (method === WorkDoneProgressCreateRequest.method) {
      const token = property(params, 'token');
      if (typeof token === 'string' || typeof token === 'number') this.#progress.add(token);
    }
    if (method === ApplyWorkspaceEditRequest.method) {
      for (const one of this.#waiting.values())
        if (one.id !== null && changing.has(one.method)) this.#acted.add(one.id);
    }
    const shown = ++this.#lastAsked;
    this.#asked.set(shown, id);
    this.#options.send({ ...message, id: shown } as RequestMessage);
  }

  #tell(message: NotificationMessage): void {
    const { method, params } = message;
    if (method === cancelMethod) {
      const cancelled = property(params, 'id');
      const [shown] = [...this.#asked].find(([, id]) => id === cancelled) ?? [];
      if (shown !== undefined)
        this.#options.send({ ...message, params: { id: shown } } as NotificationMessage);
      return;
    }
    if (method === PublishDiagnosticsNotification.method) {
      const uri = String(property(params, 'uri'));
      const diagnostics = property(params, 'diagnostics');
      if (Array.isArray(diagnostics) && diagnostics.length > 0) this.#published.set(uriKey(uri), uri);
      else this.#published.delete(uriKey(uri));
    }
    if (method === '$/progress' && property(property(params, 'value'), 'kind') === 'end') {
      this.#progress.delete(property(params, 'token') as Id);
    }
    this.#options.send(message);
  }

  /** Another thread takes over. */
  #replace(reason: string): void {
    const guilty = this.#guilty();
    this.#thread.end();
    if (this.#isShutDown) return;
    const now = Date.now();
    const { restarts, restartsWithin } = this.#limits;
    this.#restarts = [...this.#restarts.filter((at) => at > now - restartsWithin), now];
    if (guilty) this.#giveUp(guilty, now);
    const what = guilty ? `Reading ${guilty} took too long or failed` : 'The language server failed';
    this.#notify(LogMessageNotification.method, {
      type: MessageType.Warning,
      message: `${what}: ${reason}. The language server was started again${guilty ? ' without it' : ''}.`,
    });
    if (this.#restarts.length > restarts) {
      const message = 'The Holdfast language server failed too often and was stopped.';
      this.#notify(ShowMessageNotification.method, { type: MessageType.Error, message });
      this.#options.exit(1);
      return;
    }
    this.#forgetAsked();
    this.#thread = this.#start();
    this.#replay();
  }

  /** The text that was being read; where none was named, what the oldest request is about. */
  #guilty(): string | null {
    if (this.#reading) return this.#reading.uri;
    const [oldest] = this.#waiting.values();
    if (!oldest || oldest.id === null || oldest === this.#initialize) return null;
    const uri = property(property(oldest.params, 'textDocument'), 'uri');
    if (typeof uri === 'string') return uri;
    // It could bring down every thread.
    this.#waiting.delete(oldest.id);
    const error = { code: ErrorCodes.InternalError, message: 'The language server failed, see its output.' };
    this.#respond({ jsonrpc: '2.0', id: oldest.id, error });
    return null;
  }

  /** What the last thread asked the client for, and began to show, nobody will end any more. */
  #forgetAsked(): void {
    for (const id of this.#asked.keys()) this.#notify(cancelMethod, { id });
    this.#asked.clear();
    for (const token of this.#progress) this.#notify('$/progress', { token, value: { kind: 'end' } });
    this.#progress.clear();
    for (const [key, uri] of this.#published) {
      if (!this.#open.has(key)) {
        this.#notify(PublishDiagnosticsNotification.method, { uri, diagnostics: [] });
        this.#published.delete(key);
      }
    }
    for (const id of this.#cancelled) {
      const error = { code: LSPErrorCodes.RequestCancelled, message: 'The request was cancelled.' };
      if (this.#waiting.delete(id)) this.#respond({ jsonrpc: '2.0', id, error });
    }
    this.#cancelled.clear();
    for (const id of this.#acted) {
      const message = 'The language server failed while it changed files. Look at what was changed.';
      if (this.#waiting.delete(id))
        this.#respond({ jsonrpc: '2.0', id, error: { code: ErrorCodes.InternalError, message } });
    }
    this.#acted.clear();
  }

  #replay(): void {
    const initialize = this.#initialize;
    // The answer to a request that does not wait any more goes nowhere.
    if (initialize) this.#pass(watched(initialize));
    for (const message of [this.#initialized, ...this.#folders, this.#settings, this.#trust]) {
      if (message) this.#pass(message);
    }
    for (const document of this.#open.values()) {
      const { languageId, uri, version } = document;
      const textDocument = { uri, languageId, version, text: document.getText() };
      this.#pass(notification(DidOpenTextDocumentNotification.method, { textDocument }));
    }
    for (const request of this.#waiting.values()) if (request !== initialize) this.#pass(request);
    this.#watch();
  }

  #giveUp(uri: string, now: number): void {
    const key = uriKey(uri);
    const times = Math.min((this.#givenUp.get(key)?.times ?? 0) + 1, doublings + 1);
    const restsUntil = now + this.#limits.rest * 2 ** (times - 1);
    const timer = this.#givenUp.get(key)?.timer;
    if (timer) clearTimeout(timer);
    this.#givenUp.set(key, { uri, times, isChanged: false, isReleased: false, restsUntil, timer: null });
  }

  #changed(uri: unknown): void {
    const known = typeof uri === 'string' ? this.#givenUp.get(uriKey(uri)) : undefined;
    if (!known) return;
    known.isChanged = true;
    this.#retry(known.uri, this.#limits.quiet);
  }

  /** Lets a text that has changed be read again after `wait` milliseconds, and not before its rest is over. */
  #retry(uri: string, wait: number): void {
    const known = this.#givenUp.get(uriKey(uri));
    if (!known?.isChanged || known.isReleased) return;
    if (known.timer) clearTimeout(known.timer);
    known.timer = setTimeout(
      () => {
        known.isReleased = true;
        this.#pass(notification(releaseNotification, { uri: known.uri }));
      },
      Math.max(wait, known.restsUntil - Date.now()),
    ).unref();
  }

  #pass(message: Message): void {
    this.#thread.post({ does: 'pass', message });
  }

  #respond(message: ResponseMessage): void {
    this.#options.send(message);
  }

  #notify(method: string, params: object): void {
    this.#options.send(notification(method, params));
  }
}

const notification = (method: string, params: object): NotificationMessage => ({
  jsonrpc: '2.0',
  method,
  params,
});

/** Whether the client is alive is watched here: a thread that finds it gone could only end itself. */
function watched(message: RequestMessage): RequestMessage {
  if (message.method !== InitializeRequest.method) return message;
  return { ...message, params: { ...(message.params as object), processId: null } };
}

function isSound(change: unknown): change is TextDocumentContentChangeEvent {
  if (typeof property(change, 'text') !== 'string') return false;
  const range = property(change, 'range');
  if (range === undefined) return true;
  return ['start', 'end'].every((end) =>
    ['line', 'character'].every((part) => {
      const number = property(property(range, end), part);
      return Number.isInteger(number) && Number(number) >= 0;
    }),
  );
}
