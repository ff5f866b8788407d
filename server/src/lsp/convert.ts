import {
  CodeActionKind,
  type Diagnostic,
  DiagnosticSeverity,
  type Position,
  type Range,
  type WorkspaceEdit,
} from 'vscode-languageserver/node';
import {
  type Finding,
  pageUrl,
  parseConfig,
  type Severity,
  SourceText,
  type Span,
  type TextEdit,
} from '../engine/index.ts';
import type { Client } from './client.ts';
import { type DiagnosticData, diagnosticSource } from './protocol.ts';

/** The one place that knows both the engine's types and those of the protocol. */

const severities: Readonly<Record<Severity, DiagnosticSeverity>> = {
  error: DiagnosticSeverity.Error,
  warning: DiagnosticSeverity.Warning,
  information: DiagnosticSeverity.Information,
  hint: DiagnosticSeverity.Hint,
};

export const fixAllKind = `${CodeActionKind.SourceFixAll}.holdfast`;

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
      relatedInformation: related.map(({ message, span }) => ({
        location: { uri, range: toRange(source, span) },
        message,
      })),
    }),
    data,
  };
}

/** What is wrong with a configuration file. */
export function toConfigDiagnostics(text: string): readonly Diagnostic[] {
  const parsed = parseConfig(text);
  if (parsed.ok) return [];
  const source = new SourceText(text);
  return parsed.errors.map(({ column, line, message }) => ({
    range: {
      start: { line: line - 1, character: column - 1 },
      end: { line: line - 1, character: Math.max(column, source.lineText(line - 1).trimEnd().length) },
    },
    severity: DiagnosticSeverity.Error,
    code: 'invalid-configuration',
    source: diagnosticSource,
    message,
  }));
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

/** Versioned where the client can take it, so that an edit made for an older text is refused rather than misplaced. */
export function toWorkspaceEdit(
  documents: readonly DocumentEdits[],
  client: Pick<Client, 'documentChanges'>,
): WorkspaceEdit {
  const changed = documents.map(({ edits, source, uri, version }) => ({
    textDocument: { uri, version },
    edits: edits.map(({ newText, span }) => ({ range: toRange(source, span), newText })),
  }));
  if (client.documentChanges) return { documentChanges: changed };
  return { changes: Object.fromEntries(changed.map(({ edits, textDocument }) => [textDocument.uri, edits])) };
}
