import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { CodeActionTriggerKind } from 'vscode-languageserver/node';
import type { Client } from './harness.ts';
import { digestFor, failed, nowhere, start } from './harness.ts';

const uri = 'file:///shop/compose.yaml';
const nginx = digestFor({ registry: 'docker.io', repository: 'library/nginx', version: '1.27.3' });
const redis = digestFor({ registry: 'docker.io', repository: 'library/redis', version: 'latest' });

const safe = 'source.fixAll.holdfast';
const pin = 'source.fixAll.holdfast.pin';

const text = `# the shop
services:
  web:
    # holdfast-disable-next-line unpinned-image -- mirrored nightly
    image: nginx:1.27.3 # web
    tmpfs: [/tmp]
    read_only: false # nginx writes its own configuration
  cache:
    # holdfast-ignore floating-tag -- the newest is what we test
    image: redis
    tmpfs: /tmp
    volumes:
      - /srv/data:/data
`;

/** As an editor does when it saves: every action of the kinds asked for is made. False where there was none. */
async function onSave(client: Client, of: string, ...only: readonly string[]): Promise<boolean> {
  const context = { diagnostics: [], only: [...only], triggerKind: CodeActionTriggerKind.Automatic };
  const actions = await client.actionsAt(of, nowhere, context);
  for (const action of actions) {
    const { edit } = await client.resolve(action);
    if (edit) await client.apply(edit);
  }
  return actions.length > 0;
}

describe('what nobody chose', () => {
  test('safe fixes are made, and nobody is asked for anything', async (t) => {
    for (const kind of ['source.fixAll', safe]) {
      const client = await start(t);
      await client.open(uri, text);
      assert.equal(await onSave(client, uri, kind), true);
      assert.equal(client.text(uri), text.replace('holdfast-disable-next-line', 'holdfast-ignore'));
      assert.deepEqual(client.registry.calls, []);
      assert.deepEqual(client.shown, []);
      assert.equal(await onSave(client, uri, kind), false);
    }
  });

  const decisions: readonly (readonly [file: string, text: string, rule: string])[] = [
    [
      'compose.yaml',
      'services:\n  web:\n    image: shop/web:1.0.0\n    tmpfs: [/tmp]\n    read_only: false # it writes\n',
      'writable-root-filesystem',
    ],
    [
      'compose.yaml',
      'services:\n  web:\n    image: shop/web:1.0.0\n    tmpfs: [/tmp]\n',
      'writable-root-filesystem',
    ],
    [
      'compose.yaml',
      'services:\n  web:\n    image: shop/web:1.0.0\n    deploy:\n      replicas: 2\n      update_config:\n        failure_action: continue\n',
      'no-rollback-history',
    ],
    [
      'web.yaml',
      'apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: web\nspec:\n  revisionHistoryLimit: 0 # few objects\n',
      'no-rollback-history',
    ],
    ['Dockerfile', 'FROM scratch\nADD app.conf /etc/\n', 'add-instead-of-copy'],
    [
      'Dockerfile',
      '# holdfast-ignore floating-tag -- the newest compiler is tested\nFROM scratch\n',
      'unused-suppression',
    ],
    [
      'Dockerfile',
      '# holdfast-ignore unpined-image -- mirrored nightly\nFROM nginx:1.27.3\n',
      'unused-suppression',
    ],
    [
      'Dockerfile',
      'FROM nginx:1.27.3\n# holdfast-ignore system-upgrade floating-tag -- the base is old\nRUN apk upgrade\n',
      'unused-suppression',
    ],
    ['Dockerfile', 'FROM scratch\nADD https://example.org/a.conf /etc/\n', 'unverified-download'],
  ];
  for (const [file, written, rule] of decisions) {
    test(`${JSON.stringify(written.slice(0, 60))} is left as it is, though ${rule} has a fix`, async (t) => {
      const client = await start(t);
      const of = `file:///shop/${file}`;
      await client.open(of, written);
      const found = await client.diagnostic(of, rule);
      const offered = (await client.actions(of, [found])).filter(
        ({ title }) => !title.startsWith('Suppress'),
      );
      assert.ok(offered.length > 0);
      assert.equal(await onSave(client, of, 'source.fixAll', safe), false);
      assert.equal(client.text(of), written);
      assert.deepEqual([client.registry.calls, client.downloads.asked], [[], []]);
    });
  }

  test('silenced findings are left alone', async (t) => {
    const client = await start(t);
    await client.open(
      uri,
      'services:\n  web:\n    # holdfast-ignore unpinned-image -- mirrored nightly\n    image: nginx:1.27.3\n    read_only: true\n',
    );
    assert.equal(await onSave(client, uri, safe), false);
    assert.equal(await onSave(client, uri, pin), false);
  });
});

describe('pins by their kind', () => {
  test('images are pinned, and nothing else is changed', async (t) => {
    const client = await start(t);
    await client.open(uri, text);
    assert.equal(await onSave(client, uri, pin), true);
    assert.equal(
      client.text(uri),
      text.replace('nginx:1.27.3', `$&@${nginx}`).replace('image: redis', `$&:latest@${redis}`),
    );
    assert.equal(client.registry.calls.length, 2);
    assert.deepEqual(client.shown, []);
    assert.equal(await onSave(client, uri, pin), false);
    assert.equal(client.registry.calls.length, 2);
  });

  test('one action is offered, whatever else is asked for beside it', async (t) => {
    const client = await start(t);
    await client.open(uri, text);
    const kinds = async (triggerKind: CodeActionTriggerKind | undefined, ...only: string[]) => {
      const context = { diagnostics: [], only, ...(triggerKind && { triggerKind }) };
      return (await client.actionsAt(uri, nowhere, context)).map(({ kind }) => kind);
    };
    const { Automatic, Invoked } = CodeActionTriggerKind;
    assert.deepEqual(await kinds(Automatic, pin), [pin]);
    assert.deepEqual(await kinds(undefined, pin), [pin]);
    assert.deepEqual(await kinds(Automatic, safe, pin), [safe, pin]);
    assert.deepEqual(await kinds(Automatic, 'source'), [safe]);
    assert.deepEqual(await kinds(undefined, 'source'), [safe]);
    assert.deepEqual(await kinds(Invoked, 'source'), [safe, pin], 'the menu shows both');
    assert.deepEqual(await kinds(Invoked, 'source.fixAll'), [safe]);
    assert.deepEqual(client.registry.calls, []);
  });

  test('one failed lookup does not stop the rest', async (t) => {
    const client = await start(t);
    client.registry.answer = (image) =>
      image.repository === 'library/redis'
        ? failed('unreachable', 'docker.io cannot be reached. Check the connection.')
        : { ok: true, digest: digestFor(image), mediaType: '', at: 0 };
    await client.open(uri, text);
    assert.equal(await onSave(client, uri, pin), true);
    assert.equal(client.text(uri), text.replace('nginx:1.27.3', `$&@${nginx}`));
    assert.match(
      client.shown[0]?.message ?? '',
      /^1 of 2 images pinned\. redis: docker\.io cannot be reached/,
    );
  });

  test('nothing is offered without trust, or where nothing is left to pin', async (t) => {
    const untrusted = await start(t, { initializationOptions: { trusted: false } });
    await untrusted.open(uri, text);
    assert.equal(await onSave(untrusted, uri, pin), false);
    const client = await start(t);
    await client.open(uri, `services:\n  web:\n    image: nginx:1.27.3@${nginx}\n`);
    assert.equal(await onSave(client, uri, pin, safe), false);
  });
});
