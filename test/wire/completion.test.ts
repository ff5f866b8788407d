import assert from 'node:assert/strict';
import { describe, type TestContext, test } from 'node:test';
import type { CompletionItem, CompletionList } from 'vscode-languageserver/node';
import { newestFirst } from '../../server/src/engine/image/tag-order.ts';
import { createNodeRegistry } from '../../server/src/registry/index.ts';
import { startRegistry } from '../support/registry.ts';
import { type Client, type StartOptions, start } from './harness.ts';

const uri = 'file:///shop/compose.yaml';
const env = { HOME: '/nonexistent', DOCKER_CONFIG: '/nonexistent', HOLDFAST_CACHE_DIR: 'off' };
const invoked = 1;
const triggerKinds = [
  undefined,
  { triggerKind: invoked },
  { triggerKind: 2, triggerCharacter: ':' },
  { triggerKind: 3 },
];

/** Opens a document in which `|` is the cursor, and asks for completions there. */
async function complete(
  client: Client,
  marked: string,
  {
    at = uri,
    context = { triggerKind: invoked } as unknown,
    languageId = undefined as string | undefined,
  } = {},
): Promise<CompletionItem[]> {
  const offset = marked.indexOf('|');
  const before = marked.slice(0, offset).split('\n');
  await client.close(at);
  await client.open(at, marked.replace('|', ''), languageId);
  const answer = await client.request<CompletionList | null>('textDocument/completion', {
    textDocument: { uri: at },
    position: { line: before.length - 1, character: before.at(-1)?.length ?? 0 },
    ...(context !== undefined && { context }),
  });
  return answer?.items ?? [];
}

const labels = (items: readonly CompletionItem[]): readonly string[] => items.map(({ label }) => label);

/** The text of the document with the item chosen. */
async function choose(client: Client, item: CompletionItem | undefined, at = uri): Promise<string> {
  assert.ok(item?.textEdit && 'range' in item.textEdit);
  await client.change(at, [item.textEdit]);
  return client.text(at);
}

const service = (image: string): string => `services:\n  web:\n    image: ${image}\n`;

describe('repositories', () => {
  const other = 'file:///shop/Dockerfile';
  const from =
    'FROM ghcr.io/team/app:1 AS a\nFROM docker.io/library/node:22\nFROM a\nFROM postgres\nFROM bad//name\n';

  /** A client with a Dockerfile open beside what is being written. */
  async function startBeside(t: TestContext, options: StartOptions = {}): Promise<Client> {
    const client = await start(t, options);
    await client.open(other, from);
    return client;
  }

  test('of open documents are offered where a reference is begun', async (t) => {
    const client = await startBeside(t);
    const all = ['ghcr.io/team/app', 'node', 'postgres'];
    for (const image of ['|', '"|"', "'|'", '| # what', '']) {
      const text = image === '' ? 'services: {web: {image: "|"}}\n' : service(image);
      assert.deepEqual(labels(await complete(client, text)), all, text);
    }
    assert.deepEqual(labels(await complete(client, service('no|'))), ['node']);
    assert.deepEqual(labels(await complete(client, service('ghcr.io/|'))), ['ghcr.io/team/app']);
    assert.deepEqual(labels(await complete(client, service('nothing/like/it|'))), []);
    assert.deepEqual(client.registry.listed, []);
  });

  test('take the place of the name alone', async (t) => {
    const client = await startBeside(t);
    const cases: readonly (readonly [string, string])[] = [
      ['|', 'postgres'],
      ['p|', 'postgres'],
      ['post|gres:16@sha256:0', 'postgres:16@sha256:0'],
      ['"p|:16"', '"postgres:16"'],
      ['p|: # x', 'postgres: # x'],
    ];
    for (const [image, expected] of cases) {
      const items = await complete(client, service(image));
      const item = items.find(({ label }) => label === 'postgres');
      assert.equal(await choose(client, item), service(expected));
    }
  });

  test('are offered in every kind of file', async (t) => {
    const client = await startBeside(t);
    const files: readonly (readonly [uri: string, text: string])[] = [
      ['file:///shop/b.Dockerfile', 'FROM |'],
      ['file:///shop/b.Dockerfile', 'FROM --platform=linux/amd64 p|\n'],
      ['file:///shop/b.Dockerfile', 'from p| AS base\n'],
      ['file:///shop/pod.yaml', 'apiVersion: v1\nkind: Pod\nspec:\n  containers:\n    - image: |\n'],
      ['file:///shop/web.container', '[Container]\nImage=|\n'],
      ['file:///shop/devcontainer.json', '{\n  "image": "|"\n}\n'],
      ['file:///shop/.github/workflows/ci.yaml', 'jobs:\n  a:\n    container:\n      image: |\n'],
      ['file:///shop/.gitlab-ci.yml', 'image: |\n'],
    ];
    for (const [at, text] of files) {
      assert.ok(labels(await complete(client, text, { at })).includes('postgres'), `${at}: ${text}`);
      await client.close(at);
    }
  });

  test('are those of an audit too', async (t) => {
    const files = { [uri]: service('redis:8'), [other]: 'FROM mcr.microsoft.com/dotnet/sdk:9.0\n' };
    const client = await start(t, { files });
    const at = 'file:///shop/new/compose.yaml';
    assert.deepEqual(await complete(client, service('|'), { at }), []);
    await client.execute('holdfast.server.audit');
    assert.deepEqual(labels(await complete(client, service('|'), { at })), [
      'mcr.microsoft.com/dotnet/sdk',
      'redis',
    ]);
  });

  test('are not the half-written name itself', async (t) => {
    const client = await startBeside(t);
    assert.deepEqual(labels(await complete(client, service('nod|'))), ['node']);
    assert.deepEqual(labels(await complete(client, service('node|'))), ['node']);
    const twice = 'services:\n  a: {image: own}\n  b: {image: own|}\n';
    assert.deepEqual(labels(await complete(client, twice)), ['own']);
  });

  test('are not offered anywhere else', async (t) => {
    const client = await startBeside(t);
    const texts = [
      'serv|ices:\n  web:\n    image: nginx\n',
      'services:\n  web:\n    im|age: nginx\n',
      'services:\n  web:\n    image:|\n',
      'services:\n  web:\n    # image: |\n',
      service('nginx@sha256:|'),
      service('a b|'),
    ];
    for (const text of texts) assert.deepEqual(await complete(client, text), [], text);
    assert.deepEqual(await complete(client, 'image: |\n', { at: 'file:///shop/notes.yaml' }), []);
    assert.deepEqual(await complete(client, 'RUN echo |\n', { at: 'file:///shop/b.Dockerfile' }), []);
    const nowhere = { textDocument: { uri: 'file:///no' }, position: { line: 9, character: 9 } };
    assert.equal(await client.request('textDocument/completion', nowhere), null);
  });
});

describe('tags', () => {
  const images = [
    { repository: 'shop/web', tags: ['1.9.0', 'latest', '1.10.0', '1.10.0-alpine', '2.0.0-rc.1', 'edge'] },
  ];
  const ordered = ['1.10.0', '1.10.0-alpine', '1.9.0', '2.0.0-rc.1', 'latest', 'edge'];

  async function startWithRegistry(t: TestContext, options: StartOptions = {}) {
    const registry = await startRegistry({ images });
    t.after(() => registry.stop());
    const client = await start(t, { registry: createNodeRegistry({ env }), ...options });
    return { client, registry, name: `${registry.host}/shop/web` };
  }

  const run = (client: Client, item: CompletionItem | undefined): Promise<unknown> => {
    assert.ok(item?.command);
    return client.execute(item.command.command, ...(item.command.arguments ?? []));
  };

  test('come from the registry once the user chooses to list them, newest version first', async (t) => {
    const { client, name, registry } = await startWithRegistry(t);
    const [item, ...others] = await complete(client, service(`${name}:|`));
    assert.deepEqual(others, []);
    assert.equal(item?.label, `List the tags of ${name}`);
    assert.deepEqual(registry.requests, []);
    assert.equal(await choose(client, item), service(`${name}:`));
    assert.deepEqual(await run(client, item), { listed: 6 });
    assert.equal(registry.requests.length, 1);

    for (const context of triggerKinds) {
      const items = await complete(client, service(`${name}:|`), { context });
      assert.deepEqual(labels(items), ordered);
      assert.deepEqual(
        labels([...items].sort((a, b) => ((a.sortText ?? '') < (b.sortText ?? '') ? -1 : 1))),
        ordered,
      );
    }
    assert.deepEqual(labels(await complete(client, service(`${name}:1.10|`))), ['1.10.0', '1.10.0-alpine']);
    assert.deepEqual(
      labels(await complete(client, `FROM ${name}:alp|\n`, { at: 'file:///shop/Dockerfile' })),
      ['1.10.0-alpine'],
    );
    assert.equal(registry.requests.length, 1);
  });

  test('take the place of the tag alone', async (t) => {
    const { client, name } = await startWithRegistry(t);
    await run(client, (await complete(client, service(`${name}:|`)))[0]);
    const digest = `sha256:${'0'.repeat(64)}`;
    const cases: readonly (readonly [string, string])[] = [
      [`${name}:|`, `${name}:1.10.0`],
      [`"${name}:1|"`, `"${name}:1.10.0"`],
      [`${name}:|1.9.0 # old`, `${name}:1.10.0 # old`],
      [`${name}:1.|9.0@${digest}`, `${name}:1.10.0@${digest}`],
    ];
    for (const [image, expected] of cases) {
      const [newest] = await complete(client, service(image));
      assert.equal(await choose(client, newest), service(expected));
    }
  });

  test('are offered to be listed when the user may want that, and never without trust', async (t) => {
    const { client, name, registry } = await startWithRegistry(t, {
      initializationOptions: { trusted: false },
    });
    const offered = async (image: string, context: unknown): Promise<boolean> =>
      labels(await complete(client, service(image), { context })).some((label) => label.startsWith('List'));
    for (const context of triggerKinds) assert.equal(await offered(`${name}:|`, context), false);
    assert.deepEqual(await client.execute('holdfast.server.listTags', { uri, name }), { listed: null });
    assert.match(client.shown[0]?.message ?? '', /Trust this workspace/);
    assert.equal(client.shown.length, 1);

    await client.notify('holdfast/trust', { trusted: true });
    const found: boolean[] = [];
    for (const context of triggerKinds) found.push(await offered(`${name}:|`, context));
    assert.deepEqual(found, [true, true, false, false]);
    for (const image of [`${name}:1|`, `${name}|`, `${name}:1@|`, 'Bad:|', '"$NAME:|"']) {
      assert.equal(await offered(image, { triggerKind: invoked }), false, image);
    }
    assert.deepEqual(registry.requests, []);
  });

  test('that cannot be had are told once, and may be asked for again', async (t) => {
    const { client, name, registry } = await startWithRegistry(t);
    const missing = name.replace('web', 'gone');
    const [item] = await complete(client, service(`${missing}:|`));
    assert.deepEqual(await run(client, item), { listed: null });
    assert.equal(client.shown.length, 1);
    assert.match(client.shown[0]?.message ?? '', /has no image shop\/gone/);
    assert.equal((await complete(client, service(`${missing}:|`)))[0]?.label, item?.label);
    registry.put({ repository: 'shop/gone', tags: ['1'] });
    assert.deepEqual(await run(client, item), { listed: 1 });
    assert.equal(client.shown.length, 1);
    assert.deepEqual(labels(await complete(client, service(`${missing}:|`))), ['1']);
  });

  test('of a repository that has none are told to be none', async (t) => {
    const client = await start(t);
    assert.deepEqual(await client.execute('holdfast.server.listTags', { uri, name: 'nginx' }), { listed: 0 });
    assert.deepEqual(client.registry.listed, [{ registry: 'docker.io', repository: 'library/nginx' }]);
    assert.match(client.shown[0]?.message ?? '', /nginx has no tags/);
    assert.deepEqual(await complete(client, service('nginx:|')), []);
  });

  test('too many for one answer leave it open', async (t) => {
    const client = await start(t);
    client.registry.tagList = { ok: true, tags: Array.from({ length: 2_500 }, (_, index) => `1.${index}.0`) };
    await client.execute('holdfast.server.listTags', { uri, name: 'nginx' });
    const items = await complete(client, service('nginx:|'));
    assert.equal(items.length, 1_000);
    assert.equal(items[0]?.label, '1.2499.0');
    assert.deepEqual(
      labels(await complete(client, service('nginx:1.7.|'), { context: { triggerKind: 3 } })),
      ['1.7.0'],
    );
  });

  test('are not listed for a request that names nothing', async (t) => {
    const client = await start(t);
    for (const argument of [
      undefined,
      {},
      { uri },
      { uri, name: 3 },
      { uri, name: 'Bad:1' },
      { uri, name: 'a:1' },
    ]) {
      assert.equal(await client.execute('holdfast.server.listTags', argument), null);
    }
    assert.deepEqual(client.registry.listed, []);
  });
});

describe('the order of tags', () => {
  const rows: readonly (readonly [what: string, newestToOldest: readonly string[]])[] = [
    ['numbers count as numbers', ['1.10.0', '1.9.10', '1.9.9', '1.9', '1']],
    ['with a letter in front', ['v2.0.0', '1.10.0', 'v1.9.0']],
    [
      'variants follow their version',
      ['1.2.0', '1.2.0-alpine', '1.2.0-alpine3.21', '1.2.0-alpine3.9', '1.1.0'],
    ],
    [
      'pre-releases follow releases',
      ['1.9.0', '3.0.0-rc.1', '2.0.0-rc.10', '2.0.0-rc.2', '2.0.0-rc.2-alpine', '2.0.0-beta.1'],
    ],
    ['attached pre-releases', ['3.13.0', '3.14.0rc2', '3.14.0rc1', '3.13.0b1']],
    ['builds and dates follow versions', ['3.20', '20250101', '20240329']],
    [
      'names come last, latest first',
      ['1', '1.0-rc1', '20240101', 'latest', 'bookworm-20250101', 'bookworm-20240101', 'edge'],
    ],
    ['hashes are names', ['1.0.0', '7fc', 'a1b2c3d', 'sha256-00.sig']],
  ];
  for (const [what, tags] of rows) {
    test(what, () => {
      for (const given of [[...tags].reverse(), [...tags].sort(), tags])
        assert.deepEqual(newestFirst(given), tags);
    });
  }
});
