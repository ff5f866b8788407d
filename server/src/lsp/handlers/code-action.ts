import { setImmediate as turn } from 'node:timers/promises';
import {
  type CodeAction,
  CodeActionKind,
  type CodeActionParams,
  CodeActionTriggerKind,
  type Command,
  type Diagnostic,
} from 'vscode-languageserver/node';
import {
  type Analysis,
  type Finding,
  type Fix,
  isLookupFix,
  isPinFix,
  offeredPins,
  type Plan,
  planSuppression,
  type SuppressionComment,
  type SuppressionScope,
  type Trial,
  tryFix,
} from '../../engine/index.ts';
import { automaticFixes } from '../fixes/fix-all.ts';
import type { FixRequest } from '../fixes/fix-request.ts';
import { offlineFix } from '../fixes/offline-fix.ts';
import {
  type Confirmation,
  confirmationOf,
  type DocumentEdits,
  fixAllKind,
  fixTitle,
  keyOf,
  pinAllKind,
  toDiagnostic,
  toSpan,
  toWorkspaceEdit,
} from '../protocol/convert.ts';
import { guarded, throwIfAborted, withSignal } from '../protocol/guard.ts';
import {
  type FixTarget,
  previewCommand,
  type SuppressTarget,
  serverCommands,
  suppressCommand,
} from '../protocol/protocol.ts';
import type { Session } from '../session.ts';
import type { Reading } from '../workspace/analyses.ts';

/** Stands in a suppression for the reason that only the author can give. */
const reasonPlaceholder = 'say why';

/** Lists what can be done about the findings under the cursor. Nothing is looked up: what needs a registry is resolved when chosen. */
export function serveCodeActions(session: Session): void {
  session.connection.onCodeAction((params, token) =>
    guarded(
      session.ports.log,
      'textDocument/codeAction',
      () => [],
      () =>
        withSignal(token, async (signal) => {
          const reading = await session.analyses.current(params.textDocument.uri);
          throwIfAborted(signal);
          if (!reading) return [];
          const offers = await listOffers(session, reading, params, signal);
          return offers.flatMap((offer) => present(session, offer) ?? []);
        }),
    ),
  );
}

/** One line of the menu. */
interface Offer {
  readonly title: string;
  readonly kind: string;
  readonly request: FixRequest;
  readonly diagnostics: readonly Diagnostic[];
  readonly preferred?: boolean;
  /** Why it cannot be chosen. */
  readonly disabled?: string;
  /** Known already; else made when the action is chosen. */
  readonly edits?: DocumentEdits;
  /** What the user has to look at before the edits are made. */
  readonly confirmation?: Confirmation | null;
  /** Runs instead of an edit. */
  readonly command?: Command;
}

async function listOffers(
  session: Session,
  reading: Reading,
  params: CodeActionParams,
  signal: AbortSignal,
): Promise<readonly Offer[]> {
  const wants = (kind: string): boolean =>
    params.context.only?.some((only) => kind === only || kind.startsWith(`${only}.`)) ?? false;
  const offers: Offer[] = [];
  if (!params.context.only || wants(CodeActionKind.QuickFix)) {
    const chosen = chooseFindings(session, reading, params);
    const isOffline = await session.trust.isOffline();
    const trials = new Trials(reading.analysis);
    for (const one of chosen) {
      // Offers are tried out, which takes its time: others get their turn in between.
      await turn();
      throwIfAborted(signal);
      session.ports.watch.reads(reading.uri, reading.analysis.source.text.length);
      offers.push(...fixOffers(session, reading, one, isOffline, trials));
    }
    await turn();
    throwIfAborted(signal);
    offers.push(...pinAllOffer(reading, chosen), ...suppressOffers(session, reading, chosen, trials));
  }
  if (wants(fixAllKind)) offers.push(...fixAllOffer(reading));
  if (wantsPins(params)) offers.push(...pinOffer(session, reading));
  return offers;
}

/**
 * A pin asks registries, so it is made for who asks for pins by their kind: an editor makes every action of a kind that is listed under
 * `editor.codeActionsOnSave`, and `source.fixAll` is asked of every extension. Somebody who opens the menu of source actions sees it too.
 */
const wantsPins = ({ context: { only = [], triggerKind } }: CodeActionParams): boolean =>
  only.includes(pinAllKind) ||
  (only.includes(CodeActionKind.Source) && triggerKind === CodeActionTriggerKind.Invoked);

/**
 * Characters that are read again, at most, to try what is offered at one place. An editor asks at each move of the cursor. What is offered
 * beyond is tried when it is chosen, as everything is then.
 */
const mostRead = 40_000;

/** How far each offer of one request is tried. */
class Trials {
  readonly #analysis: Analysis;
  #left = mostRead;

  constructor(analysis: Analysis) {
    this.#analysis = analysis;
  }

  next({ span: { start } }: Finding): Trial {
    const { source } = this.#analysis;
    // What is not read again is put together again, which takes a part of the time.
    const cost = this.#analysis.readAgainAt(start) + source.text.length / 4;
    if (cost > this.#left) return 'applied';
    this.#left -= cost;
    return 'read';
  }
}

interface Chosen {
  readonly finding: Finding;
  /** The client's own object where it sent one: by this it tells which diagnostic an action is for. */
  readonly diagnostic: Diagnostic;
}

function chooseFindings(
  { client }: Session,
  { analysis, uri }: Reading,
  { context, range }: CodeActionParams,
): readonly Chosen[] {
  const sent = new Map(context.diagnostics.map((diagnostic) => [keyOf(diagnostic), diagnostic]));
  sent.delete(null);
  if (sent.size > 0) {
    return analysis.findings.flatMap((finding) => {
      const diagnostic = sent.get(finding.key);
      return diagnostic ? { finding, diagnostic } : [];
    });
  }
  const { end, start } = toSpan(analysis.source, range);
  return analysis.findings
    .filter(({ span }) => span.start <= end && start <= span.end)
    .map((finding) => ({ finding, diagnostic: toDiagnostic(uri, analysis.source, finding, client) }));
}

function fixOffers(
  session: Session,
  reading: Reading,
  { diagnostic, finding }: Chosen,
  isOffline: boolean,
  trials: Trials,
): readonly Offer[] {
  const { settings } = reading.analysis;
  return finding.fixes().map((fix) => {
    const told = isOffline ? offlineFix(session, fix, settings) : fix;
    return { ...fixOffer(session, reading, finding, told, trials.next(finding)), diagnostics: [diagnostic] };
  });
}

function fixOffer(
  session: Session,
  reading: Reading,
  finding: Finding,
  fix: Fix,
  trial: Trial,
): Omit<Offer, 'diagnostics'> {
  const offer = {
    title: fixTitle(fix),
    kind: CodeActionKind.QuickFix,
    request: { act: 'fix', uri: reading.uri, key: finding.key, fix: fix.id },
  } as const;
  const plan = tryFix(reading.analysis, finding, fix, trial);
  if (!plan.ok) return { ...offer, disabled: plan.message };
  // Offered without trust too: an editor hides what is disabled, and choosing it says what is missing.
  if (isPinFix(fix)) return { ...offer, preferred: true };
  const confirmation = confirmationOf(fix);
  if (confirmation && session.client.previewsFixes) return { ...offer, command: preview(offer) };
  if (isLookupFix(fix) || trial === 'applied') return offer;
  return { ...offer, edits: editsOf(reading, plan), confirmation };
}

function preview({
  request: { fix, key, uri },
  title,
}: {
  readonly title: string;
  readonly request: FixTarget;
}): Command {
  const target: FixTarget = { uri, key, fix };
  return { title, command: previewCommand, arguments: [target] };
}

/**
 * What silences the chosen findings, each place once. A client that asks for the reason asks for the reach too; for any other the lines come
 * first, then the whole file.
 */
function suppressOffers(
  session: Session,
  reading: Reading,
  chosen: readonly Chosen[],
  trials: Trials,
): readonly Offer[] {
  const reaches: readonly (readonly SuppressionScope[])[] = session.client.promptForReason
    ? [['line', 'file']]
    : [['line'], ['file']];
  const offers = new Map<string, Offer>();
  for (const scopes of reaches) {
    for (const { diagnostic, finding } of chosen) {
      const place = placeOf(session, reading, finding, scopes);
      const known = offers.get(place);
      if (known) {
        offers.set(place, { ...known, diagnostics: [...known.diagnostics, diagnostic] });
        continue;
      }
      const offer = suppressOffer(session, reading, finding, scopes, trials);
      if (offer) offers.set(place, { ...offer, diagnostics: [diagnostic] });
    }
  }
  return [...offers.values()];
}

/** Names the comment that would be written. */
function placeOf(
  session: Session,
  reading: Reading,
  finding: Finding,
  scopes: readonly SuppressionScope[],
): string {
  const comment = commentFor(session, reading, finding);
  if (comment) return `comment ${comment.span.start} ${scopes.join()}`;
  const { line } = reading.analysis.source.placeAt(finding.span.start);
  return `${scopes.join()} ${finding.rule} ${scopes.includes('line') ? line : ''}`;
}

/**
 * The comment that lacks the reason which is to be written: the one the finding is about, or, where the user is asked anyway, one that would
 * silence the finding with it.
 */
function commentFor(
  { client }: Session,
  { analysis }: Reading,
  { rule, span: { start } }: Finding,
): SuppressionComment | null {
  const found = analysis.suppressions.find(
    ({ isFileWide, names, reason, span, subject }) =>
      span.start === start ||
      (client.promptForReason &&
        reason === '' &&
        (isFileWide || (subject.start <= start && start < subject.end)) &&
        names.some(({ state, value }) => value === rule && state === 'used')),
  );
  return found ?? null;
}

function suppressOffer(
  session: Session,
  reading: Reading,
  finding: Finding,
  scopes: readonly SuppressionScope[],
  trials: Trials,
): Omit<Offer, 'diagnostics'> | null {
  const { key, rule } = finding;
  const { uri } = reading;
  const comment = commentFor(session, reading, finding);
  // The reason of a comment is written one time, whatever it speaks about.
  if (comment && !scopes.includes('line')) return null;
  const wanted = comment ? [comment.isFileWide ? ('file' as const) : ('line' as const)] : scopes;
  const possible = wanted.flatMap((scope) => {
    const trial = trials.next(finding);
    const plan = planSuppression(reading.analysis, finding, reasonPlaceholder, scope, trial);
    if (!plan.ok) return [];
    // Above a parser directive no comment can stand: the offer for the file is the one.
    const isElsewhere = plan.edits.some(({ newText }) => /holdfast-ignore-file/.test(newText));
    return scope === 'line' && isElsewhere ? [] : [{ scope, plan, trial }];
  });
  const [first] = possible;
  if (!first) return null;
  const { plan, scope, trial } = first;
  const begun = comment?.remark.replace(/^[^\p{L}\p{N}]+/u, '');
  const request = { act: 'suppress', uri, key, scope, reason: begun || reasonPlaceholder } as const;
  const offer = { kind: CodeActionKind.QuickFix, request };
  if (session.client.promptForReason) {
    const title = comment ? 'Write the reason…' : `Suppress ${rule}…`;
    const target: SuppressTarget = {
      uri,
      key,
      rule,
      scopes: possible.map((one) => one.scope),
      ...(begun !== undefined && { reason: begun }),
    };
    return { ...offer, title, command: { title, command: suppressCommand, arguments: [target] } };
  }
  const where = scope === 'file' ? 'in this file' : 'here';
  const title = comment ? 'Write the reason of this comment' : `Suppress ${rule} ${where}, with a reason`;
  return { ...offer, title, ...(!begun && trial === 'read' && { edits: editsOf(reading, plan) }) };
}

function pinAllOffer(reading: Reading, chosen: readonly Chosen[]): readonly Offer[] {
  const pinnable = chosen.filter(({ finding }) => finding.fixes().some(isPinFix));
  const images = offeredPins(reading.analysis).length;
  if (pinnable.length === 0 || images < 2) return [];
  return [
    {
      title: `Pin every image in this file (${images})`,
      kind: CodeActionKind.QuickFix,
      request: { act: 'pin-all', uri: reading.uri },
      diagnostics: pinnable.map(({ diagnostic }) => diagnostic),
    },
  ];
}

function fixAllOffer(reading: Reading): readonly Offer[] {
  if (automaticFixes(reading.analysis).length === 0) return [];
  return [
    {
      title: 'Apply all safe Holdfast fixes',
      kind: fixAllKind,
      request: { act: 'fix-all', uri: reading.uri },
      diagnostics: [],
    },
  ];
}

function pinOffer({ trust }: Session, { analysis, uri }: Reading): readonly Offer[] {
  if (!trust.trusted || offeredPins(analysis).length === 0) return [];
  return [{ title: 'Pin all images', kind: pinAllKind, request: { act: 'pin-all', uri }, diagnostics: [] }];
}

const editsOf = (
  { analysis, uri, version }: Reading,
  { edits }: Extract<Plan, { ok: true }>,
): DocumentEdits => ({ uri, version, source: analysis.source, edits });

function present({ client }: Session, offer: Offer): CodeAction | Command | null {
  const { command, confirmation, diagnostics, disabled, edits, kind, preferred, request, title } = offer;
  const run = command ?? { title, command: serverCommands.applyFix, arguments: [request] };
  if (disabled !== undefined && !(client.codeActionLiterals && client.disabledActions)) return null;
  if (!client.codeActionLiterals) return run;
  const action: CodeAction = {
    title,
    kind,
    diagnostics: [...diagnostics],
    ...(preferred && { isPreferred: true }),
  };
  if (disabled !== undefined) return { ...action, disabled: { reason: disabled } };
  if (edits) return { ...action, edit: toWorkspaceEdit([edits], client, confirmation) };
  if (command || !client.resolvesEdits) return { ...action, command: run };
  return { ...action, data: request };
}
