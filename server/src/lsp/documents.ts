import type { Connection, TextDocumentContentChangeEvent } from 'vscode-languageserver/node';
import { TextDocument } from 'vscode-languageserver-textdocument';
import type { Log } from '../engine/index.ts';
import { described } from './guard.ts';
import { uriKey } from './uri.ts';

/** An open document at one moment. A copy: the text behind a `TextDocument` changes in place. */
export interface Snapshot {
  /** As the client spells it. */
  readonly uri: string;
  readonly languageId: string;
  readonly version: number;
  readonly text: string;
}

/** The documents that are open in the client. */
export interface Documents {
  /** Null for a document that is not open. Any spelling of the URI finds it. */
  snapshot(uri: string): Snapshot | null;
  all(): readonly Snapshot[];
}

export interface DocumentHandlers {
  opened(uri: string): void;
  changed(uri: string): void;
  saved(uri: string): void;
  closed(uri: string): void;
}

/** Follows what the client opens, edits and closes. */
export function followDocuments(connection: Connection, log: Log, handlers: DocumentHandlers): Documents {
  const open = new Map<string, TextDocument>();
  const safely = (what: string, work: () => void): void => {
    try {
      work();
    } catch (error) {
      log.warn(`${what} failed: ${described(error)}`);
    }
  };

  connection.onDidOpenTextDocument(({ textDocument: { languageId, text, uri, version } }) =>
    safely('textDocument/didOpen', () => {
      open.set(uriKey(uri), TextDocument.create(uri, languageId, version, text));
      handlers.opened(uri);
    }),
  );
  connection.onDidChangeTextDocument(({ contentChanges, textDocument: { uri, version } }) =>
    safely('textDocument/didChange', () => {
      const document = open.get(uriKey(uri));
      if (!document) return;
      if (!contentChanges.every(isSound)) {
        log.warn(`An edit of ${uri} has no valid range and was left out. Close and open the file again.`);
        return;
      }
      TextDocument.update(document, contentChanges, version);
      handlers.changed(document.uri);
    }),
  );
  connection.onDidSaveTextDocument(({ textDocument: { uri } }) =>
    safely('textDocument/didSave', () => handlers.saved(uri)),
  );
  connection.onDidCloseTextDocument(({ textDocument: { uri } }) =>
    safely('textDocument/didClose', () => {
      if (open.delete(uriKey(uri))) handlers.closed(uri);
    }),
  );

  return {
    snapshot(uri) {
      const document = open.get(uriKey(uri));
      return document ? copy(document) : null;
    },
    all: () => Array.from(open.values(), copy),
  };
}

function copy(document: TextDocument): Snapshot {
  const { languageId, uri, version } = document;
  return { uri, languageId, version, text: document.getText() };
}

/** An unsound change would be applied by halves, and every later edit would land in the wrong place. */
function isSound(change: TextDocumentContentChangeEvent): boolean {
  if (typeof change.text !== 'string') return false;
  if (!('range' in change)) return true;
  const { end, start } = change.range;
  return [start.line, start.character, end.line, end.character].every(
    (number) => Number.isInteger(number) && number >= 0,
  );
}
