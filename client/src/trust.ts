import { type Disposable, workspace } from 'vscode';
import type { LanguageClient } from 'vscode-languageclient/node';
import { type TrustParams, trustNotification } from '../../server/src/lsp/protocol.ts';

/** Tells a running server when the workspace becomes trusted. Trust is never taken back without a reload. */
export function followTrust(client: LanguageClient): Disposable {
  const params: TrustParams = { trusted: true };
  return workspace.onDidGrantWorkspaceTrust(() => client.sendNotification(trustNotification, params));
}
