import {
  type CheckedImage,
  type CheckFailure,
  checkedImages,
  checkPins,
  count,
  type Finding,
  listenTo,
} from '../../engine/index.ts';
import { remarksOn } from '../protocol/messages.ts';
import type { PinCheckOutcome } from '../protocol/protocol.ts';
import type { Session } from '../session.ts';
import { type Manifest, readManifest, readManifests } from '../workspace/manifests.ts';
import type { Report } from './progress.ts';

/** Asks the registries about the pinned images of some files. What they say shows in the findings from then on. */
export async function checkFiles(
  session: Session,
  uris: readonly string[],
  signal: AbortSignal,
  report: Report,
): Promise<PinCheckOutcome> {
  const refused = await session.trust.refusal();
  if (refused !== null) return outcome(refused);
  const manifests = await readManifests(
    session,
    uris,
    signal,
    (analysis) => checkedImages(analysis).length > 0,
  );
  const isAsked = ({ leftOut }: CheckedImage): boolean => leftOut === null;
  const total = manifests.reduce(
    (sum, { analysis }) => sum + checkedImages(analysis).filter(isAsked).length,
    0,
  );
  if (manifests.length === 0) return outcome('There is no pinned image to ask about.');
  const since = session.ports.clock.now();
  const heard = listenTo(session.trust.registry);
  let done = 0;
  const failures: PinCheckOutcome['failures'][number][] = [];
  const found = { all: 0, closed: 0 };
  for (const manifest of manifests) {
    if (signal.aborted) break;
    const { analysis, uri, version } = manifest;
    const onProgress = (): void => report(++done, total);
    const checked = await checkPins(analysis, {
      registry: heard.registry,
      since,
      signal,
      onProgress,
    });
    failures.push(...checked.failures.map((failure) => placed(manifest, failure)));
    const after = await readManifest(session, uri);
    const raised = newFindings(analysis.findings, after?.analysis.findings ?? []);
    found.all += raised;
    if (version === null) found.closed += raised;
  }
  if (signal.aborted) return outcome('Cancelled.', done);
  const sentences = [
    `${count(total, 'image')} checked in ${count(manifests.length, 'file')}: ${found.all === 0 ? 'nothing new' : count(found.all, 'new finding')}.`,
    ...(found.closed > 0 ? ['Audit the workspace to see those of files that are not open.'] : []),
    ...remarksOn(heard),
    ...(failures.length > 0 ? [`${count(failures.length, 'image')} could not be asked about.`] : []),
  ];
  return { ...outcome(sentences.join(' '), total, found.all), failures };
}

const outcome = (message: string, checked = 0, found = 0): PinCheckOutcome => ({
  message,
  checked,
  found,
  failures: [],
});

const placed = (
  { analysis, uri }: Manifest,
  { image, message, span }: CheckFailure,
): PinCheckOutcome['failures'][number] => ({
  uri,
  line: analysis.source.placeAt(span.start).line,
  image,
  message,
});

function newFindings(before: readonly Finding[], after: readonly Finding[]): number {
  const known = new Set(before.map(({ key }) => key));
  return after.filter(({ key }) => !known.has(key)).length;
}
