import {
  type Analysis,
  count,
  type Heard,
  type ImageUse,
  listenTo,
  offeredPins,
  type PinPlan,
  planPins,
} from '../../engine/index.ts';
import { applyEdit, notConfirmed } from '../fixes/apply-edit.ts';
import type { Confirmation } from '../protocol/convert.ts';
import { remarksOn } from '../protocol/messages.ts';
import type { ConfirmPinsParams, PinOutcome } from '../protocol/protocol.ts';
import type { Session } from '../session.ts';
import {
  hasSameText,
  isCurrent,
  type Manifest,
  readManifest,
  readManifests,
  shownName,
} from '../workspace/manifests.ts';
import type { Report } from './progress.ts';

/** Files whose images are looked up side by side. The registry keeps its own limit for each host. */
const filesAtOnce = 8;

/** The pins of some files, before anything is changed. */
export interface PlannedPins {
  readonly planned: readonly Planned[];
  /** What the user should know of the answers they were made from. */
  readonly remarks: readonly string[];
}

/** Looks up every image of some files. One failure never stops the others. Null where the user stopped it. */
export async function planFiles(
  session: Session,
  uris: readonly string[],
  signal: AbortSignal,
  report: Report,
): Promise<PlannedPins | null> {
  // Another file may say that an image is built here.
  await session.workspace.ready(signal);
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
  return signal.aborted ? null : { planned, remarks: remarksOn(heard) };
}

interface Planned {
  readonly manifest: Manifest;
  readonly plan: PinPlan;
}

/** The outcome where nothing was pinned. */
export const nothing = (message: string, failures: PinOutcome['failures'] = []): PinOutcome => ({
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
  if (manifest.version === null && !(await session.ports.files.isEditable(manifest.uri))) {
    return { manifest, plan: refusedPlan(manifest.analysis) };
  }
  const options = { registry, signal };
  const plan = await planPins(manifest.analysis, { ...options, onProgress: onAnswer });
  if (signal.aborted || (await isCurrent(session, manifest))) return { manifest, plan };
  const newer = await readManifest(session, manifest.uri);
  return newer
    ? { manifest: newer, plan: await planPins(newer.analysis, options) }
    : { manifest, plan: { ...plan, edits: [], pinned: 0 } };
}

const notEditable =
  'This file has bytes that are not UTF-8, which an editor could change. Pin it with `holdfast pin`, or open it first.';

/** Of a file that no edit can be made to. */
const refusedPlan = (analysis: Analysis): PinPlan => ({
  pinned: 0,
  edits: [],
  text: analysis.source.text,
  unresolved: [],
  failures: offeredPins(analysis).map(({ resolved, site }) => ({
    span: site.span,
    image: resolved,
    cause: 'refused',
    message: notEditable,
  })),
});

/** What the user decided about pins: to have them made at once, or shown first, file by file. */
type Go = 'apply' | 'preview';

/** How a client that confirms pins takes back an edit of several files. */
const undoHint = 'Undo in one of the files takes back all of them.';

/** Makes pins with one edit. `decide` is asked before, where there is something to make; null: nothing is changed. */
export async function makePins(
  session: Session,
  { planned, remarks }: PlannedPins,
  decide: (pins: ConfirmPinsParams) => Promise<Go | null> = async () => 'apply',
): Promise<PinOutcome> {
  const changed = planned.filter(({ plan }) => plan.edits.length > 0);
  const failures = planned.flatMap(failuresOf);
  if (changed.length === 0) {
    if (failures.length === 0) return nothing('There is no image left to pin.');
    return nothing(`${count(failures.length, 'image')} could not be pinned.`, failures);
  }
  const images = changed.flatMap((one) => imagesOf(session, one));
  const files = changed.map(({ manifest: { uri }, plan }) => ({ uri, after: plan.text }));
  const go = await decide({ images, files, failures: failures.length });
  if (go === null) return nothing(notConfirmed, failures);
  for (const { manifest } of changed) {
    if (!(await hasSameText(session, manifest)))
      return nothing('A file has changed in the meantime, so nothing was pinned. Try again.', failures);
  }
  const refused = await applyEdit(
    session,
    'Pin images',
    changed.map(({ manifest: { analysis, uri }, plan }) => ({
      uri,
      version: session.documents.snapshot(uri)?.version ?? null,
      source: analysis.source,
      edits: plan.edits,
    })),
    go === 'preview' ? confirmation(images.length, changed.length) : null,
  );
  if (refused !== null) return nothing(refused, failures);
  const pinned = changed.reduce((sum, { plan }) => sum + plan.pinned, 0);
  const all = [count(pinned, 'image'), count(changed.length, 'file')];
  const sentences = [
    // What was left out of a preview is not told to the server.
    go === 'preview'
      ? `${all.join(' in ')}: what you kept of the changes is made.`
      : `${all.join(' pinned in ')}.`,
    ...(changed.length > 1 && session.client.confirmsPins ? [undoHint] : []),
    ...remarks,
    ...(failures.length > 0 ? [`${count(failures.length, 'image')} could not be pinned.`] : []),
  ];
  const message = sentences.join(' ');
  return { applied: true, message, pinned, files: changed.length, failures };
}

const failuresOf = ({ manifest: { analysis, uri }, plan }: Planned): PinOutcome['failures'] =>
  plan.failures.map(({ image, message, span }) => ({
    uri,
    line: analysis.source.placeAt(span.start).line,
    image,
    message,
  }));

/** The images that get a digest. */
function imagesOf(session: Session, { manifest: { analysis, uri }, plan }: Planned) {
  const file = shownName(session, uri);
  const isFailed = ({ resolved, site: { span } }: ImageUse): boolean =>
    plan.failures.some((failure) => failure.span.start === span.start && failure.image === resolved);
  return offeredPins(analysis)
    .filter((use) => !isFailed(use))
    .map(({ resolved, site: { span } }) => ({
      file,
      line: analysis.source.placeAt(span.start).line,
      image: resolved,
    }));
}

const confirmation = (images: number, files: number): Confirmation => ({
  label: `Pin ${count(images, 'image')} in ${count(files, 'file')}`,
  description: 'The digest that each tag names now is written beside it.',
});

async function inGroups<T, R>(items: readonly T[], work: (item: T) => Promise<R>): Promise<readonly R[]> {
  const results: R[] = [];
  for (let at = 0; at < items.length; at += filesAtOnce) {
    results.push(...(await Promise.all(items.slice(at, at + filesAtOnce).map(work))));
  }
  return results;
}
