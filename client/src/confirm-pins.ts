import { commands, Disposable, type Tab, Uri, window, workspace } from 'vscode';
import type { LanguageClient } from 'vscode-languageclient/node';
import {
  type ConfirmPinsParams,
  confirmPinsRequest,
  type PinDecision,
} from '../../server/src/lsp/protocol/protocol.ts';
import { count } from './messages.ts';

/** Pins in files that nobody looks at: the server asks here before it makes them. */
export function registerPinConfirmation(client: LanguageClient): Disposable {
  /** By address: the texts of files with their pins, while they are shown. */
  const texts = new Map<string, string>();
  return Disposable.from(
    workspace.registerTextDocumentContentProvider(scheme, {
      provideTextDocumentContent: (uri) => texts.get(uri.toString()) ?? '',
    }),
    client.onRequest<PinDecision, void>(confirmPinsRequest, (pins: ConfirmPinsParams) =>
      confirm(pins, texts),
    ),
  );
}

const scheme = 'holdfast-pins';
const showChanges = 'Show Changes';
const pin = 'Pin';
const apply = 'Apply';
const discard = 'Discard';

async function confirm(pins: ConfirmPinsParams, texts: Map<string, string>): Promise<PinDecision> {
  const title = `Pin ${count(pins.images.length, 'image')} in ${count(pins.files.length, 'file')}`;
  const choice = await window.showInformationMessage(
    `${title}?`,
    { modal: true, detail: detailOf(pins) },
    showChanges,
    pin,
  );
  if (choice === showChanges) return show(title, pins, texts);
  return choice === pin ? 'apply' : 'cancel';
}

/** Images that the question names; whoever wants to see them all has the changes shown. */
const named = 15;

function detailOf({ failures, files, images }: ConfirmPinsParams): string {
  const list = images.slice(0, named).map(({ file, image, line }) => `${file}:${line + 1}  ${image}`);
  if (images.length > named) list.push(`… and ${images.length - named} more`);
  const notes = [
    'Nothing is changed yet.',
    ...(files.length > 1 ? ['Afterwards, Undo in one of the files takes back all of them.'] : []),
    ...(failures > 0 ? [`${count(failures, 'image')} could not be pinned.`] : []),
  ];
  return [...list, '', notes.join(' ')].join('\n');
}

/** Shows every change in one editor. Closed without an answer, nothing is changed. */
async function show(
  title: string,
  { files }: ConfirmPinsParams,
  texts: Map<string, string>,
): Promise<PinDecision> {
  const shown = files.map(({ after, uri }) => {
    const before = Uri.parse(uri);
    return { after, before, pinned: before.with({ scheme }) };
  });
  for (const { after, pinned } of shown) texts.set(pinned.toString(), after);
  let isAsking = true;
  let listening: Disposable | undefined;
  try {
    const resources = shown.map(({ before, pinned }) => [before, before, pinned]);
    await commands.executeCommand('vscode.changes', title, resources);
    const closed = new Promise<undefined>((resolve) => {
      listening = window.tabGroups.onDidChangeTabs(() => {
        if (tabsOf(title).length === 0) resolve(undefined);
      });
    });
    const asked = window
      .showInformationMessage(
        'Nothing is changed until you apply the changes that are shown.',
        apply,
        discard,
      )
      .then((choice) => {
        isAsking = false;
        return choice;
      });
    return (await Promise.race([closed, asked])) === apply ? 'apply' : 'cancel';
  } finally {
    listening?.dispose();
    for (const { pinned } of shown) texts.delete(pinned.toString());
    await window.tabGroups.close(tabsOf(title));
    if (isAsking) await commands.executeCommand('notifications.hideToasts');
  }
}

/** An editor of several changes has no more to be known by than its title. */
const tabsOf = (title: string): readonly Tab[] =>
  window.tabGroups.all.flatMap(({ tabs }) => tabs).filter(({ label }) => label.startsWith(title));
