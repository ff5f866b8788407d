import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface, type Interface } from 'node:readline';
import { fileURLToPath } from 'node:url';

/** The documents of a text as programs read them. */
export interface Readings {
  /** kubectl, which takes documents one after the other until one is refused; merge keys in the order of the text. */
  readonly kubectl: readonly unknown[];
  /** Programs that take the whole text or nothing; a mapping's own keys win over merged ones. */
  readonly library: readonly unknown[];
  /** The same with merge keys in the order of the text, as Psych and Helm have it. */
  readonly sequential: readonly unknown[];
}

/** libyaml through Debian's `python3-yaml`, in a process of its own. */
export class Oracle {
  readonly #process: ChildProcess;
  readonly #lines: AsyncIterator<string>;
  readonly #reader: Interface;

  constructor() {
    const script = fileURLToPath(new URL('oracle.py', import.meta.url));
    this.#process = spawn('/usr/bin/python3', [script], { stdio: ['pipe', 'pipe', 'inherit'] });
    if (!this.#process.stdout) throw new Error('The oracle has no output');
    this.#reader = createInterface({ input: this.#process.stdout });
    this.#lines = this.#reader[Symbol.asyncIterator]();
  }

  /** One answer for each text. Ask again only when the answer has come. */
  async ask(texts: readonly string[]): Promise<readonly Readings[]> {
    this.#process.stdin?.write(`${JSON.stringify(texts)}\n`);
    const { value } = await this.#lines.next();
    if (typeof value !== 'string') throw new Error('The oracle ended');
    return JSON.parse(value);
  }

  stop(): void {
    this.#process.stdin?.end();
    this.#reader.close();
  }
}
