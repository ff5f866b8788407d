import { commands, Disposable, window, workspace } from 'vscode';
import type { LanguageClient } from 'vscode-languageclient/node';
import { type PinCheckOutcome, type PinOutcome, serverCommands } from '../../server/src/lsp/protocol.ts';
import { showFailure } from './messages.ts';
import { runOnServer } from './server-command.ts';

export function registerCommands(client: LanguageClient): Disposable {
  return Disposable.from(
    commands.registerCommand('holdfast.pinFile', () => pinFile(client)),
    commands.registerCommand('holdfast.pinWorkspace', () => pinWorkspace(client)),
    commands.registerCommand('holdfast.checkFile', () => checkFile(client)),
    commands.registerCommand('holdfast.checkWorkspace', () => checkWorkspace(client)),
    commands.registerCommand('holdfast.showOutput', () => client.outputChannel.show()),
    commands.registerCommand('holdfast.restartServer', () => restart(client)),
  );
}

/** Undefined where nothing could be asked of the server. */
const pinFile = (client: LanguageClient): Promise<PinOutcome | undefined> =>
  withFile('then pin its images', (uri) => runOnServer<PinOutcome>(client, serverCommands.pinFile, { uri }));

const checkFile = (client: LanguageClient): Promise<PinCheckOutcome | undefined> =>
  withFile('then check its images', (uri) =>
    runOnServer<PinCheckOutcome>(client, serverCommands.checkPins, { uri }),
  );

async function pinWorkspace(client: LanguageClient): Promise<PinOutcome | undefined> {
  if (!(await isTrusted())) return undefined;
  return runOnServer<PinOutcome>(client, serverCommands.pinWorkspace);
}

async function checkWorkspace(client: LanguageClient): Promise<PinCheckOutcome | undefined> {
  if (!(await isTrusted())) return undefined;
  return runOnServer<PinCheckOutcome>(client, serverCommands.checkPins);
}

/** Does something with the file in front, where the workspace is trusted. */
async function withFile<T>(
  then: string,
  work: (uri: string) => Promise<T | undefined>,
): Promise<T | undefined> {
  const document = window.activeTextEditor?.document;
  if (!document) {
    void window.showInformationMessage(
      `No file is open. Open a Dockerfile, a Compose file or a Kubernetes manifest, ${then}.`,
    );
    return undefined;
  }
  return (await isTrusted()) ? work(document.uri.toString()) : undefined;
}

const manageTrust = 'Manage Workspace Trust';

/** Says what to do where the workspace is not trusted, and does not wait for it. */
async function isTrusted(): Promise<boolean> {
  if (workspace.isTrusted) return true;
  void window
    .showWarningMessage(
      'This asks the registries that the workspace names, and the workspace is not trusted. Trust it, then try again.',
      manageTrust,
    )
    .then((choice) => choice && commands.executeCommand('workbench.trust.manage'));
  return false;
}

async function restart(client: LanguageClient): Promise<void> {
  try {
    await client.restart();
  } catch (error) {
    showFailure(client, 'The language server could not be restarted.', error);
  }
}
