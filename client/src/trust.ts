import { commands, type Disposable, window, workspace } from 'vscode';
import type { LanguageClient } from 'vscode-languageclient/node';
import { type TrustParams, trustNotification } from '../../server/src/lsp/protocol/protocol.ts';

/** Tells a running server when the workspace becomes trusted. Trust is never taken back without a reload. */
export function followTrust(client: LanguageClient): Disposable {
  const params: TrustParams = { trusted: true };
  return workspace.onDidGrantWorkspaceTrust(() => client.sendNotification(trustNotification, params));
}

const manageTrust = 'Manage Workspace Trust';

/** Says what to do where the workspace is not trusted, and does not wait for it. `what`: the begin of a sentence. */
export function isTrusted(what: string): boolean {
  if (workspace.isTrusted) return true;
  void window
    .showWarningMessage(`${what}, and the workspace is not trusted. Trust it, then try again.`, manageTrust)
    .then((choice) => choice && commands.executeCommand('workbench.trust.manage'));
  return false;
}
