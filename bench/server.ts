import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import {
  createProtocolConnection,
  StreamMessageReader,
  StreamMessageWriter,
} from 'vscode-languageserver/node';

/** A language server under measurement. Push diagnostics for all: the only way every peer speaks. */
export interface Server {
  open(uri: string, languageId: string, text: string): Promise<number>;
  /** Replaces `removed` characters at a place and waits for the diagnostics of that version. Milliseconds. */
  edit(change: Edit): Promise<number>;
  /** Resident memory in MB, where the platform tells. */
  memory(): number | null;
  stop(): void;
}

export interface Edit {
  readonly uri: string;
  readonly line: number;
  readonly column: number;
  readonly removed: number;
  readonly text: string;
}

/** Starts a server over stdio; `started` is the time from spawn to the answer of `initialize`. */
export async function startServer(
  command: string,
  args: readonly string[],
): Promise<{ server: Server; started: number }> {
  const begin = performance.now();
  const child = spawn(command, args, { stdio: ['pipe', 'pipe', 'ignore'] });
  const connection = createProtocolConnection(
    new StreamMessageReader(child.stdout),
    new StreamMessageWriter(child.stdin),
  );
  const waiting = new Map<string, () => void>();
  connection.onNotification('textDocument/publishDiagnostics', ({ uri }: { uri: string }) => {
    waiting.get(uri)?.();
    waiting.delete(uri);
  });
  connection.onRequest('workspace/configuration', ({ items }: { items: { section?: string }[] }) =>
    items.map(({ section }) =>
      section === 'yaml' ? { validate: true, schemaStore: { enable: false } } : null,
    ),
  );
  connection.onRequest('client/registerCapability', () => null);
  connection.onRequest('window/workDoneProgress/create', () => null);
  connection.listen();
  await connection.sendRequest('initialize', {
    processId: process.pid,
    rootUri: null,
    capabilities: {
      textDocument: { publishDiagnostics: {}, synchronization: {} },
      workspace: { configuration: true },
    },
  });
  const started = performance.now() - begin;
  await connection.sendNotification('initialized', {});
  const versions = new Map<string, number>();
  const answered = async (uri: string, send: () => Promise<void>): Promise<number> => {
    const from = performance.now();
    const done = new Promise<void>((resolve) => waiting.set(uri, resolve));
    await send();
    await done;
    return performance.now() - from;
  };
  const server: Server = {
    open: (uri, languageId, text) =>
      answered(uri, () => {
        versions.set(uri, 1);
        return connection.sendNotification('textDocument/didOpen', {
          textDocument: { uri, languageId, version: 1, text },
        });
      }),
    edit: ({ column, line, removed, text, uri }) =>
      answered(uri, () => {
        const version = (versions.get(uri) ?? 0) + 1;
        versions.set(uri, version);
        const range = { start: { line, character: column }, end: { line, character: column + removed } };
        return connection.sendNotification('textDocument/didChange', {
          textDocument: { uri, version },
          contentChanges: [{ range, text }],
        });
      }),
    memory() {
      try {
        const rss = /VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${child.pid}/status`, 'utf8'))?.[1];
        return rss === undefined ? null : Number(rss) / 1024;
      } catch {
        return null;
      }
    },
    stop() {
      connection.dispose();
      child.kill('SIGKILL');
    },
  };
  return { server, started };
}
