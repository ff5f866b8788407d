import type { AuditFinding, AuditResult, AuditSkip } from '../analysis/audit.ts';
import { severities } from '../model/finding.ts';
import { visible } from '../text/visible.ts';
import { wrapped } from '../text/wrap.ts';
import type { Formatter } from './report.ts';
import { count, countRules, many, skipLabel, skipPlace, summarize } from './words.ts';

/** SGR parameters of ECMA-48: what each part is drawn with. */
const styles = {
  error: '31',
  warning: '33',
  information: '34',
  hint: '36',
  unread: '31',
  skipped: '2',
  place: '1',
  rule: '2',
} as const;

type Style = keyof typeof styles;
type Paint = (text: string, style: Style) => string;

const plain: Paint = (text) => text;
const coloured: Paint = (text, style) => `\u001b[${styles[style]}m${text}\u001b[0m`;

/** One line of the report, before it is aligned with the others of its file. */
interface Row {
  readonly place: string;
  readonly level: AuditFinding['severity'] | 'unread' | 'skipped';
  readonly rule: string;
  readonly message: string;
}

const gap = 2;
const indent = 4;

/** For people: a line a finding, in groups by file; in a terminal too narrow for that, the message goes below. */
export const text: Formatter = (result, { color, width }) => {
  const paint = color ? coloured : plain;
  const groups = groupByFile(result);
  const rows = groups.flat();
  const levelWidth = widest(rows.map(({ level }) => level));
  const ruleWidth = widest(rows.map(({ rule }) => rule));
  const blocks = groups.map((group) => {
    const placeWidth = widest(group.map(({ place }) => place));
    const head = placeWidth + levelWidth + ruleWidth + 3 * gap;
    const longest = head + widest(group.map(({ message }) => message));
    const below = width !== null && longest > width;
    return group
      .map((row) => {
        const start = [
          paint(row.place, 'place') + pad(row.place, placeWidth),
          paint(row.level, row.level) + pad(row.level, levelWidth),
          paint(row.rule, 'rule') + (below ? '' : pad(row.rule, ruleWidth)),
        ].join(' '.repeat(gap));
        return below
          ? `${start.trimEnd()}\n${indented(row.message, width - indent)}\n`
          : `${start}${' '.repeat(gap)}${row.message}\n`;
      })
      .join('');
  });
  return [...blocks, conclusion(result)].join('\n');
};

function groupByFile({ findings, skipped }: AuditResult): readonly (readonly Row[])[] {
  const groups = new Map<string, Row[]>();
  const add = (file: string, row: Row): void => {
    const group = groups.get(file);
    if (group) group.push(row);
    else groups.set(file, [row]);
  };
  for (const finding of findings) add(finding.file, findingRow(finding));
  for (const skip of skipped) add(skip.file, skipRow(skip));
  return [...groups.values()];
}

const findingRow = ({ column, file, line, message, rule, severity }: AuditFinding): Row => ({
  place: visible(`${file}:${line}:${column}`),
  level: severity,
  rule,
  message: visible(message),
});

const skipRow = (skip: AuditSkip): Row => ({
  place: visible(skipPlace(skip)),
  level: skipLabel(skip),
  rule: '',
  message: visible(skip.reason),
});

function conclusion(result: AuditResult): string {
  if (result.files === 0 && result.skipped.length === 0) return 'No container manifests found.\n';
  const pinnable = result.findings.filter((finding) => finding.pinnable).length;
  const offer =
    pinnable === 0 ? '' : `${count(pinnable, 'finding')} fixable with \`holdfast pin --write\`.\n`;
  return `${byRule(result)}${summarize(result)}.\n${unresolvedIn(result)}${offer}`;
}

/** What is unknown of the images, which no finding may tell. */
function unresolvedIn({ unresolved }: AuditResult): string {
  const [first] = unresolved;
  if (!first) return '';
  const place = visible(`${first.file}:${first.line}:${first.column}`);
  const rest =
    unresolved.length === 1 ? ` (${place})` : `, the first at ${place}; \`--format json\` lists them`;
  return `${count(unresolved.length, 'reference')} could not be worked out${rest}.\n`;
}

/** How often each rule found something; nothing where a reader sees that at a glance. */
function byRule({ findings }: AuditResult): string {
  if (findings.length < many) return '';
  const rows = countRules(findings);
  const width = widest(rows.map(({ number }) => String(number)));
  const lines = rows.map(
    ({ number, rule, severity }) =>
      `${String(number).padStart(width)}  ${severity.padEnd(widest(severities))}  ${rule}\n`,
  );
  return `${lines.join('')}\n`;
}

const widest = (texts: readonly string[]): number =>
  texts.reduce((most, one) => Math.max(most, one.length), 0);

const pad = (text: string, width: number): string => ' '.repeat(Math.max(0, width - text.length));

const indented = (message: string, width: number): string =>
  wrapped(message, width)
    .map((line) => ' '.repeat(indent) + line)
    .join('\n');
