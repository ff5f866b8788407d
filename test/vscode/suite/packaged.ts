import assert from 'node:assert/strict';
import { relative } from 'node:path';
import * as vscode from 'vscode';
import { fixtures } from '../fixtures.ts';
import { applyFirst, digestOf, findingsBecome, putCursorAt, show, textBecomes } from './editor.ts';
import { given, type Test, test } from './harness.ts';

/** The extension as it is installed from its package. */
export const packaged: readonly Test[] = [
  test('the installed package runs, not the sources', async () => {
    const extension = vscode.extensions.getExtension('holdfast.holdfast');
    assert.ok(extension);
    assert.ok(
      relative(given('REPOSITORY'), extension.extensionPath).startsWith('..'),
      extension.extensionPath,
    );
  }),

  test('the installed package finds, and fixes from the registry', async () => {
    const editor = await show('web/Dockerfile');
    await findingsBecome(editor.document.uri, ['1:6 floating-tag', '4:6 unpinned-image']);
    await putCursorAt(editor, 'node:22');
    await applyFirst(editor.document, 'quickfix');
    await textBecomes(
      editor.document,
      fixtures['web/Dockerfile'].replace('node:22', `node:22@${digestOf('library/node:22')}`),
    );
  }),
];
