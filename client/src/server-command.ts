import { ExecuteCommandRequest, type LanguageClient } from 'vscode-languageclient/node';
import { showFailure } from './messages.ts';

/** Runs a command of the server. Undefined when it failed; the user has been told why. */
export async function runOnServer<Result>(
  client: LanguageClient,
  command: string,
  ...parameters: readonly unknown[]
): Promise<Result | undefined> {
  try {
    return await client.sendRequest<Result>(ExecuteCommandRequest.method, {
      command,
      arguments: [...parameters],
    });
  } catch (error) {
    showFailure(client, 'The language server did not answer.', error);
    return undefined;
  }
}
