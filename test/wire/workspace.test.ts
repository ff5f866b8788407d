import assert from 'node:assert/strict';
import { describe, type TestContext, test } from 'node:test';
import { serverCommands } from '../../server/src/lsp/protocol/protocol.ts';
import { type Client, pushOnly, start } from './harness.ts';

const api = 'file:///shop/api/Dockerfile';
const web = 'file:///shop/web/Dockerfile';

const digest = (digit: string): string => `sha256:${digit.repeat(64)}`;
const from = (digit: string): string => `FROM nginx:1.27.3@${digest(digit)}\n`;

const rulesOf = (client: Client, uri: string): readonly unknown[] | undefined =>
  client.lastPublished(uri)?.map(({ code }) => code);

const shows = (client: Client, uri: string, rule = 'mismatched-digests'): boolean =>
  rulesOf(client, uri)?.includes(rule) === true;

const hides = (client: Client, uri: string, rule = 'mismatched-digests'): boolean =>
  rulesOf(client, uri)?.includes(rule) === false;

const changedOnDisk = (client: Client, ...uris: readonly string[]): Promise<void> =>
  client.notify('workspace/didChangeWatchedFiles', { changes: uris.map((uri) => ({ uri, type: 2 })) });

/** Two files with the tag at different digests, open and reported. */
async function openBoth(t: TestContext): Promise<Client> {
  const client = await start(t, {
    capabilities: pushOnly,
    files: { [api]: from('a'), [web]: from('b') },
  });
  await client.open(api, from('a'));
  await client.open(web, from('b'));
  await client.until('both findings', () => shows(client, api) && shows(client, web));
  return client;
}

describe('what other files of the workspace say', () => {
  test('is known of files that nobody opened, and names their places', async (t) => {
    const client = await start(t, { capabilities: pushOnly, files: { [web]: `# web\n${from('b')}` } });
    await client.open(api, from('a'));
    await client.until('the finding', () => shows(client, api));
    const [one] = client.lastPublished(api) ?? [];
    assert.match(String(one?.message), /`\.\.\/web\/Dockerfile`/);
    assert.deepEqual(
      one?.relatedInformation?.map(({ location }) => location),
      [{ uri: web, range: { start: { line: 1, character: 0 }, end: { line: 1, character: 0 } } }],
    );
  });

  test('is what stands in the editor: with one edit both findings are gone, and with another both are back', async (t) => {
    const client = await openBoth(t);
    await client.edit(web, digest('b'), digest('a'));
    await client.until('neither finding', () => hides(client, api) && hides(client, web));
    await client.edit(api, digest('a'), digest('c'));
    await client.until('both findings again', () => shows(client, api) && shows(client, web));
  });

  test('is what the disk has again once the editor is closed', async (t) => {
    const client = await openBoth(t);
    await client.edit(web, digest('b'), digest('a'));
    await client.until('no finding', () => hides(client, api));
    await client.close(web);
    await client.until('the finding is back', () => shows(client, api));
  });

  test('follows the disk: a file that changes, goes, or comes', async (t) => {
    const client = await start(t, { capabilities: pushOnly, files: { [web]: from('b') } });
    await client.open(api, from('a'));
    await client.until('the finding', () => shows(client, api));
    client.files.texts.set(web, from('a'));
    await changedOnDisk(client, web);
    await client.until('no finding', () => hides(client, api));
    client.files.texts.set(web, from('b'));
    await changedOnDisk(client, web);
    await client.until('the finding is back', () => shows(client, api));
    client.files.texts.delete(web);
    await changedOnDisk(client, web);
    await client.until('the file is gone', () => hides(client, api));
    const other = 'file:///shop/new/Dockerfile';
    client.files.texts.set(other, from('c'));
    await changedOnDisk(client, other);
    await client.until('another file has come', () => shows(client, api));
  });

  test('says nothing of files that are left out, or outside the workspace', async (t) => {
    const client = await start(t, {
      capabilities: pushOnly,
      files: {
        'file:///shop/.holdfast.yaml': 'ignore: [web/]\n',
        'file:///shop/.git/HEAD': '',
        [web]: from('b'),
        'file:///elsewhere/Dockerfile': from('c'),
      },
    });
    await client.open(api, from('a'));
    await client.open(web, from('b'));
    await client.open('file:///elsewhere/Dockerfile', from('c'));
    await client.until('the diagnostics', () =>
      [api, web, 'file:///elsewhere/Dockerfile'].every((uri) => client.lastPublished(uri) !== undefined),
    );
    await client.settle();
    assert.deepEqual(
      client.published.flatMap(({ diagnostics }) => diagnostics),
      [],
    );
    client.files.texts.set('file:///shop/.holdfast.yaml', '');
    await changedOnDisk(client, 'file:///shop/.holdfast.yaml');
    await client.until('the ignored file counts', () => shows(client, api) && shows(client, web));
    assert.deepEqual(rulesOf(client, 'file:///elsewhere/Dockerfile'), []);
  });

  test('is forgotten with the folder it stands in', async (t) => {
    const client = await start(t, {
      capabilities: pushOnly,
      folders: ['file:///shop/api', 'file:///shop/web'],
      files: { [web]: from('b') },
    });
    await client.open(api, from('a'));
    await client.until('the finding', () => shows(client, api));
    await client.notify('workspace/didChangeWorkspaceFolders', {
      event: { added: [], removed: [{ uri: 'file:///shop/web', name: 'web' }] },
    });
    await client.until('no finding', () => hides(client, api));
  });

  test('reaches a ConfigMap from the workload that reads it', async (t) => {
    const config = 'file:///shop/config.yaml';
    const app = 'file:///shop/app.yaml';
    const pod = (name: string): string =>
      `apiVersion: v1
kind: Pod
metadata: { name: web }
spec:
  containers:
    - name: web
      image: nginx:1.27.3
      envFrom: [{ configMapRef: { name: ${name} } }]
`;
    const client = await start(t, { capabilities: pushOnly, files: { [app]: pod('settings') } });
    await client.open(
      config,
      'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: settings }\ndata: { LEVEL: info }\n',
    );
    await client.until('the finding', () => shows(client, config, 'mutable-config'));
    await client.open(app, pod('settings'));
    await client.edit(app, 'name: settings', 'name: others');
    await client.until('no finding', () => hides(client, config, 'mutable-config'));
  });
});

/** Pulls until the finding is there: the other files are read in the background. */
async function pulled(client: Client, uri: string): Promise<void> {
  for (let turn = 0; turn < 1000; turn++) {
    const found = await client.diagnostics(uri);
    if (found.some(({ code }) => code === 'mismatched-digests')) return;
  }
  assert.fail('the finding never came');
}

describe('a client that pulls', () => {
  test('is asked to pull again when another file says something else, and only then', async (t) => {
    const client = await start(t, { files: { [web]: from('b') } });
    await client.open(api, from('a'));
    await pulled(client, api);
    await client.settle();
    const before = client.refreshes;
    client.files.texts.set(web, `${from('b')}USER 1000\n`);
    await changedOnDisk(client, web);
    await client.settle();
    assert.equal(client.refreshes, before, 'nothing that the open document asks about has changed');
    client.files.texts.set(web, from('a'));
    await changedOnDisk(client, web);
    await client.until('the refresh', () => client.refreshes === before + 1);
    assert.deepEqual(await client.diagnostics(api), []);
  });

  test('sees the choice of digests, and the one it takes', async (t) => {
    const client = await start(t, { files: { [web]: from('b') } });
    await client.open(api, from('a'));
    await pulled(client, api);
    const action = await client.action(api, 'mismatched-digests', /^Use sha256:bbbbbbbbbbbb/);
    await client.apply((await client.resolve(action)).edit);
    assert.equal(client.text(api), from('b'));
    assert.deepEqual(await client.diagnostics(api), []);
  });
});

test('without a workspace folder nothing is searched, and files are read alone', async (t) => {
  const client = await start(t, { capabilities: pushOnly, folders: [], files: { [web]: from('b') } });
  await client.open(api, from('a'));
  await client.open(web, from('b'));
  await client.until(
    'the diagnostics',
    () => rulesOf(client, web) !== undefined && rulesOf(client, api) !== undefined,
  );
  await client.settle();
  assert.deepEqual(
    client.files.reads.filter((uri) => uri === web),
    [],
  );
  assert.deepEqual([rulesOf(client, api), rulesOf(client, web)], [[], []]);
});

test('an audit of the workspace compares its files', async (t) => {
  const client = await start(t, { capabilities: pushOnly, files: { [api]: from('a'), [web]: from('b') } });
  await client.execute(serverCommands.audit);
  assert.deepEqual(
    [rulesOf(client, api), rulesOf(client, web)],
    [['mismatched-digests'], ['mismatched-digests']],
  );
});
