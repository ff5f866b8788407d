import {
  CodeActionKind,
  type Diagnostic,
  DiagnosticSeverity,
  type Location,
  type Position,
  type TextEdit as ProtocolEdit,
  type Range,
  type WorkspaceEdit,
} from 'vscode-languageserver/node';
import {
  applyEdits,
  type FilePlace,
  type Finding,
  type Fix,
  pageUrl,
  type Severity,
  type SourceText,
  type Span,
  type TextEdit,
} from '../../engine/index.ts';
import { siblingUri } from '../workspace/uri.ts';
import type { Client } from './client-capabilities.ts';
import { type DiagnosticData, diagnosticSource } from './protocol.ts';

/** The one place that knows both the engine's types and those of the protocol. */

const severities: Readonly<Record<Severity, DiagnosticSeverity>> = {
  error: DiagnosticSeverity.Error,
  warning: DiagnosticSeverity.Warning,
  information: DiagnosticSeverity.Information,
  hint: DiagnosticSeverity.Hint,
};

/** Makes the safe fixes of a document. */
export const fixAllKind = `${CodeActionKind.SourceFixAll}.holdfast`;

/** Pins the images of a document and does nothing else. */
export const pinAllKind = `${fixAllKind}.pin`;

function toPosition(source: SourceText, offset: number): Position {
  const { column, line } = source.placeAt(offset);
  return { line, character: column };
}

export const toRange = (source: SourceText, span: Span): Range => ({
  start: toPosition(source, span.start),
  end: toPosition(source, span.end),
});

/** A position past the end of its line means the end of the line (LSP 3.17, "Position"). */
export function toOffset(source: SourceText, { character, line }: Position): number {
  if (line >= source.lineCount) return source.text.length;
  return source.lineStart(line) + Math.min(character, source.lineText(line).length);
}

export const toSpan = (source: SourceText, { end, start }: Range): Span => ({
  start: toOffset(source, start),
  end: toOffset(source, end),
});

export function toDiagnostic(
  uri: string,
  source: SourceText,
  finding: Finding,
  client: Pick<Client, 'relatedInformation'>,
): Diagnostic {
  const data: DiagnosticData = { key: finding.key };
  const related = client.relatedInformation ? finding.related : [];
  return {
    range: toRange(source, finding.span),
    severity: severities[finding.severity],
    code: finding.rule,
    codeDescription: { href: pageUrl(finding.rule) },
    source: diagnosticSource,
    message: finding.message,
    ...(related.length > 0 && {
      relatedInformation: related.map((one) => ({
        location: 'span' in one ? { uri, range: toRange(source, one.span) } : toLocation(uri, one.place),
        message: one.message,
      })),
    }),
    data,
  };
}

/** The start of a line of another file, of which nothing but its path is known. */
function toLocation(uri: string, { line, path }: FilePlace): Location {
  const start = { line: line - 1, character: 0 };
  return { uri: siblingUri(uri, path), range: { start, end: start } };
}

/** The key of a finding, from a diagnostic that came back from the client; null for diagnostics that are not ours. */
export function keyOf(diagnostic: Diagnostic): string | null {
  if (diagnostic.source !== diagnosticSource) return null;
  const data: unknown = diagnostic.data;
  return typeof data === 'object' && data !== null && 'key' in data && typeof data.key === 'string'
    ? data.key
    : null;
}

/** The edits of one document. */
export interface DocumentEdits {
  readonly uri: string;
  /** Null for a file that is not open. */
  readonly version: number | null;
  readonly source: SourceText;
  readonly edits: readonly TextEdit[];
}

/** What a menu says of a fix: whether it changes more than the text. A title that ends in brackets has it there. */
export const fixTitle = ({ safety, title }: Fix): string => {
  if (safety !== 'behaviour') return title;
  return / \([^()]+\)$/.test(title)
    ? `${title.slice(0, -1)}, changes behaviour)`
    : `${title} (changes behaviour)`;
};

/** What the user is shown of a change that is made only once they have looked at it: plain text. */
export interface Confirmation {
  readonly label: string;
  readonly description: string;
}

/** Fixes that change what runs want to be looked at; null for any other. */
export const confirmationOf = ({ description, safety, title }: Fix): Confirmation | null =>
  safety === 'behaviour'
    ? {
        // What is to be asked has been asked by the time this is read.
        label: title.replace(/ \(asks [^()]+\)$/, ''),
        description: (description ?? 'This changes how the container behaves.').replaceAll('`', ''),
      }
    : null;

/**
 * Versioned where the client can take it, so that an edit made for an older text is refused rather than misplaced. With a confirmation the
 * client shows the edits before it makes them, if it can: as one edit a document, since the user may take some and leave others.
 */
export function toWorkspaceEdit(
  documents: readonly DocumentEdits[],
  client: Pick<Client, 'changeAnnotations' | 'documentChanges'>,
  confirmation: Confirmation | null = null,
): WorkspaceEdit {
  if (client.changeAnnotations && confirmation) {
    const annotationId = 'fix';
    return {
      documentChanges: documents.map(({ edits, source, uri, version }) => ({
        textDocument: { uri, version },
        edits: merged(source, edits).map((edit) => ({ ...toProtocolEdit(source, edit), annotationId })),
      })),
      changeAnnotations: { [annotationId]: { ...confirmation, needsConfirmation: true } },
    };
  }
  const changed = documents.map(({ edits, source, uri, version }) => ({
    textDocument: { uri, version },
    edits: edits.map((edit) => toProtocolEdit(source, edit)),
  }));
  if (client.documentChanges) return { documentChanges: changed };
  return { changes: Object.fromEntries(changed.map(({ edits, textDocument }) => [textDocument.uri, edits])) };
}

export const toProtocolEdit = (source: SourceText, { newText, span }: TextEdit): ProtocolEdit => ({
  range: toRange(source, span),
  newText,
});

/** The same change as one edit, from the first place that changes to the last. */
function merged({ text }: SourceText, edits: readonly TextEdit[]): readonly TextEdit[] {
  const whole = applyEdits(text, edits);
  if (edits.length < 2 || typeof whole !== 'string') return edits;
  const start = Math.min(...edits.map(({ span }) => span.start));
  const end = Math.max(...edits.map(({ span }) => span.end));
  return [{ span: { start, end }, newText: whole.slice(start, whole.length - (text.length - end)) }];
}
