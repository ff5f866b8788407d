// biome-ignore-all lint/suspicious/noTemplateCurlyInString: variables of GitLab look like that
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { analyze } from '../../../../server/src/engine/index.ts';
import { digest } from '../../yaml/read.ts';
import { imagesIn, saved } from '../analyzed.ts';
import { pipeline, read } from './read.ts';

const table: readonly (readonly [name: string, text: string, images: readonly string[]])[] = [
  ['for every job', 'image: node:20\n', ['job node:20 floating']],
  ['among the defaults', 'default:\n  image: node:20.11.1\n', ['job node:20.11.1 tag']],
  ['of a job', 'build:\n  image: node\n  script: make\n', ['job node implicit']],
  ['of a hidden job', '.base:\n  image: "node:20"\n', ['job node:20 floating']],
  ['of pages', 'pages: {image: "alpine:edge", script: x}\n', ['job alpine:edge floating']],
  [
    'in the long form',
    `build:\n  image:\n    name: node@${digest}\n    entrypoint: [""]\n    pull_policy: always\n`,
    [`job node@${digest} digest`],
  ],
  ['a registry with a port and no tag', 'build: {image: "reg:5000/app"}\n', ['job reg:5000/app implicit']],
  ['a version that looks like a number', 'image: 1.10\n', ['job 1.10 implicit']],
  [
    'services',
    'services: [postgres:16]\nbuild:\n  services:\n    - redis:7.4.1\n    - name: docker:27-dind\n      alias: docker\n      command: [x]\n    -\n',
    ['job postgres:16 floating', 'job redis:7.4.1 tag', 'job docker:27-dind floating'],
  ],
  ['services by default', 'default: {services: [{name: "mysql:8"}]}\n', ['job mysql:8 floating']],
  ['half-written', 'image:\nbuild:\n  image:\n    name:\n  services:\n', []],
  [
    'a reference to a job of another file',
    'build:\n  image: !reference [.base, image]\n  services:\n    - !reference [.base, services]\n',
    ['job [.base, image] unknown', 'job [.base, services] unknown'],
  ],
  [
    'through an anchor',
    '.i: &i {name: "node:20"}\na: {image: *i}\nb: {image: *i}\n',
    ['job node:20 floating'],
  ],
  [
    'through a merge key',
    '.base: &b\n  image: node:20\na:\n  <<: *b\n  script: x\n',
    ['job node:20 floating'],
  ],
  [
    'a predefined variable',
    'a: {image: "$CI_REGISTRY_IMAGE/app:1.2.3"}\n',
    ['job $CI_REGISTRY_IMAGE/app:1.2.3 tag'],
  ],
  [
    'a predefined variable in braces',
    'a: {image: "${CI_REGISTRY}/app"}\n',
    ['job ${CI_REGISTRY}/app implicit'],
  ],
  ['a predefined tag', 'a: {image: "app:$CI_COMMIT_SHA"}\n', ['job app:$CI_COMMIT_SHA unknown']],
  ['an input', 'a: {image: "$[[ inputs.image ]]"}\n', ['job $[[ inputs.image ]] unknown']],
  [
    'an input with a function',
    'a: {image: "node:$[[ inputs.node | expand_vars ]]"}\n',
    ['job node:$[[ inputs.node | expand_vars ]] unknown'],
  ],
  [
    'a template of a pipeline',
    'a: {image: "python:{{ cookiecutter.python }}"}\n',
    ['job python:{{ cookiecutter.python }} unknown'],
  ],
  ['what shells would read as a default', 'a: {image: "${V:-node}"}\n', ['job ${V:-node} unknown']],
  ['a brace that is not closed', 'a:\n  image: node:${V\n', ['job node:${V unknown']],
  ['dollars', 'a: {image: "node:$$"}\nb: {image: "node:$"}\n', ['job node:$$ unknown', 'job node:$ unknown']],
  [
    'a virtual machine of a hosted runner',
    'variables: {M: macos-15-xcode-16}\na: {image: macos-14-xcode-15}\nb: {image: $M}\nc: {image: macos-14}\n',
    ['job macos-14 implicit'],
  ],
  ['JSON', '{"image": "node:20"}', ['job node:20 floating']],
];

describe('images', () => {
  for (const [name, text, images] of table) {
    test(name, () => {
      for (const save of saved) assert.deepEqual(imagesIn(read(save(text))), images);
    });
  }
});

/** Variables of the file are put in; the class is that of what comes out. */
const variables: readonly (readonly [name: string, text: string, images: readonly string[]])[] = [
  ['a part', 'variables: {V: "20.11.1"}\na: {image: "node:$V"}\n', ['job node:20.11.1 tag']],
  [
    'two parts',
    'variables: {R: reg:5000/x, V: "1"}\na: {image: "${R}/app:${V}-slim"}\n',
    ['job reg:5000/x/app:1-slim floating'],
  ],
  ['the whole', 'variables: {IMG: node:20}\na: {image: $IMG}\n', ['job node:20 floating']],
  [
    'with a description',
    'variables:\n  IMG: {value: node:20, description: x}\na: {image: $IMG}\n',
    ['job node:20 floating'],
  ],
  ['the job wins', 'variables: {V: "1"}\na: {variables: {V: "2"}, image: "x:$V"}\n', ['job x:2 floating']],
  [
    'only its own job',
    'a: {variables: {V: "2"}, image: "x:$V"}\nb: {image: "x:$V"}\n',
    ['job x:2 floating', 'job x:$V unknown'],
  ],
  [
    'one that the job empties',
    'variables: {V: "1"}\na:\n  variables: {V: }\n  image: x:$V\n',
    ['job x:$V unknown'],
  ],
  ['one that is to be filled in', 'variables: {V: ""}\na:\n  image: x:$V\n', ['job x:$V unknown']],
  [
    'through another',
    'variables: {A: "$B", B: node, V: "20"}\na: {image: "$A:$V"}\n',
    ['job node:20 floating'],
  ],
  [
    'in a circle',
    'variables: {A: "$B", B: "$A"}\na: {image: "$A"}\nb: {image: "x:$A"}\n',
    ['job $A unknown', 'job x:$A unknown'],
  ],
  [
    'unknown inside',
    'variables: {IMG: "$CI_REGISTRY_IMAGE/app:latest"}\na: {image: $IMG}\n',
    ['job $CI_REGISTRY_IMAGE/app:latest floating'],
  ],
  [
    'not expanded',
    'variables:\n  A: {value: "x$B", expand: false}\n  B: y\na: {image: $A}\n',
    ['job $A unknown'],
  ],
  [
    'from a job it extends',
    '.base: {variables: {V: "1"}}\na: {extends: .base, image: "x:$V"}\n',
    ['job x:1 floating'],
  ],
  [
    'from the last of several, and from what they extend',
    '.top: {variables: {V: "1", W: "3"}}\n.one: {extends: .top}\n.two: {variables: {V: "2"}}\na:\n  extends: [.one, .two, .elsewhere]\n  image: x:$V.$W\n',
    ['job x:2.3 floating'],
  ],
  [
    'its own before those it extends',
    '.base: {variables: {V: "1"}}\na: {extends: .base, variables: {V: "2"}, image: "x:$V"}\n',
    ['job x:2 floating'],
  ],
  [
    'jobs that extend each other',
    'a: {extends: b, image: "x:$V"}\nb: {extends: [a, b], variables: {V: "1"}}\n',
    ['job x:1 floating'],
  ],
  [
    'a matrix',
    'variables: {V: "1"}\na:\n  parallel: {matrix: [{V: ["2", "3"]}]}\n  image: x:$V\n',
    ['job x:$V unknown'],
  ],
  ['merged', '.v: &v {V: "1"}\na:\n  variables: {<<: *v}\n  image: x:$V\n', ['job x:1 floating']],
  ['of another spelling', 'variables: {v: "1"}\na: {image: "x:$V"}\n', ['job x:$V unknown']],
];

describe('variables', () => {
  for (const [name, text, images] of variables) {
    test(name, () => {
      for (const save of saved) assert.deepEqual(imagesIn(read(save(text))), images);
    });
  }
});

describe('no images', () => {
  const texts: readonly (readonly [name: string, text: string])[] = [
    [
      'keywords',
      'workflow: {image: a}\nstages: [image]\ninclude: {image: b, services: [c]}\ncache: {image: d}\nvariables: {image: e, services: f}\nspec: {image: g}\n',
    ],
    ['scripts', 'a:\n  script:\n    - image: x\n    - |\n      image: y\n  before_script: docker run z\n'],
    [
      'further down',
      'a:\n  rules: [{image: x}]\n  environment: {image: y}\n  trigger: {include: {image: z}}\n',
    ],
    ['comments', '# image: x\na:\n  # image: y\n  script: z\n'],
    ['a list', '- image: x\n'],
    ['nothing', ''],
  ];
  for (const [name, text] of texts) {
    test(name, () => {
      const { findings, images } = read(text);
      assert.deepEqual([images, findings], [[], []]);
    });
  }
});

describe('claimed', () => {
  const text = 'a: {image: node}\n';
  const paths: readonly (readonly [path: string, text: string, kind: string])[] = [
    ['/shop/.gitlab-ci.yml', text, 'gitlab-ci'],
    ['.gitlab-ci.yaml', text, 'gitlab-ci'],
    ['/shop/ci/build.gitlab-ci.yml', text, 'gitlab-ci'],
    ['/shop/.gitlab-ci-build.yml', text, 'gitlab-ci'],
    ['/shop/.gitlab/ci/build.yml', text, 'gitlab-ci'],
    ['/shop/.gitlab-ci/jobs/build.yaml', text, 'gitlab-ci'],
    ['/shop/.gitlab-ci.d/build.yml', text, 'gitlab-ci'],
    ['/shop/.gitlab/agents/a/config.yaml', text, ''],
    ['/shop/gitlab-ci-runner.yml', text, ''],
    ['/shop/ci/build.yml', text, ''],
    ['/shop/.gitlab-ci/Dockerfile', 'FROM node:20\n', 'dockerfile'],
    ['/shop/.gitlab-ci.yml.md', text, ''],
    ['/shop/templates/build.yml', 'a: {image: "$[[ inputs.image ]]"}\n', 'gitlab-ci'],
    [
      '/shop/templates/build.yml',
      'spec:\n  inputs: {image: {default: "node:20"}}\n---\na: {image: "$[[ inputs.image ]]"}\n',
      'gitlab-ci',
    ],
    [
      '/shop/.gitlab/ci/pod.yml',
      'apiVersion: v1\nkind: Pod\nspec: {containers: [{name: a, image: b}]}\n',
      'kubernetes',
    ],
    ['/shop/.gitlab/ci/deploy/values.yaml', 'app: {image: {repository: a, tag: b}}\n', 'helm-values'],
    ['/shop/.gitlab-ci/kustomization.yml', 'images: [{name: a, newTag: b}]\n', 'kustomize'],
    ['/shop/.gitlab/ci/docker-compose.test.yml', 'x-a: b\nservices: {a: {image: c}}\n', 'compose'],
    ['/shop/.gitlab/ci/values.gitlab-ci.yml', text, 'gitlab-ci'],
    ['/shop/.gitlab/ci/compose.yml', 'services: {web: {image: nginx}}\n', 'compose'],
  ];
  for (const [path, content, kind] of paths) {
    test(`${path}: ${kind || 'no kind'}`, () => {
      assert.equal(analyze({ path, text: content }).kinds.join(), kind);
    });
  }
});

test('each image has a path and an owner in words', () => {
  const text =
    'image: a\ndefault: {services: [b]}\nbuild:\n  image: {name: c}\n  services: [d, {name: e, alias: db}]\n';
  assert.deepEqual(
    read(text).images.map(({ owners, path }) => `${path}: ${owners}`),
    [
      'image: every job',
      'default.services.0: service 1 of every job',
      'build.image.name: job build',
      'build.services.0: service 1 of job build',
      'build.services.1.name: service db of job build',
    ],
  );
});

test('a variable that holds the reference is the place of the finding, with all that it feeds', () => {
  const text = 'variables:\n  IMG: "node:20"\na: {image: $IMG}\nb: {image: {name: "${IMG}"}}\n';
  const { findings, images, source } = read(text);
  const textAt = ({ end, start }: { readonly start: number; readonly end: number }) =>
    source.text.slice(start, end);
  const [use, other] = images;
  assert.ok(use);
  assert.equal(other, undefined);
  assert.deepEqual(
    [use.path, use.owners, textAt(use.site.span), use.site.seenFrom.map(textAt)],
    ['variables.IMG', ['job a', 'job b'], 'node:20', ['$IMG', '${IMG}']],
  );
  const [finding] = findings;
  assert.equal(finding?.rule, 'floating-tag');
  assert.deepEqual(
    finding.fixes().map(({ title }) => title),
    ['Pin node:20 to its digest (used in 2 places)'],
  );
});

test('pins for one platform each are no mismatch', () => {
  const pin = (digit: string): string => `nginx:1.27.3@sha256:${digit.repeat(64)}`;
  const job = (digit: string, platform: string): string =>
    `{image: {name: "${pin(digit)}", docker: {platform: ${platform}}}, script: [a]}`;
  const rules = (first: string, second: string): readonly string[] =>
    read(`x: ${job('1', first)}\ny: ${job('2', second)}\n`).findings.map(({ rule }) => rule);
  assert.deepEqual(rules('linux/amd64', 'linux/arm64'), []);
  assert.deepEqual(rules('linux/amd64', 'linux/amd64'), ['mismatched-digests', 'mismatched-digests']);
});

test('a reference at fault is told where it is written', () => {
  const text = 'variables: {V: "a:b"}\nx: {image: "repo:a:b"}\ny: {image: "repo:$V"}\n';
  const { findings, source } = read(text);
  assert.deepEqual(
    findings.map(({ rule, span }) => [rule, source.text.slice(span.start, span.end)]),
    [
      ['invalid-image-reference', ':b'],
      ['invalid-image-reference', 'repo:$V'],
    ],
  );
});

test('text that cannot be read is said to be skipped', () => {
  const { skipped } = analyze({ path: pipeline, text: 'a:\n  image: "node:20\n' });
  assert.match(skipped[0]?.reason ?? '', /a quoted text is not closed/);
});
