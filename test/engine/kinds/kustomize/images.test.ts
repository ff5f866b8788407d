// biome-ignore-all lint/suspicious/noTemplateCurlyInString: placeholders look like that
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { digest } from '../../yaml/read.ts';
import { exercise, imagesIn, saved } from '../analyzed.ts';
import { images, path, read } from './read.ts';

/** The lines under `images`, and what each entry puts in place. */
const cases: readonly (readonly [name: string, lines: string, found: readonly string[]])[] = [
  ['a tag', '- name: nginx\n  newTag: 1.27.4\n', ['override nginx:1.27.4 tag']],
  ['a tag that moves', '- name: nginx\n  newTag: latest\n', ['override nginx:latest floating']],
  [
    'a name and a tag',
    '- name: api\n  newName: reg:5000/shop/api\n  newTag: v2.0.1\n',
    ['override reg:5000/shop/api:v2.0.1 tag'],
  ],
  ['a digest', `- name: nginx\n  digest: ${digest}\n`, [`override nginx@${digest} digest`]],
  [
    'a name and a digest',
    `- {name: api, newName: ghcr.io/shop/api, digest: "${digest}"}\n`,
    [`override ghcr.io/shop/api@${digest} digest`],
  ],
  [
    'a tag and a digest: the digest decides',
    `- name: nginx\n  newTag: latest\n  digest: ${digest}\n`,
    [`override nginx:latest@${digest} digest`],
  ],
  [
    'a digest in the tag',
    `- name: nginx\n  newTag: 1.27.4@${digest}\n`,
    [`override nginx:1.27.4@${digest} digest`],
  ],
  [
    'only a name: the tag is that of the manifest',
    '- name: redis\n  newName: ecr.aws/redis\n',
    ['override ecr.aws/redis:* unknown'],
  ],
  [
    'a suffix behind the tag of the manifest',
    '- name: redis\n  tagSuffix: -dev\n',
    ['override redis:*-dev unknown'],
  ],
  [
    'a suffix that a tag overrules',
    '- {name: redis, tagSuffix: -dev, newTag: 7.4.1}\n',
    ['override redis:7.4.1 tag'],
  ],
  ['nothing to change', '- name: nginx\n- name: redis\n  newTag: ""\n  digest:\n', []],
  ['no name', '- newTag: 1.27.4\n', []],
  ['a number', '- name: app\n  newTag: 1.10\n', ['override app:1.10 floating']],
  ['a date', '- name: app\n  newTag: 20240101\n', ['override app:20240101 tag']],
  ['a hexadecimal number', '- name: app\n  newTag: 0x1F\n', ['override app:0x1F tag']],
  [
    'a digest that is too short',
    '- name: app\n  digest: sha256:25a0d4\n',
    ['override app@sha256:25a0d4 unknown'],
  ],
  [
    'a digest in the place of the tag',
    `- name: app\n  newTag: ${digest}\n`,
    [`override app:${digest} unknown`],
  ],
  ['a placeholder', '- name: app\n  newTag: ${TAG}\n', ['override app:${TAG} unknown']],
  [
    'a placeholder in the name',
    '- name: app\n  newName: $REGISTRY/app\n  newTag: 1.2.3\n',
    ['override $REGISTRY/app:1.2.3 tag'],
  ],
  ['a pattern', '- name: (.*)/app\n  newTag: 1.2.3\n', ['override (.*)/app:1.2.3 tag']],
  [
    'a pattern with a new name',
    '- name: .*/app\n  newName: app\n  newTag: 1.2.3\n',
    ['override app:1.2.3 tag'],
  ],
  ['half-written', '- name: app\n  newTag:\n-\n- name\n- x\n', []],
  [
    'a merge key',
    '- &app {name: app, newTag: 1.2.3}\n- {<<: *app, name: other}\n',
    ['override app:1.2.3 tag', 'override other:1.2.3 tag'],
  ],
];

describe('what entries put in place', () => {
  for (const [name, lines, found] of cases) {
    test(name, () => {
      for (const save of saved) assert.deepEqual(imagesIn(read(save(images(lines)))), found);
    });
  }

  test('the older name of the list', () => {
    assert.deepEqual(imagesIn(read('imageTags:\n- {name: a, newTag: 1.2.3}\n')), ['override a:1.2.3 tag']);
  });

  test('a name that is a pattern offers no pin, for it stands for several images', () => {
    const { findings } = read(images('- name: .*\n  newTag: 1.2.3\n'));
    assert.deepEqual(
      findings.map(({ fixable, rule }) => [rule, fixable]),
      [['unpinned-image', false]],
    );
  });
});

describe('no references', () => {
  const texts: readonly (readonly [name: string, text: string])[] = [
    [
      'patches',
      'images: []\npatches:\n- patch: |-\n    - op: replace\n      path: /spec/image\n      value: nginx:1\n',
    ],
    ['charts', 'images: []\nhelmCharts:\n- name: x\n  valuesInline: {image: {repository: a, tag: b}}\n'],
    ['comments', '# images: [{name: a, newTag: b}]\nimages:\n# - name: nginx\n#   newTag: latest\n'],
    ['a list of something else', 'images: [nginx:1, [a], {b: c}]\n'],
    ['a mapping', 'images: {name: nginx, newTag: latest}\n'],
  ];
  for (const [name, text] of texts) {
    test(name, () => {
      const { findings, images: found } = read(text);
      assert.deepEqual([found, findings], [[], []]);
    });
  }
});

test('the tag is underlined, or the digest, or the new name', () => {
  const text = images(
    '- {name: a, newName: b, newTag: "latest"}\n- {name: c, newName: d, digest: sha256:1}\n- {name: e, newName: f}\n',
  );
  const { findings, images: found, source } = read(text);
  const shown = (at: { start: number; end: number }): string => source.text.slice(at.start, at.end);
  assert.deepEqual(
    found.map(({ site }) => [site.value, shown(site.span)]),
    [
      ['latest', 'latest'],
      ['sha256:1', 'sha256:1'],
      ['f', 'f'],
    ],
  );
  assert.deepEqual(
    findings.map(({ rule, span }) => [rule, shown(span)]),
    [
      ['floating-tag', 'latest'],
      ['invalid-image-reference', 'sha256:1'],
    ],
  );
});

test('each image has a path that does not move, and says whom it is for', () => {
  const [use] = read(
    images('- name: other\n  newTag: 1.2.3\n- name: nginx\n  newTag: 1.27.4\n'),
  ).images.slice(1);
  assert.deepEqual([use?.path, use?.owners], ['images.nginx', ['manifests with nginx']]);
});

test('text that cannot be read is said to be skipped', () => {
  assert.equal(read(images('- name: "nginx\n')).skipped.length, 1);
});

const sample = images(
  `# why\n- &a {name: nginx, newName: 'reg:5000/nginx', newTag: "1.27.4"} # c\n- <<: *a\n  name: redis\n  digest: ${digest}\n- name: api\n  newTag: |-\n    v2\n- *a\n- {name: x, tagSuffix: -\${Y}, digest: }\n`,
);

test('no text is too broken', () => {
  for (const save of saved) {
    const text = save(sample);
    for (let end = 0; end <= text.length; end++) exercise(path, text.slice(0, end));
  }
});
