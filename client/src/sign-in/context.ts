import { window } from 'vscode';
import type { LanguageClient } from 'vscode-languageclient/node';
import {
  type KnownRegistries,
  type RegistriesParams,
  registriesRequest,
  type SignInParams,
  signInNotification,
} from '../../../server/src/lsp/protocol/protocol.ts';
import type { Seal } from '../../../server/src/lsp/protocol/seal.ts';
import type { Keychain } from './keychain.ts';

/** What signing in and out work with. */
export interface Desk {
  readonly client: LanguageClient;
  readonly keychain: Keychain;
  /** Of the server that runs now. */
  readonly seal: () => Seal;
}

/** Tells the server that somebody signed in or out. */
export async function notify({ client }: Desk, registry: string): Promise<void> {
  const params: SignInParams = { registry };
  // A server that does not run has nothing to forget.
  if (client.isRunning()) await client.sendNotification(signInNotification, params);
}

/** Asks the server which registries there are to sign in to. */
export function askKnown({ client }: Desk): Promise<KnownRegistries> {
  const uri = window.activeTextEditor?.document.uri.toString();
  const params: RegistriesParams = uri === undefined ? {} : { uri };
  return client.sendRequest<KnownRegistries>(registriesRequest, params);
}
