import {
  type AuditFinding,
  type AuditResult,
  type AuditSkip,
  type AuditWaived,
  countSeverities,
} from '../analysis/audit.ts';
import { type Severity, severities } from '../model/finding.ts';

/** `1 file`, `2 files`. */
export const count = (number: number, noun: string): string => `${number} ${noun}${number === 1 ? '' : 's'}`;

/** `3 findings (1 error, 2 warnings) in 2 files with 9 images, 2 findings waived, 1 unread, 1 skipped`. */
export function summarize({ files, findings, images, skipped, waived }: AuditResult): string {
  const passed = waived.length === 0 ? '' : `, ${count(waived.length, 'finding')} waived`;
  const left = (['unread', 'skipped'] as const)
    .map((label) => ({ label, number: skipped.filter((skip) => skipLabel(skip) === label).length }))
    .map(({ label, number }) => (number === 0 ? '' : `, ${number} ${label}`))
    .join('');
  const where = `in ${count(files, 'file')} with ${count(images.length, 'image')}${passed}${left}`;
  if (findings.length === 0) return `No findings ${where}`;
  const parts = countSeverities(findings).map(({ count: number, severity }) =>
    severity === 'information' ? `${number} information` : count(number, severity),
  );
  return `${count(findings.length, 'finding')} (${parts.join(', ')}) ${where}`;
}

/** From how many findings on a reader wants to know what they are about. */
export const many = 30;

/** How often a rule found something of one severity. */
export interface RuleCount {
  readonly rule: string;
  readonly severity: Severity;
  readonly number: number;
}

/** Of each rule that found something, most severe first, then by how often. */
export function countRules(findings: readonly AuditFinding[]): readonly RuleCount[] {
  const counts = new Map<string, RuleCount>();
  for (const { rule, severity } of findings) {
    const key = `${severity} ${rule}`;
    counts.set(key, { rule, severity, number: (counts.get(key)?.number ?? 0) + 1 });
  }
  return [...counts.values()].sort(
    (a, b) => severities.indexOf(a.severity) - severities.indexOf(b.severity) || b.number - a.number,
  );
}

/** What people call it. */
export const skipLabel = ({ unread }: AuditSkip): 'unread' | 'skipped' => (unread ? 'unread' : 'skipped');

/** `web/Dockerfile:3`, or the file alone for all of it. */
export const skipPlace = ({ file, line }: AuditSkip): string => (line === null ? file : `${file}:${line}`);

/** Until when a waiver holds: `until 2027-03-31`, `without end`. */
export const untilWords = ({ expires }: Pick<AuditWaived, 'expires'>): string =>
  expires === null ? 'without end' : `until ${expires}`;
