import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { analyze, mayHoldManifest } from '../../../../server/src/engine/index.ts';

const entries = 'images:\n  - name: nginx\n    newTag: 1.27.4\n';
const typed = (kind: string, apiVersion: string): string =>
  `apiVersion: ${apiVersion}\nkind: ${kind}\n${entries}`;
const ours = 'kustomize.config.k8s.io/v1beta1';

const cases: readonly (readonly [name: string, path: string, text: string, kind: string])[] = [
  ['the usual name', 'kustomization.yaml', entries, 'kustomize'],
  ['the short ending', 'kustomization.yml', entries, 'kustomize'],
  ['no ending', 'Kustomization', entries, 'kustomize'],
  ['with its kind', 'kustomization.yaml', typed('Kustomization', ours), 'kustomize'],
  ['a component', 'kustomization.yaml', typed('Component', 'kustomize.config.k8s.io/v1alpha1'), 'kustomize'],
  ['a kind without a version', 'kustomization.yaml', `kind: Component\n${entries}`, 'kustomize'],
  ['another name, by its kind', 'prod.yaml', typed('Kustomization', ours), 'kustomize'],
  ['in JSON', 'kustomization.yaml', '{"images": [{"name": "a", "newTag": "1.2.3"}]}', 'kustomize'],
  ['another name without a kind', 'prod.yaml', entries, ''],
  ['another kind of that group', 'prod.yaml', typed('Other', ours), 'kubernetes'],
  [
    "Flux's kind of the same name",
    'kustomization.yaml',
    typed('Kustomization', 'kustomize.toolkit.fluxcd.io/v1'),
    'kubernetes',
  ],
  [
    'a manifest in a file of that name',
    'kustomization.yaml',
    'apiVersion: v1\nkind: Pod\nimages: x\nspec:\n  containers: [{name: a, image: b}]\n',
    'kubernetes',
  ],
  ['without images', 'kustomization.yaml', 'resources:\n  - images/web.yaml\n', ''],
  ['empty', 'kustomization.yaml', '', ''],
];

describe('claimed', () => {
  for (const [name, file, text, kind] of cases) {
    test(name, () => assert.equal(analyze({ path: `/shop/${file}`, text }).kinds.join(), kind));
  }

  test('by a walk through folders', () => {
    for (const name of ['kustomization.yaml', 'kustomization.yml', 'Kustomization'])
      assert.ok(mayHoldManifest(`/shop/${name}`), name);
    assert.ok(!mayHoldManifest('/shop/MyKustomization'));
  });
});
