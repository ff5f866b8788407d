import { dirname, resolve } from 'node:path';
import {
  type AuditResult,
  auditSkip,
  formats,
  joinAudits,
  reaches,
  summarize,
  type Waiver,
  WorkspaceIndex,
} from '../engine/index.ts';
import { reasonOf } from '../files/reason.ts';
import { pageText } from '../pages.ts';
import { version } from '../version.ts';
import { lookupsAtOnce } from './answers.ts';
import type { AuditOptions } from './args.ts';
import { createOnline } from './check-online.ts';
import { type Boundary, exitCodes } from './environment.ts';
import { shownPath } from './files.ts';
import { mapOrdered } from './map-in-order.ts';
import { createNamedTargets } from './named.ts';
import { isInCi, policiesFor, policyNote } from './policies.ts';
import { createProgress } from './progress.ts';
import type { AuditReading } from './reader.ts';
import { createReaders } from './readers.ts';
import { writeWhole } from './replace.ts';
import { createSettings, type SettingsSource } from './settings.ts';
import { findTargets, type Skipped, type Target } from './targets.ts';
import { tell, tellErrors, useColor } from './terminal.ts';
import { idleWarnings, type Seen } from './unused-policy.ts';
import { readAround } from './workspace-index.ts';

/** `holdfast audit`: the report goes to the output, everything else to the error output. */
export async function audit(options: AuditOptions, boundary: Boundary): Promise<number> {
  const { cwd, env, signal, stderr } = boundary;
  const settings = createSettings(boundary, options.config);
  if (options.config !== null && !(await settings.of(cwd)).ok) return tellErrors(settings.errors(), boundary);

  const progress = createProgress(stderr, env);
  const targets = [...(await findTargets(boundary, options.operands, settings, progress))];
  const workspace = new WorkspaceIndex();
  const parts: AuditResult[] = [];
  const waivers: (readonly Waiver[] | null)[] = [];
  const failures: string[] = [];
  const asking: Asking[] = [];
  const { ask } = options;
  const online = ask === 'nobody' ? null : await createOnline(boundary, ask === 'cache');
  // Without lookups the readers alone decide how many are open at the same time.
  const atOnce = online ? lookupsAtOnce : Number.POSITIVE_INFINITY;
  const readers = createReaders(boundary, options.jobs);
  readers.expect(targets.length);
  const read = async (target: Target): Promise<Audited> => {
    const reading = await readers.audit(target, settings, online);
    return reading.kind === 'skip'
      ? auditSkipped(reading, await isConfigured(target, settings))
      : { part: reading.part, troubles: reading.broken, used: reading.used, reading };
  };
  const take = (target: Target, { part, reading, troubles, used }: Audited, at: number): void => {
    if (reading) workspace.put(reading.outline);
    if (reading && reading.workspaceView.length > 0) {
      const { workspaceView, outline } = reading;
      asking.push({ target, at, workspaceView, outline });
    }
    parts[at] = part;
    waivers[at] = used;
    failures.push(...troubles);
    const asked = online ? `, ${online.asked} images asked about` : '';
    progress.show(`Auditing: ${parts.length} of ${targets.length} files${asked}`);
  };
  const readAll = async (
    some: readonly { readonly target: Target; readonly at: number }[],
  ): Promise<void> => {
    const work = async ({ at, target }: (typeof some)[number]) => ({
      at,
      target,
      audited: await read(target),
    });
    for await (const { at, audited, target } of mapOrdered(some, atOnce, work)) {
      if (signal.aborted) break;
      take(target, audited, at);
    }
  };
  await readAll(targets.map((target, at) => ({ target, at })));
  const named = await createNamedTargets(boundary, options.operands, settings);
  for (let more = await named.from(workspace.outlines()); more.length > 0 && !signal.aborted; ) {
    const again = more.flatMap((target) => {
      const at = targets.findIndex((one) => one.kind === 'file' && one.path === target.path);
      // What is a manifest by itself has been read as what it is.
      if (at >= 0 && waivers[at] !== null) return [];
      targets[at < 0 ? targets.length : at] = target;
      return { target, at: at < 0 ? targets.length - 1 : at };
    });
    await readAll(again);
    more = await named.from(workspace.outlines());
  }
  if (asking.length > 0) {
    // Settings of its own: what is wrong with those of files that nobody named is not told.
    const others = createSettings(boundary, options.config);
    await readAround(boundary, targets, others, readers, workspace, progress);
  }
  // Each file was read alone, and is read again where the others have something to say to it.
  const unsettled = asking.filter(
    ({ workspaceView, outline }) => !workspace.wouldSay(outline, workspaceView),
  );
  if (unsettled.length > 0) readers.know(workspace);
  const readAgain = async ({ at, target }: Asking) => ({ at, again: await read(target) });
  for await (const { again, at } of mapOrdered(unsettled, atOnce, readAgain)) {
    if (signal.aborted) break;
    parts[at] = again.part;
    waivers[at] = again.used;
    // What a file itself is told of stands there already, unless it could be read no more.
    if (!again.reading) failures.push(...again.troubles);
  }
  readers.end();
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
interface Asking extends Pick<AuditReading, 'workspaceView' | 'outline'> {
  readonly target: Target;
  /** Its place among the results. */
  readonly at: number;
}

/** What an audit keeps of a file: neither its text nor its analysis. */
interface Audited extends Pick<AuditReading, 'part' | 'used'> {
  readonly troubles: readonly string[];
  /** Null for what was not looked at. */
  readonly reading: AuditReading | null;
}

function auditSkipped({ failed, reason, shown }: Skipped, isConfigured: boolean): Audited {
  return {
    part: auditSkip(shown, reason, failed || !isConfigured),
    troubles: failed ? [`${shown}: ${reason}`] : [],
    used: [],
    reading: null,
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
    await writeWhole(path, text);
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
