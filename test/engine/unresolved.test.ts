// biome-ignore-all lint/suspicious/noTemplateCurlyInString: variables look like that
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { analyze, auditFile, planPins, unresolvedImages } from '../../server/src/engine/index.ts';
import { quietRegistry } from '../support/quiet-registry.ts';

const shop = '/shop/';

const unknown: readonly (readonly [path: string, text: string, images: Readonly<Record<string, boolean>>])[] =
  [
    ['Dockerfile', 'ARG A\nFROM ${A}/x:1.0.0\n', { '${A}/x:1.0.0': true }],
    ['Dockerfile', 'ARG A\nARG B\nARG C\nFROM ${A}/${B}:${C}\n', { '${A}/${B}:${C}': false }],
    ['compose.yaml', 'services: {a: {image: "$A"}, b: {image: "nginx:1.2.3"}}\n', { $A: false }],
    ['.gitlab-ci.yml', 'a:\n  image: ruby:$RUBY\n  script: [x]\n', { 'ruby:$RUBY': false }],
    [
      '.github/workflows/a.yml',
      'on: push\njobs: {a: {runs-on: x, container: "ruby:${{ matrix.ruby }}", steps: []}}\n',
      { 'ruby:${{ matrix.ruby }}': false },
    ],
    ['Dockerfile', 'FROM nginx:1.2.3 AS a\nFROM a\nFROM scratch\n', {}],
    ['Dockerfile', 'FROM NGINX:\n', { 'NGINX:': true }],
    ['compose.yaml', 'services: {a: {build: ., image: "$A"}}\n', {}],
  ];

for (const [name, text, images] of unknown) {
  test(`${name}: ${JSON.stringify(text)}`, async () => {
    const document = analyze({ path: shop + name, text });
    const found = unresolvedImages(document);
    assert.deepEqual(Object.fromEntries(found.map(({ image, isReported }) => [image, isReported])), images);
    for (const { reason } of found) assert.match(reason, /^[`a-z].*[^.]$/);
    assert.deepEqual(
      auditFile(name, document).unresolved.map(({ raw }) => raw),
      Object.keys(images),
    );
    const plan = await planPins(document, { registry: quietRegistry });
    assert.deepEqual(plan.unresolved, found);
  });
}
