import type { AuditFinding, AuditImage, AuditSkip, AuditWaived } from '../audit.ts';
import type { Formatter } from './report.ts';

/** Of the shape below: raised when something is renamed or taken away, not when something is added. */
const formatVersion = 1;

/** For programs. The order of the keys is part of what people diff, so they are written out. */
export const json: Formatter = (result) =>
  `${JSON.stringify(
    {
      version: formatVersion,
      summary: {
        files: result.files,
        images: result.images.length,
        findings: result.findings.length,
        waived: result.waived.length,
      },
      images: result.images.map(image),
      findings: result.findings.map(finding),
      waived: result.waived.map(waived),
      skipped: result.skipped.map(skip),
    },
    null,
    2,
  )}\n`;

const image = (one: AuditImage) => ({
  file: one.file,
  line: one.line,
  column: one.column,
  endLine: one.endLine,
  endColumn: one.endColumn,
  raw: one.raw,
  role: one.role,
  kind: one.kind,
  mutability: one.mutability,
  registry: one.registry,
  repository: one.repository,
  tag: one.tag,
  digest: one.digest,
});

const finding = (one: AuditFinding) => ({
  file: one.file,
  line: one.line,
  column: one.column,
  endLine: one.endLine,
  endColumn: one.endColumn,
  rule: one.rule,
  severity: one.severity,
  message: one.message,
  fixable: one.fixable,
});

const waived = (one: AuditWaived) => ({
  ...finding(one),
  reason: one.reason,
  approvedBy: one.approvedBy,
  expires: one.expires,
});

const skip = ({ file, line, reason }: AuditSkip) => ({ file, line, reason });
