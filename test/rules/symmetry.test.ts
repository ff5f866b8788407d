import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { read } from './variants.ts';

const sha256 = `sha256:${'0123456789abcdef'.repeat(4)}`;

/** Class and finding of each reference, wherever it stands. */
const table: readonly (readonly [reference: string, mutability: string, rule: string | null])[] = [
  ['ubuntu', 'implicit', 'implicit-latest'],
  ['docker.io/ubuntu', 'implicit', 'implicit-latest'],
  ['index.docker.io/ubuntu', 'implicit', 'implicit-latest'],
  ['library/ubuntu', 'implicit', 'implicit-latest'],
  ['localhost/foo', 'implicit', 'implicit-latest'],
  ['Foo/bar', 'implicit', 'implicit-latest'],
  ['reg:5000/app', 'implicit', 'implicit-latest'],
  ['[fc00::1]:5000/docker', 'implicit', 'implicit-latest'],
  ['docker---rules/docker', 'implicit', 'implicit-latest'],
  ['nginx:latest', 'floating', 'floating-tag'],
  ['node:20', 'floating', 'floating-tag'],
  ['node:20.11', 'floating', 'floating-tag'],
  ['alpine:edge', 'floating', 'floating-tag'],
  ['debian:bookworm', 'floating', 'floating-tag'],
  ['node:20.11.1', 'tag', 'unpinned-image'],
  ['reg:5000/team/app:1.4.2', 'tag', 'unpinned-image'],
  ['repo:_x', 'tag', 'unpinned-image'],
  [`nginx@${sha256}`, 'digest', null],
  [`nginx:latest@${sha256}`, 'digest', null],
  [`test:5000/repo:tag@${sha256}`, 'digest', null],
  [`repo:${'t'.repeat(128)}`, 'tag', 'unpinned-image'],
  [`repo:${'t'.repeat(129)}`, 'unknown', 'invalid-image-reference'],
  ['Uppercase:tag', 'unknown', 'invalid-image-reference'],
  ['docker///docker', 'unknown', 'invalid-image-reference'],
  ['repo:-x', 'unknown', 'invalid-image-reference'],
  ['repo:a:b', 'unknown', 'invalid-image-reference'],
  ['reg:70000/app', 'unknown', 'invalid-image-reference'],
  ['repo@sha256:0123456789', 'unknown', 'invalid-image-reference'],
  ['repo@md5:d41d8cd98f00b204e9800998ecf8427e', 'unknown', 'invalid-image-reference'],
  ['https://github.com/x', 'unknown', 'invalid-image-reference'],
  ['0123456789abcdef'.repeat(4), 'unknown', 'invalid-image-reference'],
];

const imageRules = [
  'implicit-latest',
  'floating-tag',
  'unpinned-image',
  'invalid-image-reference',
  'unpinned-frontend',
];

const render: Readonly<Record<string, (reference: string) => string>> = {
  dockerfile: (reference) => `FROM ${reference}\n`,
  compose: (reference) => `services:\n  web:\n    image: "${reference}"\n`,
  kubernetes: (reference) =>
    `apiVersion: v1\nkind: Pod\nmetadata:\n  name: web\nspec:\n  containers:\n    - name: web\n      image: "${reference}"\n`,
  quadlet: (reference) => `[Container]\nImage=${reference}\n`,
  bake: (reference) => `target "app" {\n  contexts = { base = "docker-image://${reference}" }\n}\n`,
};

for (const [kind, write] of Object.entries(render)) {
  describe(kind, () => {
    for (const [reference, mutability, rule] of table) {
      test(`${reference.slice(0, 60)} is ${mutability}`, () => {
        const document = read(kind, write(reference));
        assert.deepEqual(
          document.images.map((image) => [image.resolved, image.mutability]),
          [[reference, mutability]],
        );
        const found = document.findings.filter((finding) => imageRules.includes(finding.rule));
        assert.deepEqual(
          found.map((finding) => finding.rule),
          rule ? [rule] : [],
        );
      });
    }
  });
}

test('a reference at fault is told in the same words in every kind, and the same part is underlined', () => {
  for (const [reference, , rule] of table) {
    if (rule !== 'invalid-image-reference') continue;
    const told = Object.entries(render).map(([kind, write]) => {
      const { findings, source } = read(kind, write(reference));
      const finding = findings.find((one) => one.rule === rule);
      assert.ok(finding, `${kind}: ${reference}`);
      return [finding.message, source.text.slice(finding.span.start, finding.span.end)];
    });
    assert.deepEqual(told[1], told[0]);
    assert.deepEqual(told[2], told[0]);
  }
});
