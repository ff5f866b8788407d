// biome-ignore-all lint/suspicious/noTemplateCurlyInString: variables of dev containers look like that
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type Analysis, analyze, planSuppression } from '../../../../server/src/engine/index.ts';
import { digest } from '../../yaml/read.ts';
import { exercise, imagesIn, pinAll, saved, withDigests } from '../analyzed.ts';

const path = '/shop/.devcontainer/devcontainer.json';

function read(text: string): Analysis {
  const analysis = analyze({ path, text });
  assert.deepEqual(analysis.kinds, ['devcontainer']);
  return analysis;
}

const table: readonly (readonly [name: string, text: string, images: readonly string[]])[] = [
  [
    'an image',
    '{"image": "mcr.microsoft.com/devcontainers/base:ubuntu"}',
    ['workload mcr.microsoft.com/devcontainers/base:ubuntu floating'],
  ],
  ['without a tag', '{\n\t"name": "x",\n\t"image": "node"\n}\n', ['workload node implicit']],
  ['a pinned one', `{"image": "node:20@${digest}"}`, [`workload node:20@${digest} digest`]],
  ['a registry with a port and no tag', '{"image": "reg:5000/app"}', ['workload reg:5000/app implicit']],
  ['escapes', '{"im\\u0061ge": "node\\u003a20"}', ['workload node:20 floating']],
  [
    'a cache',
    '{"build": {"dockerfile": "Dockerfile", "cacheFrom": "ghcr.io/shop/dev:1.2.3"}}',
    ['cache-source ghcr.io/shop/dev:1.2.3 tag'],
  ],
  [
    'caches',
    '{"build": {"cacheFrom": ["a/b", "type=registry,ref=c/d:1", "type=local,src=x", "type=gha", ""]}}',
    ['cache-source a/b implicit', 'cache-source c/d:1 floating'],
  ],
  ['both', '{"build": {"cacheFrom": "b"}, "image": "a"}', ['cache-source b implicit', 'workload a implicit']],
  ['the last of two', '{"image": "a", "image": "b"}', ['workload b implicit']],
  ['a variable with a default', '{"image": "node:${localEnv:NODE:20.11.1}"}', ['workload node:20.11.1 tag']],
  ['a default ends at a colon', '{"image": "${localEnv:IMG:node:20}"}', ['workload node implicit']],
  [
    'a variable without one',
    '{"image": "node:${localEnv:NODE}"}',
    ['workload node:${localEnv:NODE} unknown'],
  ],
  ['an empty default', '{"image": "${env:REG:}/app"}', ['workload ${env:REG:}/app implicit']],
  [
    'the folder',
    '{"image": "app-${localWorkspaceFolderBasename}"}',
    ['workload app-${localWorkspaceFolderBasename} unknown'],
  ],
  [
    'an option of a template',
    '{"image": "base:${templateOption:variant}"}',
    ['workload base:${templateOption:variant} unknown'],
  ],
  ['comments', '// "image": "a",\n{ /* "image": "b" */ "image" /**/ : // x\n "c" }', ['workload c implicit']],
  [
    'comments that look like more',
    '{"image": "a", // "\n "x": "// no /* comment", /* " */ "build": {"cacheFrom": ["b", /* , */],},}',
    ['workload a implicit', 'cache-source b implicit'],
  ],
  ['a single quote', `{'image': 'a', "image": "b"}`, ['workload b implicit']],
  [
    'features and the rest',
    '{"features": {"ghcr.io/devcontainers/features/node:1": {}, "image": "x"}, "customizations": {"image": "y"}, "dockerComposeFile": "z.yml"}',
    [],
  ],
  ['other values', '{"image": null, "build": {"cacheFrom": [["a"], {"b": "c"}, 1]}}', []],
  ['a list', '["image", {"image": "a"}]', []],
  ['deeper', '{"build": {"image": "a", "build": {"cacheFrom": "b"}, "cacheFrom": [{"cacheFrom": "c"}]}}', []],
  ['nothing', '', []],
  ['half-written', '{"image": ', []],
];

describe('images', () => {
  for (const [name, text, images] of table) {
    test(name, () => {
      for (const save of saved) assert.deepEqual(imagesIn(read(save(text))), images);
    });
  }
});

/** What is wrong, where, and what is seen all the same. */
const broken: readonly (readonly [text: string, at: string, problem: RegExp, images: readonly string[]])[] = [
  ['{"image": "a"', '{', /bracket or brace is not closed$/, ['a']],
  ['{"image": "a\n}', '"a', /a quoted text is not closed$/, ['a']],
  ['{"image": "a\\', '"a\\', /a quoted text is not closed$/, ['a\\']],
  ['{"name": "x" "image": "a"}', '"image"', /a comma is missing$/, ['a']],
  ['{"name": x "image": "a"}', '"image"', /a comma is missing$/, ['a']],
  ['{"image" "a"}', '"a"', /JSON does not allow in this place$/, []],
  [
    '{"image": "a", "build": {"cacheFrom": ["b" }, "x": 1}',
    '}',
    /does not fit the one that is open$/,
    ['a', 'b'],
  ],
  ['{"build": {"cacheFrom": ["b" }, "image": "a"}', '}', /does not fit the one that is open$/, ['b', 'a']],
  ['{"image": "a"]}', ']', /does not fit the one that is open$/, ['a']],
  ['{"image": "a"} /* x', '/* x', /a comment is not closed$/, ['a']],
  ['{"image": "a"} /*/', '/*/', /a comment is not closed$/, ['a']],
  ['{image: "a"}', 'image', /JSON does not allow in this place$/, []],
  ['{"image": "a", = }', '=', /JSON does not allow in this place$/, ['a']],
];

describe('broken text', () => {
  for (const [text, at, problem, images] of broken) {
    test(JSON.stringify(text), () => {
      const { images: found, skipped, source } = read(text);
      assert.deepEqual(
        found.map(({ resolved }) => resolved),
        images,
      );
      const [skip] = skipped;
      assert.match(skip?.reason ?? '', problem);
      assert.equal(skip ? source.text.slice(skip.span.start, skip.span.end) : '', at);
    });
  }

  test('whole text has no problem', () => {
    const isWhole = ([name]: (typeof table)[number]): boolean =>
      !/^(?:a single quote|half-written)$/.test(name);
    for (const [name, text] of table.filter(isWhole)) assert.deepEqual(read(text).skipped, [], name);
  });
});

describe('claimed', () => {
  const paths: readonly (readonly [path: string, text: string, kind: string])[] = [
    ['/shop/.devcontainer/devcontainer.json', '{}', 'devcontainer'],
    ['.devcontainer.json', '{}', 'devcontainer'],
    ['/shop/.devcontainer/python/devcontainer.json', '{}', 'devcontainer'],
    [
      '/shop/.devcontainer/devcontainer.json',
      '{"apiVersion": "v1", "kind": "Pod", "image": "a"}',
      'devcontainer',
    ],
    ['/shop/.devcontainer/devcontainer-lock.json', '{"image": "a"}', ''],
    ['/shop/package.json', '{"image": "a"}', ''],
    ['/shop/.devcontainer/compose.yaml', 'services: {web: {image: nginx}}\n', 'compose'],
  ];
  for (const [at, text, kind] of paths) {
    test(`${at}: ${kind || 'no kind'}`, () => {
      assert.equal(analyze({ path: at, text }).kinds.join(), kind);
    });
  }
});

/** Before, and after: `@@` is where the digest comes in. */
const pinned: readonly (readonly [name: string, text: string, after: string])[] = [
  [
    'an image',
    '{\n  // why\n  "image": "node:20", /* x */\n}\n',
    '{\n  // why\n  "image": "node:20@@", /* x */\n}\n',
  ],
  ['without a tag', '{"image":"node"}', '{"image":"node:latest@@"}'],
];

describe('pinned', () => {
  for (const [name, text, after] of pinned) {
    test(name, () => {
      for (const save of saved) {
        const result = pinAll(path, save(text));
        assert.deepEqual(result, { text: save(withDigests(after)), refused: [] });
        const again = read(result.text);
        assert.ok(again.images.every(({ mutability }) => mutability === 'digest'));
        assert.deepEqual(again.findings, []);
        assert.equal(again.commentCount(), read(save(text)).commentCount());
      }
    });
  }
});

test('a cache is left as it is: it is meant to move', () => {
  const text = '{"build": {"cacheFrom": ["type=registry,ref=c/d:1,x=y", "a/b",]}}';
  assert.equal(read(text).images.length, 2);
  assert.deepEqual(read(text).findings, []);
});

describe('refused', () => {
  const refused: readonly (readonly [name: string, text: string, reason: RegExp])[] = [
    ['a variable', '{"image": "node:${localEnv:NODE:20}"}', /^\$\{localEnv:NODE:20\} decides this value/],
    ['escapes', '{"image": "node\\u003a20"}', /written with escapes/],
    ['open quotes', '{"image": "node:20\n}', /quotes are not closed/],
  ];
  for (const [name, text, reason] of refused) {
    test(name, () => {
      const result = pinAll(path, text);
      assert.equal(result.text, text);
      assert.equal(result.refused.length, 1);
      assert.match(result.refused[0] ?? '', reason);
    });
  }

  test('a value with control characters; quotes and backslashes are escaped', () => {
    const [use] = read('{"image": "node:20"}').images;
    assert.ok(use);
    assert.deepEqual(use.site.replace('a"\\'), [{ span: { start: 11, end: 18 }, newText: 'a\\"\\\\' }]);
    assert.ok('refused' in use.site.replace('a\nb'));
  });
});

test('only the reference is underlined', () => {
  const text = '{"image": "repo:a:b", "build": {"cacheFrom": ["type=registry,ref=c/d:1", "c/d@md5:1"]}}';
  const { findings } = read(text);
  assert.deepEqual(
    findings.map(({ rule, span }) => [rule, text.slice(span.start, span.end)]),
    [
      ['invalid-image-reference', ':b'],
      ['invalid-image-reference', 'md5'],
    ],
  );
});

test('an empty image is underlined with its quotes', () => {
  const text = '{"image": ""}';
  assert.deepEqual(
    read(text).images.map(({ site }) => text.slice(site.span.start, site.span.end)),
    ['""'],
  );
});

test('each image has a path and an owner in words', () => {
  const text = '{"image": "a", "build": {"cacheFrom": ["b", "c"]}}';
  assert.deepEqual(
    read(text).images.map(({ owners, path: at }) => `${at}: ${owners}`),
    [
      'image: dev container',
      'build.cacheFrom.0: dev container build',
      'build.cacheFrom.1: dev container build',
    ],
  );
});

test('comments of both forms are found', () => {
  const text = '// a\r\n{ "x": "// no", /* b\n*/ "y": 1 } // c';
  const analysis = read(text);
  assert.equal(analysis.commentCount(), 3);
});

test('a finding is suppressed by a comment of the form the file takes', () => {
  for (const languageId of [undefined, 'json', 'jsonc']) {
    const read = (text: string) => analyze({ path, text, ...(languageId && { languageId }) });
    const text = '{\n  "image": "node:20"\n}\n';
    const document = read(text);
    const [finding] = document.findings;
    assert.equal(finding?.rule, 'floating-tag');
    const plan = planSuppression(document, finding, 'because');
    assert.ok(plan.ok);
    assert.equal(plan.text, text.replace('  "', '  // holdfast-ignore floating-tag -- because\n  "'));
    for (const silenced of [
      '{\n  /* holdfast-ignore floating-tag -- because */\n  "image": "node:20"\n}\n',
      '{\n  "image": "node:20" // holdfast-ignore floating-tag -- because\n}\n',
    ]) {
      assert.deepEqual(read(silenced).findings, []);
    }
  }
});

test('no text is too broken', () => {
  const sample = `// dev
{
  "name": "x\\u0061\\q",
  "image": "mcr.microsoft.com/devcontainers/base:\${localEnv:TAG:ubuntu}", /* why */
  "features": {"ghcr.io/devcontainers/features/node:1": {"version": 20}},
  "build": {"cacheFrom": ["a/b:1", "type=registry,ref=c/d", [["x"]], ], "args": {"A": [1, true, null]}},
}
`;
  for (const text of [sample, sample.replaceAll('\n', '\r\n')]) {
    for (let end = 0; end <= text.length; end++) {
      exercise(path, text.slice(0, end));
      exercise(path, text.slice(end));
      exercise(path, text.slice(0, end) + text.slice(end + 3));
    }
  }
  const hostile = [
    '[',
    '{"a":',
    '"',
    '\\',
    '/*',
    '//',
    '}',
    ']',
    '[}',
    ',',
    ':',
    '{"image": "${',
    '\uFEFF',
    '\0',
  ];
  for (const one of hostile) {
    exercise(path, one.repeat(20_000));
    exercise(path, `{"image": "${one.repeat(20_000)}`);
  }
  exercise(path, '['.repeat(20_000) + '}'.repeat(20_000) + ']'.repeat(20_000));
});
