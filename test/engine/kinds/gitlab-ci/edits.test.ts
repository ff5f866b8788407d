// biome-ignore-all lint/suspicious/noTemplateCurlyInString: variables of GitLab look like that
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { pinAll, saved, withDigests } from '../analyzed.ts';
import { pipeline, read } from './read.ts';

/** Before, and after: `@@` is where the digest comes in. */
const pinned: readonly (readonly [name: string, text: string, after: string])[] = [
  ['an image', 'image: node:20 # why\n', 'image: node:20@@ # why\n'],
  ['without a tag', "a:\n  image: 'node'\n", "a:\n  image: 'node:latest@@'\n"],
  [
    'in the long form',
    'a:\n  image:\n    name: "node:20"\n    entrypoint: [""]\n',
    'a:\n  image:\n    name: "node:20@@"\n    entrypoint: [""]\n',
  ],
  [
    'services',
    'a:\n  services:\n    - redis:7 # cache\n    - {name: docker:27-dind, alias: docker}\n    - [x]\n',
    'a:\n  services:\n    - redis:7@@ # cache\n    - {name: docker:27-dind@@, alias: docker}\n    - [x]\n',
  ],
  [
    'an anchor, where it is',
    '.i: &i node:20\na: {image: *i}\nb: {image: *i }\n',
    '.i: &i node:20@@\na: {image: *i}\nb: {image: *i }\n',
  ],
  [
    'a variable',
    'variables:\n  IMG: "node:20" # one\na: {image: $IMG}\n',
    'variables:\n  IMG: "node:20@@" # one\na: {image: $IMG}\n',
  ],
  [
    'a variable with a description',
    'variables:\n  IMG:\n    description: x\n    value: node:20\na: {image: "${IMG}"}\n',
    'variables:\n  IMG:\n    description: x\n    value: node:20@@\na: {image: "${IMG}"}\n',
  ],
  [
    'through another variable',
    'variables: {BASE: "node:20", IMG: $BASE}\na: {image: $IMG}\nb: {image: $BASE}\n',
    'variables: {BASE: "node:20@@", IMG: $BASE}\na: {image: $IMG}\nb: {image: $BASE}\n',
  ],
  [
    'a variable of each job',
    'variables: {IMG: node:20}\na: {image: $IMG}\nb: {variables: {IMG: "node:22"}, image: $IMG}\n',
    'variables: {IMG: node:20@@}\na: {image: $IMG}\nb: {variables: {IMG: "node:22@@"}, image: $IMG}\n',
  ],
  [
    'a tag behind a variable',
    'variables: {R: ghcr.io}\na: {image: "$R/x:1.2.3"}\n',
    'variables: {R: ghcr.io}\na: {image: "$R/x:1.2.3@@"}\n',
  ],
  [
    'a variable with a tag behind another',
    'variables: {R: ghcr.io, IMG: "$R/x:1.2.3"}\na: {image: $IMG}\nb: {image: $IMG}\n',
    'variables: {R: ghcr.io, IMG: "$R/x:1.2.3@@"}\na: {image: $IMG}\nb: {image: $IMG}\n',
  ],
  [
    'a variable that a comment speaks of',
    '# $IMG is the image\nvariables: {IMG: node:20}\na:\n  image: $IMG # not %IMG%\n  script: echo "$IMGS"\n',
    '# $IMG is the image\nvariables: {IMG: node:20@@}\na:\n  image: $IMG # not %IMG%\n  script: echo "$IMGS"\n',
  ],
];

describe('pinned', () => {
  for (const [name, text, after] of pinned) {
    test(name, () => {
      for (const save of saved) {
        const result = pinAll(pipeline, save(text));
        assert.deepEqual(result, { text: save(withDigests(after)), refused: [] });
        const again = read(result.text);
        assert.ok(again.images.every(({ mutability }) => mutability === 'digest'));
        assert.deepEqual(again.findings, []);
      }
    });
  }
});

const refused: readonly (readonly [name: string, text: string, reason: RegExp])[] = [
  [
    'a part',
    'variables: {V: "20"}\na: {image: "node:$V"}\n',
    /`node:\$V` is put together from V, .*one variable the whole reference/,
  ],
  ['two parts', 'variables: {R: x, V: "20"}\na: {image: "$R/node:${V}"}\n', /put together from R and V/],
  [
    'a variable made of another',
    'variables: {V: "20", IMG: "node:$V"}\na: {image: $IMG}\n',
    /^The value of IMG is put together from other variables, .*give it the whole reference/,
  ],
  [
    'a variable with a tag behind another, in a script',
    'variables: {R: x, IMG: "$R/x:1.2.3"}\na: {image: $IMG, script: "docker push $IMG"}\n',
    /^IMG is used elsewhere in this file too/,
  ],
  [
    'an unknown registry',
    'a: {image: "$CI_REGISTRY_IMAGE/app:1.2.3"}\n',
    /^\$CI_REGISTRY_IMAGE has no value here: name it under `variables`/,
  ],
  [
    'an input',
    'a: {image: "$[[ inputs.registry ]]/app:1.2.3"}\n',
    /^\$\[\[ inputs\.registry \]\] decides this value/,
  ],
  [
    'a variable of a script',
    'variables: {IMG: node:20}\na:\n  image: $IMG\n  script: docker push ${IMG}\n',
    /^IMG is used elsewhere in this file too/,
  ],
  [
    'a variable of a condition',
    'variables: {IMG: node:20}\na:\n  image: $IMG\n  rules: [{if: \'$IMG == "node:20"\'}]\n',
    /^IMG is used elsewhere/,
  ],
  [
    'a variable of PowerShell',
    'variables: {IMG: node:20}\na:\n  image: $IMG\n  script: echo $env:IMG\n',
    /^IMG is used elsewhere/,
  ],
  [
    'a variable of a batch file',
    'variables: {IMG: node:20}\na:\n  image: $IMG\n  script: echo %IMG%\n',
    /^IMG is used elsewhere/,
  ],
  [
    'a variable that passes it on to a script',
    'variables: {IMG: $BASE, BASE: node:20}\na: {image: $IMG, script: "echo $IMG"}\n',
    /^IMG is used elsewhere/,
  ],
  [
    'a variable that another is made of',
    'variables: {IMG: node:20, OWN: "$IMG-own"}\na: {image: $IMG}\n',
    /^IMG is used elsewhere/,
  ],
  [
    'a choice',
    'variables:\n  IMG: {value: node:20, options: [node:20, node:22]}\na: {image: $IMG}\n',
    /^The value of IMG has to be one of its `options`/,
  ],
  ['escapes in a variable', 'variables: {IMG: "node\\u003a20"}\na: {image: $IMG}\n', /written with escapes/],
];

describe('refused', () => {
  for (const [name, text, reason] of refused) {
    test(name, () => {
      const result = pinAll(pipeline, text);
      assert.equal(result.text, text);
      assert.equal(result.refused.length, 1);
      assert.match(result.refused[0] ?? '', reason);
      assert.match(result.refused[0] ?? '', /^[^\n]*\.$/);
      for (const { fixable } of read(text).findings) assert.equal(fixable, false);
    });
  }
});

describe('!reference', () => {
  const base = '.pg:\n  image: {name: node:20.1.0}\n  services: [postgres:16.1.2, {name: redis:7.2.4}]\n';
  const jobs: readonly (readonly [name: string, job: string, seen: readonly string[]])[] = [
    ['an image', 'a: {image: !reference [.pg, image], script: [x]}\n', ['job a']],
    ['a name', 'a: {image: {name: !reference [.pg, image, name]}, script: [x]}\n', ['job a']],
    [
      'of a reference',
      '.b: {image: !reference [.pg, image]}\na: {image: !reference [.b, image]}\n',
      ['job .b', 'job a'],
    ],
  ];
  for (const [name, job, owners] of jobs) {
    test(`${name} is the value it leads to`, () => {
      const text = base + job;
      const use = read(text).images.find(({ resolved }) => resolved === 'node:20.1.0');
      assert.deepEqual(use?.owners, ['job .pg', ...owners]);
      const result = pinAll(pipeline, text);
      assert.deepEqual(result.refused, []);
      assert.equal(result.text.split('sha256:').length - 1, 3);
      assert.ok(result.text.endsWith(job));
    });
  }

  test('services, and one of a list that brings in several', () => {
    const text = `${base}a: {services: !reference [.pg, services]}\nb:\n  services:\n    - !reference [.pg, services]\n    - x:1.2.3\n`;
    assert.deepEqual(
      read(text).images.map(({ owners, resolved }) => [resolved, owners.length]),
      [
        ['node:20.1.0', 1],
        ['postgres:16.1.2', 3],
        ['redis:7.2.4', 3],
        ['x:1.2.3', 1],
      ],
    );
  });

  test('what another file has, and what leads to itself, is not known', () => {
    const text = 'a: {image: !reference [.far, image], services: !reference [a, services]}\n';
    const { findings, images } = read(text);
    assert.deepEqual(findings, []);
    assert.deepEqual(
      images.map(({ reading }) => (reading.state === 'unknown' ? reading.reason : null)),
      ['the tag `!reference` makes this value', 'the tag `!reference` makes this value'],
    );
    assert.equal(pinAll(pipeline, text).text, text);
  });
});
