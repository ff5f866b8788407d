import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  type Analysis,
  analyze,
  offeredPins,
  readSummary,
  WorkspaceIndex,
} from '../../../../server/src/engine/index.ts';

const digest = `sha256:${'a'.repeat(64)}`;

const config = `apiVersion: skaffold/v3
kind: Config
build:
  artifacts:
    - image: api
    - image: ghcr.io/shop/web
    - image: '{{.NAME}}'
    - context: x
---
apiVersion: skaffold/v3
kind: Config
build:
  artifacts: [{image: job}]
`;

const skaffold = readSummary({ path: '/w/skaffold.yaml', text: config });

function read(path: string, text: string): Analysis {
  const workspace = new WorkspaceIndex();
  workspace.put(skaffold);
  return analyze({ path, text, workspace });
}

const pod = (image: string, behind = ''): string =>
  `apiVersion: v1\nkind: Pod\nmetadata:\n  name: a\nspec:\n  containers:\n    - name: a\n      image: ${image}${behind}\n`;

const aboutImages = ({ findings }: Analysis): readonly string[] =>
  findings
    .map(({ rule }) => rule)
    .filter((rule) => /^(?:implicit-latest|floating-tag|unpinned-image|unused-suppression)$/.test(rule));

test('the images of every document are told, and what a template names is not', () => {
  assert.deepEqual(skaffold.replaced, ['docker.io/library/api', 'ghcr.io/shop/web', 'docker.io/library/job']);
});

test('a manifest of its folder names them with any tag, and nothing is found or pinned', () => {
  for (const image of ['api', 'api:1.2.3', 'docker.io/library/api:latest', 'ghcr.io/shop/web:main', 'job']) {
    const analysis = read('/w/k8s/pod.yaml', pod(image));
    assert.deepEqual(aboutImages(analysis), [], image);
    assert.deepEqual(offeredPins(analysis), [], image);
    assert.equal(analysis.images[0]?.mutability, 'none');
    assert.ok(analysis.findings.some(({ rule }) => rule === 'writable-root-filesystem'));
  }
});

test('other names, other folders and other kinds are as ever', () => {
  assert.deepEqual(aboutImages(read('/w/pod.yaml', pod('ghcr.io/shop/api'))), ['implicit-latest']);
  assert.deepEqual(aboutImages(read('/v/pod.yaml', pod('api'))), ['implicit-latest']);
  assert.deepEqual(aboutImages(read('/w/Dockerfile', 'FROM api\n')), ['implicit-latest']);
  assert.equal(read('/w/pod.yaml', pod(`api:1@${digest}`)).images[0]?.mutability, 'digest');
});

test('a comment that would be needed without it stays in use', () => {
  const analysis = read(
    '/w/pod.yaml',
    pod('api', ' # holdfast-ignore implicit-latest -- skaffold builds it'),
  );
  assert.deepEqual(aboutImages(analysis), []);
});
