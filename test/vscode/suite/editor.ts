import * as vscode from 'vscode';
import { type Fixture, fixturePaths, fixtures } from '../fixtures.ts';
import { recordedPath } from '../recorder.ts';
import { eventually, given, pause } from './harness.ts';

export function uriOf(path: string): vscode.Uri {
  const folder = vscode.workspace.workspaceFolders?.[0];
  if (!folder) throw new Error('The window has no folder open.');
  return vscode.Uri.joinPath(folder.uri, path);
}

/** Shows a file, with the text it has in the fixtures: whatever an earlier test did to it is undone. */
export async function show(path: Fixture): Promise<vscode.TextEditor> {
  // Not `showTextDocument`: what it opens stays open for minutes after its tab is closed.
  await vscode.commands.executeCommand('vscode.open', uriOf(path), { preview: false });
  const editor = await eventually(`${path} to be in front`, () => {
    const { activeTextEditor } = vscode.window;
    return activeTextEditor?.document.uri.path.endsWith(`/${path}`) ? activeTextEditor : undefined;
  });
  if (editor.document.getText() !== fixtures[path]) {
    await editor.edit((edit) => edit.replace(wholeOf(editor.document), fixtures[path]));
  }
  await editor.document.save();
  return editor;
}

/** Gives every file its first text, on disk too, and leaves none open. */
export async function startOver(): Promise<void> {
  for (const path of fixturePaths) await show(path);
  await vscode.commands.executeCommand('workbench.action.closeAllEditors');
}

const wholeOf = (document: vscode.TextDocument): vscode.Range =>
  new vscode.Range(new vscode.Position(0, 0), document.positionAt(document.getText().length));

/** `line:column rule` (from 1) of each finding of Holdfast in a file, in the order of the text. */
export function findings(uri: vscode.Uri): string[] {
  return vscode.languages
    .getDiagnostics(uri)
    .filter(({ source }) => source === 'holdfast')
    .sort((a, b) => a.range.start.compareTo(b.range.start) || ruleOf(a).localeCompare(ruleOf(b)))
    .map((one) => `${one.range.start.line + 1}:${one.range.start.character + 1} ${ruleOf(one)}`);
}

const ruleOf = ({ code }: vscode.Diagnostic): string =>
  typeof code === 'object' ? String(code.value) : String(code);

/** Waits until a file has exactly these findings. */
export async function findingsBecome(uri: vscode.Uri, wanted: readonly string[]): Promise<void> {
  await eventually(
    `${uri.path} to have ${JSON.stringify(wanted)}`,
    () => (JSON.stringify(findings(uri)) === JSON.stringify(wanted) ? true : undefined),
    () => `it has ${JSON.stringify(findings(uri))}`,
  );
}

/** Waits until a document has exactly this text. */
export async function textBecomes(document: vscode.TextDocument, wanted: string): Promise<void> {
  await eventually(
    'the text to change',
    () => (document.getText() === wanted ? true : undefined),
    () => `it is\n${document.getText()}`,
  );
}

/** Puts the cursor where `text` begins, as somebody does before asking for a fix, and waits until the window has done so. */
export async function putCursorAt(editor: vscode.TextEditor, text: string): Promise<void> {
  const at = editor.document.getText().indexOf(text);
  if (at < 0) throw new Error(`${text} is not in the document.`);
  const position = editor.document.positionAt(at);
  if (editor.selection.active.isEqual(position)) return;
  const moved = new Promise<void>((resolve) => {
    const listening = vscode.window.onDidChangeTextEditorSelection(({ selections, textEditor }) => {
      if (textEditor !== editor || !selections[0]?.active.isEqual(position)) return;
      listening.dispose();
      resolve();
    });
  });
  editor.selection = new vscode.Selection(position, position);
  await moved;
}

/** The quick fixes at the cursor, with their edits. */
export async function quickFixes(editor: vscode.TextEditor): Promise<vscode.CodeAction[]> {
  const { document, selection } = editor;
  const kind = vscode.CodeActionKind.QuickFix.value;
  const arguments_ = [document.uri, selection, kind, 10] as const;
  return vscode.commands.executeCommand('vscode.executeCodeActionProvider', ...arguments_);
}

/** Chooses the first code action of a kind at the cursor, as the keyboard does, and waits until it has changed the text. */
export async function applyFirst(document: vscode.TextDocument, kind: string): Promise<void> {
  const { version } = document;
  const changed = (): boolean => document.version !== version;
  // A change of the findings at the same moment keeps VS Code from acting; whoever sees nothing happen asks again.
  for (let attempt = 0; attempt < 5 && !changed(); attempt++) {
    await vscode.commands.executeCommand('editor.action.codeAction', { kind, apply: 'first' });
    for (let waits = 0; waits < 100 && !changed(); waits++) await pause(25);
  }
}

/** `HEAD /v2/…` lines: what the registry has been asked so far. */
export async function registryRequests(): Promise<string[]> {
  const response = await fetch(`http://${given('REGISTRY')}${recordedPath}`);
  const lines: unknown = await response.json();
  if (!Array.isArray(lines)) throw new Error('The recorder gave no list.');
  return lines.map(String);
}

export function digestOf(name: string): string {
  const table: unknown = JSON.parse(given('DIGESTS'));
  const digest =
    typeof table === 'object' && table !== null
      ? Object.entries(table).find(([key]) => key === name)
      : undefined;
  if (!digest) throw new Error(`The registry holds no ${name}.`);
  return String(digest[1]);
}

/** What the light bulb at the cursor offers. Nothing is resolved. */
export async function actionTitles({ document, selection }: vscode.TextEditor): Promise<string[]> {
  const actions = await vscode.commands.executeCommand<vscode.CodeAction[]>(
    'vscode.executeCodeActionProvider',
    document.uri,
    selection,
    vscode.CodeActionKind.QuickFix.value,
  );
  return actions.map(({ title }) => title);
}

/** What a hover over a text tells, in Markdown. */
export async function hoverText(editor: vscode.TextEditor, text: string): Promise<string> {
  const at = editor.document.positionAt(editor.document.getText().indexOf(text));
  const hovers = await vscode.commands.executeCommand<vscode.Hover[]>(
    'vscode.executeHoverProvider',
    editor.document.uri,
    at,
  );
  return hovers
    .flatMap(({ contents }) => contents)
    .map((content) => (typeof content === 'string' ? content : content.value))
    .join('\n');
}

/** Puts one text in the place of another. */
export async function replace(
  editor: vscode.TextEditor,
  old: string,
  text: string,
): Promise<vscode.TextEditor> {
  const { document } = editor;
  const start = document.getText().indexOf(old);
  if (start < 0) throw new Error(`${old} is not in the document.`);
  const range = new vscode.Range(document.positionAt(start), document.positionAt(start + old.length));
  if (!(await editor.edit((edit) => edit.replace(range, text)))) throw new Error('The edit was refused.');
  return editor;
}

/** What is offered behind a text, in the order of the list. */
export async function completionLabels({ document }: vscode.TextEditor, text: string): Promise<string[]> {
  const at = document.positionAt(document.getText().indexOf(text) + text.length);
  const { items } = await vscode.commands.executeCommand<vscode.CompletionList>(
    'vscode.executeCompletionItemProvider',
    document.uri,
    at,
  );
  return items
    .filter(({ kind }) => kind !== vscode.CompletionItemKind.Text)
    .sort((a, b) => (a.sortText ?? '').localeCompare(b.sortText ?? ''))
    .map(({ label }) => (typeof label === 'string' ? label : label.label));
}
