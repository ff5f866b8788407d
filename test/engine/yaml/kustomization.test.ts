import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import {
  kustomizationPaths,
  overrideImage,
  overridesReaching,
  parseKustomization,
} from '../../../server/src/engine/yaml/kustomization.ts';
import { digest } from './read.ts';

const overrides = (text: string) => parseKustomization(`images:\n${text}`).images;

describe('read', () => {
  test('images, with every field as text', () => {
    const [first, second] = parseKustomization(
      'images:\n  - {name: a, newName: b, newTag: 1.10}\n  - name: c\n    tagSuffix: -x\n    digest: null\n',
    ).images;
    const { entry: _, ...fields } = first ?? assert.fail();
    assert.deepEqual(fields, { name: 'a', newName: 'b', newTag: '1.10', tagSuffix: '', digest: '' });
    assert.equal(second?.tagSuffix, '-x');
    assert.equal(second?.digest, '');
  });

  test('older names of fields', () => {
    const { images, takesIn } = parseKustomization('imageTags: [{name: a, newTag: "1"}]\nbases: [../base]\n');
    assert.deepEqual(
      images.map(({ name }) => name),
      ['a'],
    );
    assert.deepEqual(takesIn, ['../base']);
  });

  test('everything whose manifests it changes', () => {
    const { takesIn } = parseKustomization(
      'resources: [a.yaml, ./b]\ncomponents: [c]\npatches: [{path: d.yaml}, {patch: "x: 1"}]\npatchesStrategicMerge: [e.yaml]\ngenerators: [f.yaml]\n',
    );
    assert.deepEqual(takesIn, ['a.yaml', './b', 'c', 'e.yaml', 'd.yaml']);
  });

  test('nothing, from what is none', () => {
    for (const text of [
      '',
      'images',
      'images: x\nresources: {a: b}\n',
      '- images: [{name: a}]\n',
      '{[',
      'images: [a, {newTag: x}, {name: [b]}]',
    ])
      assert.deepEqual(parseKustomization(text), { images: [], takesIn: [] });
  });
});

describe('what a manifest gets in the end', () => {
  const other = `sha256:${'f'.repeat(64)}`;
  const cases: readonly (readonly [image: string, entries: string, after: string])[] = [
    ['nginx:1.27.4', '- {name: nginx, newTag: 1.28.0}', 'nginx:1.28.0'],
    ['nginx', '- {name: nginx, newTag: 1.28.0}', 'nginx:1.28.0'],
    [`nginx:1@${digest}`, '- {name: nginx, newTag: 1.28.0}', 'nginx:1.28.0'],
    ['nginx:1.27.4', '- {name: nginx, newName: reg/nginx}', 'reg/nginx:1.27.4'],
    [`nginx@${digest}`, '- {name: nginx, newName: reg/nginx}', `reg/nginx@${digest}`],
    ['nginx:1.27.4', `- {name: nginx, digest: "${other}"}`, `nginx@${other}`],
    ['nginx:1', `- {name: nginx, newTag: "2", digest: "${other}"}`, `nginx:2@${other}`],
    [`nginx:1@${digest}`, '- {name: nginx, tagSuffix: -dev}', 'nginx:1-dev'],
    ['nginx:1', '- {name: nginx}', 'nginx:1'],
    ['nginx:1', '- {name: nginx, newTag: ""}', 'nginx:1'],
    ['nginx-slim:1', '- {name: nginx, newTag: "2"}', 'nginx-slim:1'],
    ['reg/nginx:1', '- {name: nginx, newTag: "2"}', 'reg/nginx:1'],
    ['reg:5000/app', '- {name: "reg:5000/app", newTag: "2"}', 'reg:5000/app:2'],
    ['reg:5000/app:1', '- {name: reg, newTag: "2"}', 'reg:5000/app:1'],
    ['a:1', '- {name: a, newName: b}\n- {name: b, newTag: "2"}\n- {name: a, newTag: "3"}', 'b:2'],
    ['nginx:1', '- {name: ".*", newTag: "2"}', 'nginx:1'],
    ['', '- {name: nginx, newTag: "2"}', ''],
  ];
  for (const [image, entries, after] of cases) {
    test(`${image} and ${entries}`, () => assert.equal(overrideImage(image, overrides(entries)), after));
  }
});

describe('overrides that reach a file', () => {
  const says = (tag: string, resources: string): string =>
    `resources: [${resources}]\nimages: [{name: a, newTag: ${tag}}]\n`;
  const cases: readonly (readonly [name: string, texts: Readonly<Record<string, string>>, tags: string])[] = [
    ['beside it', { 'kustomization.yaml': says('x', 'web.yaml') }, 'x'],
    ['beside it, with a dot', { 'kustomization.yml': says('x', './web.yaml') }, 'x'],
    ['beside it, not taking it in', { Kustomization: says('x', 'db.yaml') }, ''],
    ['above', { '../kustomization.yaml': says('x', 'base/web.yaml') }, 'x'],
    ['far above', { '../../kustomization.yaml': says('x', './shop/base/web.yaml') }, 'x'],
    [
      'a chain of folders',
      {
        'kustomization.yaml': says('x', 'web.yaml'),
        '../Kustomization': says('y', './base/'),
        '../../kustomization.yml': says('z', 'shop'),
      },
      'x y z',
    ],
    [
      'a folder whose kustomization leaves it out',
      { 'kustomization.yaml': says('x', 'db.yaml'), '../kustomization.yaml': says('y', 'base') },
      '',
    ],
    ['a folder without a kustomization', { '../kustomization.yaml': says('y', 'base') }, ''],
    [
      'a patch file',
      { 'kustomization.yaml': 'patches: [{path: web.yaml}]\nimages: [{name: a, newTag: x}]\n' },
      'x',
    ],
    ['none', {}, ''],
  ];
  for (const [name, texts, tags] of cases) {
    test(name, () => {
      const paths = new Map(Object.entries(texts));
      for (const path of paths.keys()) assert.ok(kustomizationPaths.includes(path));
      const found = overridesReaching('/work/shop/base/web.yaml', paths);
      assert.equal(found.map(({ newTag }) => newTag).join(' '), tags);
    });
  }

  test('a path with few folders', () => {
    const texts = new Map(kustomizationPaths.map((path) => [path, says('x', 'web.yaml')]));
    for (const path of ['web.yaml', '/web.yaml', 'a/web.yaml'])
      assert.equal(overridesReaching(path, texts).length, 1, path);
  });
});
