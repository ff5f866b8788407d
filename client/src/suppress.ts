import { commands, type Disposable, window } from 'vscode';
import type { LanguageClient } from 'vscode-languageclient/node';
import {
  type SuppressParams,
  type SuppressTarget,
  suppressCommand,
  suppressRequest,
} from '../../server/src/lsp/protocol.ts';
import { showFailure } from './messages.ts';

/** The rule that wants a reason for a comment that is there already. */
const withoutReason = 'suppression-without-reason';

/** A suppression needs a reason, and only its author knows it: the server's quick fix comes here to ask. */
export function registerSuppress(client: LanguageClient): Disposable {
  return commands.registerCommand(suppressCommand, (target: SuppressTarget) => suppress(client, target));
}

async function suppress(
  client: LanguageClient,
  { key, reason: begun = '', rule, scope, uri }: SuppressTarget,
): Promise<void> {
  const reason = await window.showInputBox({
    title:
      rule === withoutReason
        ? 'Why it is suppressed'
        : `Suppress ${rule}${scope === 'file' ? ' in this file' : ''}`,
    value: begun,
    prompt: `Why is this acceptable ${scope === 'file' ? 'in this file' : 'here'}? The reason is written into the file, as a comment.`,
    placeHolder: 'Reason',
    ignoreFocusOut: true,
    validateInput: (value) =>
      value.trim() === '' ? 'Give a reason: the next reader will want to know why.' : undefined,
  });
  if (reason === undefined) return;
  const params: SuppressParams = { uri, key, reason: reason.trim(), ...(scope && { scope }) };
  try {
    await client.sendRequest(suppressRequest, params);
  } catch (error) {
    showFailure(client, 'The suppression was not written.', error);
  }
}
