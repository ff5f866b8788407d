import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { PassThrough } from 'node:stream';
import { type TestContext, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import {
  type CodeAction,
  createProtocolConnection,
  type Diagnostic,
  type ProtocolConnection,
  StreamMessageReader,
  StreamMessageWriter,
  Trace,
} from 'vscode-languageserver/node';
import { Bridge } from '../../client/src/bridge.ts';
import type { Http } from '../../server/src/engine/ports.ts';
import { createFetchTransport } from '../../server/src/http/fetch-transport.ts';
import {
  credentialRequest,
  type PinOutcome,
  type SignInAnswer,
  type StoredSignIn,
  serverCommands,
  signInNotification,
} from '../../server/src/lsp/protocol/protocol.ts';
import { newSeal } from '../../server/src/lsp/protocol/seal.ts';
import { type DockerRegistryAuth, startDockerRegistry } from '../support/docker-registry.ts';
import { buildImage } from '../support/oci.ts';
import { assertNoSecret, secret } from '../support/registry-client.ts';
import { listen, stopServer } from '../support/registry-server.ts';
import { resolvedLater } from './harness.ts';

const main = fileURLToPath(new URL('../../server/src/lsp/main.ts', import.meta.url));

/** A server in a process of its own, its editor, and all that anybody could have written down. */
interface Running {
  readonly connection: ProtocolConnection;
  /** The home of its user, where programs are looked for too. */
  readonly folder: string;
  readonly seal: ReturnType<typeof newSeal>;
  /** Registry → what the user signed in with. */
  readonly signIns: Map<string, StoredSignIn>;
  /** What the editor's end was asked to fetch. */
  readonly fetched: readonly string[];
  /** What crossed, both ways; what an editor that traces writes down; what the server printed. */
  everything(): readonly string[];
  execute<T>(command: string, argument: unknown): Promise<T>;
}

/** `routes`: what the editor alone finds, as it may behind a proxy: origin → origin. */
async function run(t: TestContext, routes: Readonly<Record<string, string>> = {}): Promise<Running> {
  const folder = await mkdtemp(join(tmpdir(), 'holdfast-secrecy-'));
  t.after(() => rm(folder, { recursive: true, force: true }));
  const seal = newSeal();
  const child = spawn(process.execPath, [main, '--stdio'], {
    env: {
      PATH: [folder, process.env.PATH].join(delimiter),
      HOME: folder,
      DOCKER_CONFIG: join(folder, 'docker'),
      HOLDFAST_CACHE_DIR: join(folder, 'cache'),
      HOLDFAST_SEAL_KEY: seal.key,
    },
    stdio: 'pipe',
  });
  const [out, back, err] = [new Kept(), new Kept(), new Kept()];
  out.pipe(child.stdin);
  child.stdout.pipe(back);
  child.stderr.pipe(err);
  err.resume();
  const connection = createProtocolConnection(new StreamMessageReader(back), new StreamMessageWriter(out));
  const written: string[] = [];
  const note = (...parts: unknown[]): void =>
    void written.push(parts.map((part) => JSON.stringify(part)).join());
  for (const method of ['window/logMessage', 'window/showMessage']) connection.onNotification(method, note);
  const signIns = new Map<string, StoredSignIn>();
  connection.onRequest(credentialRequest, ({ registry }: { registry: string }) =>
    seal.close(signIns.get(registry) ?? null),
  );
  connection.onRequest('workspace/applyEdit', () => ({ applied: true }));
  const fetched: string[] = [];
  const { send } = createFetchTransport();
  const http: Http = {
    send(request) {
      fetched.push(`${request.method} ${request.url}`);
      const { origin, pathname } = new URL(request.url);
      const url = origin in routes ? `${routes[origin]}${pathname}` : request.url;
      return send({ ...request, url });
    },
  };
  const bridge = new Bridge({
    http,
    seal: () => seal,
    isTrusted: () => true,
    warn: note,
  });
  bridge.serve({
    onRequest: (method, handler) => connection.onRequest(method, handler),
    onNotification: (method, handler) => connection.onNotification(method, handler),
  });
  connection.listen();
  await connection.trace(Trace.Verbose, { log: note });
  t.after(async () => {
    await connection.sendRequest('shutdown');
    await connection.sendNotification('exit');
    await once(child, 'exit');
    connection.dispose();
  });
  await connection.sendRequest('initialize', {
    processId: process.pid,
    rootUri: null,
    capabilities: {
      workspace: { applyEdit: true, workspaceEdit: { documentChanges: true } },
      textDocument: {
        diagnostic: {},
        codeAction: resolvedLater,
      },
    },
    initializationOptions: { trusted: true },
  });
  await connection.sendNotification('initialized', {});
  return {
    connection,
    folder,
    seal,
    signIns,
    fetched,
    everything: () => [out.text(), back.text(), err.text(), ...written],
    execute: (command, argument) =>
      connection.sendRequest('workspace/executeCommand', { command, arguments: [argument] }),
  };
}

/** Passes on what it is given, and keeps it. */
class Kept extends PassThrough {
  readonly #chunks: Buffer[] = [];

  override _transform(chunk: Buffer, _: string, done: (error: null, chunk: Buffer) => void): void {
    this.#chunks.push(chunk);
    done(null, chunk);
  }

  text(): string {
    return Buffer.concat(this.#chunks).toString('utf8');
  }
}

const account = { username: 'alice', password: secret };

const kinds: readonly DockerRegistryAuth[] = [
  { kind: 'htpasswd', ...account },
  { kind: 'token', ...account },
];

for (const auth of kinds) {
  test(`signing in, pinning and signing out leave no trace of the password (${auth.kind})`, async (t) => {
    const registry = await startDockerRegistry(auth);
    t.after(() => registry.stop());
    await registry.push(buildImage({ name: 'app' }), 'team/app', '1.2.3');
    const { connection, everything, execute, seal, signIns } = await run(t);
    const { host } = registry;

    const uri = 'file:///shop/Dockerfile';
    const text = `FROM ${host}/team/app:1.2.3\n`;
    const textDocument = { uri, languageId: 'dockerfile', version: 1, text };
    await connection.sendNotification('textDocument/didOpen', { textDocument });
    const pin = () => execute<PinOutcome>(serverCommands.pinFile, { uri });
    const check = (password: string) =>
      execute<SignInAnswer>(
        serverCommands.checkSignIn,
        seal.close({ registry: host, username: 'alice', password }),
      );
    const changed = () => connection.sendNotification(signInNotification, { registry: host });

    const anonymous = await pin();
    assert.equal(anonymous.pinned, 0);
    assert.match(anonymous.failures[0]?.message ?? '', /sign in/i);

    assert.equal((await check(`${secret}-not`)).verdict, 'rejected');
    assert.equal((await check(secret)).verdict, 'accepted');

    signIns.set(host, account);
    await changed();
    const signedIn = await pin();
    assert.equal(signedIn.pinned, 1, JSON.stringify(signedIn));

    signIns.delete(host);
    await changed();
    const signedOut = await pin();
    assert.equal(signedOut.pinned, 0);

    signIns.set(host, { ...account, password: `${secret}-old` });
    await changed();
    const expired = await pin();
    assert.equal(expired.pinned, 0);
    assert.match(expired.failures[0]?.message ?? '', /does not accept/);

    const traces = everything();
    assert.ok(traces.some((one) => one.includes('holdfast/http')));
    assertNoSecret(traces);
    assertNoSecret(traces, `${secret}-old`);
    for (const one of traces) assert.ok(!one.includes(seal.key), 'the key leaked');
  });
}

test('a server with a key opens no connection itself: downloads too are the editor’s', async (t) => {
  const web = createServer((_, response) => response.end('an archive'));
  const { url } = await listen(web);
  t.after(() => stopServer(web));
  const { connection, fetched } = await run(t, { 'https://files.example': url });
  const uri = 'file:///shop/Dockerfile';
  const text = `FROM nginx:1.27.4\nADD https://files.example/tool.tar.gz /opt/\n`;
  const textDocument = { uri, languageId: 'dockerfile', version: 1, text };
  await connection.sendNotification('textDocument/didOpen', { textDocument });
  const { items } = await connection.sendRequest<{ items: Diagnostic[] }>('textDocument/diagnostic', {
    textDocument,
  });
  const download = items.find(({ code }) => code === 'unverified-download');
  assert.ok(download);
  const actions = await connection.sendRequest<CodeAction[]>('textDocument/codeAction', {
    textDocument,
    range: download.range,
    context: { diagnostics: [download] },
  });
  const fix = actions.find(({ title }) => /checksum/i.test(title));
  const resolved = await connection.sendRequest<CodeAction>('codeAction/resolve', fix);
  const checksum = createHash('sha256').update('an archive').digest('hex');
  assert.match(JSON.stringify(resolved.edit), new RegExp(`--checksum=sha256:${checksum}`));
  assert.deepEqual(fetched, ['GET https://files.example/tool.tar.gz']);
});

test('a credential helper does not inherit the key', async (t) => {
  const registry = await startDockerRegistry({ kind: 'htpasswd', ...account });
  t.after(() => registry.stop());
  await registry.push(buildImage({ name: 'app' }), 'team/app', '1.2.3');
  const { connection, everything, execute, folder, seal } = await run(t);
  const answer = JSON.stringify({ ServerURL: registry.host, Username: 'alice', Secret: secret });
  const helper = `#!/bin/sh\nenv > "$HOME/inherited"\necho '${answer}'\n`;
  await writeFile(join(folder, 'docker-credential-spy'), helper, { mode: 0o700 });
  await mkdir(join(folder, 'docker'));
  const config = { credHelpers: { [registry.host]: 'spy' } };
  await writeFile(join(folder, 'docker', 'config.json'), JSON.stringify(config));
  const uri = 'file:///shop/Dockerfile';
  const text = `FROM ${registry.host}/team/app:1.2.3\n`;
  const textDocument = { uri, languageId: 'dockerfile', version: 1, text };
  await connection.sendNotification('textDocument/didOpen', { textDocument });
  const { pinned } = await execute<PinOutcome>(serverCommands.pinFile, { uri });
  assert.equal(pinned, 1);
  const inherited = await readFile(join(folder, 'inherited'), 'utf8');
  assert.match(inherited, /^HOME=/m);
  assert.ok(!inherited.includes(seal.key) && !inherited.includes('HOLDFAST_SEAL_KEY'));
  assertNoSecret(everything());
});
