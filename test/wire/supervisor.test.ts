import assert from 'node:assert/strict';
import { type ChildProcess, fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { fileURLToPath, pathToFileURL } from 'node:url';
import {
  type CompletionItem,
  createProtocolConnection,
  type Diagnostic,
  type Hover,
  IPCMessageReader,
  IPCMessageWriter,
  type ProtocolConnection,
  type PublishDiagnosticsParams,
  SocketMessageReader,
  SocketMessageWriter,
  StreamMessageReader,
  StreamMessageWriter,
} from 'vscode-languageserver/node';
import { buildLanguageServer } from '../../scripts/build.ts';
import type { AuditSummary } from '../../server/src/lsp/protocol/protocol.ts';

const program = fileURLToPath(new URL('runaway-program.ts', import.meta.url));
const { PATH } = process.env;
const env = { PATH, HOME: '/nonexistent', DOCKER_CONFIG: '/nonexistent', HOLDFAST_CACHE_DIR: 'off' };

/** Takes for ever where its path says `spin`, and ends its thread where that says `crash`. */
const bad = 'FROM nginx:bad\n';
const good = 'FROM nginx:1.27.3-alpine\n';

interface Client {
  readonly child: ChildProcess;
  readonly connection: ProtocolConnection;
  /** URI → what was published last. */
  readonly published: Map<string, readonly Diagnostic[]>;
  readonly registrations: unknown[];
  /** Settles when the condition holds, looked at with each message. */
  until(condition: () => boolean): Promise<void>;
}

async function begin(
  child: ChildProcess,
  connection: ProtocolConnection,
  root: string | null = null,
): Promise<Client> {
  const published = new Map<string, readonly Diagnostic[]>();
  const registrations: unknown[] = [];
  const checks = new Set<() => void>();
  connection.onNotification('textDocument/publishDiagnostics', (params: PublishDiagnosticsParams) => {
    published.set(params.uri, params.diagnostics);
    for (const check of checks) check();
  });
  connection.onRequest('client/registerCapability', (params) => {
    registrations.push(params);
    return null;
  });
  connection.listen();
  const rootUri = root && pathToFileURL(root).toString();
  await connection.sendRequest('initialize', {
    processId: process.pid,
    rootUri,
    capabilities: { workspace: { applyEdit: true, didChangeWatchedFiles: { dynamicRegistration: true } } },
  });
  await connection.sendNotification('initialized', {});
  const until = (condition: () => boolean): Promise<void> =>
    new Promise((resolve) => {
      const check = (): void => {
        if (!condition()) return;
        checks.delete(check);
        resolve();
      };
      checks.add(check);
      check();
    });
  return { child, connection, published, registrations, until };
}

function overStdio(t: TestContext, root: string | null = null, ...args: string[]): Promise<Client> {
  const child = spawn(process.execPath, [program, '--stdio', ...args], { env, stdio: 'pipe' });
  t.after(() => child.kill('SIGKILL'));
  const connection = createProtocolConnection(
    new StreamMessageReader(child.stdout),
    new StreamMessageWriter(child.stdin),
  );
  t.after(() => connection.dispose());
  return begin(child, connection, root);
}

function overIpc(t: TestContext, file: string): Promise<Client> {
  const child = fork(file, ['--node-ipc'], { env, execArgv: [] });
  t.after(() => child.kill('SIGKILL'));
  const connection = createProtocolConnection(new IPCMessageReader(child), new IPCMessageWriter(child));
  t.after(() => connection.dispose());
  return begin(child, connection);
}

const open = (client: Client, uri: string, text: string): Promise<void> =>
  client.connection.sendNotification('textDocument/didOpen', {
    textDocument: { uri, languageId: 'dockerfile', version: 1, text },
  });

const edit = (client: Client, uri: string, version: number, text: string): Promise<void> =>
  client.connection.sendNotification('textDocument/didChange', {
    textDocument: { uri, version },
    contentChanges: [{ text }],
  });

const codes = (client: Client, uri: string): readonly unknown[] | undefined =>
  client.published.get(uri)?.map(({ code }) => code);

const isUnread = (client: Client, uri: string): boolean =>
  client.published.get(uri)?.some(({ message }) => /takes too long to read/.test(String(message))) ?? false;

async function ended({ child }: Client): Promise<number | null> {
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
  return child.exitCode;
}

const spinning = 'file:///shop/spin/Dockerfile';
const other = 'file:///shop/api/Dockerfile';

async function survives(client: Client, uri: string): Promise<void> {
  const { connection } = client;
  await open(client, other, good);
  await open(client, uri, bad);
  const at = { textDocument: { uri: other }, position: { line: 0, character: 7 } };
  // All of these wait behind the text that is never read.
  const [stuck, hover, completion] = await Promise.all([
    connection.sendRequest<Hover | null>('textDocument/hover', { ...at, textDocument: { uri } }),
    connection.sendRequest<Hover | null>('textDocument/hover', at),
    connection.sendRequest<CompletionItem[] | null>('textDocument/completion', at),
  ]);
  assert.equal(stuck, null);
  assert.match(JSON.stringify(hover), /nginx/);
  assert.ok(completion !== undefined);
  await client.until(
    () => isUnread(client, uri) && (codes(client, other)?.includes('unpinned-image') ?? false),
  );
  const [told] = client.published.get(uri) ?? [];
  assert.ok(told && String(told.message).length <= 90 && told.severity === 1 && told.range.start.line === 0);
  // What the client registered once is not registered again.
  assert.equal(client.registrations.length, 1);

  await edit(client, uri, 2, good);
  await client.until(() => codes(client, uri)?.includes('unpinned-image') ?? false);
  assert.equal(isUnread(client, uri), false);
}

test('over stdio: a text that is never read costs itself its findings and nobody else', async (t) => {
  const client = await overStdio(t);
  await survives(client, spinning);
  // Edited into what is never read again: once more.
  await edit(client, spinning, 3, bad);
  await client.until(() => isUnread(client, spinning));
  await edit(client, other, 2, 'FROM scratch\n');
  await client.until(() => client.published.get(other)?.length === 0);
  await client.connection.sendRequest('shutdown');
  await client.connection.sendNotification('exit');
  assert.equal(await ended(client), 0);
});

test('a command that has changed a file is not made again', async (t) => {
  const root = await mkdtemp(join(tmpdir(), 'holdfast-acted-'));
  t.after(() => rm(root, { recursive: true }));
  const client = await overStdio(t, root);
  let edits = 0;
  client.connection.onRequest('workspace/applyEdit', async () => {
    edits++;
    // The thread hangs while its client makes the change.
    await open(client, spinning, bad);
    await client.until(() => isUnread(client, spinning));
    return { applied: true };
  });
  await open(client, other, good);
  await client.until(() => codes(client, other)?.includes('unpinned-image') ?? false);
  const key = client.published.get(other)?.[0]?.data?.key;
  const request = { uri: other, key, reason: 'the mirror keeps it' };
  await assert.rejects(
    client.connection.sendRequest('holdfast/suppress', request),
    /failed while it changed files/,
  );
  assert.equal(edits, 1);
});

test('a text that brings the thread down is left alone as well', async (t) => {
  await survives(await overStdio(t), 'file:///shop/crash/Dockerfile');
});

test('over the channel of a parent process, and with its end the server ends', async (t) => {
  const client = await overIpc(t, program);
  await survives(client, spinning);
  client.child.disconnect();
  assert.equal(await ended(client), 1);
});

test('shutdown ends a server that hears nothing', async (t) => {
  const client = await overStdio(t);
  await open(client, spinning, bad);
  assert.equal(await client.connection.sendRequest('shutdown'), null);
  await client.connection.sendNotification('exit');
  assert.equal(await ended(client), 0);
});

test('a client that vanishes ends a server that hears nothing', async (t) => {
  const client = await overStdio(t);
  await open(client, spinning, bad);
  client.child.stdin?.end();
  assert.equal(await ended(client), 1);
});

test('a server that fails again and again is stopped', async (t) => {
  const client = await overStdio(t, null, '--few-restarts');
  await open(client, 'file:///shop/crash/1/Dockerfile', bad);
  await open(client, 'file:///shop/crash/2/Dockerfile', bad);
  assert.equal(await ended(client), 1);
});

test('files that are not open and never read are unread in the audit', async (t) => {
  const root = await mkdtemp(join(tmpdir(), 'holdfast-runaway-'));
  t.after(() => rm(root, { recursive: true }));
  await writeFile(join(root, 'spin.Dockerfile'), bad);
  await writeFile(join(root, 'Dockerfile'), good);
  const client = await overStdio(t, root);
  const audit = { command: 'holdfast.server.audit' };
  const summary = await client.connection.sendRequest<AuditSummary>('workspace/executeCommand', audit);
  assert.equal(summary.files, 1);
  assert.deepEqual(
    summary.skipped.map(({ reason }) => reason),
    ['it takes too long to read'],
  );
  assert.ok((codes(client, pathToFileURL(join(root, 'Dockerfile')).toString())?.length ?? 0) > 0);
});

test('the bundle serves over the channel of a parent process and over a socket', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'holdfast-bundle-'));
  t.after(() => rm(folder, { recursive: true }));
  const bundle = join(folder, 'server.cjs');
  await buildLanguageServer(bundle);

  const client = await overIpc(t, bundle);
  await open(client, other, good);
  await client.until(() => codes(client, other)?.includes('unpinned-image') ?? false);
  await client.connection.sendRequest('shutdown');
  await client.connection.sendNotification('exit');
  assert.equal(await ended(client), 0);

  const listener = createServer().listen(0, '127.0.0.1');
  t.after(() => listener.close());
  await once(listener, 'listening');
  const address = listener.address();
  assert.ok(address && typeof address === 'object');
  const child = spawn(process.execPath, [bundle, `--socket=${address.port}`], { env, stdio: 'ignore' });
  t.after(() => child.kill('SIGKILL'));
  const [socket] = await once(listener, 'connection');
  const connection = createProtocolConnection(
    new SocketMessageReader(socket),
    new SocketMessageWriter(socket),
  );
  const second = await begin(child, connection);
  await open(second, other, good);
  await second.until(() => codes(second, other)?.includes('unpinned-image') ?? false);
  connection.dispose();
  socket.destroy();
  assert.equal(await ended(second), 1);
});
