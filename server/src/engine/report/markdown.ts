import type { AuditFinding, AuditSkip, AuditWaived } from '../audit.ts';
import { severities } from '../model/finding.ts';
import { pageUrl } from '../rules/page.ts';
import { visible } from '../text/visible.ts';
import type { Formatter } from './report.ts';
import { count, summarize, untilWords } from './words.ts';

/** GitHub takes comments of at most 65,536 characters, GitLab more; some room is left for what people put around it. */
const lengthMax = 60_000;

/** For a comment on a pull request: gravest first, cut where a comment would become too long. */
export const markdown: Formatter = (result) => {
  const rows = severities.flatMap((severity) =>
    result.findings.filter((finding) => finding.severity === severity).map(findingRow),
  );
  const waivers = result.waived.map(waivedRow);
  const skips = result.skipped.map(skipRow);
  return [
    `## Holdfast\n\n${summarize(result)}.\n`,
    table(
      '| Severity | Where | Rule | Finding |\n| --- | --- | --- | --- |\n',
      rows,
      'finding',
      lengthMax * 0.6,
    ),
    table(
      '| Waived | Where | Reason | Approved by | Holds |\n| --- | --- | --- | --- | --- |\n',
      waivers,
      'waived finding',
      lengthMax * 0.2,
    ),
    table('| Not looked at | Why |\n| --- | --- |\n', skips, 'place', lengthMax * 0.2),
  ]
    .filter((part) => part !== '')
    .join('\n');
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

const findingRow = ({ column, file, line, message, rule, severity }: AuditFinding): string =>
  `| ${severity} | ${code(`${file}:${line}:${column}`)} | [${rule}](${pageUrl(rule)}) | ${prose(message)} |\n`;

const waivedRow = ({ approvedBy, column, expires, file, line, reason, rule }: AuditWaived): string =>
  `| [${rule}](${pageUrl(rule)}) | ${code(`${file}:${line}:${column}`)} | ${prose(reason)} | ${prose(approvedBy)} | ${untilWords({ expires })} |\n`;

const skipRow = ({ file, line, reason }: AuditSkip): string =>
  `| ${code(`${file}:${line}`)} | ${prose(reason)} |\n`;

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
