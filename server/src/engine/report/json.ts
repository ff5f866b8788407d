import type {
  AuditFinding,
  AuditImage,
  AuditPolicy,
  AuditSkip,
  AuditSuppressed,
  AuditUnresolved,
  AuditWaived,
} from '../analysis/audit.ts';
import { severities } from '../model/finding.ts';
import { rules } from '../rules/index.ts';
import type { Formatter } from './report.ts';

/** Of the shape below: raised when something is renamed or taken away, not when something is added. */
const formatVersion = 1;

/** For programs. The order of the keys is part of what people diff, so they are written out. */
export const json: Formatter = (result, { version }) =>
  `${JSON.stringify(
    {
      version: formatVersion,
      tool: { name: 'Holdfast', version },
      summary: {
        files: result.files,
        images: result.images.length,
        unresolved: result.unresolved.length,
        findings: result.findings.length,
        waived: result.waived.length,
        suppressed: result.suppressed.length,
        unread: result.skipped.filter(({ unread }) => unread).length,
        severities: counts(severities, result.findings, ({ severity }) => severity),
        rules: present(counts(ruleIds, result.findings, ({ rule }) => rule)),
      },
      images: result.images.map(image),
      unresolved: result.unresolved.map(unresolved),
      findings: result.findings.map(finding),
      waived: result.waived.map(waived),
      suppressed: result.suppressed.map(suppressed),
      skipped: result.skipped.map(skip),
      policies: result.policies.map(policy),
    },
    null,
    2,
  )}\n`;

const ruleIds = rules.map(({ id }) => id);

/** How many findings there are of each name, in the order of the names. */
function counts(
  names: readonly string[],
  findings: readonly AuditFinding[],
  nameOf: (finding: AuditFinding) => string,
): Readonly<Record<string, number>> {
  const numbers = new Map(names.map((name) => [name, 0]));
  for (const one of findings) numbers.set(nameOf(one), (numbers.get(nameOf(one)) ?? 0) + 1);
  return Object.fromEntries(numbers);
}

const present = (numbers: Readonly<Record<string, number>>): Readonly<Record<string, number>> =>
  Object.fromEntries(Object.entries(numbers).filter(([, number]) => number > 0));

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

const unresolved = (one: AuditUnresolved) => ({
  file: one.file,
  line: one.line,
  column: one.column,
  endLine: one.endLine,
  endColumn: one.endColumn,
  raw: one.raw,
  reason: one.reason,
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

const suppressed = (one: AuditSuppressed) => ({ ...finding(one), reason: one.reason });

const policy = ({ file, files, root }: AuditPolicy) => ({ file, root, files });

/** A file as a whole is told at its first line. */
const skip = ({ file, line, reason, unread }: AuditSkip) => ({ file, line: line ?? 1, reason, unread });
