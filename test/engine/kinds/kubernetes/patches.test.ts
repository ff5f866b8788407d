import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { analyze, companionsOf } from '../../../../server/src/engine/index.ts';

const deployment = (context = ''): string =>
  `apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: web\nspec:\n  template:\n    spec:\n      containers:\n        - name: web\n          image: nginx:1.27.3\n          ports: [{containerPort: 80}]\n${context}`;

/** The rules that report what a container does not say. */
const missing = (path: string, kustomizations: Readonly<Record<string, string>>, text = deployment()) => {
  const companions = new Map(Object.entries(kustomizations));
  for (const name of companions.keys()) assert.ok(companionsOf({ path, text }).includes(name), name);
  return analyze({ path, text, companions })
    .findings.map(({ rule }) => rule)
    .filter((rule) => !rule.endsWith('-image'));
};

const all = ['privilege-escalation', 'writable-root-filesystem', 'missing-readiness-gate'];

describe('what a patch does not say may stand where it is put in', () => {
  const table: readonly (readonly [path: string, kustomizations: Readonly<Record<string, string>>])[] = [
    ['/shop/web-patch.yaml', {}],
    ['/shop/prod/web.yaml', { 'kustomization.yaml': 'patches: [{path: web.yaml}]\n' }],
    [
      '/shop/prod/web.yaml',
      { 'kustomization.yml': 'patches:\n  - path: ./web.yaml\n    target: {kind: Job}\n' },
    ],
    ['/shop/prod/web.yaml', { 'kustomization.yaml': 'patchesStrategicMerge: [other.yaml, web.yaml]\n' }],
    ['/shop/prod/web.yaml', { '../kustomization.yaml': 'patches: [{path: prod/web.yaml}]\n' }],
    ['/shop/a/b/web.yaml', { '../../Kustomization': 'patches: [{path: a/b/web.yaml}]\n' }],
  ];
  for (const [path, kustomizations] of table) {
    test(`${path} ${JSON.stringify(kustomizations)}`, () => {
      assert.deepEqual(missing(path, kustomizations), []);
    });
  }

  test('a pod', () => {
    const text =
      'apiVersion: v1\nkind: Pod\nmetadata: {name: web}\nspec:\n  containers: [{name: web, image: a}]\n';
    assert.ok(missing('/shop/web.yaml', {}, text).includes('bare-pod'));
    assert.deepEqual(missing('/shop/web-patch.yaml', {}, text), ['implicit-latest']);
  });

  test('what it says counts', () => {
    const text = deployment('          securityContext: {privileged: true}\n');
    assert.deepEqual(missing('/shop/web-patch.yaml', {}, text), ['privileged-container']);
  });
});

describe('what no patch says stands nowhere', () => {
  const table: readonly (readonly [path: string, kustomizations: Readonly<Record<string, string>>])[] = [
    ['/patch/web.yaml', {}],
    [
      '/shop/prod/web.yaml',
      { 'kustomization.yaml': 'resources: [web.yaml]\npatches: [{path: other.yaml}]\n' },
    ],
    ['/shop/prod/web.yaml', { '../kustomization.yaml': 'patches: [{path: web.yaml}]\n' }],
    ['/shop/prod/web.yaml', { 'kustomization.yaml': 'patches: web.yaml\n' }],
    [
      '/shop/prod/web.yaml',
      { 'kustomization.yaml': 'patches: [{patch: "x", target: {kind: Job}}, web.yaml]\n' },
    ],
  ];
  for (const [path, kustomizations] of table) {
    test(`${path} ${JSON.stringify(kustomizations)}`, () => {
      assert.deepEqual(missing(path, kustomizations).toSorted(), all.toSorted());
    });
  }
});
