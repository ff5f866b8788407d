import { type AuditResult, type AuditWaived, countSeverities } from '../audit.ts';

/** `1 file`, `2 files`. */
export const count = (number: number, noun: string): string => `${number} ${noun}${number === 1 ? '' : 's'}`;

/** `3 findings (1 error, 2 warnings) in 2 files with 9 images, 2 findings waived, 1 skipped`. */
export function summarize({ files, findings, images, skipped, waived }: AuditResult): string {
  const passed = waived.length === 0 ? '' : `, ${count(waived.length, 'finding')} waived`;
  const left = skipped.length === 0 ? '' : `, ${skipped.length} skipped`;
  const where = `in ${count(files, 'file')} with ${count(images.length, 'image')}${passed}${left}`;
  if (findings.length === 0) return `No findings ${where}`;
  const parts = countSeverities(findings).map(({ count: number, severity }) =>
    severity === 'information' ? `${number} information` : count(number, severity),
  );
  return `${count(findings.length, 'finding')} (${parts.join(', ')}) ${where}`;
}

/** Until when a waiver holds: `until 2027-03-31`, `without end`. */
export const untilWords = ({ expires }: Pick<AuditWaived, 'expires'>): string =>
  expires === null ? 'without end' : `until ${expires}`;
