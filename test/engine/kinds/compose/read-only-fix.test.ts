import assert from 'node:assert/strict';
import { test } from 'node:test';
import { analyze, type Fix, WorkspaceIndex } from '../../../../server/src/engine/index.ts';

/** The fixes offered for a writable root filesystem, in a workspace with these files. */
function offered(path: string, text: string, beside: Readonly<Record<string, string>>): readonly Fix[] {
  const workspace = new WorkspaceIndex();
  for (const [name, other] of Object.entries(beside)) {
    workspace.put(analyze({ path: name, text: other }).outline);
  }
  return analyze({ path, text, workspace })
    .findings.filter(({ rule }) => rule === 'writable-root-filesystem')
    .flatMap((finding) => finding.fixes());
}

const told = (fixes: readonly Fix[]) => fixes.map(({ description, id }) => `${id}: ${description}`);

const dockerfile = { '/shop/api/Dockerfile': 'FROM alpine:3.20.3\nVOLUME /data\n' };
const service = 'services:\n  api:\n    image: shop/api:1.2.3\n    build: ./api\n';
const pod = (image: string): string =>
  `apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec:\n  containers:\n    - name: a\n      image: ${image}\n`;

const gone = 'A program that writes anywhere beside its mounts stops working.';
const kept =
  '`/data` stays writable, for `api/Dockerfile` declares a volume there, which the engine mounts. Scratch space in its place would lose what it holds.';

test('the fix says why each path is made writable, and what stays so', () => {
  assert.deepEqual(told(offered('/shop/compose.yaml', service, dockerfile)), [
    `read-only-with-scratch: \`/tmp\` stays writable: most programs write there. ${kept} ${gone}`,
    `read-only: ${kept} ${gone}`,
  ]);
  assert.deepEqual(told(offered('/shop/compose.yaml', 'services:\n  web: {image: nginx}\n', {})), [
    'read-only-with-scratch: `/tmp` stays writable: most programs write there. What the image declares as volumes stays writable. A program that writes anywhere beside its mounts stops working.',
    'read-only: What the image declares as volumes stays writable. A program that writes anywhere beside its mounts stops working.',
  ]);
});

test('a pod gets scratch space where the Dockerfile of its image declares a volume', () => {
  const beside = { ...dockerfile, '/shop/compose.yaml': service };
  const fixes = offered('/shop/deploy/pod.yaml', pod('docker.io/shop/api:1.2.3'), beside);
  assert.deepEqual(told(fixes), [
    'read-only-with-volumes: `/tmp` stays writable: most programs write there. `/data` stays writable: `../api/Dockerfile` declares it as a volume; what is written to an emptyDir is lost with the pod. A program that writes anywhere beside its mounts stops working.',
    `read-only: ${gone}`,
  ]);
  assert.deepEqual(
    fixes.map(({ title }) => title),
    [
      'Make the root filesystem read-only and mount emptyDirs at /tmp and /data',
      'Make the root filesystem read-only',
    ],
  );
});

test('the registry is asked only where something hangs on it', () => {
  const asks = (fixes: readonly Fix[]) => fixes.some((fix) => 'question' in fix);
  assert.ok(asks(offered('/shop/pod.yaml', pod('nginx:1.27.3'), {})));
  assert.ok(!asks(offered('/shop/pod.yaml', pod('${IMAGE}'), {})));
  assert.ok(!asks(offered('/shop/compose.yaml', 'services:\n  web: {image: nginx}\n', {})));
});

test('volumes that a Dockerfile stage declares count for its target', () => {
  const stages = 'FROM alpine:3.20.3 AS base\nVOLUME ["/tmp", "/data"]\nFROM alpine:3.20.3\n';
  const beside = { '/shop/Dockerfile': stages };
  const ids = (target: string) =>
    offered('/shop/compose.yaml', `services:\n  a:\n    build: {context: .${target}}\n`, beside).map(
      ({ id }) => id,
    );
  assert.deepEqual(ids(''), ['read-only-with-scratch', 'read-only']);
  assert.deepEqual(ids(', target: base'), ['read-only']);
});
