import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { after, describe, test } from 'node:test';
import { judge } from './judge.ts';
import { Oracle } from './oracle.ts';
import { sampleOf } from './texts.ts';

const head = 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: x, labels: {q: w}}\n';

const oracle = new Oracle();
after(() => oracle.stop());

const read = async (text: string) => (await oracle.ask([text]))[0];

describe('the oracle reads as the programs do that it stands for', () => {
  const table: readonly (readonly [text: string, kubectl: unknown, library: unknown])[] = [
    ['a: b # c\u2028d: e\n', [{ a: 'b', d: 'e' }], [{ a: 'b', d: 'e' }]],
    ['a: 1\n<<: {a: 2}\n', [{ a: 2 }], [{ a: 1 }]],
    ['<<: {a: 1}\n<<: {a: 2}\n', [{ a: 2 }], [{ a: 2 }]],
    ['<<: [{a: 1}, {a: 2}]\n', [{ a: 1 }], [{ a: 1 }]],
    ['"<<": {a: 1}\n', [{ '<<': { a: 1 } }], [{ '<<': { a: 1 } }]],
    ['x: &k a\n*k : b\n', [{ x: 'a', a: 'b' }], [{ x: 'a', a: 'b' }]],
    ['a: [yes, "yes", y, tRUE, !!bool "off"]\n', [{ a: [true, 'yes', true, 'tRUE', false] }], null],
    ['a: [0x10, 017, 0o17, 1_0, 1e1, "1"]\n', [{ a: [16, 15, 15, 10, 10, '1'] }], null],
    ['a: [0b1, 0b0b1, 0x0x1]\n', [{ a: [1, '0b0b1', '0x0x1'] }], null],
    ['!!binary YQ==: !!binary Yg==\n', [{ a: 'b' }], null],
    ['a: 1\n--- # c\na: 2\n---\n\uFEFFa: 3\n', [{ a: 1 }, { a: 2 }, { a: 3 }], null],
    ['a: 1\n---x\na: 2\n', [], []],
    ['a: 1\n...\n{\n', [{ a: 1 }], []],
    ['a: &a [*a]\n', [], []],
  ];
  for (const [text, kubectl, library] of table) {
    test(JSON.stringify(text), async () => {
      const readings = await read(text);
      assert.deepEqual(readings?.kubectl, kubectl);
      assert.deepEqual(readings?.library, library ?? kubectl);
    });
  }

  // kubectl comes from no package that every distribution has, so where it is not installed there is nothing to compare with.
  if (spawnSync('kubectl', ['version', '--client']).status === 0) {
    test('and kubectl itself says the same', async () => {
      for (const [text] of table.filter(
        ([one]) => !/^a: 1\n(?:---|\.\.\.)/.test(one) && !/^--- /.test(one),
      )) {
        const object = head + text;
        const { status, stdout } = spawnSync(
          'kubectl',
          ['label', '--local', '-f', '-', 'q=w', '-o', 'json'],
          {
            input: object,
            encoding: 'utf8',
          },
        );
        const [expected] = (await read(object))?.kubectl ?? [];
        assert.deepEqual(status === 0 ? JSON.parse(stdout) : undefined, expected, text);
      }
    });
  }
});

test('the judge sees an image that an audit does not', () => {
  const text = 'services:\n  web: {image: a:1.0.0, read_only: true}\n';
  const unseen = { services: { web: { image: 'b:latest', privileged: true } } };
  const found = judge(
    { kind: 'compose', path: '/w/compose.yaml', text },
    { kubectl: [], library: [unseen], sequential: [] },
  );
  assert.deepEqual(found?.reading, 'library');
  for (const one of ['image b:latest', 'floating-tag', 'privileged-container']) {
    assert.ok(found.unseen.includes(one), one);
  }
});

test('a seed makes the same text each time', () => {
  for (let seed = 0; seed < 100; seed++) assert.deepEqual(sampleOf(seed), sampleOf(seed));
});
