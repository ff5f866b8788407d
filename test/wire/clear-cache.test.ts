import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MessageType } from 'vscode-languageserver/node';
import { serverCommands, type Told } from '../../server/src/lsp/protocol/protocol.ts';
import { folder, start } from './harness.ts';

const uri = `${folder}/Dockerfile`;

test('the user is told how much was forgotten', async (t) => {
  const client = await start(t, { initializationOptions: { trusted: true } });
  await client.open(uri, 'FROM node:22.1.0\nFROM nginx:1.27.4\n');
  await client.execute(serverCommands.pinFile, { uri });
  client.shown.length = 0;
  const told = await client.execute<Told>(serverCommands.clearCache);
  assert.match(told.message, /has forgotten 2 answers of registries/);
  assert.deepEqual(client.shown, [{ type: MessageType.Info, message: told.message }]);
  const again = await client.execute<Told>(serverCommands.clearCache);
  assert.match(again.message, /^There was nothing to forget/);
});

test('a disk that could not be cleared is a warning that says why', async (t) => {
  const client = await start(t, { initializationOptions: { trusted: true } });
  client.registry.clearProblem = 'The folder /cache is read-only.';
  const { message } = await client.execute<Told>(serverCommands.clearCache);
  assert.match(message, /The folder \/cache is read-only\.$/);
  assert.deepEqual(client.shown, [{ type: MessageType.Warning, message }]);
});

test('nothing is asked of anybody, trusted or not', async (t) => {
  const client = await start(t, { initializationOptions: { trusted: false } });
  await client.execute(serverCommands.clearCache);
  assert.deepEqual(client.registry.calls, []);
});
