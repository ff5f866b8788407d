import type { AuditResult } from '../analysis/audit.ts';

/** What a format may want to know besides the result. */
export interface ReportOptions {
  /** Escape sequences for colours may be used. */
  readonly color: boolean;
  /** Columns of the terminal the report is shown in; null where it goes to a file or another program. */
  readonly width: number | null;
  /** Version of Holdfast. */
  readonly version: string;
  /** The page of a rule, in Markdown. */
  pageText(rule: string): string;
}

/** Turns the result of an audit into text that ends in a line break. Pure. */
export type Formatter = (result: AuditResult, options: ReportOptions) => string;
