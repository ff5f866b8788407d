import { trialEdits } from '../fix/pin.ts';
import type { Mutability } from '../image/mutability.ts';
import type { ImageRole, ImageUse } from '../model/facts.ts';
import { type Finding, isPinFix, type Severity, severities } from '../model/finding.ts';
import { isRefusal } from '../text/edit.ts';
import type { SourceText } from '../text/source-text.ts';
import type { Span } from '../text/span.ts';
import type { Analysis } from './analyze.ts';
import { unresolvedImages } from './unresolved.ts';

/** Where something stands, as people count: lines and columns from 1, columns in UTF-16 code units, the end exclusive. */
export interface Location {
  /** As the caller names the file: with forward slashes. */
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly endLine: number;
  readonly endColumn: number;
}

/** One image reference of an audited file. */
export interface AuditImage extends Location {
  /** The reference as written, quotes off. */
  readonly raw: string;
  readonly role: ImageRole;
  /** Id of the kind of file it stands in. */
  readonly kind: string;
  readonly mutability: Mutability;
  /** These four are null where the text does not tell, or has no such part. */
  readonly registry: string | null;
  readonly repository: string | null;
  readonly tag: string | null;
  readonly digest: string | null;
}

/** One image reference that could not be worked out, so that nobody can say what is pulled. */
export interface AuditUnresolved extends Location {
  /** As written. */
  readonly raw: string;
  /** Part of a sentence, without a full stop. */
  readonly reason: string;
}

/** One finding of an audited file. */
export interface AuditFinding extends Location {
  readonly rule: string;
  readonly severity: Severity;
  readonly message: string;
  /** Rule and structural path: stays the same across edits elsewhere in the file. */
  readonly key: string;
  /** Some fix can be made by machine. */
  readonly fixable: boolean;
  /** Pinning the image to its digest fixes it. */
  readonly pinnable: boolean;
  /** Second places that explain it, as far as they are below the folder that `file` is relative to. */
  readonly related: readonly AuditPlace[];
}

/** A line, from 1, and what is there. */
export interface AuditPlace {
  readonly file: string;
  readonly line: number;
  readonly message: string;
}

/** A finding that a waiver of the policy lets pass. */
export interface AuditWaived extends AuditFinding {
  readonly reason: string;
  readonly approvedBy: string;
  /** The last day the waiver holds, as `2027-03-31`; null for one without end. */
  readonly expires: string | null;
}

/** A finding that a `holdfast-ignore` comment silences. */
export interface AuditSuppressed extends AuditFinding {
  readonly reason: string;
}

/** Something that was not looked at, and why. */
export interface AuditSkip {
  readonly file: string;
  /** From 1; null for the file as a whole. */
  readonly line: number | null;
  /** One sentence without a full stop. */
  readonly reason: string;
  /** It should have been looked at, and an error was in the way; else it is left out on purpose. */
  readonly unread: boolean;
}

/** A policy, and how many manifests it counted for. */
export interface AuditPolicy {
  /** As the caller names files; null where no policy was found, so that the defaults counted. */
  readonly file: string | null;
  /** The policy of a folder above that this one could not loosen. */
  readonly root: string | null;
  readonly files: number;
}

/** What an audit found: plain data, without the texts it was read from. */
export interface AuditResult {
  /** How many files hold a container manifest. */
  readonly files: number;
  readonly images: readonly AuditImage[];
  readonly unresolved: readonly AuditUnresolved[];
  readonly findings: readonly AuditFinding[];
  readonly waived: readonly AuditWaived[];
  readonly suppressed: readonly AuditSuppressed[];
  readonly skipped: readonly AuditSkip[];
  /** Empty where nobody looked. */
  readonly policies: readonly AuditPolicy[];
}

/** Turns the analysis of `file` into plain data that keeps neither the analysis nor its text alive. */
export function auditFile(file: string, analysis: Analysis): AuditResult {
  const { source } = analysis;
  const finding = (one: Finding): AuditFinding => auditFinding(file, analysis, one);
  return detached({
    files: analysis.kinds.length > 0 ? 1 : 0,
    images: analysis.images.map((use) => auditImage(locate(file, source, use.site.span), use)),
    unresolved: unresolvedImages(analysis)
      .filter(({ image }) => image !== '')
      .map(({ image, reason, span }) => ({ ...locate(file, source, span), raw: image, reason })),
    findings: analysis.findings.map(finding),
    waived: analysis.waived.map(({ finding: one, waiver: { approvedBy, expires, reason } }) => ({
      ...finding(one),
      reason,
      approvedBy,
      expires,
    })),
    suppressed: analysis.suppressed.map(({ finding: one, reason }) => ({ ...finding(one), reason })),
    skipped: analysis.skipped.map(({ broken, reason, span }) => ({
      file,
      line: source.placeAt(span.start).line + 1,
      reason,
      unread: broken === true,
    })),
    policies: [],
  });
}

/** The result for a file that was not looked at as a whole; `unread` where an error was in the way. */
export const auditSkip = (file: string, reason: string, unread = false): AuditResult => ({
  files: 0,
  images: [],
  unresolved: [],
  findings: [],
  waived: [],
  suppressed: [],
  skipped: [{ file, line: null, reason, unread }],
  policies: [],
});

/** One result of many, in their order. */
export const joinAudits = (parts: readonly AuditResult[]): AuditResult => ({
  files: parts.reduce((sum, part) => sum + part.files, 0),
  images: parts.flatMap((part) => part.images),
  unresolved: parts.flatMap((part) => part.unresolved),
  findings: parts.flatMap((part) => part.findings),
  waived: parts.flatMap((part) => part.waived),
  suppressed: parts.flatMap((part) => part.suppressed),
  skipped: parts.flatMap((part) => part.skipped),
  policies: parts.flatMap((part) => part.policies),
});

/** Whether `severity` is at least as severe as `level`. */
export const reaches = (severity: Severity, level: Severity): boolean =>
  severities.indexOf(severity) <= severities.indexOf(level);

/** How many findings of each severity there are, most severe first, without those that do not occur. */
export const countSeverities = (
  findings: readonly Pick<AuditFinding, 'severity'>[],
): readonly { readonly severity: Severity; readonly count: number }[] =>
  severities
    .map((severity) => ({
      severity,
      count: findings.filter((finding) => finding.severity === severity).length,
    }))
    .filter(({ count }) => count > 0);

function locate(file: string, source: SourceText, { start, end }: Span): Location {
  const from = source.placeAt(start);
  const to = source.placeAt(end);
  return {
    file,
    line: from.line + 1,
    column: from.column + 1,
    endLine: to.line + 1,
    endColumn: to.column + 1,
  };
}

function auditImage(at: Location, use: ImageUse & { readonly kind: string }): AuditImage {
  const reference = use.reading.state === 'parsed' ? use.reading.reference : null;
  return {
    ...at,
    raw: use.site.value,
    role: use.role,
    kind: use.kind,
    mutability: use.mutability,
    registry: reference?.registry ?? null,
    repository: reference?.repository ?? null,
    tag: reference?.tag ?? null,
    digest: reference?.digest ?? null,
  };
}

function auditFinding(file: string, { input, source }: Analysis, finding: Finding): AuditFinding {
  const { fixable, key, message, rule, severity } = finding;
  return {
    ...locate(file, source, finding.span),
    rule,
    severity,
    message,
    key,
    fixable,
    pinnable: fixable && isPinnableFinding(finding),
    related: finding.related.flatMap((one) => {
      if ('span' in one) return { file, line: source.placeAt(one.span.start).line + 1, message: one.message };
      const other = named(one.place.path, file, input.path);
      return other === null ? [] : { file: other, line: one.place.line, message: one.message };
    }),
  };
}

/** What another path is called where `path` is called `file`; null where `file` does not tell. */
function named(other: string, file: string, path: string): string | null {
  if (other === path) return file;
  const root = path.endsWith(`/${file}`) ? path.slice(0, -file.length) : null;
  return root !== null && other.startsWith(root) ? other.slice(root.length) : null;
}

const isPinnableFinding = (finding: Finding): boolean =>
  finding.fixes().some((fix) => isPinFix(fix) && !isRefusal(trialEdits(fix)));

/** A part of a string keeps the whole string alive; a copy through JSON does not. */
const detached = (result: AuditResult): AuditResult => JSON.parse(JSON.stringify(result));
