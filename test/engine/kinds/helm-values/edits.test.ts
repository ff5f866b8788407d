import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { planPins, type Registry } from '../../../../server/src/engine/index.ts';
import { quietRegistry } from '../../../support/quiet-registry.ts';
import { apply, digest } from '../../yaml/read.ts';
import { pinAll, saved } from '../analyzed.ts';
import { path, read } from './read.ts';

const hex = digest.replace('sha256:', '');
const other = `sha256:${'f'.repeat(64)}`;

/** `DIGEST` is the digest, `DIGITS` its digits. */
const withDigest = (text: string): string => text.replaceAll('DIGEST', digest).replaceAll('DIGITS', hex);

/** Before, and after. */
const pinned: readonly (readonly [name: string, text: string, after: string])[] = [
  [
    'under the key of the digest',
    'image:\n  registry: docker.io\n  repository: bitnami/redis\n  tag: 8.2.1-r0 # why\n  digest: "" # c\n  pullPolicy: Always\n',
    'image:\n  registry: docker.io\n  repository: bitnami/redis\n  tag: 8.2.1-r0 # why\n  digest: "DIGEST" # c\n  pullPolicy: Always\n',
  ],
  [
    'single quotes',
    "image: {repository: a, tag: v1, digest: ''}\n",
    "image: {repository: a, tag: v1, digest: 'DIGEST'}\n",
  ],
  [
    'nothing behind the key',
    'image:\n  repository: a\n  digest: # c\n  tag: v1\n',
    'image:\n  repository: a\n  digest: DIGEST # c\n  tag: v1\n',
  ],
  [
    'null',
    'image:\n  repository: a\n  tag: v1\n  digest: null\n',
    'image:\n  repository: a\n  tag: v1\n  digest: DIGEST\n',
  ],
  [
    'digits alone, where the chart adds the rest',
    'image: {repository: a, tag: v1, sha: ""}\n',
    'image: {repository: a, tag: v1, sha: "DIGITS"}\n',
  ],
  ['a text', 'initImage: "busybox:1.36" # c\n', 'initImage: "busybox:1.36@DIGEST" # c\n'],
  [
    'a container without a tag',
    'extra:\n- {name: a, image: busybox}\n',
    'extra:\n- {name: a, image: busybox:latest@DIGEST}\n',
  ],
  [
    'a name and its tag side by side',
    'image: a/b\nimageTag: v1\nimageDigest: ""\n',
    'image: a/b\nimageTag: v1\nimageDigest: "DIGEST"\n',
  ],
  [
    'a shared mapping, where it is written',
    'image: &i {repository: a, tag: v1, digest: ""}\nb: {image: *i}\n',
    'image: &i {repository: a, tag: v1, digest: "DIGEST"}\nb: {image: *i}\n',
  ],
  [
    'a shared mapping under another key',
    'base: &i {repository: a, tag: v1, digest: ""}\nb: {image: *i}\nc: {image: *i}\n',
    'base: &i {repository: a, tag: v1, digest: "DIGEST"}\nb: {image: *i}\nc: {image: *i}\n',
  ],
  [
    'an empty digest that a merge key brings: each image gets its own',
    'base: &base {digest: ""}\na:\n  image:\n    <<: *base\n    repository: a\n    tag: v1\n',
    'base: &base {digest: ""}\na:\n  image:\n    <<: *base\n    repository: a\n    tag: v1\n    digest: DIGEST\n',
  ],
  [
    'an alias, where it stands',
    'none: &none ""\nimage: {repository: a, tag: v1, digest: *none }\nb: {image: {repository: b, tag: v1, digest: *none }}\n',
    'none: &none ""\nimage: {repository: a, tag: v1, digest: DIGEST }\nb: {image: {repository: b, tag: v1, digest: DIGEST }}\n',
  ],
];

/** Gives every image the same digest. */
const registry: Registry = {
  ...quietRegistry,
  resolve: async () => ({ ok: true, digest, mediaType: '', at: 0 }),
};

describe('pinned', () => {
  for (const [name, text, after] of pinned) {
    test(name, async () => {
      for (const save of saved) {
        const { failures, text: changed } = await planPins(read(save(text)), { registry });
        assert.deepEqual(failures, []);
        assert.equal(changed, save(withDigest(after)));
        const again = read(changed);
        assert.ok(again.images.every(({ mutability }) => mutability === 'digest'));
        assert.deepEqual(again.findings, []);
      }
    });
  }

  const changed: readonly (readonly [name: string, text: string, after: string])[] = [
    [
      'a digest',
      `image: {repository: a, tag: v1, digest: "${other}"}\n`,
      'image: {repository: a, tag: v1, digest: "DIGEST"}\n',
    ],
    [
      'digits',
      `image: {repository: a, tag: v1, digest: "${'f'.repeat(64)}"}\n`,
      'image: {repository: a, tag: v1, digest: "DIGITS"}\n',
    ],
    [
      'a digest in the tag',
      `image: {repository: a, tag: "v1@${other}"}\n`,
      'image: {repository: a, tag: "v1@DIGEST"}\n',
    ],
    [
      'a digest as the tag',
      `image: {repository: a, tag: "${other}"}\n`,
      'image: {repository: a, tag: "DIGEST"}\n',
    ],
  ];
  for (const [name, text, after] of changed) {
    test(`another one in the place of ${name}`, () => {
      const [use] = read(text).images;
      assert.ok(use);
      assert.equal(apply(text, use.site.replace(use.resolved.replace(other, digest))), withDigest(after));
    });
  }
});

describe('refused', () => {
  const refused: readonly (readonly [name: string, text: string, reasons: readonly RegExp[]])[] = [
    ['no key for the digest', 'image: {repository: a, tag: v1}\n', [/^There is no `digest` key/]],
    ['no key beside a text', 'image: a/b\nimageTag: v1\n', [/^There is no `digest` key/]],
    [
      'a digest that is switched off',
      'image: {repository: a, tag: v1, digest: "", useDigest: false}\n',
      [/^With `useDigest: false`/],
    ],
    [
      'a tag that Flux writes',
      'image:\n  repository: a\n  tag: 1.2.3 # {"$imagepolicy": "flux-system:a:tag"}\n  digest: ""\n',
      [/^Flux keeps this tag up to date/],
    ],
    [
      'a digest that another image takes over',
      'image: &i {repository: a, tag: v1, digest: ""}\nb: {image: {<<: *i, repository: b}}\n',
      [/^Another image takes this `digest` over/, /^There is no|^This part is shared/],
    ],
    [
      'a digest that another image refers to',
      `image: {repository: a, tag: v1, digest: &d ""}\nb: {image: {repository: b, digest: *d , tag: "v1@${other}"}}\n`,
      [/^Another image takes this `digest` over/],
    ],
  ];
  for (const [name, text, reasons] of refused) {
    test(name, () => {
      const result = pinAll(path, text);
      for (const [at, reason] of reasons.slice(0, 1).entries())
        assert.match(result.refused[at] ?? '', reason);
    });
  }
});
