import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { bake } from '../../../../server/src/engine/kinds/bake/index.ts';
import { claims } from './read.ts';

const target = '# x\r\ntarget "app" {\r\n}\r\n';

describe('claimed', () => {
  const cases: readonly (readonly [name: string, text: string, languageId?: string])[] = [
    ['docker-bake.hcl', ''],
    ['docker-bake.override.hcl', ''],
    ['docker-bake.json', ''],
    ['docker-bake.override.json', '{}'],
    ['docker-bake-release.hcl', ''],
    ['docker-bake_ci.hcl', ''],
    ['bake.hcl', target],
    ['images.hcl', `\uFEFF${target}`],
    ['images.hcl', 'target app{}'],
    ['Untitled-1', '', 'dockerbake'],
  ];
  for (const [name, text, languageId] of cases) {
    test(`${name} ${JSON.stringify(text)}`, () => {
      assert.ok(claims(name, text, languageId));
      if (languageId === undefined) assert.ok(bake.names.test(name));
    });
  }
});

describe('not claimed', () => {
  const cases: readonly (readonly [name: string, text: string])[] = [
    ['main.tf', target],
    ['job.hcl', 'job "x" {\n  group "y" {}\n}'],
    ['pack.hcl', 'source "docker" "x" {}\n# target "x" {\n  target "x" {'],
    ['bake.json', '{"target": {}}'],
    ['docker-bakery.hcl', ''],
    ['docker-bake.yaml', target],
    ['docker-bake.hcl.bak', target],
  ];
  for (const [name, text] of cases) test(name, () => assert.ok(!claims(name, text)));
});
