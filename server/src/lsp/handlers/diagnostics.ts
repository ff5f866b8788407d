import { createHash } from 'node:crypto';
import {
  type Diagnostic,
  DiagnosticSeverity,
  type DocumentDiagnosticReport,
  DocumentDiagnosticReportKind,
} from 'vscode-languageserver/node';
import type { Analysis, Finding } from '../../engine/index.ts';
import { delays } from '../ports.ts';
import { toDiagnostic } from '../protocol/convert.ts';
import { guarded, inBackground, throwIfAborted, withSignal } from '../protocol/guard.ts';
import { diagnosticSource } from '../protocol/protocol.ts';
import type { Session } from '../session.ts';
import { isPolicy, uriKey } from '../workspace/uri.ts';
import { policyDiagnostics } from './policy-diagnostics.ts';

/** Diagnostics of open documents: the client pulls them, or they are pushed to a client that cannot pull. */
export interface Diagnostics {
  opened(uri: string): void;
  changed(uri: string): void;
  saved(uri: string): void;
  closed(uri: string): void;
  /** What is shown of these documents may be out of date; where none is named, of all: the configuration changed. */
  refresh(uris?: readonly string[]): void;
}

export function serveDiagnostics(session: Session): Diagnostics {
  /** Documents of which the client was not told something, as it was being typed. */
  const heldBack = new Set<string>();
  const read: Read = async (uri) => {
    const found = await diagnosticsOf(session, uri);
    if (found?.isHeldBack) heldBack.add(uriKey(uri));
    else heldBack.delete(uriKey(uri));
    return found;
  };
  servePull(session, read);
  const push = createPush(session, read);
  const refresh = (uris?: readonly string[]): void => {
    const { client, connection, documents, ports } = session;
    const shown = uris ?? documents.all().map(({ uri }) => uri);
    if (client.refreshesDiagnostics) {
      inBackground(ports.log, 'workspace/diagnostic/refresh', () =>
        connection.languages.diagnostics.refresh(),
      );
    }
    for (const uri of shown) push.schedule(uri, 0);
  };
  return {
    opened: (uri) => push.schedule(uri, 0),
    changed: (uri) => push.schedule(uri, delays.debounce),
    saved(uri) {
      if (heldBack.has(uriKey(uri))) refresh([uri]);
    },
    closed(uri) {
      heldBack.delete(uriKey(uri));
      push.clear(uri);
    },
    refresh,
  };
}

/** What is to be shown of a document at one version. */
interface Shown {
  readonly version: number;
  readonly items: readonly Diagnostic[];
  /** Something is left out until the line that is being typed is finished. */
  readonly isHeldBack?: boolean;
}

/** Null for a document that is not open. */
type Read = (uri: string) => Promise<Shown | null>;

async function diagnosticsOf(session: Session, uri: string): Promise<Shown | null> {
  const { analyses, client, documents, ports } = session;
  const document = documents.snapshot(uri);
  if (!document) return null;
  if (ports.watch.isGivenUp(uri)) return { version: document.version, items: [unread] };
  if (isPolicy(uri)) {
    ports.watch.reads(uri, document.text.length);
    return { version: document.version, items: await policyDiagnostics(session, document) };
  }
  const reading = await analyses.current(uri);
  if (!reading) return { version: document.version, items: [] };
  const { analysis, version } = reading;
  const editedLines = documents.editedLines(uri);
  const shown = analysis.findings.filter((finding) => !isBeingTyped(finding, analysis, editedLines));
  return {
    version,
    items: shown.map((finding) => toDiagnostic(uri, analysis.source, finding, client)),
    isHeldBack: shown.length < analysis.findings.length,
  };
}

/** Nothing is known of such a text, and that nobody may take for a clean one. */
const unread: Diagnostic = {
  range: { start: { line: 0, character: 0 }, end: { line: 1, character: 0 } },
  severity: DiagnosticSeverity.Error,
  source: diagnosticSource,
  message: 'This text takes too long to read, so it is not checked. Edit it to try again.',
};

/** Whether a value is not finished yet, at the end of a line that is being edited: what an editor closes by itself may stand behind it. */
function isBeingTyped(
  { unfinishedAt }: Finding,
  { source }: Analysis,
  editedLines: ReadonlySet<number>,
): boolean {
  if (unfinishedAt === undefined) return false;
  const { column, line } = source.placeAt(unfinishedAt);
  return editedLines.has(line) && /^["'\])}\s]*$/.test(source.lineText(line).slice(column));
}

function servePull(session: Session, read: Read): void {
  const { connection, ports } = session;
  const nothing: DocumentDiagnosticReport = { kind: DocumentDiagnosticReportKind.Full, items: [] };
  connection.languages.diagnostics.on(({ previousResultId, textDocument: { uri } }, token) =>
    guarded<DocumentDiagnosticReport>(
      ports.log,
      'textDocument/diagnostic',
      () => nothing,
      () =>
        withSignal(token, async (signal) => {
          if (isPolicy(uri) || session.analyses.isOutdated(uri))
            await ports.timer.wait(delays.debounce, signal);
          throwIfAborted(signal);
          const found = await read(uri);
          throwIfAborted(signal);
          if (!found) return nothing;
          const items = [...found.items];
          const resultId = fingerprint(items);
          return resultId === previousResultId
            ? { kind: DocumentDiagnosticReportKind.Unchanged, resultId }
            : { kind: DocumentDiagnosticReportKind.Full, resultId, items };
        }),
    ),
  );
}

/** Of what is shown, not of the text: most edits change no finding. */
const fingerprint = (items: readonly Diagnostic[]): string =>
  createHash('sha256').update(JSON.stringify(items)).digest('base64url');

interface Push {
  /** Publishes after `delay` milliseconds, unless another call for the document comes in between. */
  schedule(uri: string, delay: number): void;
  clear(uri: string): void;
}

function createPush(session: Session, read: Read): Push {
  const pending = new Map<string, AbortController>();
  const restart = (uri: string): AbortSignal => {
    const controller = new AbortController();
    pending.get(uriKey(uri))?.abort();
    pending.set(uriKey(uri), controller);
    return controller.signal;
  };
  return {
    schedule(uri, delay) {
      const { client, connection, ports } = session;
      if (client.pullsDiagnostics) return;
      const signal = restart(uri);
      inBackground(ports.log, 'textDocument/publishDiagnostics', async () => {
        if (delay > 0) await ports.timer.wait(delay, signal);
        if (signal.aborted) return;
        const found = await read(uri);
        if (signal.aborted || !found) return;
        await connection.sendDiagnostics({ uri, version: found.version, diagnostics: [...found.items] });
      });
    },
    clear(uri) {
      const { client, connection, ports } = session;
      if (client.pullsDiagnostics) return;
      pending.get(uriKey(uri))?.abort();
      pending.delete(uriKey(uri));
      inBackground(ports.log, 'textDocument/publishDiagnostics', () =>
        connection.sendDiagnostics({ uri, diagnostics: [] }),
      );
    },
  };
}
