// biome-ignore-all lint/suspicious/noTemplateCurlyInString: variables of Dockerfiles and Compose look like that
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { analyze, readSummary } from '../../server/src/engine/index.ts';

const digest = `sha256:${'0123456789abcdef'.repeat(4)}`;
const nginx = `nginx:1.27.3@${digest}`;

/** The line and the count of each pin. */
const pinsIn = (path: string, text: string): readonly string[] => {
  const { pins } = readSummary({ path, text });
  assert.deepEqual(analyze({ path, text }).outline.pins, pins);
  return pins.map(({ count, line }) => `line ${line}, ${count} in all`);
};

describe('the line of a pin is where its digest stands', () => {
  const table: readonly (readonly [name: string, path: string, text: string, line: number, count: number])[] =
    [
      ['in FROM', '/Dockerfile', `# base\nFROM ${nginx}\n`, 2, 1],
      ['in an ARG', '/Dockerfile', `ARG BASE=${nginx}\n\nFROM $BASE\n`, 1, 1],
      [
        'in an ARG that several read',
        '/Dockerfile',
        `ARG A=1\nARG BASE="${nginx}"\nFROM $BASE AS a\nFROM \${BASE}\n`,
        2,
        2,
      ],
      ['in the default of an expansion', '/Dockerfile', `ARG BASE\nFROM \${BASE:-${nginx}}\n`, 2, 1],
      ['in an ARG of its own', '/Dockerfile', `ARG PIN=${digest}\nFROM nginx:1.27.3@$PIN\n`, 2, 1],
      [
        'in an anchor',
        '/compose.yaml',
        `x-image: &image ${nginx}\nservices:\n  web:\n    image: *image\n`,
        1,
        1,
      ],
      [
        'in an ARG of a Dockerfile within',
        '/compose.yaml',
        `services:\n  web:\n    build:\n      dockerfile_inline: |\n        ARG BASE=${nginx}\n        FROM $$BASE\n`,
        5,
        1,
      ],
      [
        'in a later document',
        '/pods.yaml',
        `apiVersion: v1\nkind: Namespace\n---\napiVersion: v1\nkind: Pod\nspec:\n  containers:\n    - name: web\n      image: ${nginx}\n`,
        9,
        1,
      ],
    ];
  for (const [name, path, text, line, count] of table) {
    test(name, () => {
      assert.deepEqual(pinsIn(path, text), [`line ${line}, ${count} in all`]);
    });
  }
});
