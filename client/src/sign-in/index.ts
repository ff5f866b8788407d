import { commands, Disposable, type ExtensionContext, workspace } from 'vscode';
import type { LanguageClient } from 'vscode-languageclient/node';
import {
  credentialRequest,
  type SignInParams,
  type StoredSignIn,
} from '../../../server/src/lsp/protocol/protocol.ts';
import type { Seal } from '../../../server/src/lsp/protocol/seal.ts';
import { showFailure } from '../messages.ts';
import { type Desk, notify } from './context.ts';
import { Keychain } from './keychain.ts';
import { signIn } from './sign-in.ts';
import { signOut } from './sign-out.ts';

/** Signing in and out, and telling the server what is stored. */
export function registerSignIns(
  client: LanguageClient,
  { secrets }: ExtensionContext,
  seal: () => Seal,
): Disposable {
  const keychain = new Keychain(secrets);
  const desk: Desk = { client, keychain, seal };
  return Disposable.from(
    commands.registerCommand('holdfast.signIn', () => trying(desk, 'You are not signed in.', signIn)),
    commands.registerCommand('holdfast.signOut', () => trying(desk, 'You are not signed out.', signOut)),
    client.onRequest(credentialRequest, (params: Partial<SignInParams> | null) =>
      tell(desk, params?.registry),
    ),
    keychain.onDidChange((registry) => notify(desk, registry)),
  );
}

async function trying(desk: Desk, what: string, work: (desk: Desk) => Promise<void>): Promise<void> {
  try {
    await work(desk);
  } catch (error) {
    showFailure(desk.client, what, error);
  }
}

/** What is stored for a registry, for the server's eyes only. Nothing while the workspace is not trusted. */
async function tell({ client, keychain, seal }: Desk, registry: unknown) {
  const current = seal();
  let stored: StoredSignIn | null = null;
  try {
    if (workspace.isTrusted && typeof registry === 'string') stored = await keychain.get(registry);
  } catch {
    client.outputChannel.warn(
      `The secret storage could not be read, so ${registry} is asked without signing in.`,
    );
  }
  return current.close(stored);
}
