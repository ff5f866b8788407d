import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { analyze, mayHoldManifest } from '../../../../server/src/engine/index.ts';

const values = 'image:\n  repository: shop/api\n  tag: 1.2.3\n';

const names: readonly (readonly [name: string, claimed: boolean])[] = [
  ['values.yaml', true],
  ['values.yml', true],
  ['values-prod.yaml', true],
  ['values_prod.yaml', true],
  ['values.prod.yaml', true],
  ['prod.values.yaml', true],
  ['prod-values.yml', true],
  ['myvalues.yaml', true],
  ['valuesets.yaml', false],
  ['values.json', false],
  ['Chart.yaml', false],
  ['prod.yaml', false],
];

describe('claimed by name', () => {
  for (const [name, claimed] of names) {
    test(`${name}: ${claimed}`, () => {
      const { kinds } = analyze({ path: `/shop/chart/${name}`, text: values });
      assert.deepEqual(kinds, claimed ? ['helm-values'] : []);
      if (claimed) assert.ok(mayHoldManifest(`/shop/${name}`));
    });
  }
});

describe('claimed by what stands in it', () => {
  const texts: readonly (readonly [name: string, text: string, kind: string])[] = [
    ['a manifest', 'apiVersion: v1\nkind: Pod\nspec: {containers: [{name: a, image: b}]}\n', 'kubernetes'],
    ['a Compose file', 'services:\n  web:\n    image: nginx:1\nvolumes: {}\n', 'compose'],
    [
      'values with services',
      'services:\n  web:\n    image: {repository: a, tag: b}\nreplicas: 1\n',
      'helm-values',
    ],
    ['a template of values', '{{ if .Values.x }}\nimage: nginx:1\n{{ end }}\n', 'helm'],
    ['templates in quotes', "image: nginx:1\nurl: '{{ .Values.x }}'\n", 'helm-values'],
    ['no images', 'replicas: 1\n', ''],
    ['a list', '- image: nginx:1\n', ''],
    ['nothing', '', ''],
  ];
  for (const [name, text, kind] of texts) {
    test(name, () => assert.equal(analyze({ path: '/shop/values.yaml', text }).kinds.join(), kind));
  }
});
