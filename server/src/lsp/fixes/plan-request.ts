import {
  type Analysis,
  count,
  type Heard,
  listenTo,
  type PinFailure,
  type Plan,
  planFix,
  planPins,
  planSuppression,
  type TextEdit,
} from '../../engine/index.ts';
import { type Confirmation, confirmationOf, type DocumentEdits } from '../protocol/convert.ts';
import { throwIfAborted } from '../protocol/guard.ts';
import { remarksOn } from '../protocol/messages.ts';
import type { Session } from '../session.ts';
import { planFixAll } from './fix-all.ts';
import type { FixRequest } from './fix-request.ts';

interface Planned {
  readonly ok: true;
  readonly edits: readonly TextEdit[];
  /** Image references that get a digest, where several were asked for. */
  readonly pinned: number;
  readonly failures: readonly PinFailure[];
  /** What the user has to look at before the edits are made. */
  readonly confirmation?: Confirmation | null;
}

interface Refused {
  readonly ok: false;
  readonly message: string;
  readonly failures: readonly PinFailure[];
}

/** A request turned into edits of today's text, or why not. */
export type Outcome =
  | (Planned & {
      readonly document: DocumentEdits & { readonly version: number };
      /** What the user should know of the answers it was made from. */
      readonly remarks: readonly string[];
    })
  | Refused;

export interface CarryOutOptions {
  readonly signal: AbortSignal;
  readonly onProgress: (done: number, total: number) => void;
}

/** Times a plan is made again because the text changed while a registry was asked. */
const attempts = 3;

/** Finds what is asked for in today's text and plans it. Asks the registry where the fix needs it. Throws when cancelled. */
export async function carryOut(
  { analyses, documents, trust, workspace }: Pick<Session, 'analyses' | 'documents' | 'trust' | 'workspace'>,
  request: FixRequest,
  options: CarryOutOptions,
): Promise<Outcome> {
  const heard = listenTo(trust.registry);
  // Another file may say that an image is built here.
  if (request.act === 'pin-all') await workspace.ready(options.signal);
  for (let attempt = 0; attempt < attempts; attempt++) {
    const reading = await analyses.current(request.uri);
    if (!reading)
      return refused('The file is not open, or the configuration ignores it. Nothing was changed.');
    const { analysis, uri, version } = reading;
    const planned = await plan(analysis, request, { ...options, trust, registry: heard.registry });
    throwIfAborted(options.signal);
    if (!planned.ok) return planned;
    if (documents.snapshot(request.uri)?.version !== version) continue;
    const document = { uri, version, source: analysis.source, edits: planned.edits };
    return { ...planned, document, remarks: remarksOn(heard) };
  }
  return refused('The file kept changing while the fix was prepared, so nothing was changed. Try again.');
}

async function plan(
  document: Analysis,
  request: FixRequest,
  { onProgress, registry, signal, trust }: CarryOutOptions & Pick<Session, 'trust'> & Pick<Heard, 'registry'>,
): Promise<Planned | Refused> {
  const options = {
    onProgress,
    signal,
    registry,
    downloads: trust.downloads,
  };
  if (request.act === 'pin-all') return pinning(await planPins(document, options));
  if (request.act === 'fix-all')
    return pinning({ edits: await planFixAll(document, signal), pinned: 0, failures: [] });
  const finding = document.findings.find(({ key }) => key === request.key);
  if (!finding) return refused('The file has changed and this finding is gone. Nothing was changed.');
  if (request.act === 'suppress') {
    return single(planSuppression(document, finding, request.reason, request.scope));
  }
  const fix = finding.fixes().find(({ id }) => id === request.fix);
  if (!fix) return refused('The file has changed and this fix no longer applies. Nothing was changed.');
  return single(await planFix(document, finding, fix, options), confirmationOf(fix));
}

const refused = (message: string, failures: readonly PinFailure[] = []): Refused => ({
  ok: false,
  message,
  failures,
});

const single = (plan: Plan, confirmation: Confirmation | null = null): Planned | Refused =>
  plan.ok ? { ok: true, edits: plan.edits, pinned: 0, failures: [], confirmation } : refused(plan.message);

function pinning(plan: Omit<Planned, 'ok'>): Planned | Refused {
  const { edits, failures, pinned } = plan;
  if (edits.length > 0) return { ok: true, edits, pinned, failures };
  if (failures.length === 0) return refused('There is nothing left to fix in this file.');
  return refused(`${count(failures.length, 'image')} could not be pinned.`, failures);
}
