import { type AuditResult, countSeverities } from '../audit.ts';

/** `1 file`, `2 files`. */
export const count = (number: number, noun: string): string => `${number} ${noun}${number === 1 ? '' : 's'}`;

/** `3 findings (1 error, 2 warnings) in 2 files with 9 images, 1 skipped`. */
export function summarize({ files, findings, images, skipped }: AuditResult): string {
  const left = skipped.length === 0 ? '' : `, ${skipped.length} skipped`;
  const where = `in ${count(files, 'file')} with ${count(images.length, 'image')}${left}`;
  if (findings.length === 0) return `No findings ${where}`;
  const parts = countSeverities(findings).map(({ count: number, severity }) =>
    severity === 'information' ? `${number} information` : count(number, severity),
  );
  return `${count(findings.length, 'finding')} (${parts.join(', ')}) ${where}`;
}

/** Text of an audited file may hold anything; control and direction characters are shown as their code points. */
export const visible = (text: string): string =>
  text.replace(
    /[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]/gu,
    (one) => `\\u{${(one.codePointAt(0) ?? 0).toString(16)}}`,
  );
