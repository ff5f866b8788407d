import {
  ExecuteCommandRequest,
  type LanguageClient,
  LSPErrorCodes,
  ResponseError,
} from 'vscode-languageclient/node';
import { showFailure } from './messages.ts';

/** Runs a command of the server. Undefined when it failed, and the user has been told why, or when the user cancelled it. */
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
    if (error instanceof ResponseError && error.code === LSPErrorCodes.RequestCancelled) return undefined;
    showFailure(client, 'The language server did not answer.', error);
    return undefined;
  }
}
