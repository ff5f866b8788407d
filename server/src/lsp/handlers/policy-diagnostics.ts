import { type Diagnostic, DiagnosticSeverity, type Range } from 'vscode-languageserver/node';
import {
  type ConfigError,
  configFileName,
  dayOf,
  loadPolicy,
  misnamedConfig,
  policyNotices,
  SourceText,
  type Span,
} from '../../engine/index.ts';
import { toRange } from '../protocol/convert.ts';
import { diagnosticSource } from '../protocol/protocol.ts';
import type { Session } from '../session.ts';
import type { Snapshot } from '../workspace/documents.ts';
import { uriName, uriPath } from '../workspace/uri.ts';

/** What there is to say of an open configuration, as it is being written. */
export async function policyDiagnostics(
  { client, ports }: Pick<Session, 'client' | 'ports'>,
  { text, uri }: Snapshot,
): Promise<readonly Diagnostic[]> {
  const source = new SourceText(text);
  const at = (span: Span): Range => toRange(source, firstLine(source, span));
  if (uriName(uri) === misnamedConfig) {
    const message = `This file is not read: its name has to end in .yaml. Rename it to ${configFileName}.`;
    return [diagnostic(at({ start: 0, end: text.length }), DiagnosticSeverity.Warning, message)];
  }
  const { errors } = await loadPolicy(uri, text, ports.files);
  const told = new Map<Span | ConfigError, Diagnostic>();
  for (const error of errors) {
    if (error.file !== uri && error.via) {
      // One diagnostic for all mistakes of what stands in one place.
      if (!told.has(error.via)) {
        told.set(error.via, diagnostic(at(error.via), DiagnosticSeverity.Error, inOther(error)));
      }
    } else if (!client.yamlSchemaSupport || error.by === 'policy' || error.by === 'size') {
      told.set(error, diagnostic(at(error.span), DiagnosticSeverity.Error, error.message));
    }
  }
  const notices = policyNotices(text, dayOf(ports.clock.now())).map(({ message, severity, span }) =>
    diagnostic(
      at(span),
      severity === 'warning' ? DiagnosticSeverity.Warning : DiagnosticSeverity.Information,
      message,
    ),
  );
  return [...told.values(), ...notices].sort(
    (a, b) => a.range.start.line - b.range.start.line || a.range.start.character - b.range.start.character,
  );
}

const diagnostic = (range: Range, severity: DiagnosticSeverity, message: string): Diagnostic => ({
  range,
  severity,
  code: severity === DiagnosticSeverity.Error ? 'invalid-configuration' : 'configuration',
  source: diagnosticSource,
  message,
});

const inOther = ({ column, file, line, message }: ConfigError): string =>
  `${uriPath(file)} has a mistake, so neither file counts. Line ${line}, column ${column}: ${message}`;

/** A mapping with a mistake in it would underline half the file. */
function firstLine(source: SourceText, { end, start }: Span): Span {
  const { line } = source.placeAt(start);
  return {
    start,
    end: Math.max(start, Math.min(end, source.lineStart(line) + source.lineText(line).length)),
  };
}
