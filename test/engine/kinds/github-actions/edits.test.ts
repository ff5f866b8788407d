// biome-ignore-all lint/suspicious/noTemplateCurlyInString: expressions of GitHub Actions look like that
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { pinAll, saved, withDigests } from '../analyzed.ts';
import { action, job, read, workflow } from './read.ts';

/** Before, and after: `@@` is where the digest comes in. */
const pinned: readonly (readonly [name: string, text: string, after: string])[] = [
  ['a container', job('    container: node:20 # why\n'), job('    container: node:20@@ # why\n')],
  ['without a tag', job('    container: "node"\n'), job('    container: "node:latest@@"\n')],
  ['with a prefix', job('    container: docker://node:20\n'), job('    container: docker://node:20@@\n')],
  [
    'in flow style',
    job("    services: {db: {image: 'postgres:16', ports: [5432]}, cache: {image: redis:7}}\n"),
    job("    services: {db: {image: 'postgres:16@@', ports: [5432]}, cache: {image: redis:7@@}}\n"),
  ],
  [
    'steps',
    job(
      '    steps:\n      - uses: actions/checkout@v4\n      - uses: "docker://alpine"\n        with: {args: x}\n',
    ),
    job(
      '    steps:\n      - uses: actions/checkout@v4\n      - uses: "docker://alpine:latest@@"\n        with: {args: x}\n',
    ),
  ],
  [
    'an anchor, where it is',
    job('    container: &node node:20\n    services:\n      again: *node\n'),
    job('    container: &node node:20@@\n    services:\n      again: *node\n'),
  ],
  ['block text', job('    container: >-\n      node:20\n'), job('    container: >-\n      node:20@@\n')],
  [
    'an action',
    'runs:\n  using: docker\n  image: docker://alpine:3.20\n',
    'runs:\n  using: docker\n  image: docker://alpine:3.20@@\n',
  ],
];

describe('pinned', () => {
  for (const [name, text, after] of pinned) {
    test(name, () => {
      const path = text.startsWith('runs') ? action : workflow;
      for (const save of saved) {
        const result = pinAll(path, save(text));
        assert.deepEqual(result, { text: save(withDigests(after)), refused: [] });
        const again = read(path, result.text);
        assert.ok(again.images.every(({ mutability }) => mutability === 'digest'));
        assert.deepEqual(again.findings, []);
      }
    });
  }
});

describe('refused', () => {
  const refused: readonly (readonly [name: string, lines: string, reason: RegExp])[] = [
    [
      'an expression for the registry',
      '    container: ${{ vars.REGISTRY }}/app:1.2.3\n',
      /^\$\{\{ vars\.REGISTRY \}\} has no value here: name it under `variables`/,
    ],
    ['escapes', '    container: "node\\u003a20"\n', /written with escapes/],
    ['several lines', '    container:\n      node\n      :20\n', /over several lines|nothing to pin/],
  ];
  for (const [name, lines, reason] of refused) {
    test(name, () => {
      const text = job(lines);
      const result = pinAll(workflow, text);
      assert.equal(result.text, text);
      assert.equal(result.refused.length, 1);
      assert.match(result.refused[0] ?? '', reason);
    });
  }

  test('what an expression decides offers no pin', () => {
    const { findings } = read(workflow, job('    container: node:${{ matrix.node }}-slim\n'));
    assert.deepEqual(findings, []);
  });
});
