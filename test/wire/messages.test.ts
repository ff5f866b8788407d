import assert from 'node:assert/strict';
import { test } from 'node:test';
import { start } from './harness.ts';

const link = '[Click to repair](command:workbench.action.quit)';

test('a message that quotes a file holds no link that could run a command', async (t) => {
  const uri = 'file:///shop/Dockerfile';
  const client = await start(t, {
    files: { 'file:///shop/.holdfast.yaml': `"${link}": 1\n`, [uri]: `FROM \${A:+${link}}alpine\n` },
  });
  await client.open(uri, `FROM \${A:+${link}}alpine\n`);
  await client.diagnostics(uri);
  await client.execute('holdfast.server.pinFile', { uri });
  assert.ok(client.shown.some(({ message }) => message.includes('Click to repair')));
  for (const { message } of client.shown) assert.doesNotMatch(message, /\]\(/);
});

test('a hover that quotes a file shows it as text', async (t) => {
  const uri = 'file:///shop/compose.yaml';
  const text = 'services:\n  a:\n    image: "x/a:b:![](https://evil.example/p.png)"\n';
  const client = await start(t, { files: { [uri]: text } });
  await client.open(uri, text);
  const hover = JSON.stringify(
    await client.request('textDocument/hover', {
      textDocument: { uri },
      position: { line: 2, character: 14 },
    }),
  );
  assert.match(hover, /no image reference/);
  assert.doesNotMatch(hover.replace(/`[^`]*`/g, ''), /!\[\]\(/);
});
