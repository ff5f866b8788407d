import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Hover, MarkupContent } from 'vscode-languageserver/node';
import { type Client, digestFor, start } from './harness.ts';

const uri = 'file:///shop/Dockerfile';

async function hover(client: Client, character: number, line = 0): Promise<string | null> {
  const answer = await client.request<Hover | null>('textDocument/hover', {
    textDocument: { uri },
    position: { line, character },
  });
  return answer && (answer.contents as MarkupContent).value;
}

test('a reference is taken apart, judged in plain words and linked', async (t) => {
  const client = await start(t);
  await client.open(uri, 'FROM nginx:1.27.3\n');
  const text = await hover(client, 8);
  assert.match(text ?? '', /^`nginx:1\.27\.3`: a specific tag/);
  assert.match(text ?? '', /Registry `docker\.io`, repository `library\/nginx`, tag `1\.27\.3`/);
  assert.match(text ?? '', /\[Page of the image\]\(https:\/\/hub\.docker\.com\/_\/nginx\)/);
  assert.match(text ?? '', /Used by /);
  assert.equal(await hover(client, 1), null);
  assert.equal(await hover(client, 0, 9), null);
});

test('a digest is told once a lookup has found it, and never looked up', async (t) => {
  const client = await start(t);
  await client.open(uri, 'FROM nginx:1.27.3\n');
  assert.doesNotMatch((await hover(client, 8)) ?? '', /sha256/);
  assert.deepEqual(client.registry.calls, []);
  await client.resolve(await client.action(uri, 'unpinned-image', /^Pin/));
  const digest = digestFor({ registry: 'docker.io', repository: 'library/nginx', version: '1.27.3' });
  assert.match((await hover(client, 8)) ?? '', new RegExp(`\`${digest}\`.*2026-01-02`));
  assert.equal(client.registry.calls.length, 1);
});

test('each class has its words', async (t) => {
  const client = await start(t);
  const digest = digestFor({ registry: 'r', repository: 'r', version: 'r' });
  const lines: [string, RegExp][] = [
    ['FROM nginx AS a', /no tag, so `latest` is pulled/],
    ['FROM nginx:stable AS b', /made to move/],
    [`FROM nginx:1.27.3@${digest} AS c`, /pinned to a digest/],
    ['FROM nginx:$TAG AS d', /does not tell the value of `.*TAG/],
    ['FROM Nginx:1 AS e', /no image reference/],
    ['FROM BASE_IMAGE AS f', /`BASE_IMAGE` stands for something that is given elsewhere, so/],
  ];
  await client.open(uri, `${lines.map(([line]) => line).join('\n')}\n`);
  for (const [line, [, expected]] of lines.entries())
    assert.match((await hover(client, 6, line)) ?? '', expected);
});

test('a name that only the command line can explain says so', async (t) => {
  const client = await start(t);
  await client.open(uri, 'FROM nginx:1.27.3\nCOPY --from=binary_dir / /\n');
  assert.match(
    (await hover(client, 14, 1)) ?? '',
    /`binary_dir` stands for .* such as with `--build-context`/,
  );
});

test('text of the file cannot become markup', async (t) => {
  const client = await start(t);
  await client.open(uri, 'FROM a`[x](command:evil)`b\n');
  const text = (await hover(client, 8)) ?? '';
  assert.match(text, /^`` a`\[x\]\(command:evil\)`b ``: /);
});

test('a client that shows no Markdown gets plain text', async (t) => {
  const client = await start(t, {
    capabilities: (all) => ({
      ...all,
      textDocument: { ...all.textDocument, hover: { contentFormat: ['plaintext'] } },
    }),
  });
  await client.open(uri, 'FROM nginx:1.27.3\n');
  const text = (await hover(client, 8)) ?? '';
  assert.doesNotMatch(text, /[`[\]]/);
  assert.match(text, /https:\/\/hub\.docker\.com\/_\/nginx/);
});

test('a finding shows the page of its rule in short, and where the rest is', async (t) => {
  const client = await start(t);
  await client.open(uri, 'FROM nginx:1.27.3\n# holdfast-ignore floating-tag -- once\nFROM scratch\n');
  const onImage = (await hover(client, 8)) ?? '';
  assert.match(
    onImage,
    /^`nginx:1\.27\.3`: .*\n\n---\n\n\[\*\*unpinned-image\*\*\]\(https:\/\/\S+\/rules\/unpinned-image\.md\): An image by a specific tag/s,
  );
  assert.doesNotMatch(onImage, /\]\((?!https:)/, 'a link that leads nowhere from here');
  assert.ok(onImage.includes('**Fix:** Pin nginx:1.27.3 to its digest.'));
  assert.ok(onImage.length < 2_000);
  const onComment = (await hover(client, 10, 1)) ?? '';
  assert.match(onComment, /^\[\*\*unused-suppression\*\*\]\(https:/);
});

test('a finding without an image has its page too, in plain text where the client wants it', async (t) => {
  const client = await start(t, {
    capabilities: (all) => ({
      ...all,
      textDocument: { ...all.textDocument, hover: { contentFormat: ['plaintext'] } },
    }),
  });
  const compose = 'file:///shop/compose.yaml';
  await client.open(compose, 'services:\n  web:\n    build: .\n    privileged: true\n');
  const answer = await client.request<Hover | null>('textDocument/hover', {
    textDocument: { uri: compose },
    position: { line: 3, character: 18 },
  });
  const text = (answer?.contents as MarkupContent | undefined)?.value ?? '';
  assert.match(text, /^privileged-container: A container with the rights of the host\.\n\n\S/);
  assert.match(
    text,
    /\n\nFix: Run it without privileges \(changes behaviour\)\.\n\nMore: https:\S+\/privileged-container\.md$/,
  );
  assert.doesNotMatch(text, /[`*]/);
});
