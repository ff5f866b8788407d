import assert from 'node:assert/strict';
import type { ChildProcess } from 'node:child_process';
import { globSync, readFileSync } from 'node:fs';
import { SourceMap } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

/** A line of a source file. */
export interface SourceLine {
  /** Absolute. */
  readonly file: string;
  /** From 1. */
  readonly line: number;
}

type Params = Readonly<Record<string, unknown>>;

interface Message {
  readonly id?: number;
  readonly method?: string;
  readonly params?: Params;
  readonly result?: Params;
  readonly error?: { readonly message: string };
}

/** Speaks the debugger protocol to a process and to the threads that it starts, as an editor does. */
export class Debugger {
  readonly #socket: WebSocket;
  readonly #breakpoints: readonly Breakpoint[];
  readonly #main: Thread;
  readonly #threads = new Map<string, Thread>();
  readonly #hit = new Deferred<SourceLine>();

  private constructor(socket: WebSocket, breakpoints: readonly Breakpoint[]) {
    this.#socket = socket;
    this.#breakpoints = breakpoints;
    this.#main = new Thread((text) => socket.send(text));
    socket.addEventListener('message', ({ data }) => this.#receive(this.#main, String(data)));
    socket.addEventListener('close', () =>
      this.#hit.reject(new Error('The program ended without reaching the line.')),
    );
    this.#hit.promise.catch(() => {});
  }

  /**
   * Attaches to a process that waits for a debugger, sets a breakpoint and lets the process run. `outFiles`: a folder of bundles whose
   * source maps are read, when the process does not run the source file itself.
   */
  static async attach(url: string, breakpoint: SourceLine, outFiles?: string): Promise<Debugger> {
    const socket = new WebSocket(url);
    await new Promise((opened, failed) => {
      socket.addEventListener('open', opened, { once: true });
      socket.addEventListener('error', failed, { once: true });
    });
    const attached = new Debugger(socket, generatedLines(breakpoint, outFiles));
    const waits = { waitForDebuggerOnStart: true };
    await attached.#main.send('NodeWorker.enable', waits);
    await attached.#prepare(attached.#main);
    return attached;
  }

  /** The line where the program has stopped at the breakpoint, as the source map of what runs tells it. */
  reached(): Promise<SourceLine> {
    return this.#hit.promise;
  }

  /** Lets the program go. */
  close(): void {
    this.#socket.close();
  }

  async #prepare(thread: Thread): Promise<void> {
    await thread.send('Debugger.enable');
    for (const { lineNumber, url } of this.#breakpoints) {
      await thread.send('Debugger.setBreakpointByUrl', { url, lineNumber, columnNumber: 0 });
    }
    await thread.send('Runtime.runIfWaitingForDebugger');
  }

  #receive(thread: Thread, text: string): void {
    const message: Message = JSON.parse(text);
    const params = message.params ?? {};
    if (message.id !== undefined) thread.answered(message);
    else if (message.method === 'Debugger.scriptParsed') thread.parsed(params);
    else if (message.method === 'Debugger.paused') this.#paused(thread, params);
    else if (message.method === 'NodeWorker.attachedToWorker') this.#started(String(params.sessionId));
    else if (message.method === 'NodeWorker.receivedMessageFromWorker') {
      const worker = this.#threads.get(String(params.sessionId));
      if (worker) this.#receive(worker, String(params.message));
    }
  }

  #started(sessionId: string): void {
    const worker = new Thread((message) =>
      this.#main.post('NodeWorker.sendMessageToWorker', { sessionId, message }),
    );
    this.#threads.set(sessionId, worker);
    this.#prepare(worker).catch((error: unknown) => this.#hit.reject(error));
  }

  #paused(thread: Thread, { callFrames, hitBreakpoints }: Params): void {
    if (!Array.isArray(hitBreakpoints) || hitBreakpoints.length === 0) {
      // It waited for the debugger at its first line.
      thread.post('Debugger.resume');
      return;
    }
    assert.ok(Array.isArray(callFrames));
    const { columnNumber, lineNumber, scriptId } = callFrames[0].location;
    this.#hit.resolve(thread.sourceOf(scriptId, lineNumber, columnNumber));
  }
}

/** A promise that is settled from outside. */
class Deferred<Value> {
  resolve: (value: Value) => void = () => {};
  reject: (error: unknown) => void = () => {};
  readonly promise = new Promise<Value>((resolve, reject) => {
    this.resolve = resolve;
    this.reject = reject;
  });
}

/** One thread of the process, with what it has loaded. */
class Thread {
  readonly #write: (text: string) => void;
  readonly #open = new Map<number, Deferred<Params>>();
  readonly #scripts = new Map<string, { readonly url: string; readonly map: string }>();
  #last = 0;

  constructor(write: (text: string) => void) {
    this.#write = write;
  }

  /** Sends a request whose answer nobody waits for. */
  post(method: string, params: Params = {}): number {
    const id = ++this.#last;
    this.#write(JSON.stringify({ id, method, params }));
    return id;
  }

  send(method: string, params: Params = {}): Promise<Params> {
    const answer = new Deferred<Params>();
    this.#open.set(this.post(method, params), answer);
    return answer.promise;
  }

  answered({ error, id = 0, result = {} }: Message): void {
    const answer = this.#open.get(id);
    this.#open.delete(id);
    if (error) answer?.reject(new Error(error.message));
    else answer?.resolve(result);
  }

  parsed({ scriptId, sourceMapURL = '', url }: Params): void {
    this.#scripts.set(String(scriptId), { url: String(url), map: String(sourceMapURL) });
  }

  sourceOf(scriptId: string, lineNumber: number, columnNumber: number): SourceLine {
    const script = this.#scripts.get(scriptId);
    assert.ok(script);
    const file = pathOf(script.url);
    if (script.map === '') return { file, line: lineNumber + 1 };
    const map = join(dirname(file), script.map);
    const entry = readMap(map).findEntry(lineNumber, columnNumber);
    assert.ok('originalSource' in entry);
    return { file: resolve(dirname(map), entry.originalSource), line: entry.originalLine + 1 };
  }
}

interface Breakpoint {
  readonly url: string;
  /** From 0. */
  readonly lineNumber: number;
}

/** Scripts of CommonJS modules are known by their path or by its URL. */
const pathOf = (url: string): string => (url.startsWith('file:') ? fileURLToPath(url) : url);

const readMap = (path: string): SourceMap => new SourceMap(JSON.parse(readFileSync(path, 'utf8')));

/** Where a line of a source file is in what runs: in the bundles that hold it, or in itself. */
function generatedLines({ file, line }: SourceLine, outFiles?: string): readonly Breakpoint[] {
  if (outFiles === undefined) return [{ url: pathToFileURL(file).href, lineNumber: line - 1 }];
  const found: Breakpoint[] = [];
  for (const name of globSync('*.cjs', { cwd: outFiles })) {
    const bundle = join(outFiles, name);
    const map = readMap(`${bundle}.map`);
    const lines = readFileSync(bundle, 'utf8').split('\n');
    const at = lines.findIndex((text, index) => {
      const entry = map.findEntry(index, text.search(/\S|$/));
      if (!('originalSource' in entry) || entry.generatedLine !== index) return false;
      return entry.originalLine === line - 1 && resolve(outFiles, entry.originalSource) === file;
    });
    if (at === -1) continue;
    // A file that is required goes by its URL, the first file of a thread by its path as well.
    found.push({ url: pathToFileURL(bundle).href, lineNumber: at }, { url: bundle, lineNumber: at });
  }
  assert.notEqual(found.length, 0, `no bundle in ${outFiles} has line ${line} of ${file}`);
  return found;
}

/** The address that a process started with `--inspect-brk=0` gives its debugger. */
export function debuggerUrl(child: ChildProcess): Promise<string> {
  let text = '';
  return new Promise((found, failed) => {
    child.stderr?.on('data', (chunk: Buffer) => {
      text += chunk.toString();
      const url = /ws:\/\/\S+/.exec(text)?.[0];
      if (url) found(url);
    });
    child.once('exit', () => failed(new Error(`The program ended before a debugger could attach:\n${text}`)));
  });
}

/** The address of the debugger that a process opens on a port, once it has. Gives up after a minute. */
export async function debuggerUrlAt(port: number): Promise<string> {
  const end = Date.now() + 60_000;
  for (;;) {
    try {
      const targets = await (await fetch(`http://127.0.0.1:${port}/json/list`)).json();
      const [target] = targets as readonly { readonly webSocketDebuggerUrl: string }[];
      assert.ok(target);
      return target.webSocketDebuggerUrl;
    } catch (error) {
      if (Date.now() > end) throw error;
      await new Promise((again) => setTimeout(again, 100));
    }
  }
}

/** The line of a source file that holds this text, which must be there once. */
export function lineOf(file: string, text: string): SourceLine {
  const lines = readFileSync(file, 'utf8').split('\n');
  const found = lines.flatMap((line, index) => (line.includes(text) ? [index + 1] : []));
  assert.equal(found.length, 1, `${file} holds \`${text}\` in ${found.length} lines`);
  return { file, line: found[0] ?? 0 };
}
