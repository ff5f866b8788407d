import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type CodeAction, CodeActionKind, type Command, LSPErrorCodes } from 'vscode-languageserver/node';
import type { PlannedFix } from '../../server/src/lsp/protocol/protocol.ts';
import { plainConfig } from '../support/image-config.ts';
import { editsOf, nowhere, type StartOptions, start } from './harness.ts';

const dockerfile = 'file:///shop/Dockerfile';
const compose = 'file:///shop/compose.yaml';
const composeText = 'services:\n  web:\n    image: nginx:1.27.3\n';

const pod = 'file:///shop/pod.yaml';
const podText = `apiVersion: v1
kind: Pod
metadata: { name: web }
spec:
  containers:
    - name: web
      image: nginx:1.27.3
  restartPolicy: Always
`;
const podFixed = podText
  .replace(
    '  restartPolicy',
    `      securityContext:
        readOnlyRootFilesystem: true
      volumeMounts:
        - name: tmp
          mountPath: /tmp
  restartPolicy`,
  )
  .concat(`  volumes:
    - name: tmp
      emptyDir:
        sizeLimit: 64Mi
`);

const titles = (actions: readonly (CodeAction | Command)[]): string[] => actions.map(({ title }) => title);

test('a pin is offered without its edit, as the preferred fix of its diagnostic, and nobody is asked', async (t) => {
  const client = await start(t);
  await client.open(dockerfile, 'FROM nginx:1.27.3\n');
  const diagnostic = await client.diagnostic(dockerfile, 'unpinned-image');
  const [pin, suppress, suppressInFile, ...more] = await client.actions(dockerfile, [diagnostic]);
  assert.deepEqual(more, []);
  assert.match(pin?.title ?? '', /^Pin nginx:1\.27\.3/);
  assert.equal(pin?.kind, CodeActionKind.QuickFix);
  assert.equal(pin?.isPreferred, true);
  assert.equal(pin?.edit, undefined);
  assert.deepEqual(pin?.diagnostics, [diagnostic]);
  assert.match(suppress?.title ?? '', /^Suppress unpinned-image here, with a reason$/);
  assert.equal(suppress?.isPreferred, undefined);
  assert.match(suppressInFile?.title ?? '', /^Suppress unpinned-image in this file, with a reason$/);
  assert.deepEqual(client.registry.calls, []);
});

test('a local fix comes with its versioned edit, which removes the finding', async (t) => {
  const client = await start(t);
  await client.open(compose, composeText);
  const fix = await client.action(compose, 'writable-root-filesystem', /read-only \(changes behaviour\)$/);
  assert.equal(fix.data, undefined);
  const [change] = fix.edit?.documentChanges ?? [];
  assert.deepEqual(change && 'textDocument' in change && change.textDocument, { uri: compose, version: 1 });
  await client.apply(fix.edit);
  assert.match(client.text(compose), /read_only: true/);
  assert.deepEqual(
    (await client.diagnostics(compose)).map(({ code }) => code),
    ['privilege-escalation', 'unpinned-image'],
  );
});

test('findings are found by place when the client sends no diagnostics of ours', async (t) => {
  const client = await start(t);
  await client.open(dockerfile, 'FROM nginx AS a\nFROM redis\n');
  const at = { line: 1, character: 7 };
  const foreign = { range: { start: at, end: at }, message: 'other', source: 'other' };
  const actions = await client.actionsAt(dockerfile, { start: at, end: at }, { diagnostics: [foreign] });
  assert.match(titles(actions)[0] ?? '', /redis/);
  assert.equal(actions[0]?.diagnostics?.[0]?.code, 'implicit-latest');
  assert.deepEqual(await client.actionsAt(dockerfile, nowhere, { diagnostics: [] }), []);
});

test('every image of a file can be pinned at once when there are several', async (t) => {
  const client = await start(t);
  await client.open(dockerfile, 'FROM nginx AS a\nFROM redis\n');
  const all = await client.diagnostics(dockerfile);
  const actions = await client.actions(dockerfile, all.slice(0, 1));
  assert.ok(titles(actions).includes('Pin every image in this file (2)'));
  await client.edit(dockerfile, 'FROM redis', 'FROM a');
  const fewer = await client.actions(dockerfile, await client.diagnostics(dockerfile));
  assert.equal(
    titles(fewer).some((title) => title.startsWith('Pin every')),
    false,
  );
});

test('only the kinds that are asked for are offered', async (t) => {
  const client = await start(t);
  await client.open(dockerfile, '# holdfast-disable system-upgrade -- once\nFROM nginx\n');
  const diagnostics = await client.diagnostics(dockerfile);
  for (const only of [['source'], ['source.fixAll'], ['source.fixAll.holdfast']]) {
    assert.deepEqual(
      (await client.actions(dockerfile, diagnostics, only)).map(({ kind }) => kind),
      ['source.fixAll.holdfast'],
    );
  }
  assert.deepEqual(await client.actions(dockerfile, diagnostics, ['source.organizeImports']), []);
  assert.deepEqual(await client.actions(dockerfile, diagnostics, ['refactor']), []);
  const quick = await client.actions(dockerfile, diagnostics, ['quickfix']);
  assert.ok(quick.every(({ kind }) => kind === 'quickfix') && quick.length > 0);
});

test('a fix that cannot be made is listed with the reason, or not at all', async (t) => {
  const text = 'ARG VERSION=1.27.3\nFROM nginx:$VERSION\n';
  const client = await start(t);
  await client.open(dockerfile, text);
  const pin = await client.action(dockerfile, 'unpinned-image', /^Pin/);
  assert.match(pin.disabled?.reason ?? '', /VERSION/);
  assert.equal(pin.data, undefined);

  const older = await start(t, without('disabledSupport'));
  await older.open(dockerfile, text);
  const actions = await older.actions(dockerfile, await older.diagnostics(dockerfile));
  assert.deepEqual(titles(actions), [
    'Suppress unpinned-image here, with a reason',
    'Suppress unpinned-image in this file, with a reason',
  ]);
});

test('a client that cannot resolve gets commands that make the edit', async (t) => {
  const client = await start(t, without('resolveSupport'));
  await client.open(dockerfile, 'FROM nginx:1.27.3\n');
  const pin = await client.action(dockerfile, 'unpinned-image', /^Pin/);
  assert.equal(pin.edit, undefined);
  assert.equal(pin.command?.command, 'holdfast.server.applyFix');
  assert.equal(pin.data, undefined);
});

test('a client that knows no action objects gets bare commands', async (t) => {
  const client = await start(t, without('codeActionLiteralSupport'));
  await client.open(compose, composeText);
  const actions = await client.actions(compose, await client.diagnostics(compose));
  assert.ok(actions.length > 2);
  assert.ok(actions.every((action) => typeof action.command === 'string'));
});

test('edits are not versioned for a client that cannot take it', async (t) => {
  const client = await start(t, {
    capabilities: (all) => ({ ...all, workspace: { ...all.workspace, workspaceEdit: {} } }),
  });
  await client.open(compose, composeText);
  const fix = await client.action(compose, 'writable-root-filesystem', /read-only \(changes behaviour\)$/);
  assert.equal(fix.edit?.documentChanges, undefined);
  assert.ok(fix.edit?.changes?.[compose]);
});

test('a fix that changes behaviour is looked at before it is made, a safe one is not', async (t) => {
  const client = await start(t);
  await client.open(
    compose,
    'services:\n  web:\n    image: nginx:1.27.3\n    tmpfs: [/tmp]\n    volumes: [/srv:/srv]\n',
  );
  const actions = await client.actions(compose, await client.diagnostics(compose));
  const behaviour = actions.find(({ title }) => /mount.*\(changes behaviour\)$/i.test(title));
  const annotations = Object.values(behaviour?.edit?.changeAnnotations ?? {});
  assert.equal(annotations.length, 1);
  assert.equal(annotations[0]?.needsConfirmation, true);
  assert.equal(`${annotations[0]?.label} (changes behaviour)`, behaviour?.title);
  assert.match(annotations[0]?.description ?? '', /^[A-Z].+\.$/);
  assert.equal(behaviour?.isPreferred, undefined);
  const [id] = Object.keys(behaviour?.edit?.changeAnnotations ?? {});
  const edits = (behaviour?.edit?.documentChanges ?? []).flatMap((change) =>
    'edits' in change ? change.edits : [],
  );
  assert.ok(edits.length > 0);
  for (const edit of edits) assert.equal('annotationId' in edit && edit.annotationId, id);
  const safe = actions.filter(({ edit, title }) => edit && !title.endsWith('(changes behaviour)'));
  assert.ok(safe.length > 0);
  for (const { edit } of safe) assert.equal(edit?.changeAnnotations, undefined);
});

test('a fix that changes several places is one change to whoever can leave some of them out', async (t) => {
  const client = await start(t);
  await client.open(pod, podText);
  const fix = await client.action(pod, 'writable-root-filesystem', /an emptyDir at \/tmp \(/);
  const edits = editsOf(fix.edit ?? {}).flatMap(([, some]) => some);
  assert.equal(edits.length, 1);
  await client.apply(fix.edit);
  assert.equal(client.text(pod), podFixed);
});

test('a client that shows fixes itself gets a command for those that change behaviour', async (t) => {
  const client = await start(t, { initializationOptions: { previewsFixes: true } });
  await client.open(pod, podText);
  const { data } = await client.diagnostic(pod, 'writable-root-filesystem');
  const fix = await client.action(pod, 'writable-root-filesystem', /an emptyDir at \/tmp \(/);
  assert.equal(fix.edit, undefined);
  assert.equal(fix.data, undefined);
  const target = { uri: pod, key: data.key, fix: 'read-only-with-scratch' };
  assert.deepEqual(fix.command, {
    title: fix.title,
    command: 'holdfast.previewFix',
    arguments: [target],
  });
  const planned = await client.execute<PlannedFix>('holdfast.server.planFix', target);
  assert.equal(planned.title, fix.title.replace(' (changes behaviour)', ''));
  assert.match(planned.description, /^\/tmp stays writable: most programs write there\. /);
  assert.equal(planned.version, 1);
  assert.ok(planned.edits.length > 1);
  assert.deepEqual(client.applied, []);
  assert.equal(client.text(pod), podText);
  await client.change(pod, [...planned.edits]);
  assert.equal(client.text(pod), podFixed);
  assert.deepEqual(client.registry.calls, []);
});

test('only what changes behaviour is left to such a client', async (t) => {
  const client = await start(t, { initializationOptions: { previewsFixes: true } });
  await client.open(
    compose,
    'services:\n  web:\n    image: nginx:1.27.3\n    tmpfs: [/tmp]\n    volumes: [/srv:/srv]\n',
  );
  for (const { command, edit, title } of await client.actions(compose, await client.diagnostics(compose))) {
    if (/^(Pin|Suppress)/.test(title)) continue;
    const isShown = title.endsWith('(changes behaviour)');
    assert.equal(command?.command, isShown ? 'holdfast.previewFix' : undefined, title);
    assert.equal(edit === undefined, isShown, title);
  }
});

test('a fix that asks its registry says both in one pair of brackets, and has asked when it is shown', async (t) => {
  const client = await start(t, { initializationOptions: { previewsFixes: true } });
  client.registry.contents = {
    platforms: null,
    config: { ...plainConfig, volumes: ['/data'] },
  };
  await client.open(pod, podText);
  const fix = await client.action(pod, 'writable-root-filesystem', /asks/);
  assert.match(fix.title, / of nginx:1\.27\.3 \(asks its registry, changes behaviour\)$/);
  assert.deepEqual(client.registry.calls, []);
  const planned = await client.execute<PlannedFix>('holdfast.server.planFix', fix.command?.arguments?.[0]);
  assert.equal(client.registry.calls.length, 1);
  assert.match(planned.title, / of nginx:1\.27\.3$/);
  await client.change(pod, [...planned.edits]);
  assert.match(client.text(pod), /mountPath: \/data/);
});

test('a fix that is planned while the text changes is for the new text', async (t) => {
  const client = await start(t, { initializationOptions: { previewsFixes: true } });
  await client.open(pod, podText);
  const fix = await client.action(pod, 'writable-root-filesystem', /asks/);
  const held = client.registry.hold();
  const target: unknown = fix.command?.arguments?.[0];
  const planning = client.execute<PlannedFix>('holdfast.server.planFix', target);
  await client.until('the lookup', () => client.registry.calls.length === 1);
  await client.edit(pod, 'kind: Pod', 'kind: Pod # a');
  await client.settle();
  held.release();
  assert.equal((await planning).version, 2);
  // What was asked is known by now, and whoever tries again still gets this fix.
  assert.equal((await client.execute<PlannedFix>('holdfast.server.planFix', target)).version, 2);
});

test('a fix that is planned can be cancelled', async (t) => {
  const client = await start(t, { initializationOptions: { previewsFixes: true } });
  await client.open(pod, podText);
  const fix = await client.action(pod, 'writable-root-filesystem', /asks/);
  client.registry.hold();
  const stopped = client.execute('holdfast.server.planFix', fix.command?.arguments?.[0]);
  await client.until('the lookup', () => client.registry.calls.length === 1);
  client.timer.elapse();
  await client.until('the progress', () => client.progress.some(({ value }) => value.kind === 'begin'));
  await client.notify('window/workDoneProgress/cancel', { token: client.progress.at(-1)?.token });
  await assert.rejects(stopped, { code: LSPErrorCodes.RequestCancelled });
  assert.deepEqual(client.shown, []);
});

test('where there is nothing to plan the user is told why, and no answer is a plan', async (t) => {
  const client = await start(t, { initializationOptions: { previewsFixes: true, trusted: false } });
  await client.open(pod, podText);
  const fix = await client.action(pod, 'writable-root-filesystem', /asks/);
  const target = fix.command?.arguments?.[0];
  assert.equal(await client.execute('holdfast.server.planFix', target), null);
  assert.match(client.shown[0]?.message ?? '', /trust/);
  assert.equal(await client.execute('holdfast.server.planFix', { ...target, key: 'gone' }), null);
  assert.match(client.shown[1]?.message ?? '', /changed/);
  for (const broken of [undefined, {}, { uri: pod }, { uri: pod, key: 1, fix: 2 }]) {
    assert.equal(await client.execute('holdfast.server.planFix', broken), null);
  }
  assert.deepEqual(client.registry.calls, []);
});

test('where changes cannot be looked at before they are made, the title still says what they do', async (t) => {
  const client = await start(t, {
    capabilities: (all) => ({
      ...all,
      workspace: { ...all.workspace, workspaceEdit: { documentChanges: true } },
    }),
  });
  await client.open(compose, composeText);
  const fix = await client.action(compose, 'writable-root-filesystem', /read-only \(changes behaviour\)$/);
  assert.ok(fix.edit?.documentChanges);
  assert.equal(fix.edit?.changeAnnotations, undefined);
});

test('a command that changes behaviour asks too, and no is no mistake', async (t) => {
  const client = await start(t, without('resolveSupport'));
  await client.open(compose, composeText);
  const { data } = await client.diagnostic(compose, 'writable-root-filesystem');
  const request = { act: 'fix', uri: compose, key: data.key, fix: 'read-only' };
  client.acceptsEdits = false;
  const refused = await client.execute<{ applied: boolean; message: string }>(
    'holdfast.server.applyFix',
    request,
  );
  assert.deepEqual(refused, {
    applied: false,
    message: 'The change was not confirmed, so nothing was changed.',
  });
  assert.deepEqual(client.shown, []);
  client.acceptsEdits = true;
  await client.execute('holdfast.server.applyFix', request);
  assert.match(client.text(compose), /read_only: true/);
  const [note] = Object.values(client.applied[0]?.edit.changeAnnotations ?? {});
  assert.equal(note?.needsConfirmation, true);
});

test('fixes come first, then what concerns the file, then what silences, each place once', async (t) => {
  const client = await start(t);
  await client.open(dockerfile, 'FROM nginx AS a\nFROM redis\n');
  const [nginx, redis] = await client.diagnostics(dockerfile);
  assert.ok(nginx && redis);
  assert.deepEqual(titles(await client.actions(dockerfile, [nginx, redis])), [
    'Pin nginx to its digest',
    'Pin redis to its digest',
    'Pin every image in this file (2)',
    'Suppress implicit-latest here, with a reason',
    'Suppress implicit-latest here, with a reason',
    'Suppress implicit-latest in this file, with a reason',
  ]);
});

test('a finding of yesterday is not offered, and one that moved is', async (t) => {
  const client = await start(t);
  await client.open(dockerfile, 'FROM nginx AS a\nFROM redis\n');
  const [nginx, redis] = await client.diagnostics(dockerfile);
  assert.ok(nginx && redis);
  await client.edit(dockerfile, 'FROM nginx AS a\n', '# moved\n\nFROM scratch AS a\n');
  const actions = await client.actions(dockerfile, [nginx, redis]);
  assert.match(titles(actions)[0] ?? '', /redis/);
  assert.deepEqual(actions[0]?.diagnostics, [redis]);
});

function without(
  feature: 'disabledSupport' | 'resolveSupport' | 'codeActionLiteralSupport',
): Pick<StartOptions, 'capabilities'> {
  return {
    capabilities(all) {
      const { [feature]: _, ...codeAction } = all.textDocument.codeAction;
      return { ...all, textDocument: { ...all.textDocument, codeAction } };
    },
  } as Pick<StartOptions, 'capabilities'>;
}

test('what a large file offers is tried when it is chosen', async (t) => {
  const client = await start(t);
  const uri = 'file:///shop/compose.yaml';
  const services = (count: number): string =>
    `services:\n${Array.from({ length: count }, (_, at) => `  s${at}:\n    image: a@sha256:${'0'.repeat(64)}\n`).join('')}`;
  for (const { count, isTried } of [
    { count: 3, isTried: true },
    { count: 800, isTried: false },
  ]) {
    await client.open(uri, services(count));
    const action = await client.action(uri, 'writable-root-filesystem', /read-only/i);
    assert.equal(action.edit !== undefined, isTried);
    const { edit } = isTried ? action : await client.resolve(action);
    await client.apply(edit);
    assert.match(client.text(uri), /^services:\n {2}s0:\n {4}image: a@sha256:0+\n {4}read_only: true\n/);
    await client.close(uri);
  }
});
