import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { contexts, imagesIn, read } from './read.ts';
import { sample } from './sample.ts';

const target = (...lines: readonly string[]): string => `target "app" {\n  ${lines.join('\n  ')}\n}\n`;

describe('build contexts', () => {
  const cases: readonly (readonly [line: string, images: readonly string[]])[] = [
    ['base = "docker-image://node:20.11.1"', ['node:20.11.1 tag']],
    ['"node:18" = "docker-image://node:20.11.1"', ['node:20.11.1 tag']],
    ['base: "docker-image://node:20.11.1"', ['node:20.11.1 tag']],
    ['base = "docker-image://reg:5000/app"', ['reg:5000/app implicit']],
    ['base = "docker-image://Uppercase:tag"', ['Uppercase:tag unknown']],
    ['base = "docker-image://"', [' unknown']],
    ['a = "docker-image://a:1.2.3", b = "docker-image://b:1.2.3"', ['a:1.2.3 tag', 'b:1.2.3 tag']],
    ['base = "target:other"', []],
    ['base = "oci-layout:///srv/layout:1"', []],
    ['base = "./docker-image://x"', []],
    ['base = "https://github.com/x/y.git"', []],
    ['base = docker-image', []],
    ['base = null', []],
    ['base = "docker-image:\\/\\/node:20.11.1"', ['node:20.11.1 tag']],
    ['base = "docker-image://node\\u003a20.11.1"', ['node:20.11.1 tag']],
    ['base = "docker-image://node:$${X}"', ['node:${X} unknown']],
    ['base = lower("docker-image://x:1")', []],
    ['base = true ? "docker-image://x:1" : "docker-image://y:1"', []],
    ['base = ("docker-image://x:1")', []],
    ['base = "docker-image://x:1" /* why */ # because', ['x:1 floating']],
    ['# base = "docker-image://x:1"', []],
    ['// base = "docker-image://x:1"', []],
  ];
  for (const [line, images] of cases) {
    test(line, () => {
      for (const text of [contexts(line), `\uFEFF${contexts(line)}`.replaceAll('\n', '\r\n')]) {
        assert.deepEqual(
          imagesIn(text),
          images.map((image) => `build-context ${image}`),
        );
      }
    });
  }
});

describe('caches', () => {
  const cases: readonly (readonly [item: string, images: readonly string[]])[] = [
    ['"ghcr.io/a/b:1.2.3"', ['cache-source ghcr.io/a/b:1.2.3 tag']],
    ['"type=registry,ref=ghcr.io/a/b:cache"', ['cache-source ghcr.io/a/b:cache tag']],
    ['"ref=ghcr.io/a/b:cache,type=registry"', ['cache-source ghcr.io/a/b:cache tag']],
    ['"Type=registry,Ref=a/b,mode=max"', ['cache-source a/b implicit']],
    ['{ type = "registry", ref = "a/b:1" }', ['cache-source a/b:1 floating']],
    ['{\n "type": "registry",\n "ref": "a/b:1"\n}', ['cache-source a/b:1 floating']],
    ['{ type = "s3", bucket = "a/b:1", ref = "c" }', []],
    ['{ ref = "a/b:1" }', []],
    ['"type=gha"', []],
    ['"type=local,src=./cache"', []],
    ['"type=registry"', []],
    ['""', []],
    ['"a/b:1.2.3",\n# why\n"c/d:1.2.3",', ['cache-source a/b:1.2.3 tag', 'cache-source c/d:1.2.3 tag']],
    ['for ref in ["a/b:1"] : "type=registry,ref=${ref}"', []],
  ];
  for (const [item, images] of cases) {
    test(JSON.stringify(item), () => assert.deepEqual(imagesIn(target(`cache-from = [${item}]`)), images));
  }
});

test('tags and caches that are written are what a build makes', () => {
  const text = target(
    'tags = ["a/b", "a/b:${V}"]',
    'cache-to = ["type=registry,ref=a/b:cache", "type=inline"]',
  );
  assert.deepEqual(imagesIn(text), [
    'build-output a/b none',
    'build-output a/b:${V} none',
    'build-output a/b:cache none',
  ]);
});

test('what the file makes itself is not pinned where it is used', () => {
  const made = `variable "R" { default = "ghcr.io/a" }
target "base" { tags = ["\${R}/base:dev"] }
target "app" {
  contexts = { base = "docker-image://ghcr.io/a/base:dev", other = "docker-image://ghcr.io/a/base:1" }
  cache-from = ["type=registry,ref=\${R}/app:cache"]
  cache-to = ["type=registry,ref=\${R}/app:cache,mode=max"]
}`;
  assert.deepEqual(imagesIn(made).slice(1, -1), [
    'build-context ghcr.io/a/base:dev none',
    'build-context ghcr.io/a/base:1 floating',
    'cache-source ghcr.io/a/app:cache none',
  ]);
});

describe('variables', () => {
  const cases: readonly (readonly [
    name: string,
    before: string,
    value: string,
    image: string,
    holes?: readonly string[],
  ])[] = [
    ['a default', 'variable "V" { default = "20.11.1" }', '"docker-image://node:${V}"', 'node:20.11.1 tag'],
    ['a number', 'variable "V" { default = 20 }', '"docker-image://node:${V}"', 'node:20 floating'],
    ['an attribute', 'V = "20.11.1"', '"docker-image://node:${V}"', 'node:20.11.1 tag'],
    ['spaces', 'V = "1.2.3"', '"docker-image://node:${ V }"', 'node:1.2.3 tag'],
    ['trim marks', 'V = "1.2.3"', '"docker-image://node:${~ V ~}"', 'node:1.2.3 tag'],
    ['a variable of a variable', 'A = "1.2.3"\nB = "x/y:${A}"', '"docker-image://${B}"', 'x/y:1.2.3 tag'],
    ['a whole reference', 'IMG = "x/y:1.2.3"', '"docker-image://${IMG}"', 'x/y:1.2.3 tag'],
    ['the scheme too', 'IMG = "docker-image://x/y:1.2.3"', '"${IMG}"', 'x/y:1.2.3 tag'],
    ['without quotes', 'IMG = "docker-image://x/y:1.2.3"', 'IMG', 'x/y:1.2.3 tag'],
    ['an empty prefix', 'variable "R" { default = "" }', '"docker-image://${R}x/y:1.2.3"', 'x/y:1.2.3 tag'],
    ['a later one', 'V = "1"\nV = "1.2.3"', '"docker-image://x:${V}"', 'x:1.2.3 tag'],
    [
      'an empty value that leaves no reference',
      'variable "V" { default = "" }',
      '"docker-image://x:${V}"',
      'x:${V} unknown',
      ['${V}'],
    ],
    ['no default', 'variable "V" {}', '"docker-image://x:${V}"', 'x:${V} unknown', ['${V}']],
    ['nowhere', '', '"docker-image://x:${V}"', 'x:${V} unknown', ['${V}']],
    ['a list', 'V = ["1"]', '"docker-image://x:${V}"', 'x:${V} unknown', ['${V}']],
    ['a call', 'V = "A"', '"docker-image://x:${lower(V)}"', 'x:${lower(V)} unknown', ['${lower(V)}']],
    ['an attribute of one', 'V = "A"', '"docker-image://x:${V.a}"', 'x:${V.a} unknown', ['${V.a}']],
    [
      'strings in it',
      '',
      '"docker-image://x:${f("}", "${"\\"}"}")}"',
      'x:${f("}", "${"\\"}"}")} unknown',
      ['${f("}", "${"\\"}"}")}'],
    ],
    [
      'a condition',
      '',
      '"docker-image://x:%{ if V }1%{ else }2%{ endif }"',
      'x:%{ if V }1%{ else }2%{ endif } unknown',
    ],
    ['the tag decides', '', '"docker-image://${R}/x:latest"', '${R}/x:latest floating', ['${R}']],
  ];
  for (const [name, before, value, image, holes] of cases) {
    test(name, () => {
      const text = `${before}\n${contexts(`base = ${value}`)}`;
      const [use] = read(text).images;
      assert.deepEqual(imagesIn(text), [`build-context ${image}`]);
      if (holes) assert.deepEqual(use?.reading, { state: 'unknown', holes });
    });
  }

  test('a matrix gives its variables other values', () => {
    const text = `v = "1.2.3"\n${target('matrix = { v = ["1", "2"] }', 'contexts = { a = "docker-image://x:${v}" }')}`;
    assert.deepEqual(imagesIn(text), ['build-context x:${v} unknown']);
  });

  test('a variable of itself is none', () => {
    assert.deepEqual(imagesIn(`V = "\${V}"\n${contexts('base = "docker-image://x:${V}"')}`), []);
  });

  test('a variable that is not known can be a context of any kind', () => {
    assert.deepEqual(imagesIn(contexts('base = BASE')), []);
  });
});

describe('JSON', () => {
  test('the same as HCL', () => {
    const text = JSON.stringify(
      {
        variable: { V: { default: '20.11.1' } },
        target: {
          app: {
            contexts: { base: 'docker-image://node:${V}' },
            'cache-from': ['type=registry,ref=a/b:cache', { type: 'registry', ref: 'c/d:1' }],
            tags: ['a/b:1'],
            args: { A: 'docker-image://not.this/one:1' },
          },
        },
        group: { default: { targets: ['app'] } },
      },
      null,
      2,
    );
    for (const written of [text, text.replaceAll('\n', '\r\n'), JSON.stringify(JSON.parse(text))]) {
      assert.deepEqual(imagesIn(written), [
        'build-context node:20.11.1 tag',
        'cache-source a/b:cache tag',
        'cache-source c/d:1 floating',
        'build-output a/b:1 none',
      ]);
    }
  });

  test('blocks as lists', () => {
    const text = '{"target": [{"a": [{"tags": ["x:1"]}]}, {"b": {"contexts": {"c": "docker-image://y:1"}}}]}';
    assert.deepEqual(imagesIn(text), ['build-output x:1 none', 'build-context y:1 floating']);
  });

  test('another value at the root', () => {
    for (const text of ['[]', '"target"', '{', '{"target"', '{"target": 1}', '{"target": {"a": 1}}']) {
      assert.deepEqual(imagesIn(text), []);
    }
  });
});

describe('half-written', () => {
  const whole = contexts('a = "docker-image://a:1.2.3"');
  const cases: readonly (readonly [name: string, text: string])[] = [
    ['an attribute', `V = \n${whole}`],
    ['a string', `V = "x\n${whole}`],
    ['a template', `V = "\${x\n${whole}`],
    ['a block', `target "x"\n${whole}`],
    ['a name', `target\n${whole}`],
    ['too many brackets', `V = "x" ] ) }\n${whole}`],
    ['a list', `target "b" { tags = ["x:1" }\n${whole}`],
    ['a broken pair', `target "b" { args = { = 1, x, (y) = 2 } }\n${whole}`],
  ];
  for (const [name, text] of cases) {
    test(`${name} leaves what follows`, () => {
      assert.ok(imagesIn(text).includes('build-context a:1.2.3 tag'), text);
    });
  }
});

test('the sample', () => {
  const expected = [
    'build-context debian:12.5 tag',
    `build-context docker.io/library/alpine:3.20@sha256:${'0123456789abcdef'.repeat(4)} digest`,
    'build-context node:20.11.1-slim tag',
    'cache-source ghcr.io/shop/app:cache none',
    'cache-source ghcr.io/shop/base:1.2.3 tag',
    'cache-source ghcr.io/shop/more:latest floating',
    'build-output ghcr.io/shop/app:cache none',
    'build-context node:${version} unknown',
    'build-output ghcr.io/shop/lint:${EMPTY} none',
    'build-output lint none',
  ];
  for (const text of [sample, `\uFEFF${sample}`.replaceAll('\n', '\r\n')]) {
    const { comments, images } = read(text);
    assert.deepEqual(imagesIn(text), expected);
    assert.deepEqual(
      images.slice(0, 4).map(({ owners, path }) => [path, ...owners]),
      [
        ['target._base.contexts.debian', 'target _base'],
        ['target._base.contexts.alpine:3.20', 'target _base'],
        ['target._base.contexts.node', 'target _base'],
        ['target.app.cache-from.0', 'target app'],
      ],
    );
    assert.deepEqual(
      images.slice(0, 6).map(({ site }) => text.slice(site.span.start, site.span.end)),
      [
        'debian:12.5',
        expected[1]?.split(' ')[1],
        'node:${NODE}${SUFFIX}',
        '${REGISTRY}/app:cache',
        'ghcr.io/shop/base:1.2.3',
        'ghcr.io/shop/more:latest',
      ],
    );
    assert.deepEqual(
      comments().map((comment) => comment.text.split(/\r?\n/)[0]),
      ["# The shop's images", '// where they go', '/* groups', '# pinned', '# ours'],
    );
    for (const comment of comments()) {
      assert.equal(text.slice(comment.span.start, comment.span.end), comment.text);
    }
  }
});
