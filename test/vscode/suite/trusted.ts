import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { fixtures } from '../fixtures.ts';
import {
  actionTitles,
  applyFirst,
  digestOf,
  findings,
  findingsBecome,
  hoverText,
  putCursorAt,
  registryRequests,
  replace,
  show,
  startOver,
  textBecomes,
  uriOf,
} from './editor.ts';
import { eventually, type Test, test } from './harness.ts';

const pinned = (text: string, image: string, name = image): string =>
  text.replace(image, `${name}@${digestOf(`library/${name}`)}`);

/** Everything a trusted folder offers. The first tests only look; the registry must not have heard of them. */
export const trusted: readonly Test[] = [
  test('a Dockerfile starts the extension', async () => {
    const extension = vscode.extensions.getExtension('holdfast.holdfast');
    assert.ok(extension);
    await show('web/Dockerfile');
    await eventually('the extension to be active', () => extension.isActive || undefined);
    const commands = new Set(await vscode.commands.getCommands(true));
    const contributed: { command: string }[] = extension.packageJSON.contributes.commands;
    assert.ok(contributed.length >= 5);
    for (const { command } of contributed) assert.ok(commands.has(command), command);
  }),

  test('a Dockerfile gets its findings, with a link to the page of the rule', async () => {
    const { document } = await show('web/Dockerfile');
    await findingsBecome(document.uri, ['1:6 floating-tag', '4:6 unpinned-image']);
    const [first] = vscode.languages.getDiagnostics(document.uri);
    assert.equal(first?.severity, vscode.DiagnosticSeverity.Warning);
    assert.equal(document.getText(first.range), 'node:22');
    assert.ok(typeof first.code === 'object' && first.code.target.path.endsWith('/floating-tag.md'));
  }),

  test('a Compose file gets its findings', async () => {
    const { document } = await show('compose.yaml');
    await findingsBecome(document.uri, ['4:12 implicit-latest']);
  }),

  test('a Kubernetes manifest of several documents gets its findings', async () => {
    const { document } = await show('k8s/database.yaml');
    await findingsBecome(document.uri, ['14:17 writable-root-filesystem', '15:19 unpinned-image']);
  }),

  test('a manifest that has no file yet gets its findings', async () => {
    const document = await vscode.workspace.openTextDocument({
      language: 'dockerfile',
      content: 'FROM alpine\n',
    });
    await vscode.window.showTextDocument(document);
    await findingsBecome(document.uri, ['1:6 implicit-latest']);
    await vscode.commands.executeCommand('workbench.action.revertAndCloseActiveEditor');
    await findingsBecome(document.uri, []);
  }),

  test('what is no manifest gets none', async () => {
    const { document } = await show('notes.txt');
    assert.deepEqual(findings(document.uri), []);
  }),

  test('findings follow the text', async () => {
    const editor = await show('compose.yaml');
    await findingsBecome(editor.document.uri, ['4:12 implicit-latest']);
    const end = editor.document.lineAt(editor.document.lineCount - 1).range.end;
    await editor.edit((edit) =>
      edit.insert(
        end,
        '  db:\n    image: mariadb:11.4.5\n    read_only: true\n    security_opt: [no-new-privileges:true]\n',
      ),
    );
    await findingsBecome(editor.document.uri, ['4:12 implicit-latest', '8:12 unpinned-image']);
    await vscode.commands.executeCommand('undo');
    await findingsBecome(editor.document.uri, ['4:12 implicit-latest']);
    await editor.document.save();
  }),

  test('hover tells what a reference stands for', async () => {
    const editor = await show('web/Dockerfile');
    const text = await hoverText(editor, 'nginx');
    assert.match(text, /library\/nginx/);
    assert.match(text, /docker\.io/);
    assert.match(text, /1\.27\.4/);
  }),

  test('the quick fixes of an image are to pin it, to pin all, and to suppress the finding', async () => {
    const editor = await show('web/Dockerfile');
    await findingsBecome(editor.document.uri, ['1:6 floating-tag', '4:6 unpinned-image']);
    await putCursorAt(editor, 'node:22');
    const titles = await actionTitles(editor);
    assert.deepEqual(titles, [
      'Pin node:22 to its digest',
      'Pin every image in this file (2)',
      'Suppress floating-tag…',
    ]);
  }),

  test('a reference leads to the page of its image', async () => {
    const { document } = await show('web/Dockerfile');
    const links = await eventually('links', async () => {
      const found = await vscode.commands.executeCommand<vscode.DocumentLink[]>(
        'vscode.executeLinkProvider',
        document.uri,
      );
      return found.length > 0 ? found : undefined;
    });
    const [first] = links.filter(({ range }) => range.start.line === 0);
    assert.match(first?.target?.toString() ?? '', /^https:\/\/hub\.docker\.com\/_\/node/);
  }),

  test('repositories of the workspace are completed, and tags are offered to be listed', async () => {
    const editor = await show('web/Dockerfile');
    const { line } = editor.document.lineAt(0).range.end;
    await editor.edit((edit) => edit.insert(new vscode.Position(line, 0), 'FROM node:\n'));
    const offered = await eventually('completions', async () => {
      const found = await vscode.commands.executeCommand<vscode.CompletionList>(
        'vscode.executeCompletionItemProvider',
        editor.document.uri,
        new vscode.Position(line, 'FROM node:'.length),
      );
      const labels = found.items.map(({ label }) => (typeof label === 'string' ? label : label.label));
      return labels.some((label) => label.startsWith('List the tags of')) ? labels : undefined;
    });
    assert.ok(offered.length > 0);
    await vscode.commands.executeCommand('undo');
  }),

  test('up to here nobody has asked the registry for anything', async () => {
    assert.deepEqual(await registryRequests(), []);
  }),

  test('the quick fix writes the digest that the registry gives', async () => {
    const editor = await show('web/Dockerfile');
    await findingsBecome(editor.document.uri, ['1:6 floating-tag', '4:6 unpinned-image']);
    await putCursorAt(editor, 'node:22');
    await applyFirst(editor.document, 'quickfix');
    await textBecomes(editor.document, pinned(fixtures['web/Dockerfile'], 'node:22'));
    await findingsBecome(editor.document.uri, ['4:6 unpinned-image']);
    assert.match((await registryRequests()).join('\n'), /^HEAD \/v2\/library\/node\/manifests\/22$/m);
    await vscode.commands.executeCommand('undo');
    assert.equal(editor.document.getText(), fixtures['web/Dockerfile']);
  }),

  test('hover knows a digest once it has been looked up', async () => {
    const editor = await show('web/Dockerfile');
    assert.ok((await hoverText(editor, 'node:22')).includes(digestOf('library/node:22')));
  }),

  test('a fix of an implicit tag writes the tag out and leaves comments and spacing alone', async () => {
    const editor = await show('compose.yaml');
    await findingsBecome(editor.document.uri, ['4:12 implicit-latest']);
    await putCursorAt(editor, 'redis');
    await applyFirst(editor.document, 'quickfix');
    await textBecomes(editor.document, pinned(fixtures['compose.yaml'], 'redis', 'redis:latest'));
    await findingsBecome(editor.document.uri, []);
  }),

  test('a lookup that fails leaves the text as it is', async () => {
    const editor = await show('k8s/gone.yaml');
    await findingsBecome(editor.document.uri, ['11:18 unpinned-image']);
    const outcome = await vscode.commands.executeCommand<{ pinned: number; failures: { message: string }[] }>(
      'holdfast.pinFile',
    );
    assert.equal(outcome.pinned, 0);
    assert.equal(outcome.failures.length, 1);
    assert.equal(editor.document.getText(), fixtures['k8s/gone.yaml']);
    assert.equal(editor.document.isDirty, false);
  }),

  test('every image of a file is pinned by the source action for it', async () => {
    const editor = await show('web/Dockerfile');
    await findingsBecome(editor.document.uri, ['1:6 floating-tag', '4:6 unpinned-image']);
    await applyFirst(editor.document, 'source.fixAll.holdfast.pin');
    const wanted = pinned(pinned(fixtures['web/Dockerfile'], 'node:22'), 'nginx:1.27.4');
    await textBecomes(editor.document, wanted);
    await findingsBecome(editor.document.uri, []);
  }),

  test('a rule that is switched off in the settings reports no more', async () => {
    const { document } = await show('k8s/database.yaml');
    const both = ['14:17 writable-root-filesystem', '15:19 unpinned-image'];
    await findingsBecome(document.uri, both);
    const settings = vscode.workspace.getConfiguration('holdfast', document.uri);
    await settings.update('rules', { 'writable-root-filesystem': 'off', 'unpinned-image': 'error' });
    try {
      await findingsBecome(document.uri, ['15:19 unpinned-image']);
      const [left] = vscode.languages.getDiagnostics(document.uri);
      assert.equal(left?.severity, vscode.DiagnosticSeverity.Error);
    } finally {
      await settings.update('rules', undefined);
    }
    await findingsBecome(document.uri, both);
  }),

  test('the server can be restarted', async () => {
    const { document } = await show('compose.yaml');
    await findingsBecome(document.uri, ['4:12 implicit-latest']);
    await vscode.commands.executeCommand('holdfast.restartServer');
    await findingsBecome(document.uri, ['4:12 implicit-latest']);
  }),

  test('the audit fills the Problems panel with the findings of files that nobody has opened', async () => {
    await startOver();
    assert.deepEqual(findings(uriOf('k8s/web.yaml')), []);
    const summary = await vscode.commands.executeCommand<{
      files: number;
      images: number;
      cancelled: boolean;
    }>('holdfast.auditWorkspace');
    assert.deepEqual(
      { files: summary.files, images: summary.images, cancelled: summary.cancelled },
      { files: 5, images: 6, cancelled: false },
    );
    await findingsBecome(uriOf('k8s/web.yaml'), ['10:18 unpinned-image', '12:25 privileged-container']);
    await findingsBecome(uriOf('compose.yaml'), ['4:12 implicit-latest']);
    const [report] = await eventually('the report', async () => {
      const documents = [
        await vscode.workspace.openTextDocument(vscode.Uri.parse('holdfast-report:/Holdfast audit.md')),
      ];
      return documents[0]?.getText() ? documents : undefined;
    });
    assert.match(report?.getText() ?? '', /k8s\/web\.yaml/);
  }),

  test('a finding of the audit is shown once when its file is opened, and goes when it is mended', async () => {
    const editor = await show('k8s/web.yaml');
    await findingsBecome(editor.document.uri, ['10:18 unpinned-image', '12:25 privileged-container']);
    await replace(editor, 'privileged: true', 'allowPrivilegeEscalation: false');
    await findingsBecome(editor.document.uri, ['10:18 unpinned-image']);
    await show('k8s/web.yaml');
  }),

  test('saving pins and does nothing else, where the settings say so', async () => {
    await startOver();
    const settings = vscode.workspace.getConfiguration('editor');
    const { Workspace } = vscode.ConfigurationTarget;
    const onSave = (kind?: string) =>
      settings.update('codeActionsOnSave', kind && { [kind]: 'explicit' }, Workspace);
    const editor = await show('compose.yaml');
    const decided = 'read_only: false # it writes its own files';
    await replace(editor, 'read_only: true', decided);
    const before = editor.document.getText();
    const asked = await registryRequests();
    for (const kind of ['source.fixAll', 'source.fixAll.holdfast']) {
      await onSave(kind);
      await replace(editor, 'may be', 'can be');
      await editor.document.save();
      assert.equal(editor.document.getText(), before.replace('may be', 'can be'), kind);
      await replace(editor, 'can be', 'may be');
    }
    assert.deepEqual(await registryRequests(), asked);
    await onSave('source.fixAll.holdfast.pin');
    await editor.document.save();
    assert.equal(editor.document.getText(), pinned(before, 'redis', 'redis:latest'));
    await onSave();
    await show('compose.yaml');
  }),
];
