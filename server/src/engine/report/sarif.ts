import type { Location, Log, ReportingDescriptor, Result } from 'sarif';
import type {
  AuditFinding,
  AuditPlace,
  AuditSkip,
  AuditSuppressed,
  AuditUnresolved,
  AuditWaived,
} from '../analysis/audit.ts';
import type { Severity } from '../model/finding.ts';
import { rules } from '../rules/index.ts';
import { digestOf, pageUrl, withAbsoluteLinks, withoutMarks } from '../rules/page.ts';
import type { Rule } from '../rules/rule.ts';
import type { Formatter } from './report.ts';
import { untilWords } from './words.ts';

/** SARIF knows three levels (2.1.0, section 3.27.10); a hint is a note that is not in the way. */
const levels: Readonly<Record<Severity, 'error' | 'warning' | 'note'>> = {
  error: 'error',
  warning: 'warning',
  information: 'note',
  hint: 'note',
};

/** SARIF 2.1.0 (OASIS), for code scanning services. Paths are relative to the root of the sources. */
export const sarif: Formatter = (result, { pageText, version }) => {
  const log: Log = {
    $schema: 'https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: {
          driver: {
            name: 'Holdfast',
            version,
            rules: rules.map((rule) => descriptor(rule, pageText(rule.id))),
          },
        },
        columnKind: 'utf16CodeUnits',
        invocations: [
          {
            executionSuccessful: true,
            toolExecutionNotifications: [
              ...result.skipped.map(notification),
              ...result.unresolved.map(unresolvedNotification),
            ],
          },
        ],
        results: [
          ...result.findings.map(sarifResult),
          ...result.waived.map(waivedResult),
          ...result.suppressed.map(suppressedResult),
        ],
      },
    ],
  };
  return `${JSON.stringify(log, null, 2)}\n`;
};

/** `page`: the rule's page, of which the description and the help are the first words. */
function descriptor({ id, kinds, severity, title }: Rule, page: string): ReportingDescriptor {
  const { fix, safety, why } = digestOf(page);
  const part = (name: string, text: string | null): readonly string[] =>
    text === null || text === '' ? [] : [`**${name}:** ${text}`];
  const help = [`${title}.`, ...(why === '' ? [] : [why]), ...part('Fix', fix), ...part('Safety', safety)];
  return {
    id,
    shortDescription: { text: withoutMarks(title) },
    fullDescription: { text: withoutMarks(why === '' ? `${title}.` : why) },
    help: {
      text: [...help.map(withoutMarks), `More: ${pageUrl(id)}`].join('\n\n'),
      markdown: [...help.map(withAbsoluteLinks), `[The page of ${id}](${pageUrl(id)})`].join('\n\n'),
    },
    helpUri: pageUrl(id),
    defaultConfiguration: { level: levels[severity] },
    properties: { tags: ['containers', 'immutability', ...(kinds === 'every' ? [] : kinds)] },
  };
}

const sarifResult = (finding: AuditFinding): Result => ({
  ruleId: finding.rule,
  ruleIndex: rules.findIndex(({ id }) => id === finding.rule),
  level: levels[finding.severity],
  message: { text: plain(finding.message) },
  locations: [
    {
      physicalLocation: {
        artifactLocation: artifact(finding.file),
        region: {
          startLine: finding.line,
          startColumn: finding.column,
          endLine: finding.endLine,
          endColumn: finding.endColumn,
        },
      },
    },
  ],
  ...(finding.related.length > 0 && { relatedLocations: finding.related.map(relatedLocation) }),
  partialFingerprints: { 'holdfastKey/v1': finding.key },
});

const relatedLocation = ({ file, line, message }: AuditPlace): Location => ({
  physicalLocation: { artifactLocation: artifact(file), region: { startLine: line } },
  message: { text: plain(message) },
});

/** Suppressed outside the source: by the policy (SARIF 2.1.0, section 3.35). */
const waivedResult = (waived: AuditWaived): Result => ({
  ...sarifResult(waived),
  suppressions: [
    {
      kind: 'external',
      status: 'accepted',
      justification: `${waived.reason} (approved by ${waived.approvedBy}, ${untilWords(waived)})`,
    },
  ],
});

/** Silenced by a comment. */
const suppressedResult = (suppressed: AuditSuppressed): Result => ({
  ...sarifResult(suppressed),
  suppressions: [{ kind: 'inSource', justification: suppressed.reason }],
});

const notification = ({ file, line, reason, unread }: AuditSkip) => ({
  level: 'warning' as const,
  message: { text: plain(`${unread ? 'Could not be read' : 'Not looked at'}: ${reason}.`) },
  locations: [
    {
      physicalLocation: {
        artifactLocation: artifact(file),
        ...(line !== null && { region: { startLine: line } }),
      },
    },
  ] satisfies Location[],
});

const unresolvedNotification = ({
  column,
  endColumn,
  endLine,
  file,
  line,
  raw,
  reason,
}: AuditUnresolved) => ({
  level: 'note' as const,
  message: { text: plain(`The reference ${raw} could not be worked out: ${reason}.`) },
  locations: [
    {
      physicalLocation: {
        artifactLocation: artifact(file),
        region: { startLine: line, startColumn: column, endLine, endColumn },
      },
    },
  ] satisfies Location[],
});

/** Each segment percent-encoded (RFC 3986), the slashes kept. */
const artifact = (file: string) => ({
  uri: file
    .replace(/\p{Cs}/gu, '\ufffd')
    .split('/')
    .map(encodeURIComponent)
    .join('/'),
  uriBaseId: '%SRCROOT%',
});

/** A message quotes files: brackets would make links of what stands in them (SARIF 2.1.0, section 3.11.6). */
const plain = (text: string): string => text.replace(/[\\[\]]/g, '\\$&');
