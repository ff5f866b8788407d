import { type CancellationToken, type CodeAction, MessageType } from 'vscode-languageserver/node';
import { withProgress } from '../commands/progress.ts';
import { isFixRequest } from '../fixes/fix-request.ts';
import { carryOut } from '../fixes/plan-request.ts';
import { delays } from '../ports.ts';
import { toWorkspaceEdit } from '../protocol/convert.ts';
import { guarded } from '../protocol/guard.ts';
import { show, tellOutcome } from '../protocol/messages.ts';
import type { Session } from '../session.ts';

/** Makes the edit of the action that was chosen. When that fails the user is told why, and the action comes back without an edit. */
export function serveCodeActionResolve(session: Session): void {
  const { connection, ports } = session;
  connection.onCodeActionResolve((action, token) => {
    const failed = (): CodeAction => {
      show(connection, MessageType.Error, 'The fix could not be prepared, see the Holdfast output.');
      return action;
    };
    return guarded(ports.log, 'codeAction/resolve', failed, () => resolve(session, action, token));
  });
}

async function resolve(session: Session, action: CodeAction, token: CancellationToken): Promise<CodeAction> {
  const { client, connection, ports } = session;
  const request: unknown = action.data;
  if (!isFixRequest(request)) return action;
  const { title } = action;
  const outcome = await withProgress(
    { connection, ports, supported: client.progress, title, after: delays.progress, token },
    (signal, onProgress) => carryOut(session, request, { signal, onProgress }),
  );
  tellOutcome(connection, ports.log, outcome);
  return outcome.ok
    ? { ...action, edit: toWorkspaceEdit([outcome.document], client, outcome.confirmation) }
    : action;
}
