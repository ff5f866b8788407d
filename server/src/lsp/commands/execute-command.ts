import {
  type CancellationToken,
  type ExecuteCommandParams,
  MessageType,
  type WorkDoneProgressReporter,
} from 'vscode-languageserver/node';
import { applyEdit, notConfirmed } from '../fixes/apply-edit.ts';
import { type FixRequest, isFixRequest } from '../fixes/fix-request.ts';
import { carryOut } from '../fixes/plan-request.ts';
import type { DocumentPlace } from '../handlers/image-hover.ts';
import type { Tags } from '../handlers/tags.ts';
import { delays } from '../ports.ts';
import { toProtocolEdit } from '../protocol/convert.ts';
import { guarded, withSignal } from '../protocol/guard.ts';
import { show, tellOutcome, withFailures } from '../protocol/messages.ts';
import {
  type Applied,
  type ConfirmPinsParams,
  confirmPinsRequest,
  type Looked,
  type PinCheckOutcome,
  type PinDecision,
  type PinOutcome,
  type PlannedFix,
  type SignInAnswer,
  serverCommands,
  type TagListing,
  type Told,
} from '../protocol/protocol.ts';
import { untrustedReason } from '../registry/trust.ts';
import type { Session } from '../session.ts';
import { property } from '../workspace/editor-settings.ts';
import { findManifests } from '../workspace/manifests.ts';
import type { Audit } from './audit.ts';
import { checkFiles } from './check-pins.ts';
import { clearCache } from './clear-cache.ts';
import { findImage, inspectImage } from './inspect-image.ts';
import { makePins, nothing, planFiles } from './pin-files.ts';
import { type Report, withProgress } from './progress.ts';
import { checkSignIn } from './sign-in.ts';

/** The commands of the server. */
export function serveCommands(session: Session, audit: Audit, tags: Tags): void {
  const { connection, ports } = session;
  connection.onExecuteCommand((params, token, given) => {
    const failed = (): null => {
      show(connection, MessageType.Error, 'The command failed, see the Holdfast output.');
      return null;
    };
    return guarded<unknown>(ports.log, params.command, failed, () => {
      const call = { session, params, token, given };
      switch (params.command) {
        case serverCommands.audit:
          return inProgress(call, 'Auditing the workspace', 0, (signal, report) => audit.run(signal, report));
        case serverCommands.pinWorkspace:
          return pinWorkspace(call);
        case serverCommands.pinFile:
          return pinFile(call);
        case serverCommands.checkPins:
          return checkPins(call, audit);
        case serverCommands.applyFix:
          return applyRequested(call);
        case serverCommands.planFix:
          return planRequested(call);
        case serverCommands.listTags:
          return listTags(call, tags);
        case serverCommands.inspectImage:
          return lookIntoImage(call);
        case serverCommands.clearCache:
          return clear(call, audit);
        case serverCommands.checkSignIn:
          return trySignIn(call);
        default:
          ports.log.warn(`There is no command ${params.command}.`);
          return null;
      }
    });
  });
}

interface Call {
  readonly session: Session;
  readonly params: ExecuteCommandParams;
  readonly token: CancellationToken;
  readonly given: WorkDoneProgressReporter;
}

const inProgress = <T>(
  { given, session, token }: Pick<Call, 'session' | 'token'> & Partial<Pick<Call, 'given'>>,
  title: string,
  after: number,
  work: (signal: AbortSignal, report: Report) => Promise<T>,
): Promise<T> => {
  const { client, connection, ports } = session;
  return withProgress({ connection, ports, supported: client.progress, title, after, token, given }, work);
};

async function pinWorkspace(call: Call): Promise<PinOutcome> {
  const { session, token } = call;
  if (!session.trust.trusted) return told(session, nothing(untrustedReason));
  const planned = await inProgress(call, 'Looking up images', 0, async (signal, report) =>
    planFiles(session, await manifestsOf(session, signal), signal, report),
  );
  if (!planned) return nothing(stopped);
  return told(session, await makePins(session, planned, (pins) => decide(session, pins, token)));
}

/** Images in files that nobody looks at: the user sees the list and the changes before they are made, as far as the client can show them. */
async function decide(
  { client, connection }: Session,
  pins: ConfirmPinsParams,
  token: CancellationToken,
): Promise<'apply' | 'preview' | null> {
  if (!client.confirmsPins) return client.changeAnnotations ? 'preview' : 'apply';
  const answer = await connection.sendRequest<PinDecision | null>(confirmPinsRequest, pins, token);
  return answer === 'apply' ? answer : null;
}

async function pinFile(call: Call): Promise<PinOutcome | null> {
  const { params, session } = call;
  const uri = property(params.arguments?.[0], 'uri');
  if (typeof uri !== 'string') {
    session.ports.log.warn(`${params.command} takes the argument {uri}.`);
    return null;
  }
  if (!session.trust.trusted) return told(session, nothing(untrustedReason));
  const planned = await inProgress(call, 'Pinning images', delays.progress, (signal, report) =>
    planFiles(session, [uri], signal, report),
  );
  return planned ? told(session, await makePins(session, planned)) : nothing(stopped);
}

const stopped = 'Cancelled. Nothing was changed.';

async function checkPins(call: Call, audit: Audit): Promise<PinCheckOutcome> {
  const { params, session } = call;
  const uri = property(params.arguments?.[0], 'uri');
  const outcome = await inProgress(call, 'Checking pinned images', 0, async (signal, report) => {
    const uris = typeof uri === 'string' ? [uri] : await manifestsOf(session, signal);
    const checked = await checkFiles(session, uris, signal, report);
    const { failures, message } = checked;
    for (const { image, line, message: reason, uri: at } of failures) {
      session.ports.log.warn(`${at}, line ${line + 1}: ${image} was not checked. ${reason}`);
    }
    const type = failures.length > 0 || checked.checked === 0 ? MessageType.Warning : MessageType.Info;
    if (!signal.aborted) show(session.connection, type, withFailures(message, failures));
    return checked;
  });
  audit.refresh();
  return outcome;
}

async function manifestsOf(session: Session, signal: AbortSignal): Promise<readonly string[]> {
  const found = await findManifests(session, signal);
  return found.filter(({ kind }) => kind === 'file').map(({ uri }) => uri);
}

async function listTags(call: Call, tags: Tags): Promise<TagListing | null> {
  const { params, session } = call;
  const uri = property(params.arguments?.[0], 'uri');
  const name = property(params.arguments?.[0], 'name');
  if (typeof uri !== 'string' || typeof name !== 'string') {
    session.ports.log.warn(`${params.command} takes the argument {uri, name}.`);
    return null;
  }
  return inProgress(call, `Listing the tags of ${name}`, delays.progress, (signal) =>
    tags.list(uri, name, signal),
  );
}

async function lookIntoImage(call: Call): Promise<Looked | null> {
  const { params, session } = call;
  const place = placeIn(params.arguments?.[0]);
  if (!place) {
    session.ports.log.warn(`${params.command} takes the argument {uri, position}.`);
    return null;
  }
  const placed = await findImage(session, place);
  if (typeof placed === 'string') {
    show(session.connection, MessageType.Info, placed);
    return { found: false, message: placed };
  }
  return inProgress(call, `Looking into ${placed.use.resolved}`, delays.progress, (signal) =>
    inspectImage(session, placed, signal),
  );
}

function placeIn(argument: unknown): DocumentPlace | null {
  const uri = property(argument, 'uri');
  const position = property(argument, 'position');
  const line = property(position, 'line');
  const character = property(position, 'character');
  return typeof uri === 'string' && isIndex(line) && isIndex(character)
    ? { uri, position: { line, character } }
    : null;
}

const isIndex = (value: unknown): value is number =>
  typeof value === 'number' && Number.isInteger(value) && value >= 0;

/** What audited files say of what registries told goes with it. */
async function clear({ session }: Call, audit: Audit): Promise<Told> {
  const told = await clearCache(session);
  audit.refresh();
  return told;
}

/** The client shows that it waits, and can cancel. */
const trySignIn = ({ params, session, token }: Call): Promise<SignInAnswer | null> =>
  withSignal(token, (signal) => checkSignIn(session, params.arguments?.[0], signal));

/** Shows what was done, except to a user who has just said no. */
function told({ connection, ports }: Session, outcome: PinOutcome): PinOutcome {
  const { applied, failures, message } = outcome;
  for (const { image, line, message: reason, uri } of failures) {
    ports.log.warn(`${uri}, line ${line + 1}: ${image} was not pinned. ${reason}`);
  }
  const type = failures.length > 0 || !applied ? MessageType.Warning : MessageType.Info;
  if (message !== notConfirmed) show(connection, type, withFailures(message, failures));
  return outcome;
}

async function applyRequested(call: Call): Promise<Applied | null> {
  const { params, session } = call;
  const request: unknown = params.arguments?.[0];
  if (!isFixRequest(request)) {
    session.ports.log.warn(`${params.command} takes the data of a code action.`);
    return null;
  }
  return applyFix(session, request, call.token, call.given);
}

/** Plans a fix for a client that shows it before it is made. The user is told where there is nothing to show. */
async function planRequested(call: Call): Promise<PlannedFix | null> {
  const { params, session } = call;
  const { connection, ports } = session;
  const target: unknown = params.arguments?.[0];
  const request = {
    act: 'fix',
    uri: property(target, 'uri'),
    key: property(target, 'key'),
    fix: property(target, 'fix'),
  };
  if (!isFixRequest(request)) {
    ports.log.warn(`${params.command} takes the argument {uri, key, fix}.`);
    return null;
  }
  const outcome = await inProgress(call, 'Preparing the fix', delays.progress, (signal, onProgress) =>
    carryOut(session, request, { signal, onProgress }),
  );
  tellOutcome(connection, ports.log, outcome);
  if (!outcome.ok) return null;
  const { edits, source, version } = outcome.document;
  // The text may have changed so that the fix is a safe one by now.
  const { description, label } = outcome.confirmation ?? {
    label: 'Make the change',
    description: 'What runs stays the same.',
  };
  return {
    title: label,
    description,
    version,
    edits: edits.map((edit) => toProtocolEdit(source, edit)),
  };
}

/** Plans a fix and has the client make it. The user is told when that fails. */
export async function applyFix(
  session: Session,
  request: FixRequest,
  token: CancellationToken,
  given?: WorkDoneProgressReporter,
): Promise<Applied> {
  const { connection, ports } = session;
  const outcome = await inProgress(
    { session, token, ...(given && { given }) },
    'Preparing the fix',
    delays.progress,
    (signal, onProgress) => carryOut(session, request, { signal, onProgress }),
  );
  tellOutcome(connection, ports.log, outcome);
  if (!outcome.ok) return { applied: false, message: outcome.message };
  const refused = await applyEdit(session, 'Holdfast', [outcome.document], outcome.confirmation);
  if (refused === null) return { applied: true, message: 'The fix was made.' };
  // Who has just said no need not be told.
  if (refused !== notConfirmed) show(connection, MessageType.Error, refused);
  return { applied: false, message: refused };
}
