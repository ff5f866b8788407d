import {
  commands,
  Disposable,
  type Tab,
  TabInputTextDiff,
  type TextDocument,
  type TextEdit,
  Uri,
  WorkspaceEdit,
  window,
  workspace,
} from 'vscode';
import type { LanguageClient } from 'vscode-languageclient/node';
import {
  type FixTarget,
  type PlannedFix,
  previewCommand,
  serverCommands,
} from '../../server/src/lsp/protocol/protocol.ts';
import { showFailure } from './messages.ts';
import { runOnServer } from './server-command.ts';

/** A fix that changes behaviour comes here from the server's quick fix: it is shown, and nothing is changed until the user agrees. */
export function registerPreview(client: LanguageClient): Disposable {
  const proposals = new Proposals();
  return Disposable.from(
    proposals,
    workspace.registerTextDocumentContentProvider(Proposals.scheme, proposals),
    commands.registerCommand(previewCommand, (target: FixTarget) => preview(client, proposals, target)),
    commands.registerCommand('holdfast.applyFix', (uri: unknown) => proposals.settle(uri, apply)),
    commands.registerCommand('holdfast.discardFix', (uri: unknown) => proposals.settle(uri, discard)),
  );
}

const apply = 'Apply';
const discard = 'Discard';
const showChanges = 'Show Changes';
const tryAgain = 'Try Again';

type Decision = typeof apply | typeof discard;

/** A fix that the user is asked about. */
interface Proposal {
  readonly title: string;
  readonly description: string;
  readonly document: TextDocument;
  /** Version of the document that the edits are for. */
  readonly version: number;
  readonly edits: readonly TextEdit[];
}

async function preview(client: LanguageClient, proposals: Proposals, target: FixTarget): Promise<void> {
  try {
    const proposal = await plan(client, target);
    if (!proposal) return;
    if (isCurrent(proposal) && (await isSettled(proposals, proposal))) return;
  } catch (error) {
    showFailure(client, 'The fix was not made.', error);
    return;
  }
  const choice = await window.showWarningMessage(
    'The file has changed since the fix was prepared, so nothing was done. Try again to see what the fix changes now.',
    tryAgain,
  );
  if (choice === tryAgain) await preview(client, proposals, target);
}

/** Null where there is nothing to show; the user has been told why. */
async function plan(client: LanguageClient, target: FixTarget): Promise<Proposal | null> {
  const planned = await runOnServer<PlannedFix | null>(client, serverCommands.planFix, target);
  if (!planned) return null;
  const { asTextEdits, asUri } = client.protocol2CodeConverter;
  const document = await workspace.openTextDocument(asUri(target.uri));
  const { description, title, version } = planned;
  return { title, description, document, version, edits: await asTextEdits([...planned.edits]) };
}

const isCurrent = ({ document, version }: Proposal): boolean =>
  !document.isClosed && document.version === version;

/** Asks the user and does what they say. False where they agreed to a change that no longer fits the text. */
async function isSettled(proposals: Proposals, proposal: Proposal): Promise<boolean> {
  const { description: detail, title } = proposal;
  // The first button is the one that Enter presses.
  const choice = await window.showInformationMessage(title, { modal: true, detail }, showChanges, apply);
  if (choice === apply) return isMade(proposal);
  if (choice !== showChanges) return true;
  return isCurrent(proposal) ? proposals.show(proposal) : false;
}

/** VS Code refuses the edit when the document has changed on the way. */
async function isMade(proposal: Proposal): Promise<boolean> {
  if (!isCurrent(proposal)) return false;
  const edit = new WorkspaceEdit();
  edit.set(proposal.document.uri, [...proposal.edits]);
  return workspace.applyEdit(edit);
}

/** The changes that are shown beside their files, each until it is decided. */
class Proposals implements Disposable {
  static readonly scheme = 'holdfast-fix';
  readonly #shown = new Map<string, { readonly text: string; settle(decision: Decision): void }>();
  readonly #listening = window.tabGroups.onDidChangeTabs(({ closed }) => {
    for (const uri of closed.flatMap(proposalIn)) if (tabsOf(uri).length === 0) this.settle(uri, discard);
  });
  #count = 0;

  constructor() {
    // Left over from the session before, where the window was closed on them.
    void window.tabGroups.close(tabsOf());
  }

  provideTextDocumentContent(uri: Uri): string {
    return this.#shown.get(uri.toString())?.text ?? '';
  }

  /** Anything but the address of a change that waits is passed over. */
  settle(uri: unknown, decision: Decision): void {
    if (uri instanceof Uri) this.#shown.get(uri.toString())?.settle(decision);
  }

  /** False where the user agreed to a change that no longer fits the text. */
  async show(proposal: Proposal): Promise<boolean> {
    const uri = proposal.document.uri.with({ scheme: Proposals.scheme, query: String(++this.#count) });
    try {
      return (await this.#decision(uri, proposal)) === discard || (await isMade(proposal));
    } finally {
      // Not before: a file that is open nowhere else would be closed with it.
      this.#shown.delete(uri.toString());
      await window.tabGroups.close(tabsOf(uri));
    }
  }

  async #decision(uri: Uri, proposal: Proposal): Promise<Decision> {
    let isAsking = true;
    const decision = await new Promise<Decision>((resolve, reject) => {
      this.#shown.set(uri.toString(), { text: textAfter(proposal), settle: resolve });
      const { document } = proposal;
      const name = document.uri.path.slice(document.uri.path.lastIndexOf('/') + 1);
      commands
        .executeCommand('vscode.diff', document.uri, uri, `${name}: what the fix changes`, { preview: false })
        .then(undefined, reject);
      window
        .showInformationMessage('Nothing is changed until you apply the fix that is shown.', apply, discard)
        .then((choice) => {
          isAsking = false;
          // Closed without an answer, it leaves the buttons of the editor.
          if (choice) resolve(choice);
        }, reject);
    });
    if (isAsking) await commands.executeCommand('notifications.hideToasts');
    return decision;
  }

  dispose(): void {
    this.#listening.dispose();
  }
}

function proposalIn({ input }: Tab): readonly Uri[] {
  return input instanceof TabInputTextDiff && input.modified.scheme === Proposals.scheme
    ? [input.modified]
    : [];
}

/** The tabs that show a change; without an address those that show any. */
const tabsOf = (uri?: Uri): readonly Tab[] =>
  window.tabGroups.all
    .flatMap(({ tabs }) => tabs)
    .filter((tab) => proposalIn(tab).some((shown) => !uri || shown.toString() === uri.toString()));

function textAfter({ document, edits }: Proposal): string {
  const before = document.getText();
  let text = '';
  let done = 0;
  for (const { newText, range } of [...edits].sort((a, b) => a.range.start.compareTo(b.range.start))) {
    text += before.slice(done, document.offsetAt(range.start)) + newText;
    done = document.offsetAt(range.end);
  }
  return text + before.slice(done);
}
