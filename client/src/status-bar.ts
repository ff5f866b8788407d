import {
  commands,
  DiagnosticSeverity,
  Disposable,
  languages,
  StatusBarAlignment,
  type StatusBarItem,
  type TextDocument,
  window,
} from 'vscode';
import { diagnosticSource } from '../../server/src/lsp/protocol/protocol.ts';
import { count } from './messages.ts';

/** What an entry counts, most severe first, with the icon and the noun for each. */
const levels = [
  { severity: DiagnosticSeverity.Error, icon: '$(error)', noun: 'error' },
  { severity: DiagnosticSeverity.Warning, icon: '$(warning)', noun: 'warning' },
  { severity: DiagnosticSeverity.Information, icon: '$(info)', noun: 'information' },
  { severity: DiagnosticSeverity.Hint, icon: '$(lightbulb)', noun: 'hint' },
] as const;

/** Languages of files that are manifests always, so that a clean one is worth a word. */
const manifests = new Set(['dockerfile', 'dockercompose']);

/** A status bar entry with the findings of the file in front, and the context key that menus go by. */
export function createStatusBar(): Disposable {
  const item = window.createStatusBarItem('findings', StatusBarAlignment.Left);
  item.name = 'Holdfast';
  const update = (): void => updateItem(item, window.activeTextEditor?.document);
  update();
  return Disposable.from(
    item,
    window.onDidChangeActiveTextEditor(update),
    languages.onDidChangeDiagnostics(({ uris }) => {
      const shown = window.activeTextEditor?.document.uri.toString();
      if (uris.some((uri) => uri.toString() === shown)) update();
    }),
  );
}

function updateItem(item: StatusBarItem, document: TextDocument | undefined): void {
  const counts = document ? countFindings(document) : [];
  void commands.executeCommand('setContext', 'holdfast.activeFileHasFindings', counts.length > 0);
  if (!document || (counts.length === 0 && !isManifest(document))) {
    item.hide();
    return;
  }
  if (counts.length === 0) {
    item.text = '$(shield) Holdfast';
    item.tooltip = 'Holdfast has nothing to say about this file. Click to audit the workspace.';
    item.command = 'holdfast.auditWorkspace';
  } else {
    const told = counts
      .map(({ noun, number }) => (noun === 'information' ? `${number} ${noun}` : count(number, noun)))
      .join(', ');
    item.text = `$(shield) ${counts.map(({ icon, number }) => `${icon} ${number}`).join(' ')}`;
    item.tooltip = `Holdfast: ${told} in this file. Click to see them in the Problems panel.`;
    item.command = 'workbench.actions.view.problems';
  }
  item.accessibilityInformation = { label: item.tooltip };
  item.show();
}

/** What a comparison shows is not checked, so nothing can be said of it. */
const isManifest = ({ languageId, uri }: TextDocument): boolean =>
  manifests.has(languageId) && ['file', 'untitled'].includes(uri.scheme);

function countFindings(document: TextDocument) {
  const ours = languages.getDiagnostics(document.uri).filter(({ source }) => source === diagnosticSource);
  return levels
    .map(({ icon, noun, severity }) => ({
      icon,
      noun,
      number: ours.filter((diagnostic) => diagnostic.severity === severity).length,
    }))
    .filter(({ number }) => number > 0);
}
