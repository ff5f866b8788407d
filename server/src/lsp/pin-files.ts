import { count, type Heard, listenTo, offeredPins, type PinPlan, planPins } from '../engine/index.ts';
import { applyEdit } from './apply-edit.ts';
import { isCurrent, type Manifest, readManifest, readManifests } from './manifests.ts';
import { remarksOn } from './messages.ts';
import type { Report } from './progress.ts';
import type { PinOutcome } from './protocol.ts';
import type { Session } from './session.ts';
import { untrustedReason } from './trust.ts';

/** Files whose images are looked up side by side. The registry keeps its own limit for each host. */
const filesAtOnce = 8;

/** Pins every image of some files with one edit. One failure never stops the others. */
export async function pinFiles(
  session: Session,
  uris: readonly string[],
  signal: AbortSignal,
  report: Report,
): Promise<PinOutcome> {
  if (!session.trust.trusted) return nothing(untrustedReason);
  const manifests = await readManifests(
    session,
    uris,
    signal,
    (analysis) => offeredPins(analysis).length > 0,
  );
  const total = manifests.reduce((sum, { analysis }) => sum + offeredPins(analysis).length, 0);
  let done = 0;
  const heard = listenTo(session.trust.registry);
  const planned = await inGroups(manifests, (manifest) =>
    planCurrent(session, heard, manifest, signal, () => report(++done, total)),
  );
  if (signal.aborted) return nothing('Cancelled. Nothing was changed.');
  return edit(session, planned, remarksOn(heard));
}

interface Planned {
  readonly manifest: Manifest;
  readonly plan: PinPlan;
}

const nothing = (message: string, failures: PinOutcome['failures'] = []): PinOutcome => ({
  applied: false,
  message,
  pinned: 0,
  files: 0,
  failures,
});

/** Plans anew when the text changed while the registry was asked. The second time it knows the answers. */
async function planCurrent(
  session: Session,
  { registry }: Pick<Heard, 'registry'>,
  manifest: Manifest,
  signal: AbortSignal,
  onAnswer: () => void,
): Promise<Planned> {
  const options = { registry, signal };
  const plan = await planPins(manifest.analysis, { ...options, onProgress: onAnswer });
  if (signal.aborted || (await isCurrent(session, manifest))) return { manifest, plan };
  const newer = await readManifest(session, manifest.uri);
  return newer
    ? { manifest: newer, plan: await planPins(newer.analysis, options) }
    : { manifest, plan: { ...plan, edits: [], pinned: 0 } };
}

async function edit(
  session: Session,
  planned: readonly Planned[],
  remarks: readonly string[],
): Promise<PinOutcome> {
  const changed = planned.filter(({ plan }) => plan.edits.length > 0);
  const failures = planned.flatMap(({ manifest: { analysis, uri }, plan }) =>
    plan.failures.map(({ image, message, span }) => ({
      uri,
      line: analysis.source.placeAt(span.start).line,
      image,
      message,
    })),
  );
  const pinned = changed.reduce((sum, { plan }) => sum + plan.pinned, 0);
  if (changed.length === 0) {
    if (failures.length === 0) return nothing('There is no image left to pin.');
    return nothing(`${count(failures.length, 'image')} could not be pinned.`, failures);
  }
  const refused = await applyEdit(
    session,
    'Pin images',
    changed.map(({ manifest: { analysis, uri, version }, plan }) => ({
      uri,
      version,
      source: analysis.source,
      edits: plan.edits,
    })),
  );
  if (refused !== null) return nothing(refused, failures);
  const sentences = [
    `${count(pinned, 'image')} pinned in ${count(changed.length, 'file')}.`,
    ...remarks,
    ...(failures.length > 0 ? [`${count(failures.length, 'image')} could not be pinned.`] : []),
  ];
  const message = sentences.join(' ');
  return { applied: true, message, pinned, files: changed.length, failures };
}

async function inGroups<T, R>(items: readonly T[], work: (item: T) => Promise<R>): Promise<readonly R[]> {
  const results: R[] = [];
  for (let at = 0; at < items.length; at += filesAtOnce) {
    results.push(...(await Promise.all(items.slice(at, at + filesAtOnce).map(work))));
  }
  return results;
}
