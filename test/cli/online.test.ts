import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { type DockerRegistry, startDockerRegistry } from '../support/docker-registry.ts';
import { startHostile } from '../support/hostile.ts';
import { buildImage } from '../support/oci.ts';
import { ecdsaKey, payloadFor, signatureManifest, signatureTag, signedLayer } from '../support/signing.ts';
import { fakeRegistry, invoke, makeFolder, realRegistry } from './support.ts';

const first = buildImage({ name: 'first' });
const second = buildImage({ name: 'second' });
const gone = `sha256:${'0'.repeat(64)}`;

async function setUp(t: TestContext): Promise<{ readonly server: DockerRegistry; readonly at: string }> {
  const server = await startDockerRegistry();
  t.after(() => server.stop());
  await server.push(first, 'team/shop', '1.0');
  await server.push(second, 'team/shop', '2.0');
  return { server, at: `${server.host}/team/shop` };
}

const rules = /"rule": "(drifted-pin|missing-digest|platform-digest|unsigned-image)"/g;
const found = (out: string): readonly (string | undefined)[] =>
  [...out.matchAll(rules)].map((match) => match[1]).sort();

test('with --online the registries have their say, and without it nobody is asked', async (t) => {
  const { at } = await setUp(t);
  const folder = await makeFolder(t, {
    'a/Dockerfile': `FROM ${at}:2.0@${first.root.digest}\n`,
    'b/Dockerfile': `FROM ${at}:1.0@${gone}\nFROM ${at}:2.0@${second.root.digest}\n`,
    'c/Dockerfile': `FROM ${at}:1.0@${first.manifests[1]?.digest}\nFROM ${at}:1.0\n`,
  });
  const argv = ['audit', '--format', 'json', '--fail-on', 'never'];
  const offline = await invoke(folder, argv);
  assert.deepEqual([offline.status, offline.err, found(offline.out)], [0, '', []]);
  const online = await invoke(folder, [...argv, '--online'], { registry: realRegistry() });
  assert.deepEqual([online.status, online.err], [0, '']);
  assert.deepEqual(found(online.out), ['drifted-pin', 'missing-digest', 'platform-digest']);
  const failing = await invoke(folder, ['audit', '--online', '--fail-on', 'error'], {
    registry: realRegistry(),
  });
  assert.equal(failing.status, 1);
});

test('signatures that the policy demands', async (t) => {
  const { at, server } = await setUp(t);
  const key = ecdsaKey();
  const { blobs, manifest } = signatureManifest([signedLayer(payloadFor(first.root.digest), key)]);
  await server.put(manifest, blobs, 'team/shop', signatureTag(first.root.digest));
  const folder = await makeFolder(t, {
    '.holdfast.yaml': `signatures:\n  - images: "${at}*"\n    key: cosign.pub\n`,
    'cosign.pub': key.pem,
    'a/Dockerfile': `FROM ${at}:1.0@${first.root.digest}\n`,
    'b/Dockerfile': `FROM ${at}:2.0@${second.root.digest}\n`,
  });
  const argv = ['audit', '--format', 'json', '--fail-on', 'never', '--online'];
  const { err, out } = await invoke(folder, argv, { registry: realRegistry() });
  assert.equal(err, '');
  assert.deepEqual(found(out), ['unsigned-image']);
  assert.match(out, /b\/Dockerfile/);
});

test('what cannot be asked is told once, and changes no exit status', async (t) => {
  const folder = await makeFolder(t, {
    'a/Dockerfile': `FROM nginx:1.27.3@${gone}\n`,
    'b/Dockerfile': `FROM nginx:1.27.3@${gone}\nFROM redis:8.0.1@${gone}\n`,
  });
  const trouble = {
    ...fakeRegistry(() => null),
    resolve: async () =>
      ({ ok: false, code: 'rate-limited', message: 'docker.io takes no more requests for now.' }) as const,
  };
  const offline = await invoke(folder, ['audit']);
  const online = await invoke(folder, ['audit', '--online'], { registry: trouble });
  assert.deepEqual([online.status, online.out], [offline.status, offline.out]);
  assert.equal(
    online.err,
    `holdfast: nginx:1.27.3@${gone} and 1 more image could not be checked: docker.io takes no more requests for now.\n`,
  );
});

test('what stands in .env travels in the name of no image, and the audit says so', async (t) => {
  const folder = await makeFolder(t, {
    '.env': 'GITHUB_PAT=ghp_16C7e42F292c6912E7710c838347Ae178B4a\nCHANNEL=internal\n',
    'compose.yaml': [
      'services:',
      `  a: {image: "host.example/x:\${GITHUB_PAT}@${gone}"}`,
      `  b: {image: "\${CHANNEL}.example/x@${gone}"}`,
      `  c: {build: {context: ., args: {BASE: "$CHANNEL"}, dockerfile_inline: "ARG BASE\\nFROM host.example/$$BASE@${gone}\\n"}}`,
      `  d: {image: "nginx:1.27.3@${gone}"}`,
      '',
    ].join('\n'),
  });
  const registry = fakeRegistry(() => null);
  const { err } = await invoke(folder, ['audit', '--online', '--fail-on', 'never'], { registry });
  assert.deepEqual(
    [...new Set(registry.asked)].filter((name) => !name.startsWith('docker.io/library/nginx')),
    [],
  );
  assert.match(
    err,
    /\$\{CHANNEL\}\.example\/x@\S+ and 1 more image could not be checked: Its name is made with `CHANNEL`/,
  );
  assert.doesNotMatch(err, /ghp_|internal/);
});

test('a signature that the policy demands and nobody can look for fails the audit', async (t) => {
  const folder = await makeFolder(t, {
    '.holdfast.yaml': 'signatures:\n  - images: docker.io/*\n    key: cosign.pub\n',
    'cosign.pub': ecdsaKey().pem,
    Dockerfile: `FROM nginx:1.27.3@${gone}\n`,
  });
  const trouble = {
    ...fakeRegistry(() => null),
    resolve: async () =>
      ({ ok: false, code: 'unreachable', message: 'docker.io cannot be reached.' }) as const,
  };
  const argv = ['audit', '--fail-on', 'never', '--online'];
  const { err, status } = await invoke(folder, argv, { registry: trouble });
  assert.equal(status, 2);
  assert.match(err, /signatures that the policy demands of nginx:1\.27\.3@\S+ could not be looked for/);
});

test('progress is for terminals', async (t) => {
  const folder = await makeFolder(t, { Dockerfile: `FROM nginx:1.27.3@${gone}\n` });
  const options = { registry: fakeRegistry(() => gone), errIsTTY: true, columns: 100 };
  const { err } = await invoke(folder, ['audit', '--online'], options);
  assert.match(err, /Searching|Auditing/);
});

test('an interrupt ends the lookups', async (t) => {
  const controller = new AbortController();
  const server = await startHostile(() => {});
  t.after(() => server.stop());
  const folder = await makeFolder(t, { Dockerfile: `FROM ${server.host}/a/b:1.0@${gone}\n` });
  const running = invoke(folder, ['audit', '--online'], {
    registry: realRegistry(),
    signal: controller.signal,
  });
  await server.arrived(1);
  controller.abort();
  const { out, status } = await running;
  assert.deepEqual([status, out], [130, '']);
  await server.dropped(1);
});

test('only the audit goes online', async (t) => {
  const folder = await makeFolder(t, { Dockerfile: 'FROM nginx\n' });
  for (const command of ['pin', 'resolve']) {
    const { err, status } = await invoke(folder, [command, '--online', 'x']);
    assert.equal(status, 2);
    assert.match(err, /has no option --online; holdfast audit has\./);
  }
});
