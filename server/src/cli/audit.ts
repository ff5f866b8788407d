import { writeFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
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
  type Waiver,
  WorkspaceOutline,
} from '../engine/index.ts';
import { reasonOf } from '../files/reason.ts';
import { pageText } from '../pages.ts';
import { version } from '../version.ts';
import { lookupsAtOnce } from './answers.ts';
import type { AuditOptions } from './args.ts';
import { readAround } from './around.ts';
import { type Boundary, exitCodes } from './boundary.ts';
import { shownPath } from './files.ts';
import { idleWarnings, type Seen } from './idle.ts';
import { createOnline } from './online.ts';
import { mapOrdered } from './ordered.ts';
import { isInCi, policiesFor, policyNote } from './policies.ts';
import { createProgress } from './progress.ts';
import { createSettings, type SettingsSource } from './settings.ts';
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
  const waivers: (readonly Waiver[] | null)[] = [];
  const failures: string[] = [];
  const asking: Asking[] = [];
  const { ask } = options;
  const online = ask === 'nobody' ? null : await createOnline(boundary, ask === 'cache');
  const atOnce = online ? lookupsAtOnce : readAhead;
  const read = async (target: Target) => {
    const opened = await openTarget(target, settings, { workspace });
    if (opened.kind === 'skip') return auditSkipped(opened, await isConfigured(target, settings));
    return auditOpened(online ? await online.check(opened) : opened);
  };
  for await (const { neighbours, outline, part, troubles, used } of mapOrdered(targets, atOnce, read)) {
    if (signal.aborted) break;
    const target = targets[parts.length];
    if (outline) workspace.put(outline);
    if (target && neighbours?.wasAsked) asking.push({ target, at: parts.length, neighbours });
    parts.push(part);
    waivers.push(used);
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
  const readAgain = async ({ at, target }: Asking) => ({ at, again: await read(target) });
  for await (const { again, at } of mapOrdered(unsettled, atOnce, readAgain)) {
    if (signal.aborted) break;
    parts[at] = again.part;
    waivers[at] = again.used;
  }
  progress.clear();
  if (signal.aborted) {
    tell(boundary, 'stopped, so there is no report.');
    return exitCodes.interrupted;
  }

  for (const note of online?.notes() ?? []) tell(boundary, note);
  for (const warning of settings.warnings()) tell(boundary, warning);
  const manifests = targets.filter((target, at) => target.kind === 'file' && waivers[at] !== null);
  const paths = manifests.map((target) => pathOf(target, cwd));
  const policies = await policiesFor(paths, settings, cwd);
  for (const policy of isInCi(boundary) ? policies : []) tell(boundary, policyNote(policy));
  const result: AuditResult = { ...joinAudits(parts), policies };
  const reported = await report(atLevel(result, options), options, boundary);
  const trouble = [...settings.errors(), ...failures, ...(online?.troubles() ?? [])];
  if (trouble.length > 0) return tellErrors(trouble, boundary);
  const seen = targets.flatMap((target, at): readonly Seen[] => {
    const used = waivers[at];
    return used ? [{ path: pathOf(target, cwd), waivers: used }] : [];
  });
  for (const warning of await idleWarnings(boundary, options, settings, seen)) tell(boundary, warning);
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
  /** The waivers that let something in it pass; null for what is no manifest. */
  readonly used: readonly Waiver[] | null;
  readonly outline?: Outline;
  readonly neighbours?: Analysis['neighbours'];
}

function auditOpened(opened: Opened): Audited {
  const { analysis, shown } = opened;
  const { kinds, neighbours, outline, waived } = analysis;
  return {
    part: auditFile(shown, analysis),
    troubles: brokenIn(opened),
    used: kinds.length > 0 ? [...new Set(waived.map(({ waiver }) => waiver))] : null,
    outline,
    neighbours,
  };
}

function auditSkipped({ failed, reason, shown }: Skipped, isConfigured: boolean): Audited {
  return {
    part: auditSkip(shown, reason, failed || !isConfigured),
    troubles: failed ? [`${shown}: ${reason}`] : [],
    used: [],
  };
}

/** False where its configuration has errors. */
const isConfigured = async (target: Target, settings: SettingsSource): Promise<boolean> =>
  target.kind === 'skip' || (await settings.of(dirname(target.path))).ok;

const pathOf = (target: Target, cwd: string): string =>
  target.kind === 'file' ? target.path : resolve(cwd, target.shown);

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
    pageText,
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
