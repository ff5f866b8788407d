import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { fixtures } from '../fixtures.ts';
import { findingsBecome, putCursorAt, quickFixes, registryRequests, show, uriOf } from './editor.ts';
import { type Test, test } from './harness.ts';

/** A folder that the user has not said to trust. The machine's own settings send Docker Hub to the recorder, so any request is seen. */
export const untrusted: readonly Test[] = [
  test('the folder is not trusted, and the machine sends Docker Hub to the recorder', async () => {
    assert.equal(vscode.workspace.isTrusted, false);
    const registries = vscode.workspace.getConfiguration('holdfast').get('registries');
    assert.match(JSON.stringify(registries), /"docker\.io":\{"mirror":"http:\/\/127\.0\.0\.1:\d+"\}/);
  }),

  test('manifests are checked without trust', async () => {
    const { document } = await show('web/Dockerfile');
    await findingsBecome(document.uri, ['1:6 floating-tag', '4:6 unpinned-image']);
  }),

  test('a fix that needs a registry cannot be made, and those that do not can', async () => {
    const editor = await show('k8s/database.yaml');
    await findingsBecome(editor.document.uri, ['14:17 writable-root-filesystem', '15:19 unpinned-image']);
    await putCursorAt(editor, 'mariadb:11.4.5');
    const pins = (await quickFixes(editor)).filter(({ title }) => title.startsWith('Pin '));
    assert.deepEqual(
      pins.filter(({ command, edit }) => edit || command),
      [],
    );
    await putCursorAt(editor, 'mariadb\n');
    const local = (await quickFixes(editor)).filter(({ edit }) => edit).map(({ title }) => title);
    assert.match(local.join('\n'), /read-only/);
    assert.deepEqual(await registryRequests(), []);
  }),

  test('no command asks a registry or changes a text', async () => {
    const editor = await show('web/Dockerfile');
    await findingsBecome(editor.document.uri, ['1:6 floating-tag', '4:6 unpinned-image']);
    await putCursorAt(editor, 'node:22');
    assert.equal(await vscode.commands.executeCommand('holdfast.pinFile'), undefined);
    assert.equal(await vscode.commands.executeCommand('holdfast.pinWorkspace'), undefined);
    assert.equal(await vscode.commands.executeCommand('holdfast.checkFile'), undefined);
    assert.equal(await vscode.commands.executeCommand('holdfast.inspectImage'), undefined);
    await vscode.commands.executeCommand('holdfast.signIn');
    // Behind the back of the commands that a user sees.
    await vscode.commands.executeCommand('holdfast.server.pinFile', { uri: editor.document.uri.toString() });
    await vscode.commands.executeCommand('holdfast.server.pinWorkspace');
    await vscode.commands.executeCommand('holdfast.server.checkPins');
    const place = { uri: editor.document.uri.toString(), position: editor.selection.active };
    await vscode.commands.executeCommand('holdfast.server.inspectImage', place);
    await vscode.commands.executeCommand('holdfast.server.listTags', { ...place, name: 'node' });
    await vscode.commands.executeCommand('holdfast.server.checkSignIn', { sealed: '' });
    await vscode.commands.executeCommand('holdfast.clearCache');
    await vscode.commands.executeCommand('editor.action.codeAction', {
      kind: 'source.fixAll.holdfast.pin',
      apply: 'first',
    });
    await vscode.commands.executeCommand('holdfast.auditWorkspace');
    await findingsBecome(uriOf('k8s/web.yaml'), ['10:18 unpinned-image', '12:25 privileged-container']);
    assert.equal(editor.document.getText(), fixtures['web/Dockerfile']);
    assert.deepEqual(await registryRequests(), []);
  }),
];
