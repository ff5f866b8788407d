// biome-ignore-all lint/suspicious/noTemplateCurlyInString: variables look like that
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { analyze, planPins } from '../../server/src/engine/index.ts';
import { quietRegistry } from '../support/quiet-registry.ts';

const digest = `sha256:${'d'.repeat(64)}`;

const pin = (path: string, text: string) =>
  planPins(analyze({ path, text }), {
    registry: { ...quietRegistry, resolve: async () => ({ ok: true, digest, mediaType: '', at: 0 }) },
  });

const compose = (lines: string): string =>
  `x-i: &i nginx:1.27.0\nx-base: &base {image: redis:7.2.4, read_only: true}\nservices:\n${lines}`;

describe('a text that something else reads is not pinned, and the reader is named', () => {
  const refused: readonly (readonly [name: string, path: string, text: string, reason: RegExp])[] = [
    [
      'environment',
      '/w/compose.yaml',
      compose('  a:\n    image: *i\n    environment: {IMAGE: *i }\n'),
      /^Line 6 reads this text too \(services\.a\.environment\.IMAGE\)/,
    ],
    [
      'labels in a list',
      '/w/compose.yaml',
      compose('  a:\n    image: *i\n    labels:\n      - *i\n'),
      /^Line 7 reads this text too \(services\.a\.labels\.0\)/,
    ],
    [
      'arguments of a build',
      '/w/compose.yaml',
      compose('  a: {image: &a "x:1.2.3"}\n  b: {image: built, build: {context: ., args: {BASE: *a }}}\n'),
      /^Line 5 reads this text too \(services\.b\.build\.args\.BASE\)/,
    ],
    [
      'the place where it is written',
      '/w/compose.yaml',
      'services:\n  a:\n    environment:\n      IMAGE: &x nginx:1.27.0\n    image: *x\n',
      /^Line 4 reads this text too \(services\.a\.environment\.IMAGE\)/,
    ],
    [
      'a mapping around it',
      '/w/compose.yaml',
      'x-env: &env {IMAGE: &x nginx:1.27.0}\nservices:\n  a:\n    environment: *env\n    image: *x\n',
      /^Line 4 reads this text too \(services\.a\.environment\)/,
    ],
    [
      'the environment of a workflow',
      '/w/.github/workflows/a.yml',
      'env:\n  IMG: &x node:20.1.0\njobs:\n  a:\n    runs-on: x\n    container: *x\n',
      /^Line 2 reads this text too \(env\.IMG\)/,
    ],
    [
      'the version of a chart',
      '/w/values.yaml',
      'a: {image: &x "quay.io/a/b:1.2.3"}\nlabel: *x\n',
      /^Line 2 reads this text too \(label\)/,
    ],
    [
      'a later document, in the lines of the whole file',
      '/w/.gitlab-ci.yml',
      'spec: {inputs: {}}\n---\na:\n  image: &x node:20.1.0\n  variables: {A: *x }\n  script: [x]\n',
      /^Line 5 reads this text too \(a\.variables\.A\)/,
    ],
  ];
  for (const [name, path, text, reason] of refused) {
    test(name, async () => {
      const plan = await pin(path, text);
      assert.equal(plan.text, text);
      assert.match(plan.failures[0]?.message ?? '', reason);
    });
  }

  const pinned: readonly (readonly [name: string, lines: string])[] = [
    ['two services', '  a: {image: *i , read_only: true}\n  b: {image: *i , read_only: true}\n'],
    ['a service that is merged', '  a: {<<: *base}\n  b: {<<: *base}\n'],
    ['another holder', '  a: {image: *i , read_only: true}\nx-j: *i\nx-k: {<<: *base}\n'],
    ['an anchor that nobody uses', '  a: {image: &a "x:1.2.3", read_only: true}\n'],
  ];
  for (const [name, lines] of pinned) {
    test(`${name}: pinned once`, async () => {
      const { failures, pinned: count, text } = await pin('/w/compose.yaml', compose(lines));
      assert.deepEqual(failures, []);
      assert.ok(count > 0);
      assert.equal(text.split(digest).length - 1, 1);
      assert.equal((await pin('/w/compose.yaml', text)).pinned, 0);
    });
  }
});

describe('a tag that is not of YAML makes a value nobody knows', () => {
  const texts: readonly (readonly [path: string, text: string])[] = [
    ['/w/compose.yaml', 'services: {a: {image: !Ref app, read_only: true}}\n'],
    ['/w/compose.yaml', 'services: {a: !Foo {image: app, read_only: true}}\n'],
    ['/w/compose.yaml', 'x-i: &i !env "a:1.2.3"\nservices: {a: {image: *i , read_only: true}}\n'],
    [
      '/w/pod.yaml',
      'apiVersion: v1\nkind: Pod\nmetadata: {name: p}\nspec: {containers: [{name: a, image: !Ref app}]}\n',
    ],
    ['/w/.github/workflows/a.yml', 'jobs: {a: {runs-on: x, container: !env node}}\n'],
    ['/w/values.yaml', 'image: {repository: a/b, tag: !env "1.2.3", digest: ""}\n'],
    ['/w/kustomization.yaml', 'images: [{name: a, newTag: !env v1}]\n'],
    ['/w/.gitlab-ci.yml', 'a: {image: !env node, script: [x]}\n'],
  ];
  for (const [path, text] of texts) {
    test(`${path}: ${text}`, async () => {
      const { images } = analyze({ path, text });
      assert.deepEqual(
        images.map(({ mutability, reading }) => [mutability, reading.state]),
        [['unknown', 'unknown']],
      );
      const [use] = images;
      assert.ok(use?.reading.state === 'unknown');
      assert.match(use.reading.reason ?? '', /^the tag `!\w+` makes this value$/);
      const edits = use.site.replace(`${use.resolved}@${digest}`);
      assert.ok('refused' in edits && /^The tag `!\w+` makes this value/.test(edits.refused));
      assert.equal((await pin(path, text)).text, text);
    });
  }

  test('tags of YAML itself, and those that Compose reads, say nothing of the kind', () => {
    for (const tag of ['!!str', '!', '!override', '!<tag:yaml.org,2002:str>']) {
      const { images } = analyze({ path: '/w/compose.yaml', text: `services: {a: {image: ${tag} app}}\n` });
      assert.deepEqual(
        images.map(({ resolved, mutability }) => `${resolved} ${mutability}`),
        ['app implicit'],
        tag,
      );
    }
  });

  test('a value behind a tagged one is what it says', () => {
    const text = 'services:\n  a: {image: !x b}\n  c: {image: "d:1.2.3"}\n';
    const { images } = analyze({ path: '/w/compose.yaml', text });
    assert.deepEqual(
      images.map(({ mutability }) => mutability),
      ['unknown', 'tag'],
    );
  });
});
