import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { fileURLToPath, pathToFileURL } from 'node:url';
import {
  type ApplyWorkspaceEditParams,
  type CodeAction,
  createProtocolConnection,
  type Diagnostic,
  type ProtocolConnection,
  type PublishDiagnosticsParams,
  StreamMessageReader,
  StreamMessageWriter,
} from 'vscode-languageserver/node';
import type { AuditSummary, PinOutcome } from '../../server/src/lsp/protocol/protocol.ts';
import { startRegistry } from '../support/registry.ts';
import { resolvedLater } from './harness.ts';

const main = fileURLToPath(new URL('../../server/src/lsp/main.ts', import.meta.url));

function run(t: TestContext, ...args: string[]): ChildProcess {
  const { PATH } = process.env;
  const child = spawn(process.execPath, [main, ...args], {
    env: { PATH, HOME: '/nonexistent', DOCKER_CONFIG: '/nonexistent', HOLDFAST_CACHE_DIR: 'off' },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  t.after(() => child.kill());
  return child;
}

async function ended(child: ChildProcess): Promise<number | null> {
  if (child.exitCode === null) await once(child, 'exit');
  return child.exitCode;
}

function connect(t: TestContext, child: ChildProcess): ProtocolConnection {
  assert.ok(child.stdout && child.stdin);
  const connection = createProtocolConnection(
    new StreamMessageReader(child.stdout),
    new StreamMessageWriter(child.stdin),
  );
  t.after(() => connection.dispose());
  return connection;
}

const read = async (child: ChildProcess): Promise<string> => {
  let text = '';
  for await (const chunk of child.stdout ?? []) text += chunk;
  return text;
};

test('the command tells its version and its use, and refuses what it does not know', async (t) => {
  assert.match(await read(run(t, '--version')), /^\d+\.\d+\.\d+\n$/);
  assert.match(await read(run(t, '--help')), /--stdio/);
  const unknown = run(t, '--teletype');
  assert.equal(await ended(unknown), 2);
});

test('over stdio: a real folder, a real registry, from the first message to the last', async (t) => {
  const root = await mkdtemp(join(tmpdir(), 'holdfast shöp #1 '));
  t.after(() => rm(root, { recursive: true }));
  const registry = await startRegistry({ anyName: true });
  t.after(() => registry.stop());
  await mkdir(join(root, 'api'));
  await mkdir(join(root, 'build'));
  await writeFile(join(root, '.gitignore'), 'build/\n');
  await mkdir(join(root, '.git'));
  await writeFile(join(root, '.holdfast.yaml'), 'rules:\n  unpinned-image: error\n');
  await writeFile(join(root, 'api', 'Dockerfile'), `\ufeffFROM ${registry.host}/api:1.2.3\n`);
  await writeFile(join(root, 'build', 'Dockerfile'), 'FROM nginx\n');
  await writeFile(join(root, 'compose.yaml'), Buffer.from([0, 1, 2]));

  const child = run(t, '--stdio');
  const connection = connect(t, child);
  const published: PublishDiagnosticsParams[] = [];
  connection.onNotification('textDocument/publishDiagnostics', (params) => void published.push(params));
  connection.listen();
  const rootUri = pathToFileURL(root).toString();
  await connection.sendRequest('initialize', {
    processId: process.pid,
    rootUri,
    capabilities: {
      textDocument: {
        diagnostic: {},
        codeAction: resolvedLater,
      },
    },
  });
  await connection.sendNotification('initialized', {});

  const audit = { command: 'holdfast.server.audit' };
  const summary = await connection.sendRequest<AuditSummary>('workspace/executeCommand', audit);
  assert.equal(summary.files, 2);
  assert.equal(summary.findings.error, 1);
  assert.deepEqual(
    summary.skipped.map(({ reason }) => reason),
    ['it has a zero byte, which no reader of YAML takes'],
  );
  assert.equal(published.length, 1);
  assert.deepEqual(published[0]?.diagnostics[0]?.range.start, { line: 0, character: 5 });
  assert.deepEqual(registry.requests, []);

  const uri = pathToFileURL(join(root, 'api', 'Dockerfile')).toString();
  const text = `FROM ${registry.host}/api:1.2.3\n`;
  const textDocument = { uri, languageId: 'dockerfile', version: 1, text };
  await connection.sendNotification('textDocument/didOpen', { textDocument });
  const { items } = await connection.sendRequest<{ items: Diagnostic[] }>('textDocument/diagnostic', {
    textDocument: { uri },
  });
  assert.equal(items.length, 1);
  const actions = await connection.sendRequest<CodeAction[]>('textDocument/codeAction', {
    textDocument: { uri },
    range: items[0]?.range,
    context: { diagnostics: items },
  });
  const pin = actions.find(({ title }) => title.startsWith('Pin'));
  const resolved = await connection.sendRequest<CodeAction>('codeAction/resolve', pin);
  assert.match(JSON.stringify(resolved.edit), new RegExp(`@${registry.digestOf('api', '1.2.3')}`));

  await connection.sendRequest('shutdown');
  await connection.sendNotification('exit');
  assert.equal(await ended(child), 0);
});

test('a closed file that an editor would read otherwise is not pinned', async (t) => {
  const root = await mkdtemp(join(tmpdir(), 'holdfast-bytes-'));
  t.after(() => rm(root, { recursive: true }));
  const registry = await startRegistry({ anyName: true });
  t.after(() => registry.stop());
  const image = `FROM ${registry.host}/api:1.2.3\n`;
  await writeFile(join(root, 'Dockerfile'), image);
  await writeFile(join(root, 'latin.Dockerfile'), Buffer.from(`# gr\xfcn\n${image}`, 'latin1'));
  await writeFile(join(root, 'wide.Dockerfile'), Buffer.from(image, 'utf16le'));
  await writeFile(join(root, 'marked.Dockerfile'), Buffer.from(`\ufeff${image}`, 'utf16le'));

  const connection = connect(t, run(t, '--stdio'));
  const edited: string[] = [];
  connection.onRequest('workspace/applyEdit', ({ edit }: ApplyWorkspaceEditParams) => {
    edited.push(...Object.keys(edit.changes ?? {}));
    return { applied: true };
  });
  connection.listen();
  await connection.sendRequest('initialize', {
    processId: process.pid,
    rootUri: pathToFileURL(root).toString(),
    capabilities: { workspace: { applyEdit: true } },
  });
  await connection.sendNotification('initialized', {});
  const command = { command: 'holdfast.server.pinWorkspace' };
  const outcome = await connection.sendRequest<PinOutcome>('workspace/executeCommand', command);
  const nameOf = (uri: string): string => uri.slice(uri.lastIndexOf('/') + 1);
  assert.deepEqual(edited.map(nameOf).sort(), ['Dockerfile', 'marked.Dockerfile']);
  assert.deepEqual(
    outcome.failures.map(({ message, uri }) => `${nameOf(uri)}: ${message.slice(0, 38)}`).sort(),
    ['latin', 'wide'].map((name) => `${name}.Dockerfile: This file has bytes that are not UTF-8`),
  );
});

test('exit without shutdown, and a client that vanishes, end the server with an error', async (t) => {
  const polite = run(t, '--stdio');
  const connection = connect(t, polite);
  connection.listen();
  await connection.sendRequest('initialize', { processId: null, rootUri: null, capabilities: {} });
  await connection.sendNotification('exit');
  assert.equal(await ended(polite), 1);

  const gone = run(t, '--stdio');
  gone.stdin?.end();
  assert.equal(await ended(gone), 1);
});
