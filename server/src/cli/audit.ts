import { writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import {
  type Analysis,
  type AuditResult,
  auditFile,
  auditSkip,
  formats,
  joinAudits,
  type Outline,
  reaches,
  summarize,
  WorkspaceOutline,
} from '../engine/index.ts';
import { reasonOf } from '../files/reason.ts';
import { version } from '../version.ts';
import type { AuditOptions } from './args.ts';
import { readAround } from './around.ts';
import { type Boundary, exitCodes } from './boundary.ts';
import { shownPath } from './files.ts';
import { createOnline } from './online.ts';
import { mapOrdered } from './ordered.ts';
import { createProgress } from './progress.ts';
import { createSettings } from './settings.ts';
import { brokenIn, findTargets, type Opened, openTarget, type Skipped, type Target } from './targets.ts';
import { tell, tellErrors, useColor } from './terminal.ts';

/** Files read ahead while one is analysed. */
const readAhead = 8;

/** `holdfast audit`: the report goes to the output, everything else to the error output. */
export async function audit(options: AuditOptions, boundary: Boundary): Promise<number> {
  const { cwd, env, signal, stderr } = boundary;
  const settings = createSettings(boundary, options.config);
  if (options.config !== null && !(await settings.of(cwd)).ok) return tellErrors(settings.errors(), boundary);

  const progress = createProgress(stderr, env);
  const targets = await findTargets(boundary, options.operands, settings, progress);
  const workspace = new WorkspaceOutline();
  const parts: AuditResult[] = [];
  const failures: string[] = [];
  const asking: Asking[] = [];
  const online = options.online ? createOnline(boundary) : null;
  const read = async (target: Target) => {
    const opened = await openTarget(target, settings, { workspace });
    return auditTarget(online && opened.kind === 'opened' ? await online.check(opened) : opened);
  };
  for await (const { neighbours, outline, part, troubles } of mapOrdered(targets, readAhead, read)) {
    if (signal.aborted) break;
    const target = targets[parts.length];
    if (outline) workspace.put(outline);
    if (target && neighbours?.wasAsked) asking.push({ target, at: parts.length, neighbours });
    parts.push(part);
    failures.push(...troubles);
    const asked = online ? `, ${online.asked} images asked about` : '';
    progress.show(`Auditing: ${parts.length} of ${targets.length} files${asked}`);
  }
  if (asking.length > 0) {
    // Settings of its own: what is wrong with those of files that nobody named is not told.
    await readAround(boundary, targets, createSettings(boundary, options.config), workspace, progress);
  }
  // What was read before the others were known is read again where they would have said something else.
  const unsettled = asking.filter(({ neighbours }) => !neighbours.isSettled());
  const readAgain = async ({ at, target }: Asking) => ({ at, part: (await read(target)).part });
  for await (const { at, part } of mapOrdered(unsettled, readAhead, readAgain)) {
    if (signal.aborted) break;
    parts[at] = part;
  }
  progress.clear();
  if (signal.aborted) {
    tell(boundary, 'stopped, so there is no report.');
    return exitCodes.interrupted;
  }

  for (const note of online?.notes() ?? []) tell(boundary, note);
  for (const warning of settings.warnings()) tell(boundary, warning);
  const result = joinAudits(parts);
  const reported = await report(atLevel(result, options), options, boundary);
  const trouble = [...settings.errors(), ...failures];
  if (trouble.length > 0) return tellErrors(trouble, boundary);
  return reported ? verdict(result, options) : exitCodes.trouble;
}

/** A file whose findings depend on what the others say. */
interface Asking {
  readonly target: Target;
  /** Its place among the results. */
  readonly at: number;
  readonly neighbours: Analysis['neighbours'];
}

/** What an audit keeps of a file: neither its text nor its analysis. */
interface Audited {
  readonly part: AuditResult;
  readonly troubles: readonly string[];
  readonly outline?: Outline;
  readonly neighbours?: Analysis['neighbours'];
}

function auditTarget(opened: Opened | Skipped): Audited {
  if (opened.kind === 'skip') {
    const { failed, reason, shown } = opened;
    return { part: auditSkip(shown, reason), troubles: failed ? [`${shown}: ${reason}`] : [] };
  }
  const { analysis, shown } = opened;
  const { neighbours, outline } = analysis;
  return { part: auditFile(shown, analysis), troubles: brokenIn(opened), outline, neighbours };
}

/** False where the report could not be written. */
async function report(
  result: AuditResult,
  { color, format, output }: AuditOptions,
  boundary: Boundary,
): Promise<boolean> {
  const { cwd, stdout } = boundary;
  const isShown = output === null && stdout.isTTY === true;
  const text = formats[format](result, {
    color: output === null ? useColor(stdout, boundary, color) : color === true,
    width: isShown ? (stdout.columns ?? null) : null,
    version,
  });
  if (output === null) {
    stdout.write(text);
    return true;
  }
  const path = resolve(cwd, output);
  try {
    await writeFile(path, text);
  } catch (error) {
    tell(boundary, `${shownPath(cwd, path)}: the report cannot be written: ${reasonOf(error)}`);
    return false;
  }
  tell(boundary, `${summarize(result)}. The report is in ${shownPath(cwd, path)}.`);
  return true;
}

const atLevel = (result: AuditResult, { level }: AuditOptions): AuditResult => ({
  ...result,
  findings: result.findings.filter(({ severity }) => reaches(severity, level)),
});

function verdict({ findings }: AuditResult, { failOn }: AuditOptions): number {
  if (failOn === 'never') return exitCodes.ok;
  return findings.some(({ severity }) => reaches(severity, failOn)) ? exitCodes.found : exitCodes.ok;
}
