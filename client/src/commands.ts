import { commands, Disposable, Position, Selection, window } from 'vscode';
import type { LanguageClient } from 'vscode-languageclient/node';
import {
  inspectCommand,
  type Looked,
  type PinCheckOutcome,
  type PinOutcome,
  serverCommands,
  type Told,
} from '../../server/src/lsp/protocol/protocol.ts';
import { showFailure } from './messages.ts';
import { runOnServer } from './server-command.ts';
import { isTrusted } from './trust.ts';

export function registerCommands(client: LanguageClient): Disposable {
  return Disposable.from(
    commands.registerCommand('holdfast.pinFile', () => pinFile(client)),
    commands.registerCommand('holdfast.pinWorkspace', () => pinWorkspace(client)),
    commands.registerCommand('holdfast.checkFile', () => checkFile(client)),
    commands.registerCommand('holdfast.checkWorkspace', () => checkWorkspace(client)),
    commands.registerCommand(inspectCommand, (place?: Place) => inspectImage(client, place)),
    commands.registerCommand('holdfast.clearCache', () =>
      runOnServer<Told>(client, serverCommands.clearCache),
    ),
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
  if (!isTrusted(asking)) return undefined;
  return runOnServer<PinOutcome>(client, serverCommands.pinWorkspace);
}

async function checkWorkspace(client: LanguageClient): Promise<PinCheckOutcome | undefined> {
  if (!isTrusted(asking)) return undefined;
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
  return isTrusted(asking) ? work(document.uri.toString()) : undefined;
}

/** Where an image stands, as a hover names it. */
interface Place {
  readonly uri: string;
  readonly position: { readonly line: number; readonly character: number };
}

/** Looks into the image at a place, or at the cursor, and shows what a hover then tells. */
async function inspectImage(client: LanguageClient, place?: Place): Promise<Looked | undefined> {
  const at = place ?? placeOfCursor();
  if (!at) {
    void window.showInformationMessage('No file is open. Put the cursor on an image, then look into it.');
    return undefined;
  }
  if (!isTrusted(asking)) return undefined;
  const looked = await runOnServer<Looked | null>(client, serverCommands.inspectImage, at);
  const editor = window.activeTextEditor;
  if (!looked?.found || editor?.document.uri.toString() !== at.uri) return looked ?? undefined;
  const position = new Position(at.position.line, at.position.character);
  editor.selection = new Selection(position, position);
  // One that is shown already would stay as it is.
  await commands.executeCommand('editor.action.hideHover');
  await commands.executeCommand('editor.action.showHover');
  return looked;
}

function placeOfCursor(): Place | undefined {
  const editor = window.activeTextEditor;
  if (!editor) return undefined;
  const { character, line } = editor.selection.active;
  return { uri: editor.document.uri.toString(), position: { line, character } };
}

const asking = 'This asks the registries that the workspace names';

async function restart(client: LanguageClient): Promise<void> {
  try {
    await client.restart();
  } catch (error) {
    showFailure(client, 'The language server could not be restarted.', error);
  }
}
