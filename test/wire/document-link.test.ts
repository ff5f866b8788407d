import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { DocumentLink } from 'vscode-languageserver/node';
import { type Client, digestFor, start } from './harness.ts';

/** The links of a document, as the linked text and its target. */
async function links(
  client: Client,
  uri: string,
): Promise<readonly (readonly [string, string | undefined])[]> {
  const found = await client.request<DocumentLink[]>('textDocument/documentLink', { textDocument: { uri } });
  const lines = client.text(uri).split('\n');
  return found.map(({ range: { end, start }, target }) => {
    assert.equal(start.line, end.line);
    return [(lines[start.line] ?? '').slice(start.character, end.character), target];
  });
}

test('names of images lead to their pages', async (t) => {
  const client = await start(t);
  const digest = digestFor({ registry: 'r', repository: 'r', version: 'r' });
  const uri = 'file:///shop/compose.yaml';
  await client.open(
    uri,
    `services:
  a: {image: nginx}
  b: {image: "grafana/grafana:12.0.0"}
  c: {image: quay.io/prometheus/prometheus:v3@${digest}}
  d: {image: 'docker.io/library/redis:8'}
  e: {image: registry.example.com/shop/web:1}
  f: {image: Nginx}
  g: {image: "nginx:$TAG"}
  h: {image: "shop/built", build: .}
`,
  );
  assert.deepEqual(await links(client, uri), [
    ['nginx', 'https://hub.docker.com/_/nginx'],
    ['grafana/grafana', 'https://hub.docker.com/r/grafana/grafana'],
    ['quay.io/prometheus/prometheus', 'https://quay.io/repository/prometheus/prometheus'],
    ['docker.io/library/redis', 'https://hub.docker.com/_/redis'],
  ]);
  assert.deepEqual(client.registry.calls, []);
  assert.deepEqual(client.registry.listed, []);
});

test('a name that is not written out in one place is linked as a whole', async (t) => {
  const client = await start(t, { initializationOptions: { trusted: false } });
  const uri = 'file:///shop/Dockerfile';
  await client.open(uri, 'ARG TAG=1.27.3\nFROM nginx:${TAG}\nFROM redis:8 AS cache\nFROM cache\n');
  assert.deepEqual(await links(client, uri), [
    ['nginx:${TAG}', 'https://hub.docker.com/_/nginx'],
    ['redis', 'https://hub.docker.com/_/redis'],
  ]);
});

test('what is no manifest, or not open, has no links', async (t) => {
  const client = await start(t);
  await client.open('file:///shop/notes.yaml', 'image: nginx\n');
  assert.deepEqual(await links(client, 'file:///shop/notes.yaml'), []);
  assert.deepEqual(await links(client, 'file:///shop/other.yaml'), []);
});
