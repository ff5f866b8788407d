import { commands, type Disposable, type QuickPickItem, window } from 'vscode';
import type { LanguageClient } from 'vscode-languageclient/node';
import {
  type SuppressParams,
  type SuppressTarget,
  suppressCommand,
  suppressRequest,
} from '../../server/src/lsp/protocol/protocol.ts';
import { showFailure } from './messages.ts';

/** A suppression needs a reason, and only its author knows it: the server's quick fix comes here to ask. */
export function registerSuppress(client: LanguageClient): Disposable {
  return commands.registerCommand(suppressCommand, (target: SuppressTarget) => suppress(client, target));
}

type Scope = SuppressTarget['scopes'][number];

async function suppress(client: LanguageClient, target: SuppressTarget): Promise<void> {
  const scope = await askScope(target);
  if (!scope) return;
  const reason = await askReason(target, scope);
  if (reason === undefined) return;
  const { key, uri } = target;
  const params: SuppressParams = { uri, key, reason: reason.trim(), scope };
  try {
    await client.sendRequest(suppressRequest, params);
  } catch (error) {
    showFailure(client, 'The suppression was not written.', error);
  }
}

/** Undefined when the user thought better of it. */
async function askScope({ rule, scopes }: SuppressTarget): Promise<Scope | undefined> {
  if (scopes.length < 2) return scopes[0];
  const items: Readonly<Record<Scope, QuickPickItem>> = {
    line: { label: 'Here', description: 'A comment above, about this place alone' },
    file: {
      label: 'In this file',
      description: `A comment on top, about ${rule} everywhere in the file`,
    },
  };
  const choice = await window.showQuickPick(
    scopes.map((scope) => ({ ...items[scope], scope })),
    { title: `Suppress ${rule}`, placeHolder: 'Where is it acceptable?', ignoreFocusOut: true },
  );
  return choice?.scope;
}

/** Undefined when the user thought better of it. */
async function askReason({ reason: begun, rule }: SuppressTarget, scope: Scope): Promise<string | undefined> {
  const where = scope === 'file' ? 'in this file' : 'here';
  return window.showInputBox({
    title: begun === undefined ? `Suppress ${rule} ${where}` : 'Why it is suppressed',
    ...(begun && { value: begun }),
    prompt: `Why is this acceptable ${where}? The reason is written into the file, as a comment.`,
    placeHolder: 'Reason',
    ignoreFocusOut: true,
    validateInput: (value) =>
      value.trim() === '' ? 'Give a reason: the next reader will want to know why.' : undefined,
  });
}
