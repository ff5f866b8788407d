import type { AuditFinding, AuditSkip, AuditUnresolved, AuditWaived } from '../analysis/audit.ts';
import { severities } from '../model/finding.ts';
import { pageUrl } from '../rules/page.ts';
import { visible } from '../text/visible.ts';
import type { Formatter } from './report.ts';
import {
  count,
  countRules,
  many,
  type RuleCount,
  skipLabel,
  skipPlace,
  summarize,
  untilWords,
} from './words.ts';

/** GitHub takes comments of at most 65,536 characters, GitLab more; some room is left for what people put around it. */
const lengthMax = 60_000;

/** For a comment on a pull request: most severe first, cut where a comment would become too long. */
export const markdown: Formatter = (result) => {
  const isLong = result.findings.length >= many;
  const counts = isLong ? countRules(result.findings).map(countRow) : [];
  // Where the rules are listed above, their pages are linked there.
  const findings = severities.flatMap((severity) =>
    result.findings
      .filter((finding) => finding.severity === severity)
      .map((finding) => findingRow(finding, isLong ? finding.rule : ruleLink(finding.rule))),
  );
  const skipsOf = (label: string): readonly string[] =>
    result.skipped.filter((skip) => skipLabel(skip) === label).map(skipRow);
  const before = [
    `## Holdfast\n\n${summarize(result)}.\n`,
    table('| Could not be read | Why |\n| --- | --- |\n', skipsOf('unread'), 'place', lengthMax * 0.1),
    table('| Severity | Rule | Findings |\n| --- | --- | ---: |\n', counts, 'rule', lengthMax * 0.2),
  ];
  const behind = [
    table(
      '| Waived | Where | Reason | Approved by | Holds |\n| --- | --- | --- | --- | --- |\n',
      result.waived.map(waivedRow),
      'waived finding',
      lengthMax * 0.15,
    ),
    table(
      '| Not worked out | Where | Why |\n| --- | --- | --- |\n',
      result.unresolved.map(unresolvedRow),
      'reference',
      lengthMax * 0.1,
    ),
    table('| Not looked at | Why |\n| --- | --- |\n', skipsOf('skipped'), 'place', lengthMax * 0.1),
  ];
  const taken = [...before, ...behind].reduce((sum, part) => sum + part.length, 0);
  const middle = table(
    '| Severity | Where | Rule | Finding |\n| --- | --- | --- | --- |\n',
    findings,
    'finding',
    lengthMax - taken,
  );
  return [...before, middle, ...behind].filter((part) => part !== '').join('\n');
};

function table(head: string, rows: readonly string[], noun: string, room: number): string {
  if (rows.length === 0) return '';
  let body = head;
  let shown = 0;
  for (const row of rows) {
    if (body.length + row.length > room) break;
    body += row;
    shown++;
  }
  const left = rows.length - shown;
  return left === 0 ? body : `${body}\nAnd ${count(left, `more ${noun}`)}.\n`;
}

const ruleLink = (rule: string): string => `[${rule}](${pageUrl(rule)})`;

/** `about`: the rule, as it is shown. */
const findingRow = ({ column, file, line, message, severity }: AuditFinding, about: string): string =>
  `| ${severity} | ${code(`${file}:${line}:${column}`)} | ${about} | ${prose(message)} |\n`;

const waivedRow = ({ approvedBy, column, expires, file, line, reason, rule }: AuditWaived): string =>
  `| ${ruleLink(rule)} | ${code(`${file}:${line}:${column}`)} | ${prose(reason)} | ${prose(approvedBy)} | ${untilWords({ expires })} |\n`;

const unresolvedRow = ({ column, file, line, raw, reason }: AuditUnresolved): string =>
  `| ${code(raw)} | ${code(`${file}:${line}:${column}`)} | ${prose(reason)} |\n`;

const countRow = ({ number, rule, severity }: RuleCount): string =>
  `| ${severity} | ${ruleLink(rule)} | ${number} |\n`;

const skipRow = (skip: AuditSkip): string => `| ${code(skipPlace(skip))} | ${prose(skip.reason)} |\n`;

/** Text with \`code\` in it. Everything else means itself: no link, no markup, nobody is notified. */
const prose = (text: string): string =>
  text
    .split(/(`[^`]+`)/)
    .map((part, index) => (index % 2 === 1 ? code(part.slice(1, -1)) : escaped(part)))
    .join('');

const escaped = (text: string): string =>
  visible(text)
    .replace(/[\\`*_{}[\]()#~|]/g, '\\$&')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('@', '@<!-- -->')
    .replaceAll('://', ':<!-- -->//')
    .replace(/www\./gi, (start) => `${start.slice(0, -1)}<!-- -->.`);

/** A code span with as many backticks as its text demands (CommonMark 6.1); in a table, pipes are escaped in it too (GFM 4.10). */
function code(text: string): string {
  const inner = visible(text).replaceAll('|', '\\|');
  const longest = Math.max(0, ...(inner.match(/`+/g) ?? []).map((run) => run.length));
  const fence = '`'.repeat(longest + 1);
  const space = inner.startsWith('`') || inner.endsWith('`') ? ' ' : '';
  return `${fence}${space}${inner}${space}${fence}`;
}
