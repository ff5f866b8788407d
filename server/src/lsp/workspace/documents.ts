import type { Connection, TextDocumentContentChangeEvent } from 'vscode-languageserver/node';
import { TextDocument } from 'vscode-languageserver-textdocument';
import type { Log } from '../../engine/index.ts';
import { described } from '../protocol/guard.ts';
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
  /** The lines that the last edit changed, from 0; none once the document is saved. */
  editedLines(uri: string): ReadonlySet<number>;
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
  const edited = new Map<string, ReadonlySet<number>>();
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
      const before = document.getText();
      TextDocument.update(document, contentChanges, version);
      edited.set(uriKey(uri), linesOf(contentChanges, before, document));
      handlers.changed(document.uri);
    }),
  );
  connection.onDidSaveTextDocument(({ textDocument: { uri } }) =>
    safely('textDocument/didSave', () => {
      edited.delete(uriKey(uri));
      handlers.saved(uri);
    }),
  );
  connection.onDidCloseTextDocument(({ textDocument: { uri } }) =>
    safely('textDocument/didClose', () => {
      edited.delete(uriKey(uri));
      if (open.delete(uriKey(uri))) handlers.closed(uri);
    }),
  );

  return {
    snapshot(uri) {
      const document = open.get(uriKey(uri));
      return document ? copy(document) : null;
    },
    editedLines: (uri) => edited.get(uriKey(uri)) ?? noLines,
    all: () => Array.from(open.values(), copy),
  };
}

const noLines: ReadonlySet<number> = new Set();

/** The lines on which these changes end, as they are numbered after all of them. */
function linesOf(
  changes: readonly TextDocumentContentChangeEvent[],
  before: string,
  after: TextDocument,
): ReadonlySet<number> {
  let lines: number[] = [];
  for (const change of changes) {
    if (!('range' in change)) return new Set([after.positionAt(endOfChange(before, after.getText())).line]);
    const { end, start } = change.range;
    const last = start.line + (change.text.match(/\r\n|[\r\n]/g)?.length ?? 0);
    lines = lines.flatMap((line) =>
      line > end.line ? line - end.line + last : line < start.line ? line : [],
    );
    lines.push(last);
  }
  return new Set(lines);
}

/** Where the part of `after` ends that is not as before. */
function endOfChange(before: string, after: string): number {
  let same = 0;
  const most = Math.min(before.length, after.length);
  while (same < most && before.at(-1 - same) === after.at(-1 - same)) same++;
  return after.length - same;
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
