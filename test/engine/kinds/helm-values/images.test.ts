// biome-ignore-all lint/suspicious/noTemplateCurlyInString: placeholders look like that
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { analyze } from '../../../../server/src/engine/index.ts';
import { digest } from '../../yaml/read.ts';
import { exercise, saved } from '../analyzed.ts';
import { path, read } from './read.ts';

const hex = digest.replace('sha256:', '');

/** `nginx:1.27.4 tag`: the reference, and its class. */
const imagesIn = (text: string): readonly string[] =>
  read(text).images.map(({ mutability, resolved }) => `${resolved} ${mutability}`);

type Cases = readonly (readonly [name: string, text: string, found: readonly string[]])[];

function check(cases: Cases): void {
  for (const [name, text, found] of cases) {
    test(name, () => {
      for (const save of saved) assert.deepEqual(imagesIn(save(text)), found);
    });
  }
}

describe('images in parts', () => {
  check([
    ['name and tag', 'image:\n  repository: shop/api\n  tag: 1.2.3\n', ['shop/api:1.2.3 tag']],
    [
      'with a registry',
      'image: {registry: docker.io, repository: bitnami/redis, tag: 8.2.1-r0, digest: ""}\n',
      ['docker.io/bitnami/redis:8.2.1-r0 tag'],
    ],
    [
      'a registry with a port',
      'image: {registry: "reg:5000/", repository: api, tag: v3}\n',
      ['reg:5000/api:v3 tag'],
    ],
    ['an empty registry', 'image: {registry: "", repository: api, tag: 1.2.3}\n', ['api:1.2.3 tag']],
    [
      'a digest',
      `image: {repository: api, tag: latest, digest: "${digest}"}\n`,
      [`api:latest@${digest} digest`],
    ],
    [
      'a digest without a tag',
      `image: {repository: api, tag: "", digest: "${digest}"}\n`,
      [`api@${digest} digest`],
    ],
    ['a digest in the tag', `image: {repository: api, tag: "1.2@${digest}"}\n`, [`api:1.2@${digest} digest`]],
    ['a digest as the tag', `image: {repository: api, tag: "${digest}"}\n`, [`api@${digest} digest`]],
    [
      'a digest in the tag, and another that overrules it',
      `image: {repository: api, tag: "1.2@sha256:${'f'.repeat(64)}", digest: "${digest}"}\n`,
      [`api:1.2@${digest} digest`],
    ],
    [
      '64 digits under `sha`',
      `image: {repository: api, tag: v1, sha: ${hex}}\n`,
      [`api:v1@${digest} digest`],
    ],
    [
      '64 digits under `digest`',
      `image: {repository: api, tag: v1, digest: ${hex}}\n`,
      [`api:v1@${digest} digest`],
    ],
    [
      'a digest that is switched off',
      `image: {repository: api, tag: v1.2.3, digest: "${digest}", useDigest: false}\n`,
      ['api:v1.2.3 tag'],
    ],
    [
      'a digest that is too short',
      'image: {repository: api, digest: "sha256:25a0d4"}\n',
      ['api@sha256:25a0d4 unknown'],
    ],
    ['an empty tag: that of the chart', 'image: {repository: api, tag: ""}\n', ['api:{{ tag }} unknown']],
    ['a null tag', 'image:\n  repository: api\n  tag:\n', ['api:{{ tag }} unknown']],
    ['no tag', 'image:\n  repository: api\n  pullPolicy: Always\n', ['api:{{ tag }} unknown']],
    ['a tag in the name', 'image: {repository: "api:1.2.3"}\n', ['api:1.2.3 tag']],
    ['a number, as Helm writes it', 'image: {repository: api, tag: 1.10}\n', ['api:1.1 floating']],
    ['a number in quotes', 'image: {repository: api, tag: "1.10"}\n', ['api:1.10 floating']],
    ['a boolean, as Helm writes it', 'image: {repository: n, tag: 1.2.3}\n', ['false:1.2.3 tag']],
    ['a date', 'image: {repository: api, tag: 20240101}\n', ['api:20240101 tag']],
    ['a name that is at fault', 'image: {repository: Api, tag: v1}\n', ['Api:v1 unknown']],
    [
      'a placeholder',
      'image: {repository: "${REG}/api", tag: "<version>"}\n',
      ['${REG}/api:<version> unknown'],
    ],
    [
      'a template',
      'image: {repository: api, tag: "{{ .Chart.AppVersion }}"}\n',
      ['api:{{ .Chart.AppVersion }} unknown'],
    ],
    [
      'another key for the name',
      'image: {image: ingress/controller, tag: v1.2.3}\n',
      ['ingress/controller:v1.2.3 tag'],
    ],
    ['yet another', 'image: {name: api, tag: v1.2.3}\n', ['api:v1.2.3 tag']],
    [
      'a longer key',
      'sysctlImage: {repository: a, tag: 1.2.3}\nproxy_image: {repository: b, tag: 1.2.3}\n',
      ['a:1.2.3 tag', 'b:1.2.3 tag'],
    ],
    ['at any depth', 'a:\n  b:\n  - c:\n      image: {repository: api, tag: 1.2.3}\n', ['api:1.2.3 tag']],
    [
      'several under one key',
      'image:\n  server: {repository: a, tag: 1.2.3}\n  agent: {repository: b, tag: 1.2.4}\n',
      ['a:1.2.3 tag', 'b:1.2.4 tag'],
    ],
    [
      'under `images`',
      'images:\n  server: {repository: a, tag: 1.2.3}\n  agent: b:1.2.4\n  pullPolicy: Always\n',
      ['a:1.2.3 tag', 'b:1.2.4 tag'],
    ],
    [
      'in a list',
      'images:\n- {repository: a, tag: 1.2.3}\n- b:1.2.4\n- other\n',
      ['a:1.2.3 tag', 'b:1.2.4 tag'],
    ],
    [
      'under a key of another name, unmistakable',
      'git: {registry: docker.io, repository: bitnami/git, tag: 2.51.0} # image\n',
      ['docker.io/bitnami/git:2.51.0 tag'],
    ],
    [
      'a name with its tag beside it',
      'image: docker.elastic.co/kibana\nimageTag: 8.5.1\nbusyboxImage: busybox\nbusyboxTag: 1.36.1\n',
      ['docker.elastic.co/kibana:8.5.1 tag', 'busybox:1.36.1 tag'],
    ],
    ['a name with an empty tag beside it', 'pilot: {image: pilot, tag: ""}\n', ['pilot:{{ tag }} unknown']],
    [
      'an anchor used twice',
      'a: &a\n  image: &i {repository: api, tag: 1.2.3}\nb:\n  image: *i\nc: *a\n',
      ['api:1.2.3 tag'],
    ],
    [
      'a merge key',
      'base: &base {registry: reg:5000, tag: 1.2.3}\na: {image: {<<: *base, repository: a}}\nb: {image: {<<: *base, repository: b, tag: 1.2.4}}\n',
      ['reg:5000/a:1.2.3 tag', 'reg:5000/b:1.2.4 tag'],
    ],
  ]);
});

describe('registries for all images', () => {
  const image = 'image: {registry: docker.io, repository: a, tag: 1.2.3}\n';
  check([
    ['`global.imageRegistry` wins', `global: {imageRegistry: reg:5000}\n${image}`, ['reg:5000/a:1.2.3 tag']],
    ['an empty one does not', `global: {imageRegistry: ""}\n${image}`, ['docker.io/a:1.2.3 tag']],
    [
      'whether it counts for an image without `registry` cannot be seen',
      'global: {imageRegistry: reg:5000}\na: {image: {repository: a, tag: 1.2.3}}\nb: {image: {repository: quay.io/b, tag: 1.2.3}}\n',
      ['{{ registry }}/a:1.2.3 tag', 'quay.io/b:1.2.3 tag'],
    ],
    [
      'nor can that of others',
      `global: {image: {registry: quay.io}}\na: {image: {registry: null, repository: a, tag: 1.2.3}}\n${image}`,
      ['{{ registry }}/a:1.2.3 tag', 'docker.io/a:1.2.3 tag'],
    ],
  ]);

  test('what cannot be seen offers no pin', () => {
    const { findings } = read('global: {hub: x}\nimage: {repository: a, tag: 1.2.3, digest: ""}\n');
    assert.deepEqual(
      findings.map(({ fixable, rule }) => [rule, fixable]),
      [['unpinned-image', false]],
    );
  });
});

describe('images in one text', () => {
  check([
    ['with a tag', 'image: nginx:1.27.4\n', ['nginx:1.27.4 tag']],
    ['with a digest', `image: "nginx@${digest}"\n`, [`nginx@${digest} digest`]],
    ['with a registry', 'initImage: "reg:5000/busybox:latest"\n', ['reg:5000/busybox:latest floating']],
    [
      'without a tag: the chart may have one',
      'image: docker.elastic.co/kibana\n',
      ['docker.elastic.co/kibana:{{ tag }} unknown'],
    ],
    ['a registry with a port and no tag', 'image: reg:5000/app\n', ['reg:5000/app:{{ tag }} unknown']],
    ['that is no reference', 'image: repo/app:a:b\n', ['repo/app:a:b unknown']],
    [
      'in containers, which templates print as they are',
      'extraContainers:\n- name: a\n  image: busybox\n- {name: b, image: reg:5000/b}\n- {name: c, image: "1.10"}\ninit: [{image: x}]\n',
      ['busybox implicit', 'reg:5000/b implicit'],
    ],
    ['an anchor used twice', 'image: &i nginx:1.27.4\nb: {image: *i}\n', ['nginx:1.27.4 tag']],
  ]);
});

describe('no images', () => {
  const texts: readonly (readonly [name: string, text: string])[] = [
    [
      'other keys',
      'imagePullPolicy: Always\nimagePullSecrets: [a:1]\nimageTag: 1.2.3\nimages: {pullSecrets: [x], pullPolicy: a:1}\n',
    ],
    ['a switch', 'image: true\nuseImage: yes\nimage2: 1\n'],
    ['empty', 'image: ""\nb: {image:}\nc: {image: {}}\nd: {image: []}\ne: {image: ~}\n'],
    ['a template', "image: '{{ .Values.global.registry }}/api:1.2.3'\nb: {image: '{{ tpl .x }}'}\n"],
    [
      'paths',
      'image: /var/lib/x:1\nb: {image: ./x:1}\nc: {image: ../x}\nd: {image: ~/x}\ne: {image: "C:\\\\x"}\n',
    ],
    [
      'pictures and disks',
      'image: logo.png\nb: {image: "https://x/y:1"}\nc: {image: a/b.svg}\nd: {image: "data:image/png;base64,x"}\ne: {bootImage: a/b.qcow2}\n',
    ],
    ['words', 'image: none\nosImage: ubuntu\nbackgroundImage: a/b\nmachineImage: Ubuntu 24.04\n'],
    ['comments', '# image: nginx:latest\nimage:\n  # repository: a\n  # tag: latest\n  pullPolicy: Always\n'],
    ['text', 'config: |\n  image: nginx:latest\n  images: {a: b:1}\nlist: >\n  image: x:1\n'],
    ['only a tag', 'image: {tag: latest}\nb: {image: {registry: reg:5000, tag: v1}}\n'],
    ['an empty name', 'image: {repository: "", tag: latest, name: x}\n'],
    [
      'sources',
      'git: {repository: "https://github.com/a/b.git", tag: v1}\nchart: {repository: a, tag: b}\nimage: {repository: "https://x/y", tag: v1}\n',
    ],
    [
      'a part of names for several images',
      'images:\n  repository: us-docker.pkg.dev/shop\n  registry: "reg:5000"\n  tag: ""\n',
    ],
  ];
  for (const [name, text] of texts) {
    test(name, () => {
      const { findings, images, skipped } = read(text);
      assert.deepEqual([images, findings, skipped], [[], [], []]);
    });
  }
});

test('the tag is underlined, or the digest, or else the name', () => {
  const text = `a: {image: {repository: api, tag: "latest"}}\nb: {image: {repository: b, tag: v1, digest: '${digest}'}}\nc: {image: {repository: c}}\nd: {image: 'nginx:1.2:3'}\n`;
  const { findings, images, source } = read(text);
  const shown = (at: { start: number; end: number }): string => source.text.slice(at.start, at.end);
  assert.deepEqual(
    images.map(({ site }) => shown(site.span)),
    ['latest', digest, 'c', 'nginx:1.2:3'],
  );
  assert.deepEqual(
    findings.map(({ rule, span }) => [rule, shown(span)]),
    [
      ['floating-tag', 'latest'],
      ['invalid-image-reference', ':3'],
    ],
  );
});

test('each image has a path and the keys that use it', () => {
  const text =
    'image: &i {repository: api, tag: 1.2.3}\nsub:\n  image: *i\n  list:\n  - name: a\n    image: busybox:1.36.1\n';
  assert.deepEqual(
    read(text).images.map(({ owners, path: at, site }) => `${at}: ${owners} (${site.seenFrom.length})`),
    ['image.repository: image,sub.image (1)', 'sub.list.0.image: sub.list.0.image (0)'],
  );
});

test('a reference is told from one that is none in the words of every kind', () => {
  const pod = (image: string) =>
    `apiVersion: v1\nkind: Pod\nspec:\n  containers:\n  - name: a\n    image: "${image}"\n`;
  for (const image of [
    'Uppercase:tag',
    'docker///docker',
    'repo:-x',
    'repo:a:b',
    'reg:70000/app',
    'repo@sha256:0123',
    'repo@md5:d41d8c',
  ]) {
    const [told] = read(`image: "${image}"\n`).findings;
    const [same] = analyze({ path: '/shop/pod.yaml', text: pod(image) }).findings.filter(
      ({ rule }) => rule === 'invalid-image-reference',
    );
    assert.deepEqual([told?.rule, told?.message], [same?.rule, same?.message]);
  }
});

test('text that cannot be read is said to be skipped', () => {
  assert.equal(read('image: "nginx:1.27.4\n').skipped.length, 1);
});

const sample = `global: {imageRegistry: '', x: &v "1.2.3"}
image: &img # why
  registry: docker.io
  repository: 'bitnami/redis'
  tag: *v
  digest: ""   # c
sub: {image: *img, sysctlImage: {<<: *img, repository: os, sha:, digest: }}
images: [a:1, {repository: |-
  x, tag: 1}]
extra:
- {name: a, image: busybox, imageTag: 1}
- name: b
  image: >-
    nginx
`;

test('no text is too broken', () => {
  for (const save of saved) {
    const text = save(sample);
    for (let end = 0; end <= text.length; end++) exercise(path, text.slice(0, end));
  }
});

test('aliases of aliases end', () => {
  const rows = Array.from(
    { length: 30 },
    (_, at) => `a${at + 1}: &a${at + 1} {l: *a${at}, r: *a${at}, <<: [*a${at}, *a${at}]}`,
  );
  exercise(
    path,
    `a0: &a0 {image: {repository: a, tag: 1}}\n${rows.join('\n')}\nloop: &loop {image: *loop, images: [*loop], <<: *loop}\n`,
  );
  exercise(path, `image: ${'{image: '.repeat(5_000)}`);
  exercise(path, `image: ${'{{'.repeat(20_000)}x`);
  exercise(path, `image: "${'<'.repeat(20_000)}${'${'.repeat(20_000)}"`);
});
