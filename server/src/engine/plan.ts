import { type Analysis, analyze } from './analyze.ts';
import type { ImageUse } from './model/facts.ts';
import { type Finding, type Fix, isLookupFix, isPinFix, severities } from './model/finding.ts';
import { nameOfKey } from './model/key.ts';
import { lookupName, pinEdits, sampleDigest } from './pin.ts';
import type { Lookup, Registry } from './ports.ts';
import { rules } from './rules/index.ts';
import { suppressionLine } from './suppress.ts';
import { applyEdits, isRefusal, type TextEdit } from './text/edit.ts';
import { type Span, span } from './text/span.ts';

/** A change that was tried in memory and found to do what it says, or why there is none. */
export type Plan =
  | { readonly ok: true; readonly edits: readonly TextEdit[]; readonly text: string }
  | { readonly ok: false; readonly cause: PlanStop; readonly message: string };

/** `lookup` the registry gave no digest: another try may · `refused` the text does not allow the change. */
export type PlanStop = 'lookup' | 'refused';

export interface PlanOptions {
  readonly registry: Registry;
  readonly signal?: AbortSignal;
}

const stop = (message: string, cause: PlanStop = 'refused'): Stopped => ({ ok: false, cause, message });

/** Turns one fix of one finding into verified edits. A pin asks the registry; everything else is local. */
export async function planFix(
  document: Analysis,
  finding: Finding,
  fix: Fix,
  options: PlanOptions,
): Promise<Plan> {
  if (isLookupFix(fix)) return stop('Nothing here can answer what this fix has to ask.');
  if (!isPinFix(fix)) return verified(document, fix.edits(), [finding.key]);
  const asked = await askFor(document, fix.pin, options);
  return asked.ok ? verified(document, asked.edits, [finding.key]) : asked;
}

/** The comment that silences one finding, on a line of its own above it. */
export function planSuppression(document: Analysis, finding: Finding, reason: string): Plan {
  const why = reason.replace(/\s+/g, ' ').trim();
  if (why === '') return stop('A suppression needs a reason, so that the next reader knows why it is there.');
  const mark = document.commentMark;
  if (!mark) return stop('JSON has no comments, so a finding cannot be suppressed in it.');
  const { at, line } = suppressionLine(document.source, finding.span.start, finding.rule, why, mark);
  return verified(document, [{ span: span(at, at), newText: line }], [finding.key], 1);
}

type Stopped = Extract<Plan, { ok: false }>;

/** One image that could not be pinned, and why. */
export interface PinFailure {
  readonly span: Span;
  readonly image: string;
  readonly cause: PlanStop;
  readonly message: string;
}

export interface PinPlan {
  /** How many references the edits pin. */
  readonly pinned: number;
  readonly edits: readonly TextEdit[];
  /** The document with the edits made. */
  readonly text: string;
  readonly failures: readonly PinFailure[];
}

/**
 * Pins every image of the document that a finding offers to pin; what is silenced or switched off is left as it is.
 * One failure never stops the others.
 */
export async function planPins(
  document: Analysis,
  options: PlanOptions & { readonly onProgress?: (done: number, total: number) => void },
): Promise<PinPlan> {
  const uses = offeredPins(document);
  const failures: PinFailure[] = [];
  const fail = (use: ImageUse, { cause, message }: Stopped): void => {
    failures.push({ span: use.site.span, image: use.resolved, cause, message });
  };
  let done = 0;
  const answers = await Promise.all(
    uses.map(async (use) => {
      const answer = await askFor(document, use, options);
      options.onProgress?.(++done, uses.length);
      return { use, answer };
    }),
  );
  const found: Pin[] = [];
  for (const { answer, use } of answers) {
    if (answer.ok) found.push({ use, edits: answer.edits });
    else fail(use, answer);
  }
  const whole = verifiedPins(document, found);
  if (whole.ok) return { pinned: found.length, edits: whole.edits, text: whole.text, failures };
  // Something among them cannot be done: what can be done alone is done.
  const sound: Pin[] = [];
  for (const pin of found) {
    const alone = verifiedPins(document, [pin]);
    if (alone.ok) sound.push(pin);
    else fail(pin.use, alone);
  }
  const rest = verifiedPins(document, sound);
  if (rest.ok) return { pinned: sound.length, edits: rest.edits, text: rest.text, failures };
  for (const { use } of sound) fail(use, rest);
  return { pinned: 0, edits: [], text: document.source.text, failures };
}

interface Pin {
  readonly use: ImageUse;
  readonly edits: readonly TextEdit[];
}

function verifiedPins(document: Analysis, pins: readonly Pin[]): Plan {
  // Two uses fed by one ARG or one anchor ask for the same edit: it is made once.
  const edits = new Map<string, TextEdit>();
  for (const edit of pins.flatMap((pin) => pin.edits)) {
    edits.set(`${edit.span.start} ${edit.span.end} ${edit.newText}`, edit);
  }
  return verified(document, [...edits.values()], []);
}

/** The images some finding offers to pin, each once, in the order of the text. */
export function offeredPins(document: Analysis): readonly ImageUse[] {
  const offered = new Map<string, ImageUse>();
  for (const finding of document.findings) {
    for (const fix of finding.fixes()) {
      if (isPinFix(fix)) offered.set(`${fix.pin.site.span.start} ${fix.pin.path}`, fix.pin);
    }
  }
  return [...offered.values()].sort((a, b) => a.site.span.start - b.site.span.start);
}

/** The edits that pin one image. Asks the registry only where the answer could be written down. */
async function askFor(
  document: Analysis,
  use: ImageUse,
  options: PlanOptions,
): Promise<{ readonly ok: true; readonly edits: readonly TextEdit[] } | Stopped> {
  const possible = pinEdits(use, sampleDigest);
  if (isRefusal(possible)) return stop(possible.refused);
  const found = await lookUp(document, use, options);
  if (!found.ok) return stop(found.message, 'lookup');
  const edits = pinEdits(use, found.digest);
  return isRefusal(edits) ? stop(edits.refused) : { ok: true, edits };
}

async function lookUp(document: Analysis, use: ImageUse, { registry, signal }: PlanOptions): Promise<Lookup> {
  const name = lookupName(use);
  if (!name)
    return { ok: false, code: 'refused', message: 'This text names no image that could be looked up.' };
  return registry.resolve(name, { registries: document.settings.registries, ...(signal && { signal }) });
}

/**
 * Applies the edits in memory and reads the document again: the findings must be gone, nothing new may appear,
 * no comment may be lost, and what could be read before must still be readable.
 */
function verified(
  document: Analysis,
  edits: ReturnType<typeof pinEdits>,
  gone: readonly string[],
  newComments = 0,
): Plan {
  if (isRefusal(edits)) return stop(edits.refused);
  const text = applyEdits(document.source.text, edits);
  if (typeof text !== 'string') return stop(text.refused);
  const after = analyze({ ...document.input, text }, document.settings, document);
  const before = countByName(document.findings.map(({ key }) => key));
  const left = countByName(after.findings.map(({ key }) => key));
  for (const [name, times] of countByName(gone)) {
    if ((left.get(name) ?? 0) > (before.get(name) ?? 0) - times)
      return stop('The change would not remove the finding, so it was not made.');
  }
  const raised = after.findings.find(
    (one) =>
      (left.get(nameOfKey(one.key)) ?? 0) > (before.get(nameOfKey(one.key)) ?? 0) &&
      !isAcceptable(document, one, gone),
  );
  if (raised) return stop(`The change would raise another finding (${raised.rule}), so it was not made.`);
  if (after.skipped.length > document.skipped.length)
    return stop('The change would make the file unreadable, so it was not made.');
  if (after.images.length !== document.images.length)
    return stop('The change would alter more than this image, so it was not made.');
  if (after.commentCount() !== document.commentCount() + newComments) {
    return stop('The change would lose or add a comment, so it was not made.');
  }
  return { ok: true, edits, text };
}

/** Findings of one name are numbered in the order of the text, and when one goes the others move up: so they are counted. */
function countByName(keys: readonly string[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const key of keys) counts.set(nameOfKey(key), (counts.get(nameOfKey(key)) ?? 0) + 1);
  return counts;
}

/** What a change may bring: less than it takes away, or something that this text alone does not decide. */
function isAcceptable(document: Analysis, raised: Finding, gone: readonly string[]): boolean {
  if (rules.some(({ id, reads }) => id === raised.rule && reads === 'surroundings')) return true;
  const removed = document.findings.filter(({ key }) => gone.includes(key));
  return removed.some(({ severity }) => severities.indexOf(severity) < severities.indexOf(raised.severity));
}
