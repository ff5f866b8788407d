import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { MessageType } from 'vscode-languageserver/node';
import {
  type Applied,
  type ConfirmPinsParams,
  confirmPinsRequest,
  type PinDecision,
  type PinOutcome,
} from '../../server/src/lsp/protocol/protocol.ts';
import type { Client } from './harness.ts';
import { digestFor, editsOf, failed, found, start } from './harness.ts';

const web = 'file:///shop/web/Dockerfile';
const compose = 'file:///shop/compose.yaml';
const nginx = digestFor({ registry: 'docker.io', repository: 'library/nginx', version: 'latest' });
const postgres = digestFor({ registry: 'docker.io', repository: 'library/postgres', version: '17.2' });
const files = {
  [web]: 'FROM nginx\n',
  [compose]: 'services:\n  db:\n    image: postgres:17.2\n',
  'file:///shop/none/Dockerfile': 'FROM scratch\n',
};

test('pinFile pins the unsaved text of an open document', async (t) => {
  const client = await start(t, { files });
  await client.open(web, 'FROM nginx AS a\nFROM postgres:17.2\n');
  const outcome = await client.execute<PinOutcome>('holdfast.server.pinFile', { uri: web });
  assert.deepEqual(outcome, {
    applied: true,
    message: '2 images pinned in 1 file.',
    pinned: 2,
    files: 1,
    failures: [],
  });
  assert.equal(client.text(web), `FROM nginx:latest@${nginx} AS a\nFROM postgres:17.2@${postgres}\n`);
  assert.deepEqual(client.shown, [{ type: MessageType.Info, message: outcome.message }]);
});

test('pinFile says when there is nothing to pin, and takes no nonsense', async (t) => {
  const client = await start(t, { files });
  const outcome = await client.execute<PinOutcome>('holdfast.server.pinFile', {
    uri: 'file:///shop/none/Dockerfile',
  });
  assert.equal(outcome.applied, false);
  assert.match(client.shown[0]?.message ?? '', /no image left to pin/);
  assert.equal(await client.execute('holdfast.server.pinFile'), null);
  assert.equal(await client.execute('holdfast.server.pinFile', 7), null);
  assert.deepEqual(client.registry.calls, []);
});

test('pinWorkspace makes one edit over open and closed files', async (t) => {
  const client = await start(t, { files });
  await client.open(compose, 'services:\n  db:\n    image: postgres:17.2 # unsaved\n');
  const outcome = await client.execute<PinOutcome>('holdfast.server.pinWorkspace');
  assert.equal(outcome.pinned, 2);
  assert.equal(outcome.files, 2);
  assert.equal(client.applied.length, 1);
  const changes = client.applied[0]?.edit.documentChanges ?? [];
  assert.deepEqual(
    changes.map((change) => 'textDocument' in change && change.textDocument),
    [
      { uri: compose, version: 1 },
      { uri: web, version: null },
    ],
  );
  assert.equal(client.text(web), `FROM nginx:latest@${nginx}\n`);
  assert.equal(client.text(compose), `services:\n  db:\n    image: postgres:17.2@${postgres} # unsaved\n`);
  const again = await client.execute<PinOutcome>('holdfast.server.pinWorkspace');
  assert.equal(again.applied, false);
  assert.match(again.message, /no image left/);
});

test('failures are summed up by file and line, and the rest is pinned', async (t) => {
  const client = await start(t, { files });
  client.registry.answer = (image) =>
    image.repository === 'library/postgres'
      ? failed('rate-limited', 'docker.io allows no more requests now. Log in, or try again in an hour.')
      : { ok: true, digest: digestFor(image), mediaType: '', at: 0 };
  const outcome = await client.execute<PinOutcome>('holdfast.server.pinWorkspace');
  assert.equal(outcome.pinned, 1);
  assert.deepEqual(
    outcome.failures.map(({ image, line, uri }) => ({ image, line, uri })),
    [{ image: 'postgres:17.2', line: 2, uri: compose }],
  );
  assert.equal(client.shown[0]?.type, MessageType.Warning);
  assert.match(
    client.shown[0]?.message ?? '',
    /1 image could not be pinned\. postgres:17\.2: docker\.io allows no more/,
  );
});

test('a document edited while the registry is asked is planned again', async (t) => {
  const client = await start(t, { files });
  await client.open(web, 'FROM nginx\n');
  const held = client.registry.hold();
  const running = client.execute<PinOutcome>('holdfast.server.pinFile', { uri: web });
  await client.until('the lookup', () => client.registry.calls.length === 1);
  await client.edit(web, 'FROM', '# edited\nFROM');
  await client.settle();
  held.release();
  assert.equal((await running).applied, true);
  assert.equal(client.text(web), `# edited\nFROM nginx:latest@${nginx}\n`);
});

test('cancelling stops the lookups and changes nothing', async (t) => {
  const client = await start(t, { files });
  client.registry.hold();
  const running = client.execute<PinOutcome>('holdfast.server.pinWorkspace');
  await client.until('the lookups', () => client.registry.calls.length === 2);
  await client.until('the progress', () => client.progress.length > 0);
  await client.notify('window/workDoneProgress/cancel', { token: client.progress[0]?.token });
  const outcome = await running;
  assert.equal(outcome.applied, false);
  assert.ok(client.registry.signals.every((signal) => signal?.aborted));
  assert.deepEqual(client.applied, []);
  assert.deepEqual(client.shown, []);
});

test('an editor that refuses the edit is reported', async (t) => {
  const client = await start(t, { files });
  client.acceptsEdits = false;
  const outcome = await client.execute<PinOutcome>('holdfast.server.pinFile', { uri: web });
  assert.equal(outcome.applied, false);
  assert.match(client.shown[0]?.message ?? '', /did not make the change/);
});

describe('pinning a workspace asks first', () => {
  const command = 'holdfast.server.pinWorkspace';
  const asking = { files, initializationOptions: { confirmsPins: true } };
  const pinned = {
    [web]: `FROM nginx:latest@${nginx}\n`,
    [compose]: files[compose].replace('17.2', `$&@${postgres}`),
  };
  const textsOf = (client: Client) => ({ [web]: client.text(web), [compose]: client.text(compose) });
  const unchanged = { [web]: files[web], [compose]: files[compose] };

  /** What the client is asked, once it has answered. */
  function answering(client: Client, answer: () => PinDecision | Promise<PinDecision>): ConfirmPinsParams[] {
    const asked: ConfirmPinsParams[] = [];
    client.connection.onRequest<PinDecision, void>(confirmPinsRequest, (params: ConfirmPinsParams) => {
      asked.push(params);
      assert.deepEqual(textsOf(client), unchanged);
      return answer();
    });
    return asked;
  }

  test('a client that can show it gets the list before anything is changed', async (t) => {
    const client = await start(t, asking);
    const asked = answering(client, () => 'apply');
    const outcome = await client.execute<PinOutcome>(command);
    assert.deepEqual(asked, [
      {
        images: [
          { file: 'compose.yaml', line: 2, image: 'postgres:17.2' },
          { file: 'web/Dockerfile', line: 0, image: 'nginx' },
        ],
        files: Object.entries({ [compose]: pinned[compose], [web]: pinned[web] }).map(([uri, after]) => ({
          uri,
          after,
        })),
        failures: 0,
      },
    ]);
    assert.equal(client.applied[0]?.edit.changeAnnotations, undefined);
    assert.deepEqual(textsOf(client), pinned);
    assert.equal(
      outcome.message,
      '2 images pinned in 2 files. Undo in one of the files takes back all of them.',
    );
    assert.deepEqual(client.shown, [{ type: MessageType.Info, message: outcome.message }]);
  });

  test('what fails is no part of the list, and is told in the end', async (t) => {
    const client = await start(t, asking);
    client.registry.answer = (image) =>
      image.repository === 'library/nginx' ? failed('not-found', 'It is not there.') : found(image);
    const asked = answering(client, () => 'apply');
    const outcome = await client.execute<PinOutcome>(command);
    assert.deepEqual(
      asked.map(({ failures, images }) => [images.map(({ image }) => image), failures]),
      [[['postgres:17.2'], 1]],
    );
    assert.equal(outcome.message, '1 image pinned in 1 file. 1 image could not be pinned.');
  });

  test('whoever says no has nothing changed, and is told nothing', async (t) => {
    for (const answer of ['cancel', 'nonsense', null]) {
      const client = await start(t, asking);
      answering(client, () => answer as PinDecision);
      const outcome = await client.execute<PinOutcome>(command);
      assert.deepEqual([outcome.applied, outcome.pinned, client.applied], [false, 0, []]);
      assert.deepEqual(textsOf(client), unchanged);
      assert.deepEqual(client.shown, []);
    }
  });

  test('a file that changes while somebody decides keeps all as they are', async (t) => {
    const client = await start(t, asking);
    const newer = 'FROM nginx AS newer\n';
    answering(client, () => {
      client.files.texts.set(web, newer);
      return 'apply';
    });
    const outcome = await client.execute<PinOutcome>(command);
    assert.deepEqual([outcome.applied, client.applied], [false, []]);
    assert.match(client.shown[0]?.message ?? '', /changed in the meantime/);
    assert.equal(client.text(web), newer);
  });

  test('an editor that does not ask by itself gets an edit that has to be confirmed, file by file', async (t) => {
    const client = await start(t, { files });
    const outcome = await client.execute<PinOutcome>(command);
    const { changeAnnotations, documentChanges } = client.applied[0]?.edit ?? {};
    assert.deepEqual(changeAnnotations, {
      fix: {
        label: 'Pin 2 images in 2 files',
        description: 'The digest that each tag names now is written beside it.',
        needsConfirmation: true,
      },
    });
    const edits = (documentChanges ?? []).map((change) => ('edits' in change ? change.edits : []));
    assert.deepEqual(
      edits.map((some) => some.map((one) => 'annotationId' in one)),
      [[true], [true]],
    );
    assert.match(outcome.message, /^2 images in 2 files: what you kept of the changes is made\./);
  });

  test('a file that is opened while somebody decides, to show the change, is pinned', async (t) => {
    const client = await start(t, asking);
    answering(client, async (): Promise<PinDecision> => {
      await client.open(web, files[web]);
      return 'apply';
    });
    assert.equal((await client.execute<PinOutcome>(command)).pinned, 2);
    assert.deepEqual(textsOf(client), pinned);
  });

  test('a preview that is discarded changes nothing, and needs no words', async (t) => {
    const client = await start(t, { files });
    client.acceptsEdits = false;
    const outcome = await client.execute<PinOutcome>(command);
    assert.equal(outcome.applied, false);
    assert.deepEqual(client.shown, []);
  });

  test('an editor that can do neither gets the edit', async (t) => {
    const client = await start(t, {
      files,
      capabilities: (all) => ({
        ...all,
        workspace: { ...all.workspace, workspaceEdit: { documentChanges: true } },
      }),
    });
    assert.equal((await client.execute<PinOutcome>(command)).pinned, 2);
    assert.deepEqual(textsOf(client), pinned);
  });
});

test('what another file builds is not pinned, however soon somebody asks', async (t) => {
  const pod = 'file:///shop/a/pod.yaml';
  const skaffold = 'file:///shop/skaffold.yaml';
  const texts = {
    [pod]:
      'apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec:\n  containers:\n    - {name: a, image: shop/api}\n    - {name: b, image: nginx}\n',
    [skaffold]: 'apiVersion: skaffold/v4beta11\nkind: Config\nbuild: {artifacts: [{image: shop/api}]}\n',
  };
  for (const ask of [
    (client: Client) => client.execute('holdfast.server.pinWorkspace'),
    (client: Client) => client.execute('holdfast.server.pinFile', { uri: pod }),
    async (client: Client) => {
      const [action] = await client.actions(pod, [], ['source.fixAll.holdfast.pin']);
      assert.ok(action);
      await client.apply((await client.resolve(action)).edit);
    },
  ]) {
    const client = await start(t, { files: texts });
    const release = client.files.hold(skaffold);
    await client.open(pod, texts[pod]);
    const running = ask(client);
    await client.settle();
    release();
    await running;
    assert.deepEqual(
      client.registry.calls.map(({ repository }) => repository),
      ['library/nginx'],
    );
    assert.equal(client.text(pod), texts[pod].replace('nginx', `nginx:latest@${nginx}`));
  }
});

test('an editor that takes no edits is told so', async (t) => {
  const client = await start(t, {
    files,
    capabilities: (all) => ({ ...all, workspace: { ...all.workspace, applyEdit: false } }),
  });
  const outcome = await client.execute<PinOutcome>('holdfast.server.pinFile', { uri: web });
  assert.match(outcome.message, /does not let a language server change files/);
});

test('applyFix makes the edit of an action for clients that cannot resolve it', async (t) => {
  const client = await start(t, {
    capabilities(all) {
      const { resolveSupport: _, ...codeAction } = all.textDocument.codeAction;
      return { ...all, textDocument: { ...all.textDocument, codeAction } };
    },
  });
  await client.open(web, 'FROM nginx\n');
  const { command } = await client.action(web, 'implicit-latest', /^Pin/);
  const answer = await client.execute<Applied>(command?.command ?? '', ...(command?.arguments ?? []));
  assert.equal(answer.applied, true);
  const [[uri] = []] = editsOf(client.applied[0]?.edit ?? {});
  assert.equal(uri, web);
  assert.equal(client.text(web), `FROM nginx:latest@${nginx}\n`);
  assert.equal(await client.execute('holdfast.server.applyFix', { act: 'format-disk' }), null);
});

test('an unknown command is answered', async (t) => {
  const client = await start(t);
  assert.equal(await client.execute('holdfast.server.nothing'), null);
});

test('what the user should know of an answer is told once, with the outcome', async (t) => {
  const client = await start(t, { files });
  const notice =
    'docker.io names another digest for it than its content has. The digest of the content is used.';
  client.registry.answer = (image) => ({ ...found(image), notice });
  const outcome = await client.execute<PinOutcome>('holdfast.server.pinWorkspace');
  assert.equal(outcome.message, `2 images in 2 files: what you kept of the changes is made. ${notice}`);
  assert.deepEqual(client.shown, [{ type: MessageType.Info, message: outcome.message }]);
});
