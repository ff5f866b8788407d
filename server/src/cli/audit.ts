import { writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import {
  type AuditResult,
  auditFile,
  auditSkip,
  formats,
  joinAudits,
  reaches,
  summarize,
} from '../engine/index.ts';
import { reasonOf } from '../files/reason.ts';
import { version } from '../version.ts';
import type { AuditOptions } from './args.ts';
import { type Boundary, exitCodes } from './boundary.ts';
import { shownPath } from './files.ts';
import { mapOrdered } from './ordered.ts';
import { createProgress } from './progress.ts';
import { createSettings } from './settings.ts';
import { brokenIn, findTargets, openTarget } from './targets.ts';
import { tell, tellErrors, useColor } from './terminal.ts';

/** Files read ahead while one is analysed. */
const readAhead = 8;

/** `holdfast audit`: the report goes to the output, everything else to the error output. */
export async function audit(options: AuditOptions, boundary: Boundary): Promise<number> {
  const { cwd, env, signal, stderr } = boundary;
  const settings = createSettings(cwd, options.config);
  if (options.config !== null && !(await settings.of(cwd)).ok) return tellErrors(settings.errors(), boundary);

  const progress = createProgress(stderr, env);
  const targets = await findTargets(boundary, options.operands, settings, progress);
  const parts: AuditResult[] = [];
  const failures: string[] = [];
  const work = mapOrdered(targets, readAhead, async (target) => {
    const opened = await openTarget(target, settings);
    if (opened.kind === 'opened')
      return { part: auditFile(opened.shown, opened.analysis), troubles: brokenIn(opened) };
    const { failed, reason, shown } = opened;
    return { part: auditSkip(shown, reason), troubles: failed ? [`${shown}: ${reason}`] : [] };
  });
  for await (const { part, troubles } of work) {
    if (signal.aborted) break;
    parts.push(part);
    failures.push(...troubles);
    progress.show(`Auditing: ${parts.length} of ${targets.length} files`);
  }
  progress.clear();
  if (signal.aborted) {
    tell(boundary, 'stopped, so there is no report.');
    return exitCodes.interrupted;
  }

  const result = joinAudits(parts);
  const reported = await report(result, options, boundary);
  const trouble = [...settings.errors(), ...failures];
  if (trouble.length > 0) return tellErrors(trouble, boundary);
  return reported ? verdict(result, options) : exitCodes.trouble;
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

function verdict({ findings }: AuditResult, { failOn }: AuditOptions): number {
  if (failOn === 'never') return exitCodes.ok;
  return findings.some(({ severity }) => reaches(severity, failOn)) ? exitCodes.found : exitCodes.ok;
}
