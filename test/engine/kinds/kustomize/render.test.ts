import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { overrideImage, parseKustomization } from '../../../../server/src/engine/yaml/kustomization.ts';
import { digest } from '../../yaml/read.ts';

const other = `sha256:${'1'.repeat(64)}`;

/** The image of a manifest, the entries of a kustomization, and what kustomize renders. */
const rules: readonly (readonly [image: string, entries: string, rendered: string])[] = [
  ['a:old', `{name: a, newTag: v1@${digest}}`, `a:v1@${digest}`],
  ['a', `{name: a, newTag: v1@${digest}}`, `a:v1@${digest}`],
  [`a@${other}`, `{name: a, newTag: v1@${digest}}`, `a:v1@${digest}`],
  [`a:old@${other}`, '{name: a, newTag: v1}', 'a:v1'],
  ['a:old', `{name: a, newTag: v1, digest: "${digest}"}`, `a:v1@${digest}`],
  ['a:old', `{name: a, digest: "${digest}"}`, `a@${digest}`],
  ['a:old', `{name: a, newName: r/b, newTag: v1@${digest}}`, `r/b:v1@${digest}`],
  ['a:old', '{name: a, newTag: v1, tagSuffix: -x}', 'a:v1'],
  ['a:old', `{name: a, digest: "${digest}", tagSuffix: -x}`, `a@${digest}`],
  ['a:old', '{name: a, newTag: v1}, {name: a, newName: b, newTag: v2}', 'b:v2'],
  ['a:old', `{name: a, newTag: v1@${digest}}, {name: a, newName: b}`, `b:v1@${digest}`],
  ['a:old', '{name: a, newName: b, newTag: v1}, {name: b, newTag: v2}', 'b:v2'],
  ['o/r:t', `{name: "o/r:t", digest: "${digest}"}`, `o/r@${digest}`],
  ['o/r:t', '{name: "o/r:t", newTag: new}', 'o/r:new'],
  ['o/r:t', '{name: "o/r:t", newName: x}', 'x:t'],
  ['reg:5000/r:t', '{name: "reg:5000/r", newTag: new}', 'reg:5000/r:new'],
  ['a:old', '{name: a, newName: "r/x:1.2.3"}', 'r/x:1.2.3:old'],
];

describe('what kustomize renders', () => {
  for (const [image, entries, rendered] of rules) {
    test(`${image} with ${entries}`, () => {
      assert.equal(overrideImage(image, parseKustomization(`images: [${entries}]`).images), rendered);
    });
  }

  test('kubectl, where there is one, renders the same', () => {
    for (const [image, entries, rendered] of rules) {
      const folder = mkdtempSync(join(tmpdir(), 'holdfast-kustomize-'));
      try {
        writeFileSync(join(folder, 'kustomization.yaml'), `resources: [pod.yaml]\nimages: [${entries}]\n`);
        writeFileSync(
          join(folder, 'pod.yaml'),
          `apiVersion: v1\nkind: Pod\nmetadata: {name: p}\nspec: {containers: [{name: c, image: "${image}"}]}\n`,
        );
        const { error, stderr, stdout } = spawnSync('kubectl', ['kustomize', folder], { encoding: 'utf8' });
        if (error) return;
        const found = /image: (\S+)/.exec(stdout)?.[1];
        assert.equal(found, rendered, `${entries} ${stderr}`);
      } finally {
        rmSync(folder, { recursive: true });
      }
    }
  });
});
