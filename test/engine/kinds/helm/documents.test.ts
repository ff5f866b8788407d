import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Analysis, analyze } from '../../../../server/src/engine/index.ts';

const pod = (image: string): string =>
  `apiVersion: v1\nkind: Pod\nmetadata: {name: web}\nspec:\n  containers:\n  - name: a\n    image: ${image}\n`;

const read = (text: string, path = '/w/pod.yaml'): Analysis => analyze({ path, text });

const imagesIn = ({ images }: Analysis): readonly string[] => images.map(({ resolved }) => resolved);

test('documents beside a template are read, and the template is told once', () => {
  const text = [pod('a:1.0.0'), pod('{{ .image }}'), pod('b:1.0.0'), '{{- if .x }}\n'].join('---\n');
  for (const path of ['/w/pod.yaml', '/w/templates/pod.yaml']) {
    const analysis = read(text, path);
    assert.deepEqual(imagesIn(analysis), ['a:1.0.0', 'b:1.0.0']);
    assert.equal(analysis.skipped.length, 1);
    const [skip] = analysis.skipped;
    assert.match(skip?.reason ?? '', /it is a template/);
    assert.equal(skip?.span.start, text.indexOf('{{ .image'));
  }
});

test('an action in a text in quotes is a part of the text, wherever its line begins', () => {
  for (const quoted of ['"x\n      {{ y }}\n      "', "'x\n\n      {{ y }} z'"]) {
    const text = pod('a:1.0.0').replace('name: web', `name: web, annotations: {b: ${quoted}}`);
    assert.deepEqual(imagesIn(read(text)), ['a:1.0.0']);
    assert.deepEqual(read(text).skipped, []);
  }
});

test('what stands behind a document makes no template of it: kubectl does not look there', () => {
  const indented = pod('a:latest').replaceAll(/^/gm, '  ').trimEnd();
  const inline = '{"apiVersion": "v1", "kind": "Pod", "spec": {"containers": [{"image": "a:latest"}]}}';
  for (const text of [`${indented}\n{{ x }}\n`, `${indented}\n {{x}}\n`, `${inline}\n{{ x }}\n`]) {
    const { findings, skipped } = read(text);
    assert.ok(
      skipped.some(({ broken }) => broken) || findings.some(({ rule }) => rule === 'floating-tag'),
      text,
    );
  }
});
