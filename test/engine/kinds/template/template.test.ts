// biome-ignore-all lint/suspicious/noTemplateCurlyInString: actions of templates look like that
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { analyze, mayHoldManifest } from '../../../../server/src/engine/index.ts';

describe('a template of a manifest is listed as not read', () => {
  for (const [name, text, line] of [
    ['deployment.yaml.j2', 'kind: Deployment\nspec:\n  image: {{ image }}\n', 2],
    ['compose.yml.tmpl', 'services:\n  a:\n    image: a:${TAG}\n', 2],
    ['ci.yaml.erb', '<% if x %>\njobs:\n  a: {}\n<% end %>\n', 0],
    ['all.yaml.jinja2', "{% include 'pod.yaml' %}\n", 0],
    ['pod.json.tpl', '{\n  "kind": "Pod"\n}\n', 0],
    ['values.yaml.gotmpl', 'a:\n  image: b\n', 0],
  ] as const) {
    test(name, () => {
      assert.ok(mayHoldManifest(`/shop/${name}`));
      const { images, kinds, skipped, source } = analyze({ path: `/shop/${name}`, text });
      assert.deepEqual([kinds, images], [['template'], []]);
      assert.deepEqual(
        skipped.map(({ broken, span }) => [broken, source.placeAt(span.start).line]),
        [[undefined, line]],
      );
    });
  }
});

describe('others are not', () => {
  for (const [name, text] of [
    ['de.yaml.tmpl', 'hello: "Hallo {{name}}"\n'],
    ['index.json.j2', '{"index_patterns": ["{{ name }}-*"], "mappings": {}}\n'],
    ['pod.yaml.bak', 'kind: Pod\n'],
    ['main.j2', 'kind: Pod\n'],
  ] as const) {
    test(name, () => {
      const { kinds, skipped } = analyze({ path: `/shop/${name}`, text });
      assert.deepEqual([kinds, skipped], [[], []]);
    });
  }
});
