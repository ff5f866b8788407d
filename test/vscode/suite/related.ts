import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import type { PlannedFix } from '../../../server/src/lsp/protocol/protocol.ts';
import { type Fixture, fixtures, madeUp } from '../fixtures.ts';
import {
  actionTitles,
  applyFirst,
  completionLabels,
  findings,
  findingsBecome,
  hoverText,
  putCursorAt,
  quickFixes,
  registryRequests,
  replace,
  show,
  textBecomes,
  uriOf,
} from './editor.ts';
import { eventually, type Test, test } from './harness.ts';

const policy = '.holdfast.yaml';
const api = ['9:17 writable-root-filesystem', '10:18 unpinned-image'];

/** Files that have to do with each other: a policy and what it is for, images that several files speak of, and comments. */
export const related: readonly Test[] = [
  test('a comment that silences nothing is a note, and its quick fix takes the line away', async () => {
    const editor = await show('shop/batch.yaml');
    const [unsaid, writable, unused] = [
      '10:11 suppression-without-reason',
      '11:17 writable-root-filesystem',
      '12:13 unused-suppression',
    ];
    await findingsBecome(editor.document.uri, [unsaid, writable, unused]);
    await putCursorAt(editor, 'holdfast-ignore floating-tag');
    assert.deepEqual(await actionTitles(editor), ['Remove this comment']);
    await applyFirst(editor.document, 'quickfix');
    await textBecomes(
      editor.document,
      fixtures['shop/batch.yaml'].replace(/ *# holdfast-ignore floating-tag.*\n/, ''),
    );
    await findingsBecome(editor.document.uri, [unsaid, writable]);
  }),

  test('a comment without a reason can be given one', async () => {
    const editor = await show('shop/batch.yaml');
    await putCursorAt(editor, 'holdfast-ignore writable');
    const [fix, ...others] = await quickFixes(editor);
    assert.equal(fix?.title, 'Write the reason…');
    assert.equal(fix.command?.command, 'holdfast.suppress');
    assert.deepEqual(others, []);
  }),

  test('fix-all makes what is safe, and leaves alone what changes behaviour or takes a comment away', async () => {
    const editor = await show('shop/batch.yaml');
    const found = [
      '10:11 suppression-without-reason',
      '11:17 writable-root-filesystem',
      '12:13 unused-suppression',
    ];
    await findingsBecome(editor.document.uri, found);
    const misspelt = 'holdfast-disable-next-line floating-tag';
    await replace(editor, 'holdfast-ignore floating-tag', misspelt);
    await eventually(
      'the finding on the misspelt comment',
      () =>
        vscode.languages
          .getDiagnostics(editor.document.uri)
          .some(({ range }) => editor.document.getText(range).startsWith(misspelt)) || undefined,
    );
    await applyFirst(editor.document, 'source.fixAll.holdfast');
    await textBecomes(editor.document, fixtures['shop/batch.yaml']);
    await findingsBecome(editor.document.uri, found);
    await show('shop/batch.yaml');
  }),

  test('the fixes say which of them change behaviour, and come before the suppressions', async () => {
    const editor = await show('shop/api.yaml');
    await findingsBecome(editor.document.uri, api);
    await putCursorAt(editor, 'api\n          image');
    assert.deepEqual(await actionTitles(editor), [
      'Make the root filesystem read-only and mount emptyDirs at /tmp and /data (changes behaviour)',
      'Make the root filesystem read-only (changes behaviour)',
      'Suppress writable-root-filesystem…',
    ]);
  }),

  test('a fix knows the volumes of a Dockerfile that another file builds the image from', async () => {
    const editor = await show('shop/api.yaml');
    await putCursorAt(editor, 'api\n          image');
    const edited = async (): Promise<string> => {
      const [first] = await quickFixes(editor);
      assert.equal(first?.command?.command, 'holdfast.previewFix');
      // Asks for the plan alone: no dialog is shown where tests run.
      const planned = await vscode.commands.executeCommand<PlannedFix>(
        'holdfast.server.planFix',
        first.command.arguments?.[0],
      );
      return planned.edits.map(({ newText }) => newText).join('\n');
    };
    assert.match(await edited(), /mountPath: \/data/);
    const dockerfile = await show('shop/api/Dockerfile');
    await replace(dockerfile, 'VOLUME /data', 'VOLUME /var/lib/api');
    await eventually('the fix to follow', async () =>
      (await edited()).includes('mountPath: /var/lib/api') ? true : undefined,
    );
    await show('shop/api/Dockerfile');
  }),

  test('one tag with two digests is a finding in both files, and each leads to the other', async () => {
    const proxy = uriOf('shop/proxy.yaml');
    await show('shop/proxy.yaml');
    const { document } = await show('shop/api/Dockerfile');
    await findingsBecome(document.uri, ['1:6 mismatched-digests']);
    await findingsBecome(proxy, ['10:18 mismatched-digests']);
    const [finding] = vscode.languages.getDiagnostics(document.uri);
    const [place] = finding?.relatedInformation ?? [];
    assert.equal(place?.location.uri.path, proxy.path);
    assert.equal(place.location.range.start.line, 9);
  }),

  test('what is written in one file changes the findings of another at once', async () => {
    await show('shop/proxy.yaml');
    const editor = await show('shop/api/Dockerfile');
    await findingsBecome(uriOf('shop/proxy.yaml'), ['10:18 mismatched-digests']);
    await replace(editor, madeUp('1'), madeUp('2'));
    await findingsBecome(uriOf('shop/proxy.yaml'), []);
    await findingsBecome(editor.document.uri, []);
    await show('shop/api/Dockerfile');
    await findingsBecome(uriOf('shop/proxy.yaml'), ['10:18 mismatched-digests']);
  }),

  test('a ConfigMap that another file reads should be immutable, for as long as it reads it', async () => {
    const settings = await show('shop/settings.yaml');
    await findingsBecome(settings.document.uri, ['4:9 mutable-config']);
    const [finding] = vscode.languages.getDiagnostics(settings.document.uri);
    assert.equal(finding?.severity, vscode.DiagnosticSeverity.Hint);
    await replace(await show('shop/api.yaml'), 'name: settings', 'name: other-settings');
    await findingsBecome(settings.document.uri, []);
    await show('shop/api.yaml');
    await findingsBecome(settings.document.uri, ['4:9 mutable-config']);
  }),

  test('hover tells why a finding matters and what can be done, with a link to the page of its rule', async () => {
    const editor = await show('shop/api.yaml');
    await findingsBecome(editor.document.uri, api);
    const text = await hoverText(editor, 'api\n          image');
    assert.match(
      text,
      /^\[\*\*writable-root-filesystem\*\*\]\(https:\/\/[^)]*\/writable-root-filesystem\.md\): /,
    );
    assert.match(text, /\n\nAn image is reviewed, a running container is not\./);
    assert.match(text, /\*\*Fix:\*\* Make the root filesystem read-only/);
  }),

  test('a policy is checked while it is written', async () => {
    const editor = await show(policy);
    await findingsBecome(editor.document.uri, []);
    await replace(editor, 'digest-without-tag', 'digest-without-tags');
    await findingsBecome(editor.document.uri, ['2:3 invalid-configuration']);
    const [mistake] = vscode.languages.getDiagnostics(editor.document.uri);
    assert.equal(mistake?.severity, vscode.DiagnosticSeverity.Error);
    assert.equal(editor.document.getText(mistake.range), 'digest-without-tags');
    assert.match(mistake.message, /digest-without-tag\b(?!s)/);
    await show(policy);
    await findingsBecome(editor.document.uri, []);
  }),

  test('rules and levels are completed in a policy, and explained on hover', async () => {
    const editor = await show(policy);
    await replace(editor, 'digest-without-tag: warning', 'digest-without-tag: warning\n  p');
    const rules = await completionLabels(editor, '  p');
    assert.ok(rules.includes('privileged-container'), rules.join());
    assert.ok(!rules.includes('digest-without-tag'), 'What is there already is not offered again.');
    await replace(editor, '  p', '  privileged-container: ');
    const levels = await completionLabels(editor, '  privileged-container: ');
    assert.deepEqual(levels, ['error', 'warning', 'information', 'hint', 'off']);
    assert.match(await hoverText(editor, 'privileged'), /privileged-container.*\n\n\[/);
    await show(policy);
  }),

  test('a rule that a saved policy switches off is silent in files that are open', async () => {
    const { document } = await show('shop/api.yaml');
    await findingsBecome(document.uri, api);
    await decree('rules:\n  writable-root-filesystem: off\n  unpinned-image: error\n');
    await findingsBecome(document.uri, ['10:18 unpinned-image']);
    const [left] = vscode.languages.getDiagnostics(document.uri);
    assert.equal(left?.severity, vscode.DiagnosticSeverity.Error);
    await show(policy);
    await findingsBecome(document.uri, api);
  }),

  test('the settings of an editor make a policy stricter, and not milder', async () => {
    const { document } = await show('shop/api.yaml');
    await findingsBecome(document.uri, api);
    const settings = vscode.workspace.getConfiguration('holdfast', document.uri);
    await settings.update('rules', { 'writable-root-filesystem': 'off', 'unpinned-image': 'error' });
    try {
      const severities = (): string =>
        vscode.languages
          .getDiagnostics(document.uri)
          .map(({ severity }) => vscode.DiagnosticSeverity[severity])
          .sort()
          .join();
      await eventually(
        'the more severe level',
        () => (severities() === 'Error,Warning' ? true : undefined),
        severities,
      );
      assert.deepEqual(findings(document.uri), api);
      await decree(`${fixtures[policy]}editor:\n  may-loosen: true\n`);
      await findingsBecome(document.uri, ['10:18 unpinned-image']);
    } finally {
      await settings.update('rules', undefined);
      await show(policy);
    }
    await findingsBecome(document.uri, api);
  }),

  test('a waiver lets findings pass until its last day', async () => {
    const { document } = await show('shop/api.yaml');
    await findingsBecome(document.uri, api);
    const waiver = `waivers:
  - rules: writable-root-filesystem
    reason: Until the program stops writing beside itself
    approved-by: security@shop.example
    expires: never
`;
    await decree(waiver);
    await findingsBecome(document.uri, ['10:18 unpinned-image']);
    const { uri } = await decree(waiver.replace('never', '2024-02-29'));
    await eventually('the finding to come back, with the day', () => {
      const told = vscode.languages.getDiagnostics(document.uri).map(({ message }) => message);
      return told.some((message) => message.endsWith('(Its waiver expired on 2024-02-29.)')) || undefined;
    });
    assert.deepEqual(findings(document.uri), api);
    await findingsBecome(uri, ['5:14 configuration']);
    const [notice] = vscode.languages.getDiagnostics(uri);
    assert.equal(notice?.severity, vscode.DiagnosticSeverity.Warning);
    assert.match(notice.message, /^This waiver expired on 2024-02-29/);
    await show(policy);
  }),

  test('nobody has asked the registry for anything', async () => {
    assert.deepEqual(await registryRequests(), []);
  }),
];

/** Writes and saves the policy. What `show` shows next is its first text again. */
async function decree(text: string): Promise<vscode.TextDocument> {
  const { document } = await replace(await show(policy), fixtures[policy satisfies Fixture], text);
  await document.save();
  return document;
}
