import { type Analysis, analyze } from '../analysis/analyze.ts';
import { type Unresolved, unresolvedImages } from '../analysis/unresolved.ts';
import { pulledName, sampleDigest } from '../image/name.ts';
import type { ImageUse } from '../model/facts.ts';
import { type Finding, type Fix, isLookupFix, isPinFix, type Safety, severities } from '../model/finding.ts';
import { nameOfKey } from '../model/key.ts';
import type { Downloads, Lookup, LookupOptions, Registry } from '../ports.ts';
import { rules } from '../rules/index.ts';
import { commentAbove, commentOnTop, linesToComment } from '../suppression/suppress.ts';
import { applyEdits, type Edits, isRefusal, type Refusal, sayRefusal, type TextEdit } from '../text/edit.ts';
import { hasLetters } from '../text/letters.ts';
import { type Span, span } from '../text/span.ts';
import { nameFromEnvFile } from './check-pins.ts';
import { answerQuestion } from './lookup.ts';
import { lookupName, pinEdits, trialEdits } from './pin.ts';
import { type Change, pinChanges } from './pin-style.ts';

/** A change that was tried in memory and found to do what it says, or why there is none. */
export type Plan =
  | { readonly ok: true; readonly edits: readonly TextEdit[]; readonly text: string }
  | { readonly ok: false; readonly cause: PlanStop; readonly message: string };

/** `lookup` what had to be asked got no answer: another try may get one · `refused` the text does not allow the change. */
export type PlanStop = 'lookup' | 'refused';

export interface PlanOptions {
  readonly registry: Registry;
  /** Absent where no fix may ask anybody but registries. */
  readonly downloads?: Downloads;
  readonly signal?: AbortSignal;
}

const stop = (message: string, cause: PlanStop = 'refused'): Stopped => ({ ok: false, cause, message });

const refused = ({ source }: Analysis, refusal: Refusal): Stopped =>
  stop(sayRefusal(refusal, (offset) => source.placeAt(offset).line + 1));

/** Turns one fix of one finding into verified edits. What it has to know is looked up; everything else is local. */
export async function planFix(
  document: Analysis,
  finding: Finding,
  fix: Fix,
  options: PlanOptions,
): Promise<Plan> {
  if (isPinFix(fix)) {
    const asked = await askFor(document, fix.pin, options);
    return asked.ok ? firstSound(document, asked.changes, [finding.key], { safety: 'pin' }) : asked;
  }
  const { safety } = fix;
  if (!isLookupFix(fix)) return verified(document, fix.edits(), [finding.key], { safety });
  const possible = tryFix(document, finding, fix);
  if (!possible.ok) return possible;
  const found = await answerQuestion(fix.question, options, lookupOptions(document, options));
  return found.ok
    ? verified(document, fix.edits(found.answer), [finding.key], { safety })
    : stop(found.message, 'lookup');
}

/** What a fix comes to, with a made-up answer where it has to ask: tells whether it can be made, without asking anybody. */
export function tryFix(document: Analysis, finding: Finding, fix: Fix, trial: Trial = 'read'): Plan {
  if (trial === 'applied') return applied(document, trialEdits(fix));
  if (isPinFix(fix))
    return firstSound(document, pinChanges(document, fix.pin, sampleDigest), [finding.key], {
      safety: 'pin',
    });
  // Only the true answer need remove the finding: a pin has not drifted where it is what the tag names.
  const { safety } = fix;
  return verified(document, trialEdits(fix), [finding.key], { safety, mayStay: isLookupFix(fix) });
}

const lookupOptions = ({ settings }: Analysis, { signal }: PlanOptions): LookupOptions => ({
  registries: settings.registries,
  ...(signal && { signal }),
});

/**
 * How far a change is tried: `read` the text is read again with it · `applied` it is only made, which costs next to nothing and shows
 * whether the text allows it. What is chosen is always read.
 */
export type Trial = 'read' | 'applied';

/** What a suppression is to speak about. */
export type SuppressionScope = 'line' | 'file';

/**
 * The comment that silences a finding, on a line of its own: above the finding, or for the file at its top. Where a comment without a
 * reason is there already, it gets this one.
 */
export function planSuppression(
  document: Analysis,
  finding: Finding,
  reason: string,
  scope: SuppressionScope = 'line',
  trial: Trial = 'read',
): Plan {
  const why = reason.replace(/[\s\p{Cc}]+/gu, ' ').trim();
  if (!hasLetters(why))
    return stop('A suppression needs a reason, so that the next reader knows why it is there.');
  if (isAboutSuppressions(finding.rule)) return planReason(document, finding, why, trial);
  const mark = document.commentMark;
  if (!mark) return stop('JSON has no comments, so a finding cannot be suppressed in it.');
  const { source } = document;
  const lines = linesToComment(source, document.units(), finding.span.start);
  // A parser directive has no place above it that would not undo it: there the comment is about the file.
  const reach = lines.length === 0 ? 'file' : scope;
  const words = `${mark} holdfast-ignore${reach === 'file' ? '-file' : ''} ${finding.rule} -- ${why}`;
  // What is about the file stands on top, unless that belongs to a document that is not read.
  const places = [
    ...(reach === 'file' ? [commentOnTop(source, words)] : []),
    ...lines.map((line) => commentAbove(source, line, words)),
  ];
  const changes = places.map(
    ({ at, line }): Change => ({ edits: [{ span: span(at, at), newText: line }], comments: 1 }),
  );
  return firstSound(document, [...reasonsGiven(document, finding, why, reach), ...changes], [finding.key], {
    trial,
  });
}

const isAboutSuppressions = (rule: string): boolean =>
  rules.some(({ id, reads }) => id === rule && reads === 'suppressions');

/** Comments about the same finding that lack nothing but a reason. */
function reasonsGiven(
  { suppressions }: Analysis,
  { rule, span: { start } }: Finding,
  why: string,
  scope: SuppressionScope,
): readonly Change[] {
  return suppressions
    .filter(
      ({ isFileWide, names, reason, subject }) =>
        reason === '' &&
        isFileWide === (scope === 'file') &&
        (isFileWide || (subject.start <= start && start < subject.end)) &&
        names.some(({ state, value }) => value === rule && state === 'used'),
    )
    .map((comment) => ({ edits: comment.withReason(why), comments: 0 }));
}

function planReason(document: Analysis, finding: Finding, why: string, trial: Trial): Plan {
  const comment = document.suppressions.find(({ span: { start } }) => start === finding.span.start);
  if (comment?.reason !== '') return stop('Nothing silences a finding about a comment; do what it says.');
  return tried(document, { edits: comment.withReason(why), comments: 0 }, [finding.key], { trial });
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
  /** The references that nobody could be asked about. */
  readonly unresolved: readonly Unresolved[];
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
  const unresolved = unresolvedImages(document);
  const failures: PinFailure[] = [];
  const fail = (use: ImageUse, { cause, message }: Stopped): void => {
    // What a `.env` file holds is not shown.
    const image = use.envFileVariables === undefined ? use.resolved : use.site.value;
    failures.push({ span: use.site.span, image, cause, message });
  };
  let done = 0;
  const answers = await Promise.all(
    uses.map(async (use) => {
      const { envFileVariables } = use;
      const answer =
        envFileVariables === undefined
          ? await askFor(document, use, options)
          : stop(nameFromEnvFile(envFileVariables));
      options.onProgress?.(++done, uses.length);
      return { use, answer };
    }),
  );
  const asked: Pin[] = [];
  for (const { answer, use } of answers) {
    if (answer.ok) asked.push({ use, changes: answer.changes });
    else fail(use, answer);
  }
  const found = apart(asked);
  const whole = verifiedPins(document, found);
  if (whole.ok) return { pinned: found.length, edits: whole.edits, text: whole.text, failures, unresolved };
  // Something among them cannot be done: what can be done alone is done.
  const sound: Pin[] = [];
  for (const pin of found) {
    const plans = pin.changes.map((change) => ({
      change,
      plan: verifiedPins(document, [{ ...pin, changes: [change] }]),
    }));
    const alone = plans.find(({ plan }) => plan.ok);
    if (alone) sound.push({ ...pin, changes: [alone.change] });
    else fail(pin.use, plans.map(({ plan }) => plan).find(isStopped) ?? noChange);
  }
  const rest = verifiedPins(document, sound);
  if (rest.ok) return { pinned: sound.length, edits: rest.edits, text: rest.text, failures, unresolved };
  for (const { use } of sound) fail(use, rest);
  return { pinned: 0, edits: [], text: document.source.text, failures, unresolved };
}

const isStopped = (plan: Plan): plan is Stopped => !plan.ok;

const noChange = stop('This image has nothing to pin.');

interface Pin {
  readonly use: ImageUse;
  /** Ways to write it, the most wanted first. At least one. */
  readonly changes: readonly Change[];
}

/** Pins that would each put a comment behind the same line take another way. */
function apart(pins: readonly Pin[]): readonly Pin[] {
  const taken = new Map<number, Set<string>>();
  const nameOf = ({ edits }: Change): string => (isRefusal(edits) ? '' : edits.map(nameOfEdit).join());
  for (const change of pins.flatMap(({ changes }) => changes[0] ?? [])) {
    if (change.behind === undefined) continue;
    taken.set(change.behind, (taken.get(change.behind) ?? new Set()).add(nameOf(change)));
  }
  const isFree = ({ behind }: Change): boolean => behind === undefined || taken.get(behind)?.size === 1;
  return pins.map(({ changes, use }) => ({ use, changes: changes.filter(isFree) }));
}

const nameOfEdit = ({ newText, span: { end, start } }: TextEdit): string => `${start} ${end} ${newText}`;

/** Writes each pin in its most wanted way. */
function verifiedPins(document: Analysis, pins: readonly Pin[]): Plan {
  // Two uses fed by one ARG or one anchor ask for the same edit: it is made once.
  const edits = new Map<string, TextEdit>();
  const comments = new Set<string>();
  for (const { changes } of pins) {
    const [change] = changes;
    if (!change) continue;
    if (isRefusal(change.edits)) return refused(document, change.edits);
    const named = change.edits.map((edit) => [nameOfEdit(edit), edit] as const);
    for (const [name, edit] of named) edits.set(name, edit);
    if (change.comments > 0) comments.add(named.map(([name]) => name).join());
  }
  return verified(document, [...edits.values()], [], { comments: comments.size, safety: 'pin' });
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

/** The ways to pin one image. Asks the registry only where the answer could be written down. */
async function askFor(
  document: Analysis,
  use: ImageUse,
  options: PlanOptions,
): Promise<{ readonly ok: true; readonly changes: readonly Change[] } | Stopped> {
  const possible = pinEdits(use, sampleDigest);
  if (isRefusal(possible)) return refused(document, possible);
  const found = await lookUp(document, use, options);
  return found.ok
    ? { ok: true, changes: pinChanges(document, use, found.digest) }
    : stop(found.message, 'lookup');
}

/** The first of some ways to do the same that holds; else why the last one does not. */
function firstSound(
  document: Analysis,
  changes: readonly Change[],
  gone: readonly string[],
  means: Means = {},
): Plan {
  let last: Plan = stop('There is nothing to change.');
  for (const change of changes) {
    last = tried(document, change, gone, means);
    if (last.ok) return last;
  }
  return last;
}

const tried = (
  document: Analysis,
  { comments, edits }: Change,
  gone: readonly string[],
  { safety, trial = 'read' }: Means,
): Plan =>
  trial === 'read'
    ? verified(document, edits, gone, { comments, ...(safety && { safety }) })
    : applied(document, edits);

/** What a change says of itself, and how far it is tried. */
interface Means {
  readonly safety?: Safety;
  readonly trial?: Trial;
}

async function lookUp(document: Analysis, use: ImageUse, options: PlanOptions): Promise<Lookup> {
  const name = lookupName(use);
  if (!name)
    return { ok: false, code: 'refused', message: 'This text names no image that could be looked up.' };
  return options.registry.resolve(name, lookupOptions(document, options));
}

interface Allowance {
  /** What the fix says of itself, where it is one. */
  readonly safety?: Safety;
  /** How many comments the change adds. */
  readonly comments?: number;
  /** The findings need not be gone. */
  readonly mayStay?: boolean;
}

/**
 * Applies the edits in memory and reads the document again: the findings must be gone, nothing new may appear,
 * no comment may be lost, what could be read before must still be readable, and the change goes no further than its safety says.
 */
function verified(
  document: Analysis,
  edits: Edits,
  cured: readonly string[],
  { comments = 0, mayStay = false, safety }: Allowance = {},
): Plan {
  const made = applied(document, edits);
  if (!made.ok) return made;
  const { text } = made;
  const after = analyze({ ...document.input, text }, document.settings, document);
  const before = countByName(document.findings.map(({ key }) => key));
  const left = countByName(after.findings.map(({ key }) => key));
  for (const [name, times] of countByName(mayStay ? [] : cured)) {
    if ((left.get(name) ?? 0) > (before.get(name) ?? 0) - times)
      return stop('The change would not remove the finding, so it was not made.');
  }
  const raised = after.findings.find(
    (one) =>
      (left.get(nameOfKey(one.key)) ?? 0) > (before.get(nameOfKey(one.key)) ?? 0) &&
      !isAcceptable(document, one, cured),
  );
  if (raised) return stop(`The change would raise another finding (${raised.rule}), so it was not made.`);
  if (after.skipped.length > document.skipped.length)
    return stop('The change would make the file unreadable, so it was not made.');
  if (after.images.length !== document.images.length)
    return stop('The change would alter more than this image, so it was not made.');
  const added = after.commentCount() - document.commentCount();
  // What is about a comment may take it away, where somebody chooses it.
  const mayLose = safety === 'suggestion' && cured.some((key) => isAboutSuppressions(ruleOf(key)));
  if (added !== comments && !(added === -1 && mayLose))
    return stop('The change would lose or add a comment, so it was not made.');
  if (safety === 'safe' && !isConfined(document, made.edits))
    return stop('The change would go beyond comments and image references, so it was not made.');
  const brings = (safety === 'safe' && isOther) || (safety === 'pin' && isUnlike) || null;
  if (brings && after.images.some((use, index) => brings(document.images[index], use)))
    return stop('The change would bring in another image, so it was not made.');
  return made;
}

/** The text with the edits made; nothing else is tried. */
function applied(document: Analysis, edits: Edits): Plan {
  if (isRefusal(edits)) return refused(document, edits);
  const text = applyEdits(document.source.text, edits);
  return typeof text === 'string' ? { ok: true, edits, text } : stop(text.refused);
}

/** Only comments and image references can be written in another way without a change of what is built and run. */
function isConfined({ comments, images }: Analysis, edits: readonly TextEdit[]): boolean {
  const open = [
    ...comments().map((comment) => comment.span),
    ...images.flatMap(({ site }) => [site.span, ...site.seenFrom]),
  ];
  return edits.every(({ span: { end, start } }) => open.some((one) => one.start <= start && end <= one.end));
}

/** Whether a pull brings something else. */
const isOther = (before: ImageUse | undefined, after: ImageUse): boolean =>
  JSON.stringify(pulled(before)) !== JSON.stringify(pulled(after));

/** Whether it is an image of another name, or of another version that no digest fixes. */
function isUnlike(before: ImageUse | undefined, after: ImageUse): boolean {
  const [was, is] = [pulled(before), pulled(after)];
  if (!was || !is) return false;
  const isPinned = is.version.includes(':');
  return (
    was.repository !== is.repository || was.registry !== is.registry || (!isPinned && isOther(before, after))
  );
}

/** Null where it cannot be seen. */
const pulled = (use: ImageUse | undefined) =>
  use?.reading.state === 'parsed' ? pulledName(use.reading.reference) : null;

/** Findings of one name are numbered in the order of the text, and when one goes the others move up: so they are counted. */
function countByName(keys: readonly string[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const key of keys) counts.set(nameOfKey(key), (counts.get(nameOfKey(key)) ?? 0) + 1);
  return counts;
}

const ruleOf = (key: string): string => key.slice(0, key.indexOf(' '));

/** What a change may bring: less than it takes away, a comment that is needed no more, or what this text alone does not decide. */
function isAcceptable(document: Analysis, raised: Finding, cured: readonly string[]): boolean {
  const rule = rules.find(({ id }) => id === raised.rule);
  if (rule?.reads === 'suppressions') return true;
  if (rule?.reads === 'context' && !rule.isDecidedByText) return true;
  const removed = document.findings.filter(({ key }) => cured.includes(key));
  return removed.some(({ severity }) => severities.indexOf(severity) < severities.indexOf(raised.severity));
}
