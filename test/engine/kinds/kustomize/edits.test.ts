// biome-ignore-all lint/suspicious/noTemplateCurlyInString: placeholders look like that
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { planPins, type Registry } from '../../../../server/src/engine/index.ts';
import { quietRegistry } from '../../../support/quiet-registry.ts';
import { apply, digest, refusalOf } from '../../yaml/read.ts';
import { pinAll, saved } from '../analyzed.ts';
import { images, path, read } from './read.ts';

/** Before, and after: `DIGEST` is the digest. */
const pinned: readonly (readonly [name: string, lines: string, after: string])[] = [
  [
    'the digest goes behind the tag',
    '- name: nginx\n  newTag: 1.27.4 # why\n  newName: reg/nginx\n',
    '- name: nginx\n  newTag: 1.27.4@DIGEST # why\n  newName: reg/nginx\n',
  ],
  ['quotes stay', '- name: a\n  "newTag": \'1.2.3\'\n', '- name: a\n  "newTag": \'1.2.3@DIGEST\'\n'],
  ['in flow style', '- {newTag: "1.10", name: a}\n', '- {newTag: "1.10@DIGEST", name: a}\n'],
  ['a number', '- name: a\n  newTag: 1.10\n', '- name: a\n  newTag: 1.10@DIGEST\n'],
  ['on the line of the dash', '- newTag: v3\n  name: a\n', '- newTag: v3@DIGEST\n  name: a\n'],
  ['block text', '- name: a\n  newTag: >-\n    v3\n', '- name: a\n  newTag: >-\n    v3@DIGEST\n'],
  [
    'a key for the digest that is there already',
    '- name: a\n  newTag: v3\n  digest: ""\n',
    '- name: a\n  newTag: v3\n  digest: "DIGEST"\n',
  ],
  [
    'an alias, where it stands',
    '- &base {name: a, newTag: &v v3, digest: DIGEST}\n- {name: b, newTag: *v }\n',
    '- &base {name: a, newTag: &v v3, digest: DIGEST}\n- {name: b, newTag: v3@DIGEST }\n',
  ],
];

const withDigest = (text: string): string => text.replaceAll('DIGEST', digest);

/** Gives every image the same digest. */
const registry: Registry = {
  ...quietRegistry,
  resolve: async () => ({ ok: true, digest, mediaType: '', at: 0 }),
};

describe('pinned', () => {
  for (const [name, lines, after] of pinned) {
    test(name, async () => {
      for (const save of saved) {
        const text = save(images(withDigest(lines)));
        const { failures, text: changed } = await planPins(read(text), { registry });
        assert.deepEqual(failures, []);
        assert.equal(changed, save(images(withDigest(after))));
        const again = read(changed);
        assert.ok(again.images.every(({ mutability }) => mutability === 'digest'));
        assert.deepEqual(again.findings, []);
      }
    });
  }

  test('another digest takes the place of the first', () => {
    const text = images(`- name: a\n  digest: sha256:${'f'.repeat(64)}\n`);
    const [use] = read(text).images;
    assert.ok(use);
    assert.equal(apply(text, use.site.replace(`a@${digest}`)), images(`- name: a\n  digest: ${digest}\n`));
  });

  test('behind the tag too', () => {
    const text = images(`- name: a\n  newTag: v1@sha256:${'f'.repeat(64)}\n`);
    const [use] = read(text).images;
    assert.ok(use);
    const after = images(`- name: a\n  newTag: v1@${digest}\n`);
    assert.equal(apply(text, use.site.replace(`a:v1@${digest}`)), after);
  });

  test('of two entries for one name the one that counts, by the name it has in the end', async () => {
    const text = images(
      '- {name: a, newTag: 1.0.0}\n- {name: a, newName: b, newTag: 2.0.0}\n- {name: c, newTag: 3.0.0}\n- {name: c, newName: d/e}\n',
    );
    const asked: string[] = [];
    const listening: Registry = {
      ...registry,
      async resolve({ repository, version }) {
        asked.push(`${repository}:${version}`);
        return { ok: true, digest, mediaType: '', at: 0 };
      },
    };
    const { text: changed } = await planPins(read(text), { registry: listening });
    assert.deepEqual(asked, ['library/b:2.0.0', 'd/e:3.0.0']);
    assert.equal(changed, text.replace('2.0.0', `2.0.0@${digest}`).replace('3.0.0', `3.0.0@${digest}`));
  });
});

describe('refused', () => {
  const refused: readonly (readonly [name: string, lines: string, reason: RegExp])[] = [
    ['escapes', '- name: a\n  newTag: "\\u0076-3"\n', /written with escapes/],
    [
      'a tag that Flux writes',
      '- name: a\n  newTag: 1.2.3 # {"$imagepolicy": "flux-system:a:tag"}\n',
      /^Flux writes this tag/,
    ],
    [
      'a tag that another entry takes over',
      '- &a {name: a, newTag: v3}\n- {<<: *a, name: b, digest: DIGEST}\n',
      /^This tag is shared/,
    ],
    [
      'a tag that another entry refers to',
      '- {name: a, newTag: &v v3}\n- {name: b, newTag: *v , digest: DIGEST}\n',
      /^This tag is shared/,
    ],
    ['a tag from a merge key', '- {<<: *shared, name: a}\n', /^This tag is shared/],
  ];
  for (const [name, lines, reason] of refused) {
    test(name, () => {
      const text = `x: &shared {newTag: v3}\n${images(withDigest(lines))}`;
      const result = pinAll(path, text);
      assert.equal(result.text, text);
      assert.match(result.refused[0] ?? '', reason);
    });
  }

  test('a digest without the tag is a digest all the same', () => {
    const text = images('- {name: a, newTag: 1.2.3}\n');
    const [use] = read(text).images;
    assert.ok(use);
    assert.equal(apply(text, use.site.replace(`a@${digest}`)), images(`- {name: a, digest: ${digest}}\n`));
  });

  test('what is no matter of the digest', () => {
    const [use] = read(images('- {name: a, newName: b, newTag: 1.2.3}\n')).images;
    assert.ok(use);
    for (const wanted of [`c:1.2.3@${digest}`, `b:1.2.4@${digest}`, 'b:1.2.3'])
      assert.match(refusalOf(use.site.replace(wanted)), /under keys of their own/);
    assert.match(refusalOf(use.site.replace('b:1.2.3@sha256:1')), /not clear/);
  });

  test('what a placeholder or the manifest decides offers no pin', () => {
    const { findings } = read(images('- {name: a, newTag: "${TAG}"}\n- {name: b, newName: c}\n'));
    assert.deepEqual(findings, []);
  });
});
