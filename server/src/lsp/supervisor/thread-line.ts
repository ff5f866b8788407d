import type { MessagePort } from 'node:worker_threads';
import {
  AbstractMessageReader,
  AbstractMessageWriter,
  type DataCallback,
  type Disposable,
  type Message,
  type MessageReader,
  type MessageWriter,
} from 'vscode-languageserver/node';
import { uriKey } from '../workspace/uri.ts';
import type { FromThread, ToThread, Watch } from './thread.ts';

/** The line from the thread that serves to the one that supervises it. */
export class ThreadLine implements Watch {
  readonly reader: MessageReader;
  readonly writer: MessageWriter;
  readonly #port: MessagePort;
  readonly #givenUp: Set<string>;
  readonly #listeners: ((uri: string) => void)[] = [];

  constructor(port: MessagePort, givenUp: readonly string[]) {
    this.#port = port;
    this.#givenUp = new Set(givenUp.map(uriKey));
    this.reader = new LineReader((callback) =>
      port.on('message', (message: ToThread) => {
        if (message.does === 'pass') callback(message.message);
        else this.say({ does: 'pong', number: message.number });
      }),
    );
    this.writer = new LineWriter((message) => this.say({ does: 'pass', message }));
  }

  say(message: FromThread): void {
    this.#port.postMessage(message);
  }

  reads(uri: string, length: number): void {
    this.say({ does: 'reads', uri, length });
  }

  isGivenUp(uri: string): boolean {
    return this.#givenUp.has(uriKey(uri));
  }

  get isAnyGivenUp(): boolean {
    return this.#givenUp.size > 0;
  }

  onRelease(listener: (uri: string) => void): void {
    this.#listeners.push(listener);
  }

  /** A text may be read again. */
  release(uri: string): void {
    if (!this.#givenUp.delete(uriKey(uri))) return;
    for (const listener of this.#listeners) listener(uri);
  }
}

class LineReader extends AbstractMessageReader {
  readonly #start: (callback: DataCallback) => void;

  constructor(start: (callback: DataCallback) => void) {
    super();
    this.#start = start;
  }

  listen(callback: DataCallback): Disposable {
    this.#start(callback);
    return { dispose() {} };
  }
}

class LineWriter extends AbstractMessageWriter {
  readonly #write: (message: Message) => void;

  constructor(write: (message: Message) => void) {
    super();
    this.#write = write;
  }

  async write(message: Message): Promise<void> {
    this.#write(message);
  }

  end(): void {}
}
