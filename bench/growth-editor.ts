import type { TestContext } from 'node:test';
import type { Diagnostic } from 'vscode-languageserver/node';
import { type Client, start } from '../test/wire/harness.ts';

/** An editor with one document, whose cursor stands where the middle one of its findings is. */
export class Editor {
  readonly #client: Client;
  readonly #uri: string;
  readonly #under: readonly Diagnostic[];
  readonly #stop: () => unknown;

  private constructor(client: Client, uri: string, under: readonly Diagnostic[], stop: () => unknown) {
    this.#client = client;
    this.#uri = uri;
    this.#under = under;
    this.#stop = stop;
  }

  static async open(path: string, text: string): Promise<Editor> {
    let stop: () => unknown = () => {};
    const context = { after: (end: () => unknown) => (stop = end) };
    const client = await start(context as unknown as TestContext);
    const uri = `file://${path}`;
    await client.open(uri, text);
    const all = await client.diagnostics(uri);
    const middle = all[all.length >> 1];
    const line = middle?.range.start.line;
    const column = middle?.range.start.character;
    const under = all.filter(({ range: { start: from } }) => from.line === line && from.character === column);
    return new Editor(client, uri, under, stop);
  }

  /** What the editor asks at each move of the cursor. */
  actions(): Promise<unknown> {
    return this.#client.actions(this.#uri, this.#under);
  }

  async close(): Promise<void> {
    await this.#stop();
  }
}
