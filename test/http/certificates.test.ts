import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer as createHttpServer } from 'node:http';
import { createServer, type ServerOptions } from 'node:https';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { after, before, describe, type TestContext, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { runProgram } from '../support/registry-program.ts';
import { listen, stopServer } from '../support/registry-server.ts';
import { type Certificate, makePrivateCa, type PrivateCa, trustAt } from '../support/tls.ts';
import { ask, createHop, read } from './hop.ts';

let folder = '';
let ca: PrivateCa;
let otherCa: PrivateCa;

before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'holdfast-trust-'));
  ca = await makePrivateCa(join(folder, 'ca'), '127.0.0.1', 'registry.example');
  otherCa = await makePrivateCa(join(folder, 'other'), '127.0.0.1');
});

after(() => rm(folder, { recursive: true, force: true }));

/** Answers `hi` to everything. Stops at the end of the test. */
async function serve(t: TestContext, files: Certificate, options: ServerOptions = {}): Promise<string> {
  const [cert, key] = await Promise.all([readFile(files.certificate), readFile(files.key)]);
  const server = createServer({ ...options, cert, key }, (_, response) => response.end('hi'));
  const { host } = await listen(server);
  t.after(() => stopServer(server));
  return host;
}

const unknown = { name: 'TransportError', code: 'UNABLE_TO_VERIFY_LEAF_SIGNATURE' };

/** A home of its own for a test. */
const newHome = (): Promise<string> => mkdtemp(join(folder, 'home-'));

describe('a CA that this computer does not know', () => {
  test('is not trusted', async (t) => {
    const host = await serve(t, ca.server);
    await assert.rejects(ask(createHop(), { url: `https://${host}` }), unknown);
  });

  test('is, once NODE_EXTRA_CA_CERTS names its file', async (t) => {
    const host = await serve(t, ca.server);
    const hop = createHop({ env: { NODE_EXTRA_CA_CERTS: ca.authority } });
    assert.equal(await read(hop, { url: `https://${host}` }), 'hi');
  });

  test('is, once SSL_CERT_FILE names its file', async (t) => {
    const host = await serve(t, ca.server);
    const hop = createHop({ env: { SSL_CERT_FILE: ca.authority } });
    assert.equal(await read(hop, { url: `https://${host}` }), 'hi');
  });

  test('is, once its file is in a folder that SSL_CERT_DIR names', async (t) => {
    const host = await serve(t, ca.server);
    const own = await newHome();
    await writeFile(join(own, 'anything.0'), await readFile(ca.authority));
    await writeFile(join(own, 'notes.txt'), 'not a certificate');
    const hop = createHop({ env: { SSL_CERT_DIR: ['/nonexistent', own].join(delimiter) } });
    assert.equal(await read(hop, { url: `https://${host}` }), 'hi');
  });

  test('is, among other certificates and with the line ends of Windows', async (t) => {
    const host = await serve(t, ca.server);
    const [one, two] = await Promise.all([
      readFile(otherCa.authority, 'utf8'),
      readFile(ca.authority, 'utf8'),
    ]);
    const file = join(await newHome(), 'bundle.pem');
    await writeFile(file, `Our CAs\n\n${one}\n# the other one\n${two}`.replaceAll('\n', '\r\n'));
    const hop = createHop({ env: { NODE_EXTRA_CA_CERTS: file } });
    assert.equal(await read(hop, { url: `https://${host}` }), 'hi');
  });

  test('is not, by another CA', async (t) => {
    const host = await serve(t, ca.server);
    const hop = createHop({ env: { NODE_EXTRA_CA_CERTS: otherCa.authority } });
    await assert.rejects(ask(hop, { url: `https://${host}` }), unknown);
  });
});

describe('files that hold no certificate', () => {
  for (const name of ['NODE_EXTRA_CA_CERTS', 'SSL_CERT_FILE']) {
    test(`${name} is told, and what it names is not used`, async (t) => {
      const host = await serve(t, ca.server);
      const garbage = join(await newHome(), 'ca.pem');
      await writeFile(garbage, '-----BEGIN CERTIFICATE-----\n!!!!\n');
      for (const path of [garbage, '/nonexistent/ca.pem', folder]) {
        const warnings: string[] = [];
        const log = { info: () => {}, warn: (message: string) => warnings.push(message) };
        const hop = createHop({ env: { [name]: path }, log });
        await assert.rejects(ask(hop, { url: `https://${host}` }), unknown);
        await assert.rejects(ask(hop, { url: `https://${host}` }), unknown);
        assert.deepEqual(warnings, [`${name} names ${path}, which holds no certificate in PEM form.`]);
      }
    });
  }

  test('a certificate that is spoilt does not spoil the others', async (t) => {
    const host = await serve(t, ca.server);
    const file = join(await newHome(), 'ca.pem');
    const spoilt = '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n';
    await writeFile(file, `${spoilt}${await readFile(ca.authority, 'utf8')}${spoilt}`);
    const hop = createHop({ env: { NODE_EXTRA_CA_CERTS: file } });
    assert.equal(await read(hop, { url: `https://${host}` }), 'hi');
  });
});

describe('what Docker and Podman trust for one host', () => {
  const places = ['.docker/certs.d', '.config/docker/certs.d', '.config/containers/certs.d'];
  for (const place of places) {
    test(`~/${place} counts`, async (t) => {
      const host = await serve(t, ca.server);
      const home = await newHome();
      await trustAt(join(home, place), host, ca);
      assert.equal(await read(createHop({ env: { HOME: home } }), { url: `https://${host}` }), 'hi');
    });
  }

  test('XDG_CONFIG_HOME counts in place of ~/.config', async (t) => {
    const host = await serve(t, ca.server);
    const config = await newHome();
    await trustAt(join(config, 'containers/certs.d'), host, ca);
    const env = { XDG_CONFIG_HOME: config };
    assert.equal(await read(createHop({ env }), { url: `https://${host}` }), 'hi');
  });

  test('it counts for no other port or host', async (t) => {
    const [host, other] = [await serve(t, ca.server), await serve(t, ca.server)];
    const home = await newHome();
    await trustAt(join(home, '.docker/certs.d'), host, ca);
    await trustAt(join(home, '.docker/certs.d'), '127.0.0.1', ca);
    await trustAt(join(home, '.docker/certs.d'), 'localhost', ca);
    const hop = createHop({ env: { HOME: home } });
    assert.equal(await read(hop, { url: `https://${host}` }), 'hi');
    await assert.rejects(ask(hop, { url: `https://${other}` }), unknown);
  });

  test('it counts as soon as it is there, and no longer than it is', async (t) => {
    const host = await serve(t, ca.server, { keepAlive: false });
    const home = await newHome();
    const hop = createHop({ env: { HOME: home } });
    const headers = { connection: 'close' };
    await assert.rejects(ask(hop, { url: `https://${host}`, headers }), unknown);
    await trustAt(join(home, '.docker/certs.d'), host, ca);
    assert.equal(await read(hop, { url: `https://${host}`, headers }), 'hi');
    await trustAt(join(home, '.docker/certs.d'), host, otherCa);
    await assert.rejects(ask(hop, { url: `https://${host}`, headers }), unknown);
  });

  test('other files there are left alone', async (t) => {
    const host = await serve(t, ca.server);
    const home = await newHome();
    const own = join(home, '.docker/certs.d', host);
    await mkdir(join(own, 'folder.crt'), { recursive: true });
    await writeFile(join(own, 'client.cert'), await readFile(ca.authority));
    await writeFile(join(own, 'client.key'), 'a key');
    await assert.rejects(ask(createHop({ env: { HOME: home } }), { url: `https://${host}` }), unknown);
  });
});

describe('certificates that no CA helps', () => {
  test('made out for another name', async (t) => {
    const host = await serve(t, ca.server);
    const hop = createHop({ env: { NODE_EXTRA_CA_CERTS: ca.authority } });
    await assert.rejects(ask(hop, { url: `https://${host.replace('127.0.0.1', 'localhost')}` }), {
      code: 'ERR_TLS_CERT_ALTNAME_INVALID',
    });
  });

  test('expired', async (t) => {
    const files = await certify('expired', ['-days', '-1']);
    const host = await serve(t, files);
    const hop = createHop({ env: { NODE_EXTRA_CA_CERTS: ca.authority } });
    await assert.rejects(ask(hop, { url: `https://${host}` }), { code: 'CERT_HAS_EXPIRED' });
  });

  test('self-signed, which is its own CA', async (t) => {
    const certificate = join(folder, 'self.crt');
    const key = join(folder, 'self.key');
    const subject = ['-subj', '/CN=self', '-addext', 'subjectAltName=IP:127.0.0.1'];
    await runProgram('openssl', ['req', '-x509', ...kind, ...subject, '-keyout', key, '-out', certificate]);
    const host = await serve(t, { certificate, key });
    await assert.rejects(ask(createHop(), { url: `https://${host}` }), {
      code: 'DEPTH_ZERO_SELF_SIGNED_CERT',
    });
    const hop = createHop({ env: { NODE_EXTRA_CA_CERTS: certificate } });
    assert.equal(await read(hop, { url: `https://${host}` }), 'hi');
  });

  test('one that the server wants of us', async (t) => {
    const host = await serve(t, ca.server, { requestCert: true, rejectUnauthorized: true });
    const hop = createHop({ env: { NODE_EXTRA_CA_CERTS: ca.authority } });
    await assert.rejects(ask(hop, { url: `https://${host}` }), { code: /^ERR_SSL_.*ALERT.*CERTIFICATE/ });
  });

  test('none, because the server speaks plain http', async (t) => {
    const server = createHttpServer((_, response) => response.end('hi'));
    const { host } = await listen(server);
    t.after(() => stopServer(server));
    await assert.rejects(ask(createHop(), { url: `https://${host}` }), {
      code: /^ERR_SSL_(WRONG_VERSION_NUMBER|PACKET_LENGTH_TOO_LONG)$/,
    });
  });
});

describe('in a program of its own', () => {
  const program = fileURLToPath(new URL('./one-request.ts', import.meta.url));

  async function printed(host: string, env: Readonly<Record<string, string>>): Promise<readonly string[]> {
    return new Promise((resolve, reject) => {
      const whole = { PATH: process.env.PATH, HOME: '/nonexistent', ...env };
      execFile(process.execPath, [program, `https://${host}`], { env: whole }, (error, stdout) =>
        error ? reject(error) : resolve(stdout.trimEnd().split('\n')),
      );
    });
  }

  const refused = 'The request failed (UNABLE_TO_VERIFY_LEAF_SIGNATURE).';

  test('nothing switches the verification off', async (t) => {
    const host = await serve(t, ca.server);
    assert.deepEqual(await printed(host, {}), [refused]);
    assert.deepEqual(await printed(host, { NODE_TLS_REJECT_UNAUTHORIZED: '0' }), [
      'NODE_TLS_REJECT_UNAUTHORIZED=0 is not followed: Holdfast verifies certificates all the same.',
      refused,
    ]);
  });

  for (const name of ['NODE_EXTRA_CA_CERTS', 'SSL_CERT_FILE']) {
    test(`${name} is followed`, async (t) => {
      const host = await serve(t, ca.server);
      assert.deepEqual(await printed(host, { [name]: ca.authority }), ['200 hi']);
    });
  }
});

const kind = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-sha256'];

/** A certificate for 127.0.0.1, signed by the authority of `ca`. */
async function certify(name: string, options: readonly string[]): Promise<Certificate> {
  const file = (end: string): string => join(folder, `${name}.${end}`);
  const [certificate, key, request, names] = [file('crt'), file('key'), file('csr'), file('txt')] as const;
  await writeFile(names, 'subjectAltName=IP:127.0.0.1\n');
  await runProgram('openssl', [
    'req',
    '-new',
    ...kind,
    '-subj',
    `/CN=${name}`,
    '-keyout',
    key,
    '-out',
    request,
  ]);
  const signer = ['-CA', ca.authority, '-CAkey', ca.authority.replace(/crt$/, 'key'), '-set_serial', '7'];
  await runProgram('openssl', [
    'x509',
    '-req',
    '-in',
    request,
    ...signer,
    '-extfile',
    names,
    '-out',
    certificate,
    ...options,
  ]);
  return { certificate, key };
}
