import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type CompletionList, type Diagnostic, type Hover, MessageType } from 'vscode-languageserver/node';
import { type Client, pushOnly, type StartOptions, start } from './harness.ts';

const config = 'file:///shop/.holdfast.yaml';
const uri = 'file:///shop/web/Dockerfile';
const now = (): number => Date.UTC(2026, 5, 15, 12);

/** What a diagnostic says. */
const messageOf = (diagnostic: Diagnostic | undefined): string =>
  typeof diagnostic?.message === 'string' ? diagnostic.message : '';

/** Diagnostics as `line:character severity first words`. */
async function told(client: Client, of = config): Promise<readonly string[]> {
  return (await client.diagnostics(of)).map(
    (one) =>
      `${one.range.start.line}:${one.range.start.character} ${one.severity} ${messageOf(one).split(/[.:;,]/)[0]}`,
  );
}

/** Opens a configuration without its `|`, and gives where that stood. */
async function openAt(client: Client, marked: string, of = config) {
  const before = marked.slice(0, marked.indexOf('|')).split('\n');
  await client.open(of, marked.replace('|', ''));
  const position = { line: before.length - 1, character: before.at(-1)?.length ?? 0 };
  return { textDocument: { uri: of }, position };
}

const schemaSupport: StartOptions = { initializationOptions: { yamlSchemaSupport: true }, now };

test('mistakes in a configuration show while it is written, at their places', async (t) => {
  const client = await start(t, { now });
  await client.open(config, 'rules:\n  floating-tag: warning\n');
  assert.deepEqual(await told(client), []);
  await client.edit(config, 'warning', 'wrning');
  assert.deepEqual(await told(client), ['1:16 1 "wrning" is no level']);
  await client.edit(config, 'rules:', 'profile: loud\nrules:');
  assert.deepEqual(await told(client), ['0:9 1 "loud" is no profile', '2:16 1 "wrning" is no level']);
  await client.edit(config, 'loud', '"');
  assert.equal((await told(client)).length, 1);
  const [diagnostic] = await client.diagnostics(config);
  assert.equal(diagnostic?.source, 'holdfast');
  assert.equal(diagnostic?.code, 'invalid-configuration');
});

test('a mistake underlines its word, and one of a whole mapping its first line', async (t) => {
  const client = await start(t, { now });
  await client.open(config, 'rules:\n  floating-tag: loud # why\nignore:\n  a: 1\n  b: 2\n');
  assert.deepEqual(
    (await client.diagnostics(config)).map(({ range: { end, start: from } }) => [
      from.line,
      from.character,
      end.line,
      end.character,
    ]),
    [
      [1, 16, 1, 20],
      [3, 2, 3, 6],
    ],
  );
});

test('clients that are sent diagnostics get them when the typing pauses', async (t) => {
  const client = await start(t, { capabilities: pushOnly, now });
  await client.open(config, 'profile: loud\n');
  await client.until('the mistake', () => client.lastPublished(config)?.length === 1);
  await client.edit(config, 'loud', 'strict');
  await client.until('its end', () => client.lastPublished(config)?.length === 0);
});

test('a file that is extended shows its mistakes where it is open, and where it is named', async (t) => {
  const base = 'file:///shop/policies/base.holdfast.yaml';
  const client = await start(t, {
    files: { [base]: 'profile: strict\nrules:\n  floating-tag: loud\n' },
    now,
  });
  await client.open(config, 'profile: strict\nextends:\n  - policies/base.holdfast.yaml\n  - gone.yaml\n');
  const [first, second] = await client.diagnostics(config);
  assert.deepEqual(first?.range.start, { line: 2, character: 4 });
  assert.match(
    messageOf(first),
    /^\/shop\/policies\/base\.holdfast\.yaml has a mistake, so neither file counts\. Line 3, column 17: "loud" is no level/,
  );
  assert.deepEqual(second?.range.start, { line: 3, character: 4 });
  assert.match(messageOf(second), /^There is no file "gone\.yaml"/);
  await client.open(base, client.files.texts.get(base) ?? '');
  assert.deepEqual(await told(client, base), ['2:16 1 "loud" is no level']);
});

test('a change of a file that is extended, or of a key, counts at once', async (t) => {
  const base = 'file:///shop/policies/base.yaml';
  const client = await start(t, {
    files: { [config]: 'extends: policies/base.yaml\n', [base]: 'rules: {unpinned-image: error}\n' },
    now,
  });
  await client.open(uri, 'FROM nginx:1.27.3\n');
  const severity = async () => (await client.diagnostics(uri))[0]?.severity;
  assert.equal(await severity(), 1);
  client.files.texts.set(base, 'rules: {unpinned-image: hint}\n');
  await client.notify('workspace/didChangeWatchedFiles', { changes: [{ uri: base, type: 2 }] });
  assert.equal(await severity(), 4);
  client.files.texts.delete(base);
  await client.notify('workspace/didChangeWatchedFiles', { changes: [{ uri: base, type: 3 }] });
  assert.equal(await severity(), 3);
  await client.until('the message', () => client.shown.length === 1);
  assert.match(
    client.shown[0]?.message ?? '',
    /^\/shop\/\.holdfast\.yaml has errors .*Line 1, column 10: There is no file/,
  );
});

test('a mistake in a file that is extended is told with that file', async (t) => {
  const client = await start(t, {
    files: { [config]: 'extends: base.yaml\n', 'file:///shop/base.yaml': 'profile: loud\n' },
    now,
  });
  await client.open(uri, 'FROM nginx:1.27.3\n');
  await client.diagnostics(uri);
  assert.match(
    client.shown[0]?.message ?? '',
    /^\/shop\/\.holdfast\.yaml has errors and does not count .* \/shop\/base\.yaml, which it extends: Line 1, column 10: "loud"/,
  );
});

test('overrides count for the files they name', async (t) => {
  const client = await start(t, {
    files: {
      [config]:
        'rules: {unpinned-image: hint}\noverrides: [{files: web/, rules: {unpinned-image: error}}, {files: old/, rules: {unpinned-image: off}}]\n',
    },
    now,
  });
  const severities = async (of: string) => {
    await client.open(of, 'FROM nginx:1.27.3\n');
    return (await client.diagnostics(of)).map(({ severity }) => severity);
  };
  assert.deepEqual(await severities(uri), [1]);
  assert.deepEqual(await severities('file:///shop/Dockerfile'), [4]);
  assert.deepEqual(await severities('file:///shop/old/Dockerfile'), []);
});

const waiver = (expires: string): string =>
  `waivers:\n- rules: unpinned-image\n  image: nginx\n  reason: known\n  approved-by: security\n  expires: ${expires}\n`;

test('a waiver lets findings pass until its last day is over', async (t) => {
  let at = Date.UTC(2026, 5, 15, 23, 59);
  const client = await start(t, { files: { [config]: waiver('2026-06-15') }, now: () => at });
  await client.open(uri, 'FROM nginx:1.27.3\nFROM redis:7.2.1\n');
  assert.deepEqual(await told(client, uri), ['1:5 3 The tag of `redis']);
  at += 60_000;
  const [first] = await client.diagnostics(uri);
  assert.match(messageOf(first), /\(Its waiver expired on 2026-06-15\.\)$/);
});

test('waivers that have ended, or soon will, are told at their place', async (t) => {
  const client = await start(t, { now });
  await client.open(config, waiver('2026-06-14'));
  assert.deepEqual(await told(client), ['5:11 2 This waiver expired on 2026-06-14']);
  await client.edit(config, '2026-06-14', '2026-06-29');
  assert.deepEqual(await told(client), ['5:11 3 This waiver expires in 14 days']);
  await client.edit(config, '2026-06-29', '2026-06-30');
  assert.deepEqual(await told(client), []);
});

test('a configuration by the other ending is told to be renamed', async (t) => {
  const wrong = 'file:///shop/.holdfast.yml';
  const client = await start(t, { files: { [wrong]: 'rules: {unpinned-image: error}\n' }, now });
  await client.open(uri, 'FROM nginx:1.27.3\n');
  assert.equal((await client.diagnostics(uri))[0]?.severity, 3);
  await client.open('file:///shop/Dockerfile', 'FROM nginx:1.27.3\n');
  await client.diagnostics('file:///shop/Dockerfile');
  assert.deepEqual(client.shown, [
    {
      type: MessageType.Warning,
      message: '/shop/.holdfast.yml is not read: its name has to end in .yaml. Rename it to .holdfast.yaml.',
    },
  ]);
  await client.open(wrong, 'rules: {unpinned-image: error}\n');
  assert.deepEqual(await told(client, wrong), ['0:0 2 This file is not read']);
});

test('keys, rules and levels are completed in text that is half-written', async (t) => {
  const client = await start(t, { now });
  const labels = async (marked: string): Promise<readonly string[]> => {
    const at = await openAt(client, marked);
    const list = await client.request<CompletionList | null>('textDocument/completion', at);
    await client.close(config);
    return list?.items.map(({ label }) => label) ?? [];
  };
  assert.ok((await labels('pro|')).includes('profile'));
  assert.deepEqual(await labels('profile: |\nrules: {'), ['recommended', 'strict']);
  assert.ok((await labels('rules:\n  flo|')).includes('floating-tag'));
  assert.deepEqual(await labels('rules:\n  floating-tag: |'), [
    'error',
    'warning',
    'information',
    'hint',
    'off',
  ]);
  assert.ok((await labels('files:\n  "*.in": |')).includes('dockerfile'));
  assert.deepEqual(await labels('waivers:\n  - rules: "\n    expires: 2|'), [
    '2026-09-13',
    '2027-06-15',
    'never',
  ]);
  assert.deepEqual(await labels('ignore: |'), []);
});

test('a completion says what it is, and takes the place of the word', async (t) => {
  const client = await start(t, { now });
  const at = await openAt(client, 'rules:\n  floa|\n');
  const list = await client.request<CompletionList>('textDocument/completion', at);
  const item = list.items.find(({ label }) => label === 'floating-tag');
  assert.deepEqual(item?.textEdit, {
    range: { start: { line: 1, character: 2 }, end: { line: 1, character: 6 } },
    newText: 'floating-tag: ',
  });
  assert.match(JSON.stringify(item?.documentation), /made to move.*Default: warning.*floating-tag\.md/);
});

test('hovers tell what keys, rules and levels mean', async (t) => {
  const client = await start(t, { now });
  const hover = async (marked: string): Promise<string | null> => {
    const at = await openAt(client, marked);
    const found = await client.request<Hover | null>('textDocument/hover', at);
    await client.close(config);
    return found ? JSON.stringify(found.contents) : null;
  };
  assert.match(
    (await hover('prof|ile: strict')) ?? '',
    /`profile`: The severity.*Example: `profile: strict`/,
  );
  assert.match(
    (await hover('rules:\n  floating-|tag: off')) ?? '',
    /`floating-tag`: An image by a tag that is made to move.* Default: warning\.\\n\\n\[Page of the rule\]\(https:.*floating-tag\.md\)/,
  );
  assert.match((await hover('rules:\n  floating-tag: o|ff')) ?? '', /Not looked for/);
  assert.equal(await hover('ignore: [cha|rts/]'), null);
});

test('a client that knows no Markdown gets plain words', async (t) => {
  const client = await start(t, {
    capabilities: (all) => ({
      ...all,
      textDocument: { ...all.textDocument, hover: { contentFormat: ['plaintext'] } },
    }),
    now,
  });
  const found = await client.request<Hover>(
    'textDocument/hover',
    await openAt(client, 'rules:\n  floating-|tag: off'),
  );
  assert.doesNotMatch(JSON.stringify(found.contents), /`|\]\(/);
});

test('beside a YAML extension the server says only what a schema cannot', async (t) => {
  const client = await start(t, schemaSupport);
  const text = `profile: loud\nextends: gone.yaml\nrules: {floating-tag: off, floating-tag: off}\noverrides: [{files: a}]\n${waiver('2020-01-01')}`;
  const at = await openAt(client, `|${text}`);
  assert.deepEqual(await told(client), [
    '1:9 1 There is no file "gone',
    '3:13 1 This override changes nothing',
  ]);
  await client.edit(config, 'profile: loud\nextends: gone.yaml\n', '');
  await client.edit(config, ', floating-tag: off}\noverrides: [{files: a}]', '}');
  assert.deepEqual(
    (await told(client)).map((one) => one.split(' ').slice(1).join(' ')),
    ['2 This waiver expired on 2020-01-01'],
  );
  assert.equal(await client.request('textDocument/completion', at), null);
  assert.equal(await client.request('textDocument/hover', at), null);
  await client.edit(config, 'unpinned-image', '"');
  assert.deepEqual(await told(client), []);
});

test('settings of the editor loosen nothing, and the log says why', async (t) => {
  const client = await start(t, {
    files: { [config]: 'rules: {unpinned-image: warning}\n' },
    settings: () => ({
      rules: { 'unpinned-image': 'off', 'implicit-latest': 'hint', 'floating-tag': 'error' },
      registries: { 'quay.io': { insecure: true } },
      files: { 'web/Dockerfile': 'compose', 'web/*.in': 'dockerfile' },
    }),
    now,
  });
  await client.open(uri, 'FROM nginx:1.27.3\nFROM redis\nFROM nginx:1.27\n');
  await client.open('file:///shop/web/base.in', 'FROM nginx:1.27.3\n', 'plaintext');
  const severities = async (of: string) => (await client.diagnostics(of)).map(({ severity }) => severity);
  assert.deepEqual(await severities(uri), [2, 2, 1]);
  assert.deepEqual(await severities('file:///shop/web/base.in'), [2]);
  await client.edit(uri, 'redis', 'valkey');
  assert.deepEqual(await severities(uri), [2, 2, 1]);
  const reasons = client.logged.filter((line) => line.startsWith('holdfast.'));
  assert.equal(reasons.length, 4, reasons.join('\n'));
  for (const [index, start_] of [
    'holdfast.rules: unpinned-image stays at warning, as the policy says; off would be less.',
    'holdfast.rules: implicit-latest stays at warning, as the policy says; hint would be less.',
    'holdfast.registries: quay.io is not reached insecurely',
    'holdfast.files: /shop/web/Dockerfile is not read as compose',
  ].entries()) {
    assert.ok(reasons[index]?.startsWith(start_), reasons[index]);
    assert.match(
      reasons[index] ?? '',
      /\/shop\/\.holdfast\.yaml says stricter, unless it has editor: \{may-loosen: true\}\.$/,
    );
  }
  client.files.texts.set(config, 'rules: {unpinned-image: warning}\neditor: {may-loosen: true}\n');
  await client.notify('workspace/didChangeWatchedFiles', { changes: [{ uri: config, type: 2 }] });
  assert.deepEqual(await severities(uri), []);
});

test('a policy with mistakes loosens nothing for the editor either', async (t) => {
  const client = await start(t, {
    files: { [config]: 'profile: loud\n' },
    settings: () => ({ rules: { 'unpinned-image': 'off' } }),
    now,
  });
  await client.open(uri, 'FROM nginx:1.27.3\n');
  assert.equal((await client.diagnostics(uri))[0]?.severity, 3);
});
